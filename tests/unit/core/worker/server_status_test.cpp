// What a worker tells of its backends, of models and of pictures that are not done yet, and to
// whom; and which backend a job goes to.
#include <algorithm>
#include <iterator>

#include <doctest/doctest.h>

#include "server_stage.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

/// A backend whose state the test decides.
class MoodyBackend : public GateBackend {
 public:
  explicit MoodyBackend(std::string name) : name_(std::move(name)) {}
  BackendInfo info() const override {
    return {.name = name_, .placeholder = false, .slots = 1, .capabilities = {}};
  }
  BackendStatus status() const override {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  std::vector<ModelEntry> list_models() const override {
    const std::lock_guard lock(mutex_);
    return models_;
  }
  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      order_.push_back(job.request.id);
      if (!status_.healthy) return Error{ErrorKind::worker, name_ + " is gone"};
    }
    return GateBackend::run(job, progress, std::move(stop));
  }
  void set(BackendStatus status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }
  void set(std::vector<ModelEntry> models) {
    const std::lock_guard lock(mutex_);
    models_ = std::move(models);
  }
  std::vector<std::string> order() const {
    const std::lock_guard lock(mutex_);
    return order_;
  }

 private:
  std::string name_;
  mutable std::mutex mutex_;
  BackendStatus status_;
  std::vector<ModelEntry> models_;
  std::vector<std::string> order_;
};

std::vector<std::string> names_of(const ModelListMessage& list) {
  std::vector<std::string> names;
  std::ranges::transform(list.models, std::back_inserter(names), &ModelEntry::name);
  return names;
}

template <typename Body>
std::vector<Body> updates_of(Stage& stage) {
  std::vector<Body> found;
  for (const Update& update : stage.core.take_updates()) {
    const DecodedMessage decoded = decode_message(update.body);
    REQUIRE(decoded.body);
    if (const auto* body = std::get_if<Body>(&*decoded.body)) found.push_back(*body);
  }
  return found;
}

/// Lets the test tell what its one job is doing.
class TellingBackend : public GateBackend {
 public:
  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    sink = progress;
    return GateBackend::run(job, [](const BackendProgress&) {}, std::move(stop));
  }
  ProgressSink sink;
};

}  // namespace

TEST_CASE("status_info tells how each backend is at the moment of the request") {
  const auto backend = std::make_shared<MoodyBackend>("moody");
  Stage stage(backend);
  const auto before = stage.ask_for<StatusInfoMessage>(StatusMessage{});
  CHECK(before.backends == std::vector<BackendEntry>{{.name = "moody", .healthy = true}});
  backend->set({.healthy = false,
                .version = "Painter 3",
                .queue = 4,
                .vram_free_mb = 512,
                .vram_total_mb = 24000,
                .last_error = "out of memory \xff"});
  const auto after = stage.ask_for<StatusInfoMessage>(StatusMessage{});
  CHECK(after.backends == std::vector<BackendEntry>{{.name = "moody",
                                                     .healthy = false,
                                                     .version = "Painter 3",
                                                     .queue = 4,
                                                     .vram_free_mb = 512,
                                                     .vram_total_mb = 24000,
                                                     .last_error = "out of memory \\xff"}});
}

TEST_CASE("list_models tells the models of the moment, each once, sorted and within a message") {
  const auto first = std::make_shared<MoodyBackend>("a");
  const auto second = std::make_shared<MoodyBackend>("b");
  Stage stage({first, second});
  CHECK(stage.ask_for<ModelListMessage>(ListModelsMessage{}).models.empty());
  first->set({{"z.safetensors", "z", "checkpoint", 1},
              {"a.safetensors", "a", "lora", 1},
              {"depth", "d", "controlnet", 1},
              {"bad \xff", "x", "lora", 1},
              {std::string(300, 'x'), "x", "lora", 1}});
  second->set({{"a.safetensors", "elsewhere", "lora", 1}, {"b", "b", "vae", 1}});
  CHECK(names_of(stage.ask_for<ModelListMessage>(ListModelsMessage{})) ==
        std::vector<std::string>{"a.safetensors", "b", "depth", "z.safetensors"});
  std::vector<ModelEntry> many;
  for (int i = 0; i < 5000; ++i) {
    many.push_back({std::to_string(i), std::string(4000, 'p'), "lora", 1});
  }
  first->set(many);
  CHECK(stage.ask_for<ModelListMessage>(ListModelsMessage{}).models.size() == 256);
}

TEST_CASE("a peer that does not say 1.1 hears of nothing that 1.0 does not know") {
  const auto backend = std::make_shared<MoodyBackend>("moody");
  backend->set({{"depth", "d", "controlnet", 1}, {"base", "b", "checkpoint", 1}});
  Stage stage(backend);
  const auto ask = [&](MessageBody body) {
    return stage.core.answer(encode_message({std::move(body)}), stage.now);
  };
  CHECK(ask(ListModelsMessage{}) ==
        encode_message({ModelListMessage{{{"base", "b", "checkpoint", 1}}}}));
  CHECK(ask(StatusMessage{}) == encode_message({StatusInfoMessage{.version = "1.0.0"}}));
  const GenerateMessage request = request_for(1);
  CHECK(ask(request) == encode_message({JobAcceptedMessage{.job_id = request.id}}));
  CHECK(ask(request) == encode_message({JobAcceptedMessage{.job_id = request.id}}));
  REQUIRE(stage.reaches(request.id, "running"));
  CHECK(ask(CancelMessage{request.id}) == encode_message({JobCancelledMessage{request.id}}));
  CHECK(ask(request) ==
        encode_message({JobErrorMessage{.job_id = request.id, .error = "cancelled"}}));
  GenerateMessage other = request_for(2);
  ask(other);
  backend->open_gate();
  REQUIRE(stage.reaches(other.id, "done"));
  const DecodedMessage done = decode_message(ask(other));
  REQUIRE(done.body);
  CHECK_FALSE(std::get<JobCompleteMessage>(*done.body).result);
  CHECK(done.envelope == Envelope{});
}

