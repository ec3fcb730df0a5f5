#include "core/image/follow_palette.hpp"

#include <doctest/doctest.h>

#include "core/image/lock_palette.hpp"
#include "image_makers.hpp"
#include "tests/support/nearest_by_search.hpp"

using namespace dgxp;
using Colors = std::vector<Rgb>;
using Positions = std::map<Rgb, int>;

namespace {

constexpr Rgb kRed{200, 0, 0};
constexpr Rgb kGreen{0, 200, 0};
constexpr Rgb kBlue{0, 0, 200};
constexpr Rgb kPink{250, 100, 100};
constexpr Rgb kWine{120, 0, 40};

}  // namespace

TEST_CASE("a colour that the palette still has keeps its place wherever that is") {
  const Palette today{{kBlue, kRed, kGreen}};
  const LockedPalette locked{.colors = {kRed, kGreen, kBlue}, .former = {}};
  const auto result = follow_palette(Colors{kRed, kGreen, kBlue}, today, locked);
  CHECK(result.position == Positions{{kRed, 1}, {kGreen, 2}, {kBlue, 0}});
  CHECK(result.guessed.empty());
}

TEST_CASE("an edited entry takes the colour that it had with it") {
  const Palette today{{kPink, kGreen}};
  const LockedPalette locked{.colors = {kRed, kGreen}, .former = {}};
  CHECK(follow_palette(Colors{kRed}, today, locked).position == Positions{{kRed, 0}});
}

TEST_CASE("a colour that nobody knows is guessed by its looks and listed") {
  const Palette today{{kGreen, kPink, kBlue}};
  const auto result = follow_palette(Colors{kWine, kRed}, today, {});
  CHECK(result.position ==
        Positions{{kRed, 1}, {kWine, nearest_by_search(kWine, today, ColorMetric::oklab)}});
  CHECK(result.guessed == Colors{kWine, kRed});
}

TEST_CASE("a chain of edits is followed to its end") {
  LockedPalette locked = update_locked_palette({}, {{kRed, kGreen}}, Colors{kRed});
  CHECK(locked == LockedPalette{.colors = {kRed, kGreen}, .former = {}});
  locked = update_locked_palette(locked, {{kPink, kGreen}}, Colors{kRed});
  CHECK(locked == LockedPalette{.colors = {kPink, kGreen}, .former = {{0, {kRed}}}});
  locked = update_locked_palette(locked, {{kWine, kGreen}}, Colors{kRed, kPink});
  CHECK(locked == LockedPalette{.colors = {kWine, kGreen}, .former = {{0, {kRed, kPink}}}});
  CHECK(follow_palette(Colors{kRed, kPink}, {{kBlue, kGreen}}, locked).position ==
        Positions{{kRed, 0}, {kPink, 0}});
}

TEST_CASE("former colours move with their entry when the palette is reordered") {
  const LockedPalette locked{.colors = {kPink, kGreen}, .former = {{0, {kRed}}}};
  const Palette today{{kGreen, kPink}};
  CHECK(follow_palette(Colors{kRed}, today, locked).position == Positions{{kRed, 1}});
  CHECK(update_locked_palette(locked, today, Colors{kRed}) ==
        LockedPalette{.colors = {kGreen, kPink}, .former = {{1, {kRed}}}});
}

TEST_CASE("a former colour that no master uses is forgotten") {
  const LockedPalette locked{.colors = {kPink, kGreen}, .former = {{0, {kRed, kWine}}}};
  CHECK(update_locked_palette(locked, {{kPink, kGreen}}, Colors{kWine, kGreen}).former ==
        std::map<int, Colors>{{0, {kWine}}});
}

TEST_CASE("a former colour that is back in the palette is no longer former") {
  const LockedPalette locked{.colors = {kPink, kGreen}, .former = {{0, {kRed}}}};
  CHECK(update_locked_palette(locked, {{kRed, kGreen}}, Colors{kRed}).former.empty());
}

TEST_CASE("a position that is gone leads to a guess and is not recorded") {
  const LockedPalette locked{.colors = {kGreen, kBlue, kRed}, .former = {}};
  const Palette today{{kGreen, kPink}};
  const auto result = follow_palette(Colors{kRed}, today, locked);
  CHECK(result.position == Positions{{kRed, 1}});
  CHECK(result.guessed == Colors{kRed});
  CHECK(update_locked_palette(locked, today, Colors{kRed}).former.empty());
}

TEST_CASE("equal entries are told apart by their order") {
  const LockedPalette locked{.colors = {kRed, kRed, kGreen}, .former = {{1, {kWine}}}};
  // The second red became blue: its former colour follows, red itself stays the first.
  CHECK(follow_palette(Colors{kRed, kWine}, {{kRed, kBlue, kGreen}}, locked).position ==
        Positions{{kRed, 0}, {kWine, 1}});
  // Only reordered: the second red stands last.
  CHECK(follow_palette(Colors{kRed, kWine}, {{kRed, kGreen, kRed}}, locked).position ==
        Positions{{kRed, 0}, {kWine, 2}});
}

TEST_CASE("changing one entry changes exactly that colour, reordering changes none") {
  testing::Random random(1);
  for (int round = 0; round < 50; ++round) {
    const Palette before = random.palette(12);
    const LockedPalette locked = update_locked_palette({}, before, before.colors);
    Palette edited = before;
    edited.colors[5] = random.color();
    const auto after = follow_palette(before.colors, edited, locked);
    for (std::size_t i = 0; i < before.colors.size(); ++i)
      REQUIRE(edited.colors[static_cast<std::size_t>(after.position.at(before.colors[i]))] ==
              edited.colors[i]);
    Palette turned = before;
    std::rotate(turned.colors.begin(), turned.colors.begin() + random.below(12),
                turned.colors.end());
    const auto same = follow_palette(before.colors, turned, locked);
    for (const Rgb color : before.colors)
      REQUIRE(turned.colors[static_cast<std::size_t>(same.position.at(color))] == color);
  }
}

TEST_CASE("colors_of lists opaque colours once and sorted") {
  Image image({4, 1});
  image.pixels = {opaque(kRed), {9, 9, 9, 0}, opaque(kBlue), opaque(kRed)};
  CHECK(colors_of(image) == Colors{kBlue, kRed});
}
