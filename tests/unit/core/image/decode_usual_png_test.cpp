#include "core/image/decode_usual_png.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/image/checksum.hpp"
#include "core/image/deflate.hpp"
#include "core/image/png_codec.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

void put_u32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
}

void put_chunk(Bytes& file, std::string_view type, ByteView data) {
  put_u32(file, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = file.size();
  file.insert(file.end(), type.begin(), type.end());
  file.insert(file.end(), data.begin(), data.end());
  put_u32(file, crc32(ByteView(file).subspan(start)));
}

/// What a PNG is made of.
struct Parts {
  Size size;
  int depth = 8;
  int type = 2;
  int interlace = 0;
  Bytes palette;
  Bytes alphas;
  Bytes rows;              ///< each behind its filter byte
  std::size_t pieces = 1;  ///< in how many IDAT the stream stands
};

Bytes assemble(const Parts& parts, const Bytes& stream) {
  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Bytes header;
  put_u32(header, static_cast<std::uint32_t>(parts.size.width));
  put_u32(header, static_cast<std::uint32_t>(parts.size.height));
  for (const int field : {parts.depth, parts.type, 0, 0, parts.interlace})
    header.push_back(static_cast<std::uint8_t>(field));
  put_chunk(file, "IHDR", header);
  if (!parts.palette.empty()) put_chunk(file, "PLTE", parts.palette);
  if (!parts.alphas.empty()) put_chunk(file, "tRNS", parts.alphas);
  put_chunk(file, "tEXt", Bytes{'a', 0, 'b'});
  const std::size_t step = stream.size() / parts.pieces + 1;
  for (std::size_t at = 0; at < stream.size(); at += step)
    put_chunk(file, "IDAT", ByteView(stream).subspan(at, std::min(step, stream.size() - at)));
  put_chunk(file, "IEND", {});
  return file;
}
Bytes assemble(const Parts& parts) {
  return assemble(parts, compress_zlib(parts.rows));
}

int guess(unsigned filter, int left, int up, int corner) {
  const int estimate = left + up - corner;
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) / 2;
    case 4:
      if (std::abs(estimate - left) <= std::abs(estimate - up) &&
          std::abs(estimate - left) <= std::abs(estimate - corner))
        return left;
      return std::abs(estimate - up) <= std::abs(estimate - corner) ? up : corner;
    default:
      return 0;
  }
}

/// Every row under a random filter.
Bytes filtered(Random& random, const std::vector<Bytes>& rows, std::size_t pixel_bytes) {
  Bytes result;
  for (std::size_t y = 0; y < rows.size(); ++y) {
    const auto filter = static_cast<unsigned>(random.below(5));
    result.push_back(static_cast<std::uint8_t>(filter));
    const auto byte = [&](std::size_t row, std::size_t i, std::size_t back) {
      return row >= rows.size() || i < back ? 0 : int{rows[row][i - back]};
    };
    for (std::size_t i = 0; i < rows[y].size(); ++i)
      result.push_back(static_cast<std::uint8_t>(rows[y][i] - guess(filter, byte(y, i, pixel_bytes),
                                                                    byte(y - 1, i, 0),
                                                                    byte(y - 1, i, pixel_bytes))));
  }
  return result;
}

/// A picture of random or of smooth pixels, so that every way through a filter is taken.
Image picture(Random& random, Size size, bool is_opaque) {
  Image image = random.noise(size);
  const bool is_smooth = random.below(2) == 0;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      Rgba& p = image.at(x, y);
      const auto v = static_cast<std::uint8_t>(3 * x + 2 * y + random.below(4));
      if (is_smooth)
        p = {v, static_cast<std::uint8_t>(v + 9), static_cast<std::uint8_t>(99 - v), v};
      if (is_opaque) p.a = 255;
    }
  return image;
}

Parts truecolor(Random& random, const Image& image, std::size_t pixel_bytes) {
  std::vector<Bytes> rows(static_cast<std::size_t>(image.size.height));
  for (int y = 0; y < image.size.height; ++y)
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba p = image.at(x, y);
      Bytes& row = rows[static_cast<std::size_t>(y)];
      row.insert(row.end(), {p.r, p.g, p.b});
      if (pixel_bytes == 4) row.push_back(p.a);
    }
  return {.size = image.size,
          .type = pixel_bytes == 4 ? 6 : 2,
          .rows = filtered(random, rows, pixel_bytes),
          .pieces = 1 + static_cast<std::size_t>(random.below(5))};
}

/// One picture of `depth` bits and what it shows; gray (of 8 bits) without a palette.
std::pair<Parts, Image> one_channel(Random& random, Size size, int depth, bool has_palette) {
  Parts parts{.size = size, .depth = depth, .type = has_palette ? 3 : 0};
  const int count = 1 + random.below(1 << depth);
  std::vector<Rgba> colors;
  for (int i = 0; i < (has_palette ? count : 256); ++i) {
    const Rgb color = random.color();
    const bool has_alpha = has_palette && i < count / 2;
    const Rgba shown =
        has_palette ? Rgba{color.r, color.g, color.b, has_alpha ? random.byte() : std::uint8_t{255}}
                    : opaque(Rgb{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i),
                                 static_cast<std::uint8_t>(i)});
    colors.push_back(shown);
    if (has_palette) parts.palette.insert(parts.palette.end(), {shown.r, shown.g, shown.b});
    if (has_alpha) parts.alphas.push_back(shown.a);
  }
  Image image(size);
  std::vector<Bytes> rows(static_cast<std::size_t>(size.height),
                          Bytes(static_cast<std::size_t>((size.width * depth + 7) / 8)));
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const int index = random.below(static_cast<int>(colors.size()));
      std::uint8_t& byte =
          rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x * depth / 8)];
      byte = static_cast<std::uint8_t>(byte | index << (8 - depth - x * depth % 8));
      image.at(x, y) = colors[static_cast<std::size_t>(index)];
    }
  parts.rows = filtered(random, rows, 1);
  return {parts, image};
}

