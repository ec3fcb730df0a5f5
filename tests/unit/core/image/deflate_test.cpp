#include "core/image/deflate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

#include "core/image/checksum.hpp"
#include "core/image/deflate_token.hpp"
#include "core/image/png_codec.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

void put_chunk(Bytes& png, std::string_view type, const Bytes& data) {
  const auto put_u32 = [&](std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
      png.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  };
  put_u32(static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  put_u32(crc32(ByteView(png).subspan(start)));
}

/// Whether zlib, inside libpng, reads the stream of `data` back: as an 8-bit gray picture one pixel
/// wide, each byte of `data` behind a filter byte.
bool survives(const Bytes& data) {
  Bytes rows;
  for (const std::uint8_t byte : data) rows.insert(rows.end(), {0, byte});
  const auto height = static_cast<std::uint32_t>(data.size());
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  put_chunk(png, "IHDR",
            {0, 0, 0, 1, static_cast<std::uint8_t>(height >> 24U),
             static_cast<std::uint8_t>(height >> 16U), static_cast<std::uint8_t>(height >> 8U),
             static_cast<std::uint8_t>(height), 8, 0, 0, 0, 0});
  put_chunk(png, "IDAT", compress_zlib(rows));
  put_chunk(png, "IEND", {});
  const auto image = decode_png(png, {.max_size = {1, 1 << 24}});
  if (!image || image->pixels.size() != data.size()) return false;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (image->pixels[i].r != data[i]) return false;
  return true;
}

/// Bytes of one of several characters: few symbols, runs, repeats from near and far.
Bytes make_data(Random& random, std::size_t size) {
  const int symbols = 1 + random.below(256);
  const int style = random.below(4);
  Bytes data;
  while (data.size() < size) {
    const auto byte = static_cast<std::uint8_t>(random.below(symbols));
    if (style == 1) data.insert(data.end(), static_cast<std::size_t>(1 + random.below(700)), byte);
    if (style == 2 && !data.empty()) {
      const auto start = static_cast<std::size_t>(random.below(static_cast<int>(data.size())));
      const auto count =
          std::min<std::size_t>(data.size() - start, static_cast<std::size_t>(random.below(400)));
      const Bytes copy(data.begin() + static_cast<std::ptrdiff_t>(start),
                       data.begin() + static_cast<std::ptrdiff_t>(start + count));
      data.insert(data.end(), copy.begin(), copy.end());
    }
    if (style == 3) data.push_back(static_cast<std::uint8_t>(data.size() % 7));
    data.push_back(byte);
  }
  data.resize(size);
  return data;
}

}  // namespace

TEST_CASE("checksums have their published values") {
  CHECK(crc32(as_bytes("123456789")) == 0xCBF43926U);
  CHECK(crc32({}) == 0);
  CHECK(adler32(as_bytes("Wikipedia")) == 0x11E60398U);
  CHECK(adler32({}) == 1);
}

TEST_CASE("checksums of long data equal the sums of the textbook") {
  Random random(1);
  const Bytes data = make_data(random, 30000);
  std::uint32_t crc = ~0U;
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const std::uint8_t byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ (0xEDB88320U & (0U - (crc & 1U)));
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  CHECK(crc32(data) == ~crc);
  CHECK(adler32(data) == (high << 16U | low));
}

TEST_CASE("zlib reads back short data of every length") {
  Random random(2);
  for (std::size_t size = 1; size <= 300; ++size) REQUIRE(survives(make_data(random, size)));
}

TEST_CASE("zlib reads back data of every kind, also beyond the window and the careful search") {
  Random random(3);
  for (int round = 0; round < 60; ++round)
    REQUIRE(survives(make_data(random, static_cast<std::size_t>(1 + random.below(90000)))));
  for (int round = 0; round < 8; ++round)
    REQUIRE(survives(make_data(random, static_cast<std::size_t>(300000 + random.below(100000)))));
}

TEST_CASE("zlib reads back data that cannot be compressed, at the cost of its frame") {
  Random random(4);
  Bytes data(200000);
  for (std::uint8_t& byte : data) byte = random.byte();
  CHECK(survives(data));
  CHECK(compress_zlib(data).size() <= data.size() + 6 + 5 * 8);
}

TEST_CASE("nothing compresses to the shortest stream there is") {
  CHECK(compress_zlib({}) == Bytes{0x78, 0xDA, 3, 0, 0, 0, 0, 1});
}

TEST_CASE("length and distance symbols follow the tables of RFC 1951") {
  CHECK(kLengthSymbols[3].symbol == 257);
  CHECK(kLengthSymbols[10].symbol == 264);
  CHECK(kLengthSymbols[12].symbol == 265);
  CHECK(kLengthSymbols[12].extra == 1);
  CHECK(kLengthSymbols[257].symbol == 284);
  CHECK(kLengthSymbols[257].extra == 30);
  CHECK(kLengthSymbols[258].symbol == 285);
  CHECK(kLengthSymbols[258].extra_bits == 0);
  CHECK(distance_symbol(1) == 0);
  CHECK(distance_symbol(4) == 3);
  CHECK(distance_symbol(6) == 4);
  CHECK(distance_symbol(7) == 5);
  CHECK(distance_symbol(24577) == 29);
  CHECK(distance_symbol(32768) == 29);
  CHECK(distance_extra(32768, distance_extra_bits(29)) == 8191);
}

// A change of these digests is a change of every file that people have in git.
TEST_CASE("the encoder writes the bytes it has always written") {
  Random random(5);
  const auto digest = [](const Bytes& bytes) {
    return sha256(ByteView(bytes)).hex().substr(0, 16);
  };
  const Image sprite = random.image({32, 32}, random.palette(12));
  CHECK(digest(encode_png(sprite)) == "1baf77a2a919f832");
  CHECK(digest(encode_png(sprite, PngEffort::fast)) == "2f9d365860133c0d");
  const Image free = random.noise({40, 30});
  CHECK(digest(encode_png(free)) == "48f9e7472d50fc69");
  const Image page = random.image({400, 400}, random.palette(100), 2);
  CHECK(digest(encode_png(page)) == "09de7894e1aa0f85");
  CHECK(digest(compress_zlib(make_data(random, 150000))) == "89259e3daeddf4d9");
}
