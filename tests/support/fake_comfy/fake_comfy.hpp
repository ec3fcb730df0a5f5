#pragma once

// A ComfyUI for tests: its HTTP routes, its events, its node cache, its faults. It runs no model:
// pictures are drawn from what would have reached the sampler. Written from the observed behaviour
// of 0.3.64 (tests/corpus/comfyui holds the recordings).

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/image/image.hpp"

namespace dgxp {

struct FakeLora {
  std::string file;
  double model_weight = 1;
  double clip_weight = 1;
  friend bool operator==(const FakeLora&, const FakeLora&) = default;
};

struct FakeControl {
  std::string net;
  double strength = 1;
  double start = 0;
  double end = 1;
  std::shared_ptr<const Image> image;
};

/// Everything that reached the sampler, for one picture.
struct FakeDrawing {
  std::string prompt;
  std::string negative;
  std::uint64_t seed = 0;
  Size size;
  int index = 0;  ///< in its batch
  std::uint64_t steps = 0;
  double cfg = 0;
  std::string sampler;
  std::string scheduler;
  double denoise = 1;
  std::string checkpoint;
  std::vector<FakeLora> loras;  ///< in the order of the chain
  std::vector<FakeControl> controls;
  std::shared_ptr<const Image> init;  ///< of img2img, or null
  std::shared_ptr<const Image> mask;  ///< of inpainting (red channel), or null
  int cell = 16;  ///< edge of a drawn pixel, at most an eighth of the shorter side
  Rgba background{255, 0, 255, 255};
};

/// A figure in few colours on a plain background, in square cells: the same drawing, the same
/// pixels. Whatever differs in the drawing changes them, but a LoRA of weight 0 does not.
Image draw_blocky_figure(const FakeDrawing& drawing);

enum class FakeFaultKind {
  // Answers to HTTP; `path` chooses the route by its beginning ("/prompt"), "" is all of them.
  http_status,   ///< `status` with text/plain, as an exception in a handler gives
  http_html,     ///< `status` with an HTML page
  http_never,    ///< accepted and never answered
  http_reset,    ///< the connection breaks
  http_cut,      ///< the connection breaks inside the body
  http_delay,    ///< answered after `delay`
  http_garbage,  ///< 200, and the body is noise
  // Runs of prompts.
  wrong_prompt_id,     ///< POST /prompt echoes another id
  node_errors_in_200,  ///< the good part runs
  worker_dead,         ///< the prompt thread ends: pending grows, nothing runs, HTTP answers
  prompt_lost,         ///< gone from the queue, no history, no event
  history_late,        ///< written `delay` after execution_success
  no_images,           ///< success, and the outputs in history are empty
  interrupt_ignored,   ///< POST /interrupt or a cancel has no effect
  stall,               ///< the sampler waits before step `step` until interrupted or released
  out_of_memory,       ///< execution_error of CUDA
  execution_error,     ///< any other
  execution_blocked,   ///< execution_error "ExecutionBlocked", then success
  other_size,          ///< the pictures have `size`
  unreadable_image,    ///< the file is no PNG
  truncated_image,     ///< the file ends early
  view_missing,        ///< the file is gone when it is asked for
  // Sockets.
  ws_refused,    ///< no WebSocket: `status`
  ws_deaf,       ///< a new socket whose pings are never answered
  ws_closed,     ///< closed when `event` would go out: code `status`, 0 = broken
  ws_silent,     ///< from `event` on, this prompt has no more events
  ws_noise,      ///< unknown events, keys and frames between the real ones
  ws_fragments,  ///< each frame in three, with pings between
};
std::optional<FakeFaultKind> parse_fake_fault(std::string_view name);

struct FakeFault {
  FakeFaultKind kind = FakeFaultKind::http_status;
  int count = 1;       ///< how often; -1 = for ever
  std::string path;    ///< of HTTP faults
  std::string prompt;  ///< only prompts whose id or graph holds this text
  std::string event;   ///< "execution_start", "progress" ...; "" = the first
  int status = 500;    ///< HTTP status or close code
  std::uint64_t step = 1;
  Size size;
  std::chrono::milliseconds delay{0};
};

struct FakeComfyOptions {
  std::string version = "0.3.64";  ///< from "0.38" on: /api/jobs, UUIDs only, other error types
  std::uint16_t port = 0;          ///< 0: any free one
  /// folder -> files; other folders are empty.
  std::map<std::string, std::vector<std::string>> models = {
      {"checkpoints", {"tiny_sd15.safetensors"}}, {"loras", {"tiny_px.safetensors"}}};
  bool previews = true;           ///< `--preview-method` other than none
  bool metadata = true;           ///< without `--disable-metadata`: the graph stands in each PNG
  std::size_t preview_bytes = 0;  ///< previews are padded to this
  std::size_t max_upload = 104857600;
  std::chrono::milliseconds node_time{0};
  std::chrono::milliseconds step_time{0};
  int cell = 16;
  std::vector<std::string> missing_classes;       ///< node classes it does not have
  bool combo_objects = false;                     ///< lists as ["COMBO", {"options": [...]}]
  std::function<Image(const FakeDrawing&)> draw;  ///< null: draw_blocky_figure
};

struct FakeRecord {
  std::string method;
  std::string path;                            ///< without the prefix /api
  std::string query;                           ///< "filename=a.png&type=output", sorted by name
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// A POST /prompt that was accepted.
struct FakePrompt {
  std::string id;
  std::string client_id;
  std::string graph;  ///< JSON, as run
};

class FakeComfy {
 public:
  explicit FakeComfy(FakeComfyOptions options = {});
  ~FakeComfy();
  FakeComfy(const FakeComfy&) = delete;
  FakeComfy& operator=(const FakeComfy&) = delete;

  std::string url() const;  ///< "http://127.0.0.1:PORT"
  std::uint16_t port() const;

  void inject(FakeFault fault);
  void clear_faults();
  /// Whether a prompt waits in FakeFaultKind::stall within `limit`.
  bool wait_until_stalled(std::chrono::milliseconds limit) const;
  /// Lets prompts go on that wait in FakeFaultKind::stall; one that comes there later waits.
  void release_stalled();
  /// As the process killed and started again: queue, history and cache are gone, files are not.
  void restart();
  void go_down();
  void come_back();
  /// Prompts of somebody else, in the queue at once.
  void add_foreign(int count, std::uint64_t steps);
  void set_pace(std::chrono::milliseconds node_time, std::chrono::milliseconds step_time);

  std::vector<FakeRecord> requests() const;
  std::vector<FakePrompt> prompts() const;
  std::vector<FakeDrawing> drawings() const;  ///< all that was drawn, in order
  /// The first file that this prompt made, as it is served; "" while there is none.
  std::string picture_of(const std::string& prompt) const;
  /// How many sockets are open.
  std::size_t sockets() const;
  /// Whether nothing was queued or running within `limit`.
  bool wait_until_idle(std::chrono::milliseconds limit) const;

  class Server;

 private:
  std::unique_ptr<Server> server_;
};

}  // namespace dgxp
