#include "core/image/png_codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <sys/resource.h>

#include "core/image/checksum.hpp"
#include "core/image/deflate.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

void put_u32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
}

Bytes chunk(std::string_view type, const Bytes& data) {
  Bytes bytes;
  put_u32(bytes, static_cast<std::uint32_t>(data.size()));
  bytes.insert(bytes.end(), type.begin(), type.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  put_u32(bytes, crc32(ByteView(bytes).subspan(4)));
  return bytes;
}

Bytes header(std::uint32_t width, std::uint32_t height, int depth, int color_type,
             int interlace = 0) {
  Bytes data;
  put_u32(data, width);
  put_u32(data, height);
  data.insert(data.end(), {static_cast<std::uint8_t>(depth), static_cast<std::uint8_t>(color_type),
                           0, 0, static_cast<std::uint8_t>(interlace)});
  return chunk("IHDR", data);
}

Bytes png(std::initializer_list<Bytes> chunks) {
  Bytes bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  for (const Bytes& c : chunks) bytes.insert(bytes.end(), c.begin(), c.end());
  return bytes;
}

Bytes data_chunk(const Bytes& rows) {
  return chunk("IDAT", compress_zlib(rows));
}

const Bytes kEnd = chunk("IEND", {});

/// Types and lengths of the chunks, "IHDR:13 PLTE:6 ...".
std::string chunk_list(const Bytes& bytes) {
  std::string list;
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::size_t length = std::size_t{bytes[at]} << 24U | std::size_t{bytes[at + 1]} << 16U |
                               std::size_t{bytes[at + 2]} << 8U | bytes[at + 3];
    list += std::string(as_text(ByteView(bytes).subspan(at + 4, 4))) + " ";
    at += 12 + length;
  }
  return list;
}

std::string message(const Result<Image>& result) {
  return result ? "decoded" : result.error().message;
}

}  // namespace

TEST_CASE("pictures of every palette size survive encoding and decoding") {
  Random random(1);
  for (int round = 0; round < 400; ++round) {
    constexpr std::array<int, 12> kCounts{1, 2, 3, 4, 5, 15, 16, 17, 200, 255, 256, 300};
    const Size size{1 + random.below(40), 1 + random.below(40)};
    Palette palette = random.palette(kCounts.at(static_cast<std::size_t>(round % 12)));
    if (round % 3 == 0)
      for (Rgb& color : palette.colors) color = {color.r, color.r, color.r};
    const Image image = random.image(size, palette, round % 2 == 0 ? 4 : 1000000);
    for (const PngEffort effort : {PngEffort::fast, PngEffort::small})
      for (const PngColors colors : {PngColors::indexed, PngColors::any}) {
        const auto decoded = decode_png(encode_png(image, effort, colors));
        REQUIRE(decoded);
        REQUIRE(*decoded == image);
      }
  }
}

TEST_CASE("partly transparent pictures survive as truecolour") {
  Random random(2);
  for (int round = 0; round < 100; ++round) {
    const Image image = random.noise({1 + random.below(40), 1 + random.below(40)});
    const auto decoded = decode_png(encode_png(image));
    REQUIRE(decoded);
    REQUIRE(*decoded == with_cleared_transparency(image));
  }
}

TEST_CASE("a fast PNG has the least bit depth, and a small one no other chunks") {
  Random random(3);
  const auto depth_of = [&](int colors, bool has_hole) {
    Image image({colors + 1, 1});
    for (int x = 0; x < colors; ++x) image.at(x, 0) = {static_cast<std::uint8_t>(x), 0, 0, 255};
    if (!has_hole) image.at(colors, 0) = image.at(0, 0);
    for (const PngEffort effort : {PngEffort::small, PngEffort::fast}) {
      const Bytes bytes = encode_png(image, effort);
      CHECK(chunk_list(bytes) == (has_hole ? "IHDR PLTE tRNS IDAT IEND " : "IHDR PLTE IDAT IEND "));
      CHECK(bytes[25] == 3);
    }
    return static_cast<int>(encode_png(image, PngEffort::fast)[24]);
  };
  CHECK(depth_of(1, false) == 1);
  CHECK(depth_of(2, false) == 1);
  CHECK(depth_of(2, true) == 2);
  CHECK(depth_of(4, false) == 2);
  CHECK(depth_of(4, true) == 4);
  CHECK(depth_of(16, false) == 4);
  CHECK(depth_of(16, true) == 8);
  CHECK(depth_of(256, false) == 8);
  CHECK(depth_of(255, true) == 8);
}

