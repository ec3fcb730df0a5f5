// A worker for peers of another house: `serve_worker ADDRESS` prints its two addresses on a line
// and serves until its standard input ends, with a second argument until it is killed. A prompt
// with the word "fail" fails, one with "wait" runs until it is cancelled; all others are drawn by
// the procedural backend, with "slow" after 20 ms, with "sketch" after 400 ms and a preview.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/worker/procedural_backend.hpp"
#include "core/worker/worker_server.hpp"

namespace dgxp {
namespace {

class ScriptedBackend : public Backend {
 public:
  BackendInfo info() const override {
    return {.name = "scripted", .placeholder = true, .slots = 2, .capabilities = {}};
  }
  std::vector<ModelEntry> list_models() const override {
    return {{"lcm", "models/loras/lcm.safetensors", "lora", 144},
            {"sdxl-base", "models/checkpoints/sdxl-base.safetensors", "checkpoint", 6616},
            {"sdxl-vae", "models/vae/sdxl-vae.safetensors", "vae", 319}};
  }
  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    const std::string& prompt = job.request.prompt;
    progress({.stage = "sampling", .step = 1, .total_steps = 2, .eta_seconds = 0.5});
    if (prompt.find("wait") != std::string::npos) {
      std::unique_lock lock(mutex_);
      stopped_.wait(lock, stop, [] { return false; });
      return Error{ErrorKind::worker, "stopped"};
    }
    if (prompt.find("sketch") != std::string::npos) {
      auto picture = drawing_->run(job, [](const BackendProgress&) {}, stop);
      if (!picture) return picture;
      progress({.stage = "sampling",
                .step = 1,
                .total_steps = 2,
                .eta_seconds = 0.5,
                .preview = std::make_shared<const Bytes>(*picture)});
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      return picture;
    }
    if (prompt.find("slow") != std::string::npos) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (prompt.find("fail") != std::string::npos) {
      return Error{ErrorKind::worker, "CUDA out of memory"};
    }
    return drawing_->run(job, progress, stop);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::unique_ptr<Backend> drawing_ = make_procedural_backend(1);
};

int serve(const std::string& address, bool until_killed) {
  const auto server =
      WorkerServer::start({.address = address}, {std::make_shared<ScriptedBackend>()});
  if (!server) {
    std::fprintf(stderr, "error: %s\n", server.error().message.c_str());
    return EXIT_FAILURE;
  }
  std::printf("%s %s\n", (*server)->address().c_str(), (*server)->update_address().c_str());
  std::fflush(stdout);
  while (until_killed || std::getchar() != EOF) {
    if (until_killed) pause();
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace dgxp

int main(int count, char** values) {
  return count < 2 ? EXIT_FAILURE : dgxp::serve(values[1], count > 2);
}
