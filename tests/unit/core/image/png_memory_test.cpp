#include "core/image/png_memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/image/deflate_parse.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/png_rows.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

bool are_same(const std::vector<DeflateToken>& a, const std::vector<DeflateToken>& b) {
  return std::ranges::equal(a, b, [](const DeflateToken& left, const DeflateToken& right) {
    return left.length == right.length && left.value == right.value;
  });
}

/// Rows as of a page: runs of nothing, and pieces that come again.
Bytes page_data(Random& random, std::size_t size, int symbols) {
  Bytes data;
  while (data.size() < size) {
    data.insert(data.end(), static_cast<std::size_t>(random.below(60)), 0);
    const std::size_t length = 1 + static_cast<std::size_t>(random.below(40));
    if (data.size() > 5000 && random.below(2) == 0) {
      const auto from = static_cast<std::ptrdiff_t>(data.size()) - 40 - random.below(4000);
      const Bytes again(data.begin() + from, data.begin() + from + 40);
      data.insert(data.end(), again.begin(), again.end());
    }
    for (std::size_t i = 0; i < length; ++i)
      data.push_back(static_cast<std::uint8_t>(random.below(symbols)));
  }
  data.resize(size);
  return data;
}

Image page_of(Random& random, const Palette& palette, int sprites) {
  Image page({16 * sprites, 16 * sprites});
  for (int i = 0; i < sprites * sprites; ++i) {
    const Image sprite = random.image({14, 14}, palette);
    for (int y = 0; y < 14; ++y)
      for (int x = 0; x < 14; ++x)
        page.at(16 * (i % sprites) + x, 16 * (i / sprites) + y) = sprite.at(x, y);
  }
  return page;
}

}  // namespace

TEST_CASE("tokens found with the help of former ones are those of a parse from the beginning") {
  Random random(7);
  for (int round = 0; round < 60; ++round) {
    const std::size_t size = round % 4 == 0 ? 3000 : 150000;
    ParsedData before{.data = page_data(random, size, 2 + random.below(30)), .tokens = {}};
    before.tokens = parse_quickly(before.data);
    Bytes data = before.data;
    const auto begin = static_cast<std::size_t>(random.below(static_cast<int>(size)));
    const std::size_t end =
        std::min(size, begin + static_cast<std::size_t>(random.below(round % 3 == 0 ? 4 : 9000)));
    for (std::size_t i = begin; i < end; ++i) data[i] = static_cast<std::uint8_t>(random.below(32));
    REQUIRE(are_same(parse_quickly_after(data, before), parse_quickly(data)));
  }
}

TEST_CASE("former tokens of nothing, of another size and of the same data do no harm") {
  Random random(8);
  const Bytes data = page_data(random, 70000, 9);
  const auto tokens = parse_quickly(data);
  CHECK(are_same(parse_quickly_after(data, {}), tokens));
  CHECK(are_same(parse_quickly_after(data, {.data = data, .tokens = tokens}), tokens));
  const Bytes longer = page_data(random, 70001, 9);
  CHECK(are_same(parse_quickly_after(longer, {.data = data, .tokens = tokens}),
                 parse_quickly(longer)));
  CHECK(parse_quickly_after({}, {}).empty());
}

TEST_CASE("a picture has the same bytes with a memory of another one") {
  Random random(9);
  for (const int colors : {2, 14, 40, 250}) {
    const Palette palette = random.palette(colors);
    PngMemory memory;
    Image page = page_of(random, palette, 24);
    for (int round = 0; round < 6; ++round) {
      const Image sprite = random.image({14, 14}, palette);
      const int left = 16 * random.below(24);
      const int top = 16 * random.below(24);
      for (int y = 0; y < 14; ++y)
        for (int x = 0; x < 14; ++x) page.at(left + x, top + y) = sprite.at(x, y);
      const auto indexed = index_colors(page);
      REQUIRE(indexed);
      const Bytes bytes = encode_png(*indexed, PngEffort::small, PngColors::any, &memory);
      REQUIRE(bytes == encode_png(page, PngEffort::small, PngColors::any));
    }
  }
}
