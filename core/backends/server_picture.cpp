#include "core/backends/server_picture.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/image/image.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/png_parts.hpp"

namespace dgxp {
namespace {

Error picture_error(std::string message) {
  return {.kind = ErrorKind::worker, .message = std::move(message)};
}

/// `png` has been decoded, so its chunks are whole. The pixels of files that differ in text alone
/// are then in equal bytes.
Bytes strip_png(ByteView png) {
  Bytes stripped(png.begin(), png.begin() + 8);
  for (std::size_t at = 8; at + kPngChunkFrame <= png.size();) {
    const std::size_t length = read_png_u32(png, at);
    const std::string_view type = as_text(png.subspan(at + 4, 4));
    const ByteView chunk = png.subspan(at, length + kPngChunkFrame);
    // Critical chunks begin with a capital; of the others only transparency makes pixels.
    if ((type[0] >= 'A' && type[0] <= 'Z') || type == "tRNS") {
      stripped.insert(stripped.end(), chunk.begin(), chunk.end());
    }
    at += chunk.size();
  }
  return stripped;
}

}  // namespace

Result<ServerPicture> accept_picture(ByteView png, Size size) {
  const auto image = decode_png(png, {.max_size = size});
  if (!image) return picture_error("the server's picture: " + image.error().message);
  if (image->size != size) {
    return picture_error(fmt::format("the server made a picture of {}x{} instead of {}x{}",
                                     image->size.width, image->size.height, size.width,
                                     size.height));
  }
  return ServerPicture{.png = strip_png(png), .pixels = pixel_digest(*image)};
}

}  // namespace dgxp
