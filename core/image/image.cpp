#include "core/image/image.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/base/digest_stream.hpp"

namespace dgxp {
namespace {

void put_u32(std::uint8_t*& out, int value) {
  const auto word = static_cast<std::uint32_t>(value);
  for (unsigned shift = 0; shift < 32; shift += 8)
    *out++ = static_cast<std::uint8_t>(word >> shift);
}

}  // namespace

Image crop(const Image& image, Rect rect) {
  assert(rect.x >= 0 && rect.y >= 0 && rect.width >= 0 && rect.height >= 0);
  assert(rect.x + rect.width <= image.size.width && rect.y + rect.height <= image.size.height);
  Image part(rect.size());
  for (int y = 0; y < rect.height; ++y)
    for (int x = 0; x < rect.width; ++x) part.at(x, y) = image.at(rect.x + x, rect.y + y);
  return part;
}

void paste(Image& target, const Image& source, Point at) {
  for (int y = 0; y < source.size.height; ++y)
    for (int x = 0; x < source.size.width; ++x)
      if (target.contains(at.x + x, at.y + y)) target.at(at.x + x, at.y + y) = source.at(x, y);
}

Image mirror_frames(const Image& strip, int frame_width) {
  assert(frame_width > 0 && strip.size.width % frame_width == 0);
  Image mirrored = strip;
  const auto width = static_cast<std::ptrdiff_t>(frame_width);
  const auto count = static_cast<std::ptrdiff_t>(mirrored.pixels.size());
  for (std::ptrdiff_t start = 0; start < count; start += width)
    std::reverse(mirrored.pixels.begin() + start, mirrored.pixels.begin() + start + width);
  return mirrored;
}

Image with_cleared_transparency(Image image) {
  for (Rgba& pixel : image.pixels)
    if (pixel.a == 0) pixel = kTransparent;
  return image;
}

Digest pixel_digest(const Image& image) {
  constexpr std::size_t kPiece = 1024;  // pixels
  std::array<std::uint8_t, 4 * kPiece> bytes{};
  DigestStream digest;
  std::uint8_t* out = bytes.data();
  put_u32(out, image.size.width);
  put_u32(out, image.size.height);
  digest.add(ByteView(bytes.data(), out));
  for (std::size_t at = 0; at < image.pixels.size(); at += kPiece) {
    out = bytes.data();
    for (std::size_t i = at; i < std::min(at + kPiece, image.pixels.size()); ++i) {
      const Rgba pixel = image.pixels[i].a == 0 ? kTransparent : image.pixels[i];
      *out++ = pixel.r;
      *out++ = pixel.g;
      *out++ = pixel.b;
      *out++ = pixel.a;
    }
    digest.add(ByteView(bytes.data(), out));
  }
  return digest.finish();
}

}  // namespace dgxp
