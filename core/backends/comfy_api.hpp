#pragma once

// The HTTP side of ComfyUI as typed calls. Every call has a deadline, every answer is bounded and
// read with suspicion.

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/backends/comfy_errors.hpp"
#include "core/backends/http_client.hpp"
#include "core/base/bytes.hpp"

namespace dgxp {

struct ComfyFailure {
  enum class Why {
    unreachable,  ///< nobody there; the server has certainly not acted
    silent,       ///< no whole answer; the server may have acted
    stopped,      ///< the stop token said so; the server may have acted
    rejected,     ///< a status from 400 to 499; nothing was done
    broken,       ///< another status, or an answer that is not what it should be
  };
  Why why = Why::broken;
  long status = 0;      ///< of HTTP, 0 = none came
  std::string message;  ///< names the server and the path; no secret
};
template <typename T>
using ComfyResult = tl::expected<T, ComfyFailure>;

/// Prompts on the server by id, of all its clients.
struct ComfyQueue {
  std::vector<std::string> running;
  std::vector<std::string> pending;
};

/// A file on the server.
struct ComfyFile {
  std::string filename;
  std::string subfolder;
  std::string type;  ///< "output", "temp" or "input"
  friend bool operator==(const ComfyFile&, const ComfyFile&) = default;
};

struct ComfyNodeOutput {
  std::string node;
  std::vector<ComfyFile> images;
};

/// How a prompt ended.
struct ComfyHistory {
  bool completed = false;
  bool interrupted = false;
  std::optional<ComfyExecutionError> error;
  std::vector<ComfyNodeOutput> outputs;  ///< by node id; nodes without pictures are left out
};

struct ComfyPosted {
  std::string prompt;    ///< the id that the server echoes; empty: none
  std::string problems;  ///< of nodes that it leaves out; empty: none
};

struct ComfyStats {
  std::string version;  ///< "0.3.64"
  std::uint64_t vram_free_mb = 0;
  std::uint64_t vram_total_mb = 0;
};

struct ComfyTimes {
  std::chrono::milliseconds request{10'000};
  std::chrono::milliseconds post{30'000};       ///< a graph is checked before the answer
  std::chrono::milliseconds post_grace{2'000};  ///< for a POST that is under way at a stop
  std::chrono::milliseconds transfer{120'000};  ///< of a picture, or of what all nodes are
};

/// Any number of threads may use it at once. It never asks for anything that touches prompts of
/// others: no global interrupt, no clearing of queue or history, no place in the queue.
class ComfyApi {
 public:
  ComfyApi(HttpBase base, HttpAccess access, ComfyTimes times);

  /// `graph` is the JSON text of the API format. Error `rejected`: with what describe_rejection()
  /// says.
  ComfyResult<ComfyPosted> post_prompt(const std::string& graph, const std::string& prompt,
                                       const std::string& client, bool wants_previews,
                                       const std::stop_token& stop);
  ComfyResult<ComfyQueue> queue(const std::stop_token& stop);
  /// Nothing while the prompt has not ended, or is unknown.
  ComfyResult<std::optional<ComfyHistory>> history(const std::string& prompt,
                                                   const std::stop_token& stop);
  ComfyResult<Bytes> view(const ComfyFile& file, std::size_t most, const std::stop_token& stop);
  /// No effect unless that prompt runs; it may also be lost.
  ComfyResult<bool> interrupt(const std::string& prompt, const std::stop_token& stop);
  /// No effect unless that prompt waits.
  ComfyResult<bool> delete_pending(const std::string& prompt, const std::stop_token& stop);
  /// Nothing on a server that has no such route.
  ComfyResult<std::optional<bool>> cancel_job(const std::string& prompt,
                                              const std::stop_token& stop);
  /// Asks for the models and the node cache to be dropped after the current prompt.
  ComfyResult<bool> free_memory(const std::stop_token& stop);
  /// The name to use in a graph, which the server chooses: "dgxp/name.png".
  ComfyResult<std::string> upload(const std::string& name, Bytes png, const std::stop_token& stop);
  /// The JSON text.
  ComfyResult<std::string> object_info(const std::stop_token& stop);
  ComfyResult<std::vector<std::string>> models(const std::string& folder,
                                               const std::stop_token& stop);
  ComfyResult<ComfyStats> stats(const std::stop_token& stop);
  /// In bytes; 0 = the server does not tell.
  ComfyResult<std::uint64_t> max_upload(const std::stop_token& stop);
  ComfyResult<std::uint32_t> queue_length(const std::stop_token& stop);

  const HttpBase& base() const { return http_.base(); }

 private:
  ComfyResult<Bytes> ask(const HttpRequest& request, const std::stop_token& stop);
  ComfyResult<bool> tell(std::string path, std::string body, const std::stop_token& stop);
  std::vector<std::string> options_of(const std::string& class_type, const std::string& input,
                                      const std::stop_token& stop);
  ComfyFailure failure_of(const HttpFailure& failure) const;
  ComfyFailure malformed(std::string_view path) const;

  HttpClient http_;
  ComfyTimes times_;
};

/// Reads the answer of GET /history/{id}. Nothing when it is malformed; within, nothing when the
/// prompt is not in it.
std::optional<std::optional<ComfyHistory>> parse_comfy_history(std::string_view body,
                                                               const std::string& prompt);
/// Reads the answer of GET /queue; nothing when it is malformed.
std::optional<ComfyQueue> parse_comfy_queue(std::string_view body);

}  // namespace dgxp
