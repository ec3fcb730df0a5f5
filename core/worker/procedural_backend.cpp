#include "core/worker/procedural_backend.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

// A strip of many frames is long and low; this bounds the memory of drawing it.
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 26U;

Size size_of(const GenerateMessage::Extent& extent) {
  return {static_cast<int>(extent[0]), static_cast<int>(extent[1])};
}

int largest_scale(Size size) {
  for (const int scale : {16, 8, 4, 2}) {
    if (size.width % scale == 0 && size.height % scale == 0) return scale;
  }
  return 1;
}

class ProceduralBackend : public Backend {
 public:
  explicit ProceduralBackend(int threads) : threads_(threads) {}
  BackendInfo info() const override {
    return {.name = "procedural", .placeholder = true, .slots = threads_, .capabilities = {}};
  }
  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress, std::stop_token) override {
    const auto request = make_procedural_request(job.request);
    if (!request) return request.error();
    progress({.stage = "sampling", .step = 0, .total_steps = 1});
    const Image image = draw_procedural(*request);
    progress({.stage = "post_processing", .step = 1, .total_steps = 1});
    return encode_png(image, PngEffort::fast);
  }

 private:
  int threads_;
};

}  // namespace

Result<ProceduralRequest> make_procedural_request(const GenerateMessage& message) {
  if (std::uint64_t{message.size[0]} * message.size[1] > kMostPixels) {
    return Error{ErrorKind::worker, fmt::format("a picture of {}x{} has more than {} pixels",
                                                message.size[0], message.size[1], kMostPixels)};
  }
  ProceduralRequest request;
  request.prompt = message.prompt;
  if (message.frame_size) {
    request.frame_size = size_of(*message.frame_size);
    request.frames = static_cast<int>(message.frames.value_or(1));
    request.render_scale = static_cast<int>(message.render_scale.value_or(1));
  } else {
    const Size size = size_of(message.size);
    request.render_scale = largest_scale(size);
    request.frame_size = {size.width / request.render_scale, size.height / request.render_scale};
  }
  request.animation = message.animation;
  request.direction = message.direction;
  request.seamless = message.seamless;
  request.seed = message.seed.value_or(0);
  for (const std::string& color : message.palette) {
    request.palette.push_back(parse_hex_color(color).value_or(Rgb{}));
  }
  return request;
}

std::unique_ptr<Backend> make_procedural_backend(int threads) {
  return std::make_unique<ProceduralBackend>(std::max(1, threads));
}

}  // namespace dgxp
