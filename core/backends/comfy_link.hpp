#pragma once

// The WebSocket to one ComfyUI, shared by all jobs: it is opened when the first job needs it,
// opened again when it is lost, and tells each job what it hears of its prompt. It carries
// progress and wake-ups; no job depends on it.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/backends/comfy_events.hpp"
#include "core/backends/comfy_images.hpp"
#include "core/backends/web_socket.hpp"

namespace dgxp {

using ComfyTime = std::chrono::steady_clock::time_point;

/// What was heard of one prompt since the last look.
struct ComfyNews {
  std::vector<ComfyEvent> events;
  std::shared_ptr<const Bytes> preview;     ///< the newest
  std::vector<ComfyFramePicture> pictures;  ///< of the nodes that send them as frames
  bool is_link_lost = false;
};

/// The mailbox of one prompt. One thread reads it.
class ComfyWatch {
 public:
  ComfyWatch(std::string prompt, std::vector<std::string> picture_nodes);
  /// Waits until there is news, `due` has come, or `stop` says stop.
  ComfyNews wait(ComfyTime due, const std::stop_token& stop);
  /// Waits until an event says that the prompt is over, or `due` has come; drops all other news.
  void wait_for_end(ComfyTime due);

 private:
  friend class ComfyLink;
  void post(const ComfyEvent& event);
  void post(const ComfyFrame& frame, const std::string& node);
  void post_loss();

  std::string prompt_;
  std::vector<std::string> picture_nodes_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  ComfyNews news_;
  std::size_t picture_bytes_ = 0;
};

/// Waits until `due`, or until `stop` says stop.
void pause_until(ComfyTime due, const std::stop_token& stop);

/// A lower-case UUID of version 4.
std::string make_uuid();

class ComfyLink {
 public:
  struct Options {
    HttpBase base;
    HttpAccess access;
    std::chrono::milliseconds open_timeout{5'000};
    std::chrono::milliseconds ping_interval{15'000};
    std::chrono::milliseconds first_pause{250};  ///< before it is opened again
    std::chrono::milliseconds longest_pause{10'000};
  };
  explicit ComfyLink(Options options);
  ComfyLink(ComfyLink&&) = delete;
  ~ComfyLink() = default;

  struct Station {
    std::string client;  ///< the client_id to post with
    bool is_open = false;
    std::uint64_t generation = 0;  ///< of the socket
  };
  /// Waits until the socket is open and has said its first status; not longer than `due`, and not
  /// when it cannot be had now.
  Station get_ready(ComfyTime due, const std::stop_token& stop);
  /// The mailbox lives as long as its owner holds it.
  std::shared_ptr<ComfyWatch> watch(const std::string& prompt,
                                    std::vector<std::string> picture_nodes);
  /// Whether that socket is open and has said something since `time`.
  bool has_heard_since(std::uint64_t generation, ComfyTime time) const;
  /// Gives up that socket for a new one.
  void replace(std::uint64_t generation);
  /// How often a socket has ended: another start of the server ends it.
  std::uint64_t endings() const { return endings_; }
  /// Malformed and unknown messages.
  std::uint64_t ignored() const { return ignored_; }

 private:
  void serve(const std::stop_token& stop);
  void take_text(std::string_view text);
  void take_binary(ByteView bytes);
  void hear();
  std::shared_ptr<ComfyWatch> find_watch(const std::string& prompt);
  void tell_loss();

  Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, std::weak_ptr<ComfyWatch>> watches_;
  std::string client_ = make_uuid();
  std::uint64_t generation_ = 0;
  bool is_wanted_ = false;
  bool is_open_ = false;     ///< and has said its first status
  bool is_pausing_ = false;  ///< the last attempt failed
  ComfyTime last_heard_{};
  std::stop_source current_;    ///< of the socket
  std::string current_prompt_;  ///< these two: of the link's thread
  std::string current_node_;
  std::atomic<std::uint64_t> endings_{0};
  std::atomic<std::uint64_t> ignored_{0};
  std::jthread thread_;
};

}  // namespace dgxp
