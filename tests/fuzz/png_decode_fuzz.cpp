// Any bytes: the decoder refuses them or gives a picture within its limits, and what it gives comes
// back from the encoder pixel by pixel. The first byte says how the rest becomes a file: as it is;
// with the checksums of its chunks mended, or as the content of the chunks IHDR, PLTE, tRNS and
// IDAT, so that mutations reach behind the checksums.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/image/checksum.hpp"
#include "core/image/deflate.hpp"
#include "core/image/png_codec.hpp"
#include "tests/fuzz/foreign_bytes.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
constexpr PngLimits kLimits{.max_size = {512, 512}, .max_bytes = 1U << 20U};

void put_u32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}

void put_chunk(Bytes& out, std::string_view type, ByteView content) {
  put_u32(out, static_cast<std::uint32_t>(content.size()));
  const std::size_t begin = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), content.begin(), content.end());
  put_u32(out, crc32(ByteView(out).subspan(begin)));
}

Bytes with_mended_checksums(ByteView file) {
  Bytes mended(file.begin(), file.end());
  std::size_t at = kSignature.size();
  while (at + 12 <= mended.size()) {
    const std::size_t length = static_cast<std::size_t>(mended[at]) << 24U |
                               static_cast<std::size_t>(mended[at + 1]) << 16U |
                               static_cast<std::size_t>(mended[at + 2]) << 8U | mended[at + 3];
    if (length > mended.size() - at - 12) {
      break;
    }
    Bytes crc;
    put_u32(crc, crc32(ByteView(mended).subspan(at + 4, length + 4)));
    std::ranges::copy(crc, mended.begin() + static_cast<std::ptrdiff_t>(at + 8 + length));
    at += length + 12;
  }
  return mended;
}

Bytes wrapped(ByteView content) {
  fuzz::ForeignBytes bytes(content);
  Bytes header;
  put_u32(header, static_cast<std::uint32_t>(bytes.below(600)));
  put_u32(header, static_cast<std::uint32_t>(bytes.below(600)));
  for (int i = 0; i < 5; ++i) {  // depth, colour type, compression, filter, interlace
    header.push_back(bytes.byte());
  }
  Bytes colors(static_cast<std::size_t>(bytes.below(300)));
  std::ranges::generate(colors, [&] { return bytes.byte(); });
  Bytes alphas(static_cast<std::size_t>(bytes.below(100)));
  std::ranges::generate(alphas, [&] { return bytes.byte(); });
  Bytes file(kSignature.begin(), kSignature.end());
  put_chunk(file, "IHDR", header);
  if (!colors.empty()) {
    put_chunk(file, "PLTE", colors);
  }
  if (!alphas.empty()) {
    put_chunk(file, "tRNS", alphas);
  }
  put_chunk(file, "IDAT", compress_zlib(bytes.rest()));
  put_chunk(file, "IEND", {});
  return file;
}

Bytes make_file(ByteView input) {
  const ByteView rest = input.subspan(1);
  switch (input[0] % 3) {
    case 0:
      return {rest.begin(), rest.end()};
    case 1:
      return with_mended_checksums(rest);
    default:
      return wrapped(rest);
  }
}

}  // namespace
}  // namespace dgxp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dgxp;
  if (size == 0) {
    return 0;
  }
  const auto image = decode_png(make_file({data, size}), kLimits);
  if (!image) {
    return 0;
  }
  const bool fits = image->size.width >= 1 && image->size.height >= 1 &&
                    image->size.width <= kLimits.max_size.width &&
                    image->size.height <= kLimits.max_size.height &&
                    image->pixels.size() == static_cast<std::size_t>(image->size.area());
  // The encoder's search is slow and has a place of its own in the tests: small pictures are
  // enough.
  const bool is_small = fits && image->size.area() <= 1024;
  const auto again = is_small ? decode_png(encode_png(*image)) : image;
  if (!fits || !again || with_cleared_transparency(*again) != with_cleared_transparency(*image)) {
    std::abort();
  }
  return 0;
}
