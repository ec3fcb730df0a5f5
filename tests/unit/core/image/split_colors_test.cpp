#include "core/image/split_colors.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "core/image/lock_palette.hpp"
#include "core/image/nearest_table.hpp"
#include "image_makers.hpp"
#include "tests/support/nearest_by_search.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

struct Split {
  std::vector<std::uint32_t> cells;
  std::vector<std::uint32_t> places;
  friend bool operator==(const Split&, const Split&) = default;
};

Split split(const std::vector<std::uint32_t>& words, std::size_t count, SimdLevel level) {
  Split result{.cells = std::vector<std::uint32_t>(words.size()),
               .places = std::vector<std::uint32_t>(words.size())};
  split_colors(reinterpret_cast<const std::uint8_t*>(words.data()), count, result.cells.data(),
               result.places.data(), level);
  result.cells.resize(count);
  result.places.resize(count);
  return result;
}

Split split_slowly(const std::vector<std::uint32_t>& words, std::size_t count) {
  Split result;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t r = words[i] & 255U;
    const std::uint32_t g = words[i] >> 8U & 255U;
    const std::uint32_t b = words[i] >> 16U & 255U;
    result.cells.push_back(r / 4 * 4096 + g / 4 * 64 + b / 4);
    result.places.push_back(r % 4 * 16 + g % 4 * 4 + b % 4);
  }
  return result;
}

}  // namespace

TEST_CASE("colours split into the same cells and places at every level") {
  Random random(1);
  std::vector<std::uint32_t> words;
  for (const std::uint32_t edge : {0U, 1U, 3U, 4U, 63U, 64U, 127U, 128U, 251U, 252U, 254U, 255U})
    for (const unsigned shift : {0U, 8U, 16U, 24U}) {
      words.push_back(edge << shift);
      words.push_back(~(edge << shift));
    }
  while (words.size() < 4096)
    words.push_back(static_cast<std::uint32_t>(random.byte()) << 24U |
                    static_cast<std::uint32_t>(random.below(1 << 24)));
  for (const std::size_t count : {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{96},
                                  std::size_t{257}, std::size_t{4096}}) {
    const Split expected = split_slowly(words, count);
    CHECK(split(words, count, SimdLevel::baseline) == expected);
    if (simd_level() != SimdLevel::baseline)
      CHECK(split(words, count, SimdLevel::avx2) == expected);
  }
}

TEST_CASE("a table finds the same positions at every level that this processor has") {
  Random random(2);
  const Palette palette = random.palette(40);
  NearestTable::Block block{};
  for (std::size_t i = 0; i < block.size(); ++i)
    block[i] = static_cast<std::uint32_t>(random.byte()) << 24U |
               static_cast<std::uint32_t>(random.below(1 << 24));
  for (std::size_t i = 0; i < 8; ++i)
    block[i] = ((i & 1U) != 0 ? 0xFFU : 0U) | ((i & 2U) != 0 ? 0xFF00U : 0U) |
               ((i & 4U) != 0 ? 0xFF0000U : 0U);
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::bits}) {
    if (level > simd_level()) continue;
    const NearestTable table(palette, ColorMetric::rgb, level);
    for (const std::size_t count : {std::size_t{1}, std::size_t{5}, block.size()}) {
      std::array<std::uint8_t, NearestTable::kBlock> positions{};
      table.find_block(block, count, positions.data());
      for (std::size_t i = 0; i < count; ++i) {
        const Rgb color{static_cast<std::uint8_t>(block[i]),
                        static_cast<std::uint8_t>(block[i] >> 8U),
                        static_cast<std::uint8_t>(block[i] >> 16U)};
        REQUIRE(positions[i] == nearest_by_search(color, palette, ColorMetric::rgb));
      }
    }
  }
}
