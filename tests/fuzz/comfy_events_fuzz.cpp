// What ComfyUI says on its WebSocket, with any bytes: text frames and binary frames are refused or
// read within their bounds.
#include <cstdlib>
#include <string_view>

#include "core/backends/comfy_events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dgxp;
  const ByteView bytes(data, size);
  if (const auto event = parse_comfy_event(as_text(bytes))) {
    std::size_t told = event->prompt.size() + event->node.size();
    for (const std::string& node : event->nodes) told += node.size();
    if (told > 4 * size + 64) std::abort();  // it cannot tell more than it was told
  }
  if (const auto frame = parse_comfy_frame(bytes)) {
    const bool is_within =
        frame->content.empty() || (frame->content.data() >= data &&
                                   frame->content.data() + frame->content.size() <= data + size);
    if (!is_within) std::abort();
  }
  return 0;
}
