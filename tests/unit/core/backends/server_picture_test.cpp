// Requirements 27 and 29.
#include "core/backends/server_picture.hpp"

#include <zlib.h>

#include "comfy_test_support.hpp"

using namespace dgxp;

namespace {

void put_u32(Bytes& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) {
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}

/// `png` with one more chunk behind its header.
Bytes with_chunk(const Bytes& png, std::string_view type, std::string_view data) {
  Bytes chunk;
  put_u32(chunk, static_cast<std::uint32_t>(data.size()));
  chunk.insert(chunk.end(), type.begin(), type.end());
  chunk.insert(chunk.end(), data.begin(), data.end());
  put_u32(chunk, static_cast<std::uint32_t>(
                     crc32(0, chunk.data() + 4, static_cast<unsigned>(chunk.size() - 4))));
  Bytes longer = png;
  longer.insert(longer.begin() + 33, chunk.begin(), chunk.end());
  return longer;
}

}  // namespace

TEST_CASE("R27: only a whole PNG of the size that was asked for is taken, with its transparency") {
  const Image image = make_image({16, 8});
  const Bytes png = encode_png(image);
  const auto picture = accept_picture(png, {16, 8});
  REQUIRE(picture);
  CHECK(*decode_png(picture->png) == image);
  CHECK(picture->pixels == pixel_digest(image));
  CHECK(error_of(accept_picture(png, {32, 16})) ==
        "the server made a picture of 16x8 instead of 32x16");
  CHECK_FALSE(accept_picture(png, {8, 8}));
  CHECK_FALSE(accept_picture(ByteView(png).first(png.size() - 1), {16, 8}));
  CHECK_FALSE(accept_picture(as_bytes("<html>"), {16, 8}));
  CHECK_FALSE(accept_picture({}, {16, 8}));
}

TEST_CASE(
    "R29: text, dates and profiles are stripped; pictures that differ in them alone are one") {
  const Bytes png = encode_png(make_image({16, 8}));
  Bytes noisy = with_chunk(png, "tEXt", std::string("prompt\0{\"secret\":1}", 19));
  noisy = with_chunk(noisy, "iTXt", std::string("workflow\0\0\0\0\0x", 14));
  noisy = with_chunk(noisy, "eXIf", "MM\0*");
  noisy = with_chunk(noisy, "tIME", "1234567");
  const auto plain = accept_picture(png, {16, 8});
  const auto stripped = accept_picture(noisy, {16, 8});
  REQUIRE(plain);
  REQUIRE(stripped);
  CHECK(stripped->png == plain->png);
  CHECK(stripped->pixels == plain->pixels);
  CHECK(as_text(stripped->png).find("secret") == std::string_view::npos);
}
