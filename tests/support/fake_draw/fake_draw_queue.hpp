#pragma once

// What the fakes of simpler servers share: a queue, one thread that "draws", faults, records.

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_comfy/fake_faults.hpp"

namespace dgxp {

struct FakeDrawOptions {
  std::uint16_t port = 0;
  std::vector<std::string> models = {"tiny_sd15.safetensors"};
  std::vector<std::string> loras = {"tiny_px.safetensors"};
  std::string authorization;  ///< the header that is wanted, "Basic ..."; empty: none
  std::chrono::milliseconds step_time{0};
  std::size_t max_queue = 64;
  bool can_cancel_running = true;
  std::function<Image(const FakeDrawing&)> draw;  ///< null: draw_blocky_figure
};

struct FakeDrawJob {
  std::string id;
  FakeDrawing drawing;
  std::string state = "queued";  ///< then "generating", "completed", "failed" or "cancelled"
  std::uint64_t step = 0;
  std::string png;  ///< bytes
  std::string error;
};

/// Jobs are drawn one after the other. Of the faults it plays stall, execution_error, other_size,
/// unreadable_image, truncated_image and interrupt_ignored; their `prompt` looks at the job's.
class FakeDrawQueue {
 public:
  using Done = std::function<void(const FakeDrawJob&)>;
  FakeDrawQueue(const FakeDrawOptions& options, FakeFaultBox& faults);
  ~FakeDrawQueue();

  /// False: the queue is full. `done` is called on the queue's thread.
  bool add(FakeDrawJob job, Done done = nullptr);
  std::optional<FakeDrawJob> find(const std::string& id) const;
  std::optional<FakeDrawJob> running() const;
  std::size_t waiting() const;
  std::size_t position(const std::string& id) const;
  /// Ends a waiting job at once, a running one before its next step; "" = whatever runs. False when
  /// it is neither.
  bool cancel(const std::string& id);
  void release_stalled();
  void forget();
  std::vector<FakeDrawing> drawings() const;

 private:
  void work();
  void draw(FakeDrawJob& job, std::unique_lock<std::mutex>& lock);
  std::string picture_of(const FakeDrawJob& job);

  const FakeDrawOptions& options_;
  FakeFaultBox& faults_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, FakeDrawJob> jobs_;
  std::map<std::string, Done> done_;
  std::deque<std::string> waiting_;
  std::string running_;
  std::vector<FakeDrawing> drawings_;
  std::uint64_t releases_ = 0;
  bool cancelled_ = false;
  bool stopping_ = false;
  std::thread worker_;
};

/// An HTTP server around such a queue.
class FakeDrawServer {
 public:
  FakeDrawServer(FakeDrawOptions options,
                 std::function<void(FakeDrawServer&, const FakeHttpRequest&, FakeReply)> routes);
  ~FakeDrawServer();
  FakeDrawServer(const FakeDrawServer&) = delete;
  FakeDrawServer& operator=(const FakeDrawServer&) = delete;

  std::string url() const;
  void inject(FakeFault fault) { faults_.add(std::move(fault)); }
  void clear_faults() { faults_.clear(); }
  void go_down() { http_->go_down(); }
  void come_back() { http_->come_back(); }
  std::vector<FakeRecord> requests() const;
  FakeDrawQueue& queue() { return queue_; }
  const FakeDrawOptions& options() const { return options_; }

 private:
  void answer(const FakeHttpRequest& request, const FakeReply& reply);

  FakeDrawOptions options_;
  std::function<void(FakeDrawServer&, const FakeHttpRequest&, FakeReply)> routes_;
  FakeFaultBox faults_;
  mutable std::mutex mutex_;
  std::vector<FakeRecord> records_;
  FakeDrawQueue queue_;
  std::unique_ptr<FakeHttpServer> http_;
};

/// A1111's web API: synchronous, LoRAs as tags in the prompt, GET /sdapi/v1/progress.
std::unique_ptr<FakeDrawServer> make_fake_sdapi(FakeDrawOptions options = {});

/// stable-diffusion.cpp's sd-server: jobs with ids, structured LoRAs, one model.
std::unique_ptr<FakeDrawServer> make_fake_sdcpp(FakeDrawOptions options = {});

FakeHttpAnswer fake_json_reply(const FakeJson& value, int status = 200);
std::string fake_base64(const std::string& bytes);
std::string fake_unbase64(const std::string& text);
/// "dir/tiny.safetensors" -> "tiny"
std::string fake_stem(const std::string& file);

}  // namespace dgxp
