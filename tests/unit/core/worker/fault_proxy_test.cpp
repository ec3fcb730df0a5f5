// Client and worker on a network that loses, delays and doubles, and with a worker that is killed.
#include "tests/support/fault_proxy.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <optional>

#include <set>

#include <doctest/doctest.h>

#include "core/worker/worker_server.hpp"
#include "core/worker/zmq_worker.hpp"
#include "tests/unit/core/store/temp_project.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

using Clock = std::chrono::steady_clock;

/// Remembers when the last picture was finished, and whether a job ever ran twice at a time.
class WatchedBackend : public EchoBackend {
 public:
  using EchoBackend::EchoBackend;
  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      overlapped = overlapped || !running_.insert(job.request.id).second;
    }
    for (std::uint32_t step = 0; step < 3; ++step) {
      progress({.stage = "sampling", .step = step, .total_steps = 3});
    }
    auto picture = EchoBackend::run(job, progress, stop);
    const std::lock_guard lock(mutex_);
    running_.erase(job.request.id);
    last_end = Clock::now();
    return picture;
  }
  Clock::time_point last_end;
  bool overlapped = false;

 private:
  std::mutex mutex_;
  std::set<std::string> running_;
};

/// A worker behind a bad network.
class BadNetwork {
 public:
  BadNetwork(const FaultRates& rates, std::shared_ptr<Backend> backend)
      : server_(*WorkerServer::start({.address = worker_address()}, {std::move(backend)})),
        proxy_(address(), worker_address(), rates) {}
  ZmqWorker connect(const SessionLimits& limits) const {
    return {std::make_shared<ZmqContext>(1), *parse_endpoint(address()), limits};
  }
  FaultProxy& proxy() { return proxy_; }
  const ServerCounters& counters() const { return server_->counters(); }

 private:
  std::string address() const { return "ipc://" + folder_.at("front").string(); }
  std::string worker_address() const { return "ipc://" + folder_.at("back").string(); }
  TempProject folder_;
  std::unique_ptr<WorkerServer> server_;
  FaultProxy proxy_;
};

/// Every picture is that of its job.
std::map<Digest, std::string> pictures_of(int jobs) {
  std::map<Digest, std::string> pictures;
  for (int i = 0; i < jobs; ++i) pictures[make_job(i).key] = picture_of(make_job(i));
  return pictures;
}

void submit_all(Worker& worker, int jobs) {
  for (int i = 0; i < jobs; ++i) REQUIRE(worker.submit(make_job(i)));
}

/// A worker in a process of its own, to be killed without a word.
class WorkerProcess {
 public:
  explicit WorkerProcess(const std::string& address) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    REQUIRE(pipe2(in.data(), O_CLOEXEC) == 0);
    REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      execl(DGXP_SERVE_WORKER, DGXP_SERVE_WORKER, address.c_str(), nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    char byte = 0;
    while (read(out[0], &byte, 1) == 1 && byte != '\n') {
    }
    close(out[0]);
    REQUIRE(byte == '\n');
  }
  WorkerProcess(WorkerProcess&&) = delete;
  ~WorkerProcess() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(input_);
  }

 private:
  pid_t child_ = -1;
  int input_ = -1;
};

}  // namespace

TEST_CASE("with one update in ten lost all jobs end right within two seconds of the last one") {
  int dropped = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto backend = std::make_shared<WatchedBackend>(2);
    BadNetwork network({.drop_updates = 100, .seed = seed}, backend);
    ZmqWorker worker = network.connect({});
    submit_all(worker, 100);
    const Outcome outcome = collect(worker, 100);
    const auto late = Clock::now() - backend->last_end;
    CHECK(outcome.lost == "");
    CHECK(outcome.pictures == pictures_of(100));
    CHECK(late < 2s);
    CHECK(backend->runs == 100);
    dropped += network.proxy().counts().dropped_updates;
  }
  CHECK(dropped >= 150);
}

TEST_CASE("with every update lost the snapshots tell all ends within two seconds") {
  const auto backend = std::make_shared<WatchedBackend>(1);
  BadNetwork network({.drop_updates = 1000}, backend);
  ZmqWorker worker = network.connect({});
  submit_all(worker, 50);
  CHECK(collect(worker, 50).pictures == pictures_of(50));
  CHECK(Clock::now() - backend->last_end < 2s);
  CHECK(backend->runs == 50);
}

