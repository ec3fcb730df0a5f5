#include "core/image/table_file.hpp"

#include <doctest/doctest.h>

#include <array>

#include "core/image/checksum.hpp"
#include "core/image/lock_palette.hpp"
#include "core/image/nearest_table.hpp"
#include "image_makers.hpp"
#include "tests/support/nearest_by_search.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

/// Solves some cells and asks everything again.
void ask(const NearestTable& table, std::uint32_t seed, int count) {
  Random random(seed);
  for (int i = 0; i < count; ++i) table.nearest(random.color());
}

Bytes with_right_checksum(Bytes content) {
  content.resize(content.size() - 4);
  const std::uint32_t crc = crc32(content);
  for (unsigned shift = 0; shift < 32; shift += 8)
    content.push_back(static_cast<std::uint8_t>(crc >> shift));
  return content;
}

}  // namespace

TEST_CASE("a restored table answers as the one that was saved, and as the search") {
  Random random(1);
  for (const ColorMetric metric : {ColorMetric::rgb, ColorMetric::hyab})
    for (const int count : {1, 2, 32, 256}) {
      const Palette palette = random.palette(count);
      const NearestTable first(palette, metric);
      ask(first, 7, 3000);
      const Bytes saved = first.save();
      NearestTable second(palette, metric);
      REQUIRE(second.restore(saved));
      CHECK(second.save() == saved);
      Random colors(7);  // those that were asked for, then others
      for (int i = 0; i < 3300; ++i) {
        const Rgb color = colors.color();
        REQUIRE(second.nearest(color) == nearest_by_search(color, palette, metric));
      }
    }
}

TEST_CASE("a whole table is a file of a quarter of its size") {
  Random random(2);
  const Palette palette = random.palette(32);
  const NearestTable table(palette, ColorMetric::rgb);
  for (std::uint32_t r = 0; r < 256; r += 4)
    for (std::uint32_t g = 0; g < 256; g += 4)
      for (std::uint32_t b = 0; b < 256; b += 4) table.nearest(r, g, b);
  const Bytes saved = table.save();
  CHECK(saved.size() < 1000000);
  NearestTable restored(palette, ColorMetric::rgb);
  REQUIRE(restored.restore(saved));
  for (std::uint32_t i = 0; i < 1U << 24U; i += 97)
    REQUIRE(restored.nearest(i >> 16U, i >> 8U & 255U, i & 255U) ==
            table.nearest(i >> 16U, i >> 8U & 255U, i & 255U));
}

TEST_CASE("a table is refused for another palette or metric") {
  const Palette palette{{{0, 0, 0}, {255, 255, 255}, {255, 0, 0}}};
  const Palette turned{{{255, 255, 255}, {0, 0, 0}, {255, 0, 0}}};
  const NearestTable table(palette, ColorMetric::rgb);
  ask(table, 1, 100);
  const Bytes saved = table.save();
  CHECK(NearestTable(palette, ColorMetric::rgb).restore(saved));
  CHECK(!NearestTable(turned, ColorMetric::rgb).restore(saved));
  CHECK(!NearestTable(palette, ColorMetric::oklab).restore(saved));
}

TEST_CASE("a file that is damaged anywhere is refused, and the table solves by itself") {
  Random random(3);
  const Palette palette = random.palette(5);
  const NearestTable table(palette, ColorMetric::rgb);
  ask(table, 1, 400);
  const Bytes saved = table.save();
  NearestTable fresh(palette, ColorMetric::rgb);
  for (std::size_t length = 0; length < saved.size(); length += 1 + saved.size() / 40)
    CHECK(!fresh.restore(ByteView(saved).first(length)));
  Bytes longer = saved;
  longer.push_back(0);
  CHECK(!fresh.restore(longer));
  for (int round = 0; round < 60; ++round) {
    Bytes damaged = saved;
    damaged[static_cast<std::size_t>(random.below(static_cast<int>(saved.size())))] ^=
        static_cast<std::uint8_t>(1 << random.below(8));
    CHECK(!fresh.restore(damaged));
  }
  for (int i = 0; i < 200; ++i) {
    const Rgb color = random.color();
    REQUIRE(fresh.nearest(color) == nearest_by_search(color, palette, ColorMetric::rgb));
  }
}

TEST_CASE("a forged file with a right checksum never leads outside of the table") {
  Random random(4);
  const Palette palette = random.palette(6);
  const NearestTable table(palette, ColorMetric::rgb);
  ask(table, 1, 2000);
  const Bytes saved = table.save();
  int taken = 0;
  for (int round = 0; round < 150; ++round) {
    Bytes forged = saved;
    for (int i = 0; i < 1 + round % 3; ++i) {
      const std::size_t at = 40 + static_cast<std::size_t>(random.below(
                                      round % 2 == 0 ? 60 : static_cast<int>(saved.size()) - 44));
      forged[at] = random.byte();
    }
    NearestTable victim(palette, ColorMetric::rgb);
    if (!victim.restore(with_right_checksum(forged))) continue;
    ++taken;
    for (int i = 0; i < 200; ++i) REQUIRE(victim.nearest(random.color()) < palette.colors.size());
  }
  CHECK(taken < 150);
}
