#include "core/backends/comfy_backend.hpp"

#include <algorithm>
#include <utility>

#include "core/backends/comfy_run.hpp"

namespace dgxp {
namespace {

ComfyTimes hurried(ComfyTimes times) {
  times.request = std::min(times.request, std::chrono::milliseconds(3'000));
  return times;
}

class ComfyBackend : public Backend {
 public:
  ComfyBackend(ComfyOptions options, const HttpBase& base, std::unique_ptr<ComfyJournal> journal)
      : options_(std::move(options)),
        api_(base, options_.access, options_.http),
        cancel_api_(base, options_.access, hurried(options_.http)),
        journal_(std::move(journal)),
        uploads_(api_),
        nodes_(api_),
        census_(api_, {.status = options_.status_age, .models = options_.models_age}),
        link_({.base = base,
               .access = options_.access,
               .ping_interval = options_.ping_interval,
               .first_pause = options_.reconnect_pause}) {}

  BackendInfo info() const override {
    return {.name = "comfy",
            .placeholder = false,
            .slots = std::max(1, options_.slots),
            .capabilities = {
                std::string(capability::kWorkflow), std::string(capability::kReferences),
                std::string(capability::kLoras), std::string(capability::kSeamless),
                std::string(capability::kManyReferences), std::string(capability::kWideSeeds)}};
  }
  BackendStatus status() const override { return census_.status(); }
  std::vector<ModelEntry> list_models() const override { return census_.models(); }

  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    return ComfyRun({.options = options_,
                     .api = api_,
                     .cancel_api = cancel_api_,
                     .link = link_,
                     .journal = *journal_,
                     .census = census_,
                     .uploads = uploads_,
                     .nodes = nodes_},
                    job, progress, std::move(stop))
        .run();
  }

 private:
  ComfyOptions options_;
  ComfyApi api_;
  ComfyApi cancel_api_;
  std::unique_ptr<ComfyJournal> journal_;
  ComfyUploads uploads_;
  ComfyNodeCheck nodes_;
  mutable ComfyCensus census_;  ///< asking may make it look things up
  ComfyLink link_;
};

}  // namespace

Result<std::shared_ptr<Backend>> make_comfy_backend(ComfyOptions options) {
  const auto base = parse_http_base(options.url);
  if (!base) return base.error();
  auto journal = std::make_unique<ComfyJournal>();
  if (!options.state_folder.empty()) {
    auto opened = ComfyJournal::open(options.state_folder, base->url());
    if (!opened) return opened.error();
    journal = *std::move(opened);
  }
  return std::shared_ptr<Backend>(
      std::make_shared<ComfyBackend>(std::move(options), *base, std::move(journal)));
}

}  // namespace dgxp