TEST_CASE("a preview is published by its digest and kept until the next one or the end") {
  const auto backend = std::make_shared<TellingBackend>();
  Stage stage(backend);
  const std::string id = request_for(1).id;
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(eventually([&] { return backend->entered == 1; }));
  stage.take_events();
  const auto show = [&](std::uint32_t step, std::string_view picture) {
    backend->sink({.stage = "sampling",
                   .step = step,
                   .total_steps = 4,
                   .preview = std::make_shared<const Bytes>(to_bytes(picture))});
    stage.now += 100ms;
    stage.take_events();
    stage.take_events();
    return updates_of<PreviewMessage>(stage);
  };
  const auto first = show(1, "first sketch");
  REQUIRE(first.size() == 1);
  CHECK(first[0].job_id == id);
  CHECK(first[0].step == 1);
  REQUIRE(first[0].image);
  CHECK(first[0].image->sha256 == sha256(std::string_view("first sketch")).hex());
  CHECK(as_text(stage.ask_for<BlobMessage>(BlobGetMessage{first[0].image->sha256}).bytes) ==
        "first sketch");
  CHECK(show(2, "first sketch").empty());  // it shows nothing new
  const auto second = show(3, "second sketch");
  REQUIRE(second.size() == 1);
  CHECK(stage.ask_for<ErrorMessage>(BlobGetMessage{first[0].image->sha256}).message ==
        kBlobNotFound);
  backend->open_gate();
  REQUIRE(stage.reaches(id, "done"));
  CHECK(stage.ask_for<ErrorMessage>(BlobGetMessage{second[0].image->sha256}).message ==
        kBlobNotFound);
}

TEST_CASE("percent never falls and says 100 to nobody before the picture is there") {
  const auto backend = std::make_shared<TellingBackend>();
  Stage stage(backend);
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(eventually([&] { return backend->entered == 1; }));
  stage.take_events();
  std::vector<double> percents;
  for (const auto& [step, total] : {std::pair{5U, 10U}, {2U, 10U}, {20U, 20U}, {1U, 0U}}) {
    backend->sink({.stage = "sampling", .step = step, .total_steps = total});
    stage.now += 100ms;
    stage.take_events();
    stage.take_events();
    for (const auto& progress : updates_of<ProgressMessage>(stage)) {
      percents.push_back(progress.percent);
    }
  }
  CHECK(percents == std::vector<double>{50, 50, 99, 99});
  backend->open_gate();
  REQUIRE(stage.reaches(request_for(1).id, "done"));
}

TEST_CASE("jobs of higher priority go first, and else in the order of arrival") {
  const auto backend = std::make_shared<MoodyBackend>("moody");
  Stage stage(backend);
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    GenerateMessage request = request_for(i);
    ids.push_back(request.id);
    if (i == 2 || i == 4) request.priority = 1;
    if (i == 3) request.priority = 9;
    stage.ask_for<JobAcceptedMessage>(request);
    if (i == 0) REQUIRE(stage.reaches(request.id, "running"));
  }
  backend->open_gate();
  for (const std::string& id : ids) REQUIRE(stage.reaches(id, "done"));
  CHECK(backend->order() == std::vector<std::string>{ids[0], ids[3], ids[2], ids[4], ids[1]});
}

TEST_CASE("a sick backend gets no job that a well one can take, and what it failed moves on once") {
  const auto sick = std::make_shared<MoodyBackend>("sick");
  const auto well = std::make_shared<MoodyBackend>("well");
  sick->set(BackendStatus{.healthy = false});
  well->open_gate();
  Stage stage({sick, well});
  for (int i = 0; i < 20; ++i) stage.ask_for<JobAcceptedMessage>(request_for(i));
  for (int i = 0; i < 20; ++i) REQUIRE(stage.reaches(request_for(i).id, "done"));
  CHECK(sick->order().empty());
  CHECK(well->runs == 20);
}

TEST_CASE("when all backends are sick a job fails with the backend's own words") {
  const auto sick = std::make_shared<MoodyBackend>("sick");
  sick->set(BackendStatus{.healthy = false});
  Stage stage(sick);
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(stage.reaches(request_for(1).id, "failed"));
  CHECK(stage.ask_for<JobErrorMessage>(request_for(1)).error == "sick is gone");
}

TEST_CASE("a job whose backend fell sick under it is drawn by another") {
  /// Falls sick with its first job, which thereby fails.
  class Fainting : public MoodyBackend {
   public:
    using MoodyBackend::MoodyBackend;
    Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                      std::stop_token stop) override {
      while (!stop.stop_requested() && !may_faint) std::this_thread::sleep_for(1ms);
      set(BackendStatus{.healthy = false});
      return MoodyBackend::run(job, progress, std::move(stop));
    }
    std::atomic<bool> may_faint{false};
  };
  const auto fainting = std::make_shared<Fainting>("fainting");
  const auto well = std::make_shared<MoodyBackend>("well");
  Stage stage({fainting, well});
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  stage.ask_for<JobAcceptedMessage>(request_for(2));
  REQUIRE(stage.reaches(request_for(1).id, "running"));
  REQUIRE(stage.reaches(request_for(2).id, "running"));
  fainting->may_faint = true;
  well->open_gate();
  REQUIRE(stage.reaches(request_for(1).id, "done"));
  REQUIRE(stage.reaches(request_for(2).id, "done"));
  CHECK(well->runs == 2);
  CHECK(stage.core.counters().failed == 0);
}