TEST_CASE("256 colours and a hole need truecolour") {
  Image image({257, 1});
  for (int x = 0; x < 256; ++x) image.at(x, 0) = {static_cast<std::uint8_t>(x), 0, 0, 255};
  CHECK(chunk_list(encode_png(image)) == "IHDR IDAT IEND ");
}

TEST_CASE("PLTE of a fast PNG begins with the transparent entry, then goes by first use") {
  Image image({4, 1});
  image.pixels = {{5, 0, 0, 255}, {3, 0, 0, 255}, {9, 9, 9, 0}, {5, 0, 0, 255}};
  const Bytes bytes = encode_png(image, PngEffort::fast);
  const auto plte = std::ranges::search(bytes, std::string_view("PLTE"));
  const Bytes colors(plte.end(), plte.end() + 9);
  CHECK(colors == Bytes{0, 0, 0, 5, 0, 0, 3, 0, 0});
  const auto trns = std::ranges::search(bytes, std::string_view("tRNS"));
  CHECK(Bytes(trns.begin() - 4, trns.end() + 1) == Bytes{0, 0, 0, 1, 't', 'R', 'N', 'S', 0});
}

TEST_CASE("a small PNG of a smooth picture is filtered, and one of noise is not") {
  Image smooth({64, 64});
  Image noise({64, 64});
  Random random(11);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x) {
      const auto shade = static_cast<std::uint8_t>(2 * x + y + random.below(3));
      smooth.at(x, y) = {shade, static_cast<std::uint8_t>(shade / 2), 9, 255};
      noise.at(x, y) = {static_cast<std::uint8_t>(16 * random.below(16)), 0, 0, 255};
    }
  CHECK(encode_png(smooth).size() * 5 < encode_png(smooth, PngEffort::fast).size() * 4);
  const std::size_t fast = encode_png(noise, PngEffort::fast).size();
  CHECK(encode_png(noise).size() <= fast);
  CHECK(encode_png(noise).size() * 10 > fast * 9);
}

TEST_CASE("only a picture that may be any colour type loses its palette") {
  Image gray({8, 8});
  for (std::size_t i = 0; i < 64; ++i) {
    const auto shade = static_cast<std::uint8_t>(40 + 3 * i);
    gray.pixels[i] = {shade, shade, shade, 255};
  }
  gray.at(7, 7) = kTransparent;
  CHECK(chunk_list(encode_png(gray, PngEffort::small, PngColors::any)) == "IHDR tRNS IDAT IEND ");
  CHECK(chunk_list(encode_png(gray)) == "IHDR PLTE tRNS IDAT IEND ");
  gray.at(0, 0) = {0, 0, 0, 255};  // black cannot be a colour and transparency at once
  CHECK(chunk_list(encode_png(gray, PngEffort::small, PngColors::any)) ==
        "IHDR PLTE tRNS IDAT IEND ");
}

TEST_CASE("a PNG that is cut off anywhere is an error") {
  Random random(4);
  for (const Image& image : {random.image({9, 7}, random.palette(5)), random.noise({6, 5})}) {
    const Bytes bytes = encode_png(image);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      REQUIRE_FALSE(decode_png(ByteView(bytes).first(size)));
  }
}

TEST_CASE("every flipped bit is noticed") {
  Random random(5);
  const Image image = random.image({9, 7}, random.palette(5));
  const Bytes bytes = encode_png(image);
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    Bytes broken = bytes;
    broken[i / 8] = static_cast<std::uint8_t>(broken[i / 8] ^ 1U << (i % 8));
    // A bit of a type may turn tRNS into a chunk that need not be looked at.
    const auto decoded = decode_png(broken);
    if (decoded) REQUIRE(as_text(broken).find("tRNS") == std::string_view::npos);
  }
}

TEST_CASE("bytes behind the end are refused") {
  Bytes bytes = encode_png(Image({2, 2}));
  bytes.insert(bytes.end(), {1, 2, 3});
  CHECK(message(decode_png(bytes)) == "3 bytes follow the end of the PNG");
}

