#include "core/backends/comfy_images.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

Error picture_error(std::string message) {
  return {.kind = ErrorKind::worker, .message = std::move(message)};
}

}  // namespace

Result<ComfyResultPlace> find_result(const std::vector<OutputBinding>& declared,
                                     const ComfyHistory& history,
                                     const std::vector<ComfyFramePicture>& frames) {
  for (const ComfyNodeOutput& output : history.outputs) {
    const bool is_declared =
        std::ranges::any_of(declared, [&](const auto& one) { return one.node == output.node; });
    const bool has_result = std::ranges::any_of(
        output.images, [](const ComfyFile& file) { return file.type != "temp"; });
    if (is_declared || !has_result) continue;
    return picture_error(
        fmt::format("node {} gave {} pictures, but the workflow declares no such output",
                    output.node, output.images.size()));
  }
  ComfyResultPlace place;
  for (const OutputBinding& output : declared) {
    std::size_t count = 0;
    if (output.websocket) {
      for (const ComfyFramePicture& frame : frames) {
        if (frame.node != output.node) continue;
        if (++count == 1 && &output == &declared.front()) place.frame = &frame;
      }
    } else {
      const auto made = std::ranges::find(history.outputs, output.node, &ComfyNodeOutput::node);
      if (made != history.outputs.end()) {
        count = made->images.size();
        if (&output == &declared.front()) place.file = made->images.front();
      }
    }
    if (count != static_cast<std::size_t>(std::max(0, output.count))) {
      return picture_error(fmt::format("output '{}' (node {}) gave {} of {} pictures", output.name,
                                       output.node, count, output.count));
    }
  }
  if (!place.file && place.frame == nullptr) {
    return picture_error("the workflow declares no output");
  }
  return place;
}

Result<std::string> ComfyUploads::upload(const Bytes& png, const std::stop_token& stop) {
  if (const auto image = decode_png(png); !image) {
    return picture_error("a reference picture: " + image.error().message);
  }
  const Digest digest = sha256(ByteView(png));
  std::optional<std::uint64_t> limit;
  {
    const std::lock_guard lock(mutex_);
    const auto known = names_.find(digest);
    if (known != names_.end()) return known->second;
    limit = limit_;
  }
  if (!limit) {
    const auto told = api_.max_upload(stop);
    limit = told ? *told : 0;
  }
  // The form around the picture counts, too.
  constexpr std::size_t kForm = 4096;
  if (*limit > 0 && png.size() + kForm > *limit) {
    return picture_error(
        fmt::format("a reference picture has {} bytes, the server takes {}", png.size(), *limit));
  }
  const auto name = api_.upload(digest.hex() + ".png", png, stop);
  if (!name && name.error().status == 413) {
    return picture_error(
        fmt::format("a reference picture has {} bytes, more than the server takes{}", png.size(),
                    *limit > 0 ? fmt::format(" (it said {})", *limit) : ""));
  }
  if (!name) return picture_error(name.error().message);
  const std::lock_guard lock(mutex_);
  limit_ = limit;
  names_[digest] = *name;
  return *name;
}

void ComfyUploads::forget() {
  const std::lock_guard lock(mutex_);
  names_.clear();
  limit_.reset();
}

}  // namespace dgxp
