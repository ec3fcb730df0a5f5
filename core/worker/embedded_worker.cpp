#include "core/worker/embedded_worker.hpp"

#include <utility>

#include "core/worker/procedural_backend.hpp"
#include "core/worker/worker_client.hpp"
#include "core/worker/worker_server.hpp"
#include "core/worker/zmq_worker.hpp"

namespace dgxp {
namespace {

constexpr std::uint64_t kFetchedBytes = 4U << 20U;  // the only client has its own copy
const std::string kAddress = "inproc://worker";

class EmbeddedWorker : public Worker {
 public:
  explicit EmbeddedWorker(std::vector<std::shared_ptr<Backend>> backends)
      : backends_(std::move(backends)) {}

  Result<Done> submit(const Job& job) override {
    if (auto done = start(); !done) return done;
    return client_->submit(job);
  }
  Result<std::optional<WorkerEvent>> poll(std::chrono::milliseconds timeout) override {
    if (auto done = start(); !done) return done.error();
    return client_->poll(timeout);
  }
  void cancel_all() override {
    if (client_) client_->cancel_all();
  }
  Result<bool> makes_placeholders() override {
    for (const auto& backend : backends_) {
      if (!backend->info().placeholder) return false;
    }
    return true;
  }

 private:
  Result<Done> start() {
    if (client_) return Done{};
    // Inproc needs no thread for input and output.
    auto context = std::make_shared<ZmqContext>(0);
    ServerOptions options{.address = kAddress};
    options.limits.blobs.fetched_bytes = kFetchedBytes;
    auto server = WorkerServer::start(options, backends_, context);
    if (!server) return server.error();
    server_ = *std::move(server);
    const EndpointAddresses addresses{.requests = server_->address(),
                                      .updates = server_->update_address()};
    client_ = std::make_unique<ZmqWorker>(context, addresses, SessionLimits{});
    return Done{};
  }

  std::vector<std::shared_ptr<Backend>> backends_;
  std::unique_ptr<WorkerServer> server_;
  std::unique_ptr<ZmqWorker> client_;  ///< ends before the server
};

}  // namespace

std::unique_ptr<Worker> start_embedded_worker(std::vector<std::shared_ptr<Backend>> backends) {
  return std::make_unique<EmbeddedWorker>(std::move(backends));
}

std::unique_ptr<Worker> start_embedded_worker(int threads) {
  std::vector<std::shared_ptr<Backend>> backends;
  backends.push_back(make_procedural_backend(threads));
  return start_embedded_worker(std::move(backends));
}

}  // namespace dgxp
