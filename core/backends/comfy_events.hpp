#pragma once

// What ComfyUI says on its WebSocket, as values. Everything in it is foreign: bounded, and what is
// unknown or malformed is nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"

namespace dgxp {

struct ComfyEvent {
  enum class Kind {
    status,       ///< of the whole server; first on every connection
    start,        ///< execution_start
    cached,       ///< execution_cached: `nodes` need no work
    executing,    ///< `node` runs; empty: the prompt is over, well or not
    progress,     ///< of `node`: `value` of `max`
    state,        ///< progress_state: `nodes` are finished, `node` runs with `value` of `max`
    executed,     ///< output node `node` has its files
    success,      ///< execution_success: history may still be written
    error,        ///< execution_error; not always the end
    interrupted,  ///< execution_interrupted
    unknown,
  };
  Kind kind = Kind::unknown;
  std::string prompt;  ///< its id; empty for `status`
  std::string node;
  std::vector<std::string> nodes;
  double value = 0;
  double max = 0;
  std::uint32_t queue_remaining = 0;
};

/// Reads one text frame; nothing when it is malformed.
std::optional<ComfyEvent> parse_comfy_event(std::string_view text);

struct ComfyFrame {
  enum class Kind { image, text, unknown };
  enum class Format { jpeg, png, unknown };
  Kind kind = Kind::unknown;
  Format format = Format::unknown;
  std::string prompt;  ///< its id; empty when the frame does not tell
  std::string node;    ///< empty when the frame does not tell
  ByteView content;    ///< the picture or text, within the frame
};

/// Reads one binary frame (events 1, 3 and 4); nothing when it is too short for what it says.
std::optional<ComfyFrame> parse_comfy_frame(ByteView frame);

}  // namespace dgxp