TEST_CASE("a thousand replies later than their timeout are each taken for none other") {
  const auto backend = std::make_shared<WatchedBackend>(2);
  BadNetwork network({.drop_updates = 100,
                      .drop_requests = 30,
                      .drop_replies = 30,
                      .delay_replies = 500,
                      .double_replies = 100,
                      .delay = 20ms,
                      .seed = 6},
                     backend);
  // The first answer of all has one try: where it came too late, another client asks.
  network.proxy().calm(true);
  std::optional<ZmqWorker> met;
  REQUIRE(eventually([&] {
    met.emplace(network.connect(
        {.reply_timeout = 20ms, .probe_after = 50ms, .max_tries = 1000, .max_attempts = 1000}));
    return static_cast<bool>(met->makes_placeholders());
  }));
  ZmqWorker& worker = *met;
  network.proxy().calm(false);
  submit_all(worker, 700);
  const Outcome outcome = collect(worker, 700, 60s);
  CHECK(outcome.lost == "");
  CHECK(outcome.errors.empty());
  CHECK(outcome.pictures == pictures_of(700));
  CHECK(network.proxy().counts().delayed_replies >= 1000);
  CHECK(network.proxy().counts().doubled_replies >= 100);
  CHECK(worker.counters().stray_replies >= 1000);
  CHECK(worker.counters().resent >= 500);
  // However often a job was asked for, it was drawn once.
  CHECK(backend->runs == 700);
  CHECK_FALSE(backend->overlapped);
}

TEST_CASE("after a reply that came too late the next request is answered at once") {
  const auto backend = std::make_shared<WatchedBackend>(1);
  BadNetwork network({.delay_replies = 1000, .delay = 150ms}, backend);
  network.proxy().calm(true);
  std::optional<ZmqWorker> met;
  REQUIRE(eventually([&] {
    met.emplace(network.connect({.reply_timeout = 100ms, .max_tries = 1000}));
    return static_cast<bool>(met->makes_placeholders());
  }));
  ZmqWorker& worker = *met;
  network.proxy().calm(false);
  REQUIRE(worker.submit(make_job(1)));
  REQUIRE(eventually([&] {
    static_cast<void>(worker.poll(10ms));
    return network.proxy().counts().delayed_replies > 0;
  }));
  network.proxy().calm(true);
  const auto begin = Clock::now();
  REQUIRE(worker.submit(make_job(2)));
  const Outcome outcome = collect(worker, 2);
  CHECK(Clock::now() - begin < 1s);
  CHECK(outcome.pictures.at(make_job(1).key) == picture_of(make_job(1)));
  CHECK(outcome.pictures.at(make_job(2).key) == picture_of(make_job(2)));
  REQUIRE(eventually([&] {
    static_cast<void>(worker.poll(10ms));
    return worker.counters().stray_replies > 0;
  }));
}

TEST_CASE("twenty jobs outlive a worker that is killed and started again") {
  const TempProject folder;
  const std::string address = "ipc://" + folder.at("worker").string();
  auto process = std::make_unique<WorkerProcess>(address);
  ZmqWorker worker(std::make_shared<ZmqContext>(1), *parse_endpoint(address), {});
  for (int i = 0; i < 20; ++i) {
    Job job = make_job(i);
    job.prompt = "slow thing";
    REQUIRE(worker.submit(job));
  }
  Outcome outcome = collect(worker, 5);
  REQUIRE(outcome.pictures.size() >= 5);
  process.reset();
  process = std::make_unique<WorkerProcess>(address);
  const auto restart = Clock::now();
  std::optional<std::chrono::duration<double>> noticed;
  std::size_t ended = outcome.pictures.size();
  while (ended < 20 && Clock::now() - restart < 20s) {
    const auto event = worker.poll(10ms);
    REQUIRE(event);
    if (worker.counters().new_epochs > 0 && !noticed) noticed = Clock::now() - restart;
    if (!*event) continue;
    CHECK((*event)->kind != WorkerEvent::Kind::failed);
    if ((*event)->kind == WorkerEvent::Kind::done) ++ended;
  }
  CHECK(ended == 20);
  CHECK(worker.counters().new_epochs == 1);
  REQUIRE(noticed);
  CHECK(noticed->count() < 6.0);
}
