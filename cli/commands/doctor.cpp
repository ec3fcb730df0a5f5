// The verb `doctor`: looks at everything a build needs and says what to do about the rest.
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
#include "core/store/clean_project.hpp"
#include "core/worker/probe_worker.hpp"

namespace dgxp {
namespace {

struct Examination {
  std::string what;
  std::string found;
  std::optional<Error> problem;
};

Examination examine_manifest(const ManifestPlace& files, const Terminal& terminal) {
  auto manifest = load_project(files, terminal);
  if (!manifest) return {"manifest", files.shown, manifest.error()};
  return {"manifest",
          fmt::format("{}: {}, {}", files.shown,
                      count_text(manifest->spec.sprites.size(), "sprite", "sprites"),
                      count_text(manifest->spec.masters.size(), "master", "masters")),
          std::nullopt};
}

Examination examine_store(const ManifestPlace& files) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(files.folder, ignored)) {
    return {"folder", files.folder.string(),
            Error{.kind = ErrorKind::storage, .message = "there is no such folder"}};
  }
  const auto clean = clean_project(files.folder, DryRun::yes);
  if (!clean) return {"cache", ".dgxp", clean.error()};
  return {"cache",
          fmt::format(".dgxp holds {} of {:.1f} MB", count_text(clean->files, "file", "files"),
                      static_cast<double>(clean->bytes) / 1e6),
          std::nullopt};
}

Examination examine_updates(const WorkerReport& report) {
  if (report.updates_arrive) return {"updates", "arrive", std::nullopt};
  return {"updates", "do not arrive",
          Error{.kind = ErrorKind::worker,
                .message = "the worker answers, but nothing comes from where its updates go out",
                .hint = "builds work, with progress late; is that port open, and is it the next "
                        "one? else say --worker-updates"}};
}

Examination examine_backend(const BackendEntry& backend) {
  std::string found = backend.name;
  if (!backend.version.empty()) found += fmt::format(" ({})", backend.version);
  found += fmt::format(", {} in its queue", count_text(backend.queue, "job", "jobs"));
  if (backend.vram_total_mb > 0) {
    found +=
        fmt::format(", {} of {} MB video memory free", backend.vram_free_mb, backend.vram_total_mb);
  }
  if (backend.healthy) {
    if (!backend.last_error.empty())
      found += fmt::format("; its last error: {}", backend.last_error);
    return {"backend", found, std::nullopt};
  }
  const std::string why = backend.last_error.empty() ? "it does not say why" : backend.last_error;
  return {"backend", found,
          Error{.kind = ErrorKind::worker,
                .message = fmt::format("backend '{}' takes no jobs: {}", backend.name, why),
                .hint = "start it, or look at its own log; the worker goes on by itself"}};
}

Examination examine_models(const WorkerReport& report) {
  std::map<std::string, std::size_t> counts;
  for (const ModelEntry& model : report.models) ++counts[model.model_type];
  std::string found;
  for (const auto& [type, count] : counts) {
    found += fmt::format("{}{} {}", found.empty() ? "" : ", ", count, type);
  }
  if (!found.empty() || report.status.placeholder) {
    return {"models", found.empty() ? "none are needed" : found, std::nullopt};
  }
  return {"models", "none",
          Error{.kind = ErrorKind::worker,
                .message = "the worker knows no model",
                .hint = "put a checkpoint into its backend's folder of models"}};
}

/// The worker, and what stands behind it.
std::vector<Examination> examine_worker(const Context& context, const ManifestPlace& files,
                                        const std::string& flag) {
  const auto choice = choose_worker(flag, files.folder, {}, context.access);
  if (!choice) return {{"worker", "", choice.error()}};
  const std::string found = fmt::format("{} ({})", choice->address, choice->source);
  if (choice->is_embedded()) {
    return {{"worker", found + ", in this process; it draws placeholders", std::nullopt}};
  }
  const auto endpoint = endpoint_of(*choice);
  if (!endpoint) return {{"worker", found, endpoint.error()}};
  const auto report = probe_worker(*endpoint);
  if (!report) return {{"worker", found, report.error()}};
  const bool draws_placeholders = report->status.placeholder;
  std::vector<Examination> all{
      {"worker",
       fmt::format("{}, protocol {}, answers in {:.2f} ms; it {}{}", found, report->status.version,
                   static_cast<double>(report->round_trip.count()) / 1000,
                   draws_placeholders ? "draws placeholders" : "makes art",
                   endpoint->curve ? ", encrypted" : ""),
       std::nullopt}};
  if (!report->speaks_1_1) return all;
  all.push_back(examine_updates(*report));
  for (const BackendEntry& backend : report->status.backends)
    all.push_back(examine_backend(backend));
  all.push_back(examine_models(*report));
  return all;
}

}  // namespace

int run_doctor_command(const Context& context, const DoctorArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ManifestPlace files = manifest_place(arguments.manifest);
  std::vector<Examination> examinations{
      {"dgxp", DGXP_VERSION, std::nullopt},
      examine_manifest(files, terminal),
      examine_store(files),
  };
  std::ranges::move(examine_worker(context, files, arguments.worker),
                    std::back_inserter(examinations));
  int exit_code = 0;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const Examination& one : examinations) {
    document.push_back({{"what", one.what},
                        {"found", one.found},
                        {"ok", !one.problem.has_value()},
                        {"problem", one.problem ? one.problem->message : ""},
                        {"hint", one.problem ? one.problem->hint : ""}});
    terminal.line(
        fmt::format("{:<9} {} {}", one.what, one.problem ? "PROBLEM" : "ok     ", one.found));
    if (one.problem) {
      terminal.error(*one.problem);
      if (exit_code == 0) exit_code = static_cast<int>(exit_status_of(one.problem->kind));
    }
  }
  if (terminal.json()) {
    terminal.data(json_text(document));
  }
  return exit_code;
}

}  // namespace dgxp