TEST_CASE("other files and empty ones are not a PNG") {
  CHECK(message(decode_png(as_bytes("<html>502</html>"))) == "not a PNG file");
  CHECK(message(decode_png({})) == "not a PNG file");
}

TEST_CASE("size limits hold before anything is decoded") {
  const Bytes bytes = png({header(30000, 30000, 8, 6), data_chunk({0}), kEnd});
  CHECK(message(decode_png(bytes)) ==
        "the PNG is 30000x30000 pixels, larger than the allowed 4096x4096");
  CHECK(message(decode_png(encode_png(Image({5, 1})), {.max_size = {4, 4}})) ==
        "the PNG is 5x1 pixels, larger than the allowed 4x4");
  CHECK(message(decode_png(encode_png(Image({2, 2})), {.max_bytes = 40}))
            .ends_with("more than the allowed 40"));
  CHECK(message(decode_png(png({header(0, 5, 8, 6), data_chunk({0}), kEnd}))) ==
        "the PNG is 0x5 pixels");
}

TEST_CASE("a 44-byte file that claims a 2 GB text chunk costs nothing") {
  Bytes bytes = png({header(8, 8, 8, 6)});
  put_u32(bytes, 0x7FFFFFFF);
  for (const char c : std::string_view("tEXt")) bytes.push_back(static_cast<std::uint8_t>(c));
  bytes.insert(bytes.end(), {0, 0, 0});
  REQUIRE(bytes.size() == 44);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  CHECK(message(decode_png(bytes)) == "the PNG ends too early");
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 15000);  // KiB
}

TEST_CASE("ancillary chunks are not looked at, whatever they hold") {
  Image image({1, 1}, {1, 2, 3, 255});
  Bytes bytes = encode_png(image);
  const Bytes lie = chunk("gAMA", {1});
  Bytes rotten = chunk("iCCP", {'x', 0, 0, 1, 2, 3});
  rotten.back() = static_cast<std::uint8_t>(rotten.back() ^ 1U);
  bytes.insert(bytes.begin() + 33, lie.begin(), lie.end());
  bytes.insert(bytes.begin() + 33, rotten.begin(), rotten.end());
  const auto decoded = decode_png(bytes);
  REQUIRE(decoded);
  CHECK(*decoded == image);
}

TEST_CASE("an unknown critical chunk, a second header and split image data are refused") {
  const Bytes rows{0, 1, 2, 3};
  const Bytes data = data_chunk(rows);
  CHECK(message(decode_png(png({header(1, 1, 8, 2), chunk("ABCD", {}), data, kEnd}))) ==
        "the PNG holds an unknown critical chunk 'ABCD'");
  CHECK(message(decode_png(png({header(1, 1, 8, 2), header(1, 1, 8, 2), data, kEnd}))) ==
        "the PNG's chunks are out of order");
  CHECK(message(decode_png(png({header(1, 1, 8, 2), data, chunk("tEXt", {'a', 0}), data, kEnd}))) ==
        "the PNG's chunks are out of order");
}

TEST_CASE("a palette index out of range is an error") {
  const Bytes palette = chunk("PLTE", {1, 1, 1, 2, 2, 2, 3, 3, 3});
  const auto decode = [&](std::uint8_t index) {
    return decode_png(png({header(2, 1, 8, 3), palette, data_chunk({0, 0, index}), kEnd}));
  };
  CHECK(decode(2));
  CHECK(message(decode(3)) == "the PNG uses a palette index that its palette does not have");
}