const Parts kTwoByTwo{.size = {2, 2}, .rows = {0, 1, 2, 3, 4, 5, 6, 1, 7, 8, 9, 1, 1, 1}};

}  // namespace

TEST_CASE("RGB and RGBA under every filter come back pixel by pixel") {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const Size size{1 + random.below(40), 1 + random.below(20)};
    const std::size_t pixel_bytes = round % 2 == 0 ? 3 : 4;
    const Image image = picture(random, size, pixel_bytes == 3);
    const auto decoded =
        decode_usual_png(assemble(truecolor(random, image, pixel_bytes)), image.size);
    REQUIRE(decoded.has_value());
    REQUIRE(*decoded == image);
  }
}

TEST_CASE("gray and palettes of every depth come back pixel by pixel") {
  Random random(2);
  for (int round = 0; round < 200; ++round) {
    const Size size{1 + random.below(40), 1 + random.below(20)};
    constexpr std::array<int, 5> kDepths{1, 2, 4, 8, 8};
    const auto [parts, image] =
        one_channel(random, size, kDepths.at(static_cast<std::size_t>(round % 5)), round % 5 < 4);
    const auto decoded = decode_usual_png(assemble(parts), size);
    REQUIRE(decoded.has_value());
    REQUIRE(*decoded == image);
  }
}

TEST_CASE("both ways of decoding give the same pixels") {
  Random random(3);
  for (int round = 0; round < 60; ++round) {
    const Image image = picture(random, {1 + random.below(30), 1 + random.below(30)}, true);
    Parts parts = truecolor(random, image, 3);
    const Bytes usual = assemble(parts);
    parts.palette = {1, 2, 3};  // which RGB may have, but rarely does
    const Bytes unusual = assemble(parts);
    CHECK(!decode_usual_png(unusual, image.size));
    const auto by_libpng = decode_png(unusual);
    REQUIRE(by_libpng);
    CHECK(decode_usual_png(usual, image.size) == *by_libpng);
  }
}

TEST_CASE("other forms are left to libpng") {
  const auto refused = [](auto change) {
    Parts parts = kTwoByTwo;
    change(parts);
    return !decode_usual_png(assemble(parts), parts.size);
  };
  CHECK(!refused([](Parts&) {}));
  CHECK(refused([](Parts& parts) { parts.interlace = 1; }));
  CHECK(refused([](Parts& parts) { parts.depth = 16; }));
  CHECK(refused([](Parts& parts) { parts.type = 4; }));
  CHECK(refused([](Parts& parts) { parts.alphas = {0, 1, 0, 2, 0, 3}; }));
}

TEST_CASE("whatever is wrong is left to libpng") {
  const auto refused = [](auto change) {
    Parts parts = kTwoByTwo;
    change(parts);
    const Bytes file = assemble(parts);
    return !decode_usual_png(file, parts.size) && !decode_png(file);
  };
  CHECK(refused([](Parts& parts) { parts.rows[0] = 5; }));
  CHECK(refused([](Parts& parts) { parts.rows.pop_back(); }));
  CHECK(refused([](Parts& parts) { parts.rows.push_back(0); }));
  CHECK(refused([](Parts& parts) {
    parts.type = 3;
    parts.rows = {0, 0, 1, 0, 0, 0};
    parts.palette = {1, 2, 3};
  }));
  CHECK(refused([](Parts& parts) {
    parts.type = 3;
    parts.rows = {0, 0, 0, 0, 0, 0};  // and no palette
  }));
  Bytes stream = compress_zlib(kTwoByTwo.rows);
  stream.back() ^= 1;
  CHECK(!decode_usual_png(assemble(kTwoByTwo, stream), kTwoByTwo.size));
  stream = compress_zlib(kTwoByTwo.rows);
  stream.push_back(0);
  CHECK(!decode_usual_png(assemble(kTwoByTwo, stream), kTwoByTwo.size));
  Bytes file = assemble(kTwoByTwo);
  file.back() ^= 1;
  CHECK(!decode_usual_png(file, kTwoByTwo.size));
}

TEST_CASE("nothing is allocated for rows that the file is too short to hold") {
  Parts bomb = kTwoByTwo;
  bomb.size = {3000, 3000};
  CHECK(!decode_usual_png(assemble(bomb), bomb.size));
  // A stream of nothing but the longest copies is as dense as deflate can be.
  Parts dense{.size = {500, 500}, .rows = Bytes(500 * 1501)};
  CHECK(decode_usual_png(assemble(dense), dense.size) == Image(dense.size, Rgba{0, 0, 0, 255}));
}