TEST_CASE("gray, gray with alpha, 16 bits and transparent colours become RGBA") {
  const auto decode = [](int depth, int color_type, const Bytes& trns, const Bytes& row) {
    auto bytes =
        trns.empty()
            ? png({header(2, 1, depth, color_type), data_chunk(row), kEnd})
            : png({header(2, 1, depth, color_type), chunk("tRNS", trns), data_chunk(row), kEnd});
    const auto image = decode_png(bytes);
    REQUIRE(image);
    return image->pixels;
  };
  using Pixels = std::vector<Rgba>;
  CHECK(decode(8, 0, {}, {0, 7, 255}) == Pixels{{7, 7, 7, 255}, {255, 255, 255, 255}});
  CHECK(decode(1, 0, {}, {0, 0x40}) == Pixels{{0, 0, 0, 255}, {255, 255, 255, 255}});
  CHECK(decode(2, 0, {0, 1}, {0, 0x60}) == Pixels{{85, 85, 85, 0}, {170, 170, 170, 255}});
  CHECK(decode(8, 4, {}, {0, 7, 9, 8, 200}) == Pixels{{7, 7, 7, 9}, {8, 8, 8, 200}});
  CHECK(decode(8, 2, {0, 1, 0, 2, 0, 3}, {0, 1, 2, 3, 4, 5, 6}) ==
        Pixels{{1, 2, 3, 0}, {4, 5, 6, 255}});
  CHECK(decode(16, 2, {}, {0, 255, 255, 0, 0, 128, 128, 1, 0, 2, 0, 3, 0}) ==
        Pixels{{255, 0, 128, 255}, {1, 2, 3, 255}});
  CHECK(decode(16, 6, {}, {0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8}) ==
        Pixels{{1, 2, 3, 4}, {5, 6, 7, 8}});
}

TEST_CASE("interlaced pictures are read") {
  // 3x2 in Adam7: passes 1 (0,0), 4 none, 6 (1,0), 5 (0 and 2 of row 0: x=2), 7 row 1.
  const Bytes palette = chunk("PLTE", {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5});
  const Bytes rows{0, 0,         // pass 1: (0,0)
                   0, 2,         // pass 4: (2,0)
                   0, 1,         // pass 6: (1,0)
                   0, 3, 4, 5};  // pass 7: row 1
  const auto image = decode_png(png({header(3, 2, 8, 3, 1), palette, data_chunk(rows), kEnd}));
  REQUIRE(image);
  std::vector<int> values;
  for (const Rgba& pixel : image->pixels) values.push_back(pixel.r);
  CHECK(values == std::vector<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("damage behind right checksums is decoded or refused, never more") {
  Random random(6);
  std::vector<Bytes> files;
  files.push_back(encode_png(random.image({13, 9}, random.palette(30))));
  files.push_back(encode_png(random.noise({6, 7})));
  const Bytes rows{0, 0, 0, 2, 0, 1, 0, 3, 4, 5};  // the interlaced picture above
  files.push_back(png({header(3, 2, 8, 3, 1), chunk("PLTE", Bytes(18)), data_chunk(rows), kEnd}));
  int decoded = 0;
  for (int round = 0; round < 3000; ++round) {
    const Bytes& file = files[static_cast<std::size_t>(round % 3)];
    Bytes broken(file.begin(), file.begin() + 8);
    for (std::size_t at = 8; at + 12 <= file.size();) {
      const std::size_t length = std::size_t{file[at + 2]} << 8U | file[at + 3];
      const auto start = file.begin() + static_cast<std::ptrdiff_t>(at);
      std::string type(start + 4, start + 8);
      Bytes data(start + 8, start + 8 + static_cast<std::ptrdiff_t>(length));
      if (!data.empty() && random.below(3) == 0)
        data[static_cast<std::size_t>(random.below(static_cast<int>(length)))] = random.byte();
      if (random.below(60) == 0) data.resize(static_cast<std::size_t>(random.below(40)));
      if (random.below(60) != 0) {
        const Bytes whole = chunk(type, data);
        broken.insert(broken.end(), whole.begin(), whole.end());
      }
      at += 12 + length;
    }
    const auto image = decode_png(broken, {.max_size = {64, 64}});
    if (!image) continue;
    ++decoded;
    REQUIRE(image->pixels.size() == static_cast<std::size_t>(image->size.area()));
  }
  CHECK(decoded > 30);  // damage to a palette leaves a picture
}

TEST_CASE("image data that is too short or too long is an error") {
  CHECK_FALSE(decode_png(png({header(1, 2, 8, 2), data_chunk({0, 1, 2, 3}), kEnd})));
  CHECK_FALSE(decode_png(png({header(1, 1, 8, 2), data_chunk({0, 1, 2, 3, 4}), kEnd})));
  CHECK_FALSE(decode_png(png({header(1, 1, 8, 2), kEnd})));
  CHECK_FALSE(decode_png(png({header(1, 1, 8, 3), data_chunk({0, 0}), kEnd})));
}
