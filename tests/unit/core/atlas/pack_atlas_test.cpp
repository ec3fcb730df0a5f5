#include "core/atlas/pack_atlas.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/core/atlas/pictures.hpp"

namespace {

using namespace dgxp;
using namespace dgxp::test;

TEST_CASE("pack_atlas keeps its promises on random sets, packs the same in any order, and again") {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const AtlasSpec spec = random_spec(random);
    std::vector<Picture> pictures = random_pictures(1 + random.upto(60), 30, random);
    const auto atlas = pack_atlas(inputs_of(pictures), spec, {});
    REQUIRE(atlas);
    REQUIRE(check_atlas(*atlas, pictures, spec) == "");

    const auto layout = layout_of(*atlas, spec);
    const auto again = pack_atlas(inputs_of(pictures), spec, layout);
    REQUIRE(again);
    CHECK(again->pages == atlas->pages);
    CHECK(layout_of(*again, spec) == layout);

    shuffle(pictures, random);
    const auto shuffled = pack_atlas(inputs_of(pictures), spec, {});
    REQUIRE(shuffled);
    CHECK(shuffled->pages == atlas->pages);
    CHECK(layout_of(*shuffled, spec) == layout);
  }
}

TEST_CASE("a changed set keeps most frames in place, stays valid and is idempotent") {
  int kept = 0;
  int could = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    CAPTURE(seed);
    Random random(seed + 1000);
    const AtlasSpec spec = random_spec(random);
    std::vector<Picture> pictures = random_pictures(20 + random.upto(40), 24, random);
    const auto before = pack_atlas(inputs_of(pictures), spec, {});
    REQUIRE(before);
    const auto layout = layout_of(*before, spec);

    for (int i = random.upto(4); i > 0; --i)
      pictures.erase(pictures.begin() + random.upto(static_cast<int>(pictures.size())));
    for (int i = random.upto(4); i > 0; --i)
      pictures.push_back({.name = fmt::format("new{}", i),
                          .image = noise({1 + random.upto(24), 1 + random.upto(24)}, random),
                          .group = {}});
    shuffle(pictures, random);
    const auto after = pack_atlas(inputs_of(pictures), spec, layout);
    REQUIRE(after);
    REQUIRE(check_atlas(*after, pictures, spec) == "");
    const auto next = layout_of(*after, spec);
    for (const auto& [name, slot] : next) {
      if (!layout.contains(name)) continue;
      ++could;
      kept += layout.at(name) == slot ? 1 : 0;
    }
    const auto again = pack_atlas(inputs_of(pictures), spec, next);
    REQUIRE(again);
    CHECK(again->pages == after->pages);
    CHECK(layout_of(*again, spec) == next);
  }
  CHECK(kept * 10 > could * 9);
}

AtlasSpec spec_of(int max_size, int padding, int extrude) {
  return {.name = "a",
          .place = {},
          .sprites = {},
          .layout = AtlasLayout::packed,
          .cell = {},
          .max_size = max_size,
          .padding = padding,
          .extrude = extrude,
          .power_of_two = false};
}

Picture filled(std::string name, Size size, std::uint8_t shade, std::string group = {}) {
  return {
      .name = std::move(name), .image = Image(size, {shade, 1, 2, 255}), .group = std::move(group)};
}

std::string message(const Result<Atlas>& result) {
  return result ? "" : result.error().message;
}

/// "name page: x,y wxh" of each frame, then the sizes of the pages.
std::string describe(const Atlas& atlas) {
  std::string text;
  for (const PlacedFrame& frame : atlas.frames)
    text += fmt::format("{} {}: {},{} {}x{}\n", frame.name, frame.page, frame.rect.x, frame.rect.y,
                        frame.rect.width, frame.rect.height);
  for (const Image& page : atlas.pages)
    text += fmt::format("page {}x{}\n", page.size.width, page.size.height);
  return text;
}

TEST_CASE("equal pictures share one place, whatever lies under full transparency") {
  std::vector<Picture> pictures{filled("b", {4, 4}, 7), filled("a", {4, 4}, 7),
                                filled("c", {4, 4}, 7)};
  pictures[0].image.at(1, 1) = {9, 9, 9, 0};
  pictures[1].image.at(1, 1) = {0, 0, 0, 0};
  const auto atlas = pack_atlas(inputs_of(pictures), spec_of(64, 2, 1), {});
  REQUIRE(atlas);
  CHECK(describe(*atlas) == "b 0: 1,1 4x4\na 0: 1,1 4x4\nc 0: 1,9 4x4\npage 6x14\n");
  CHECK(atlas->pages[0].at(2, 2) == kTransparent);
}

TEST_CASE("nothing to pack is an atlas without pages") {
  const auto atlas = pack_atlas({}, spec_of(64, 2, 1), {});
  REQUIRE(atlas);
  CHECK(describe(*atlas) == "");
}

TEST_CASE("pack_atlas names the frame that is larger than the page") {
  const std::vector<Picture> pictures{filled("hero/0", {31, 4}, 7)};
  CHECK(message(pack_atlas(inputs_of(pictures), spec_of(32, 2, 1), {})) ==
        "frame 'hero/0' is 31x4 and 1 px of extrusion around it, larger than the page 32x32 of "
        "atlas 'a'");
  CHECK(message(pack_atlas(inputs_of(pictures), spec_of(33, 2, 1), {})) == "");
  AtlasSpec grid = spec_of(32, 2, 1);
  grid.layout = AtlasLayout::grid;
  CHECK(message(pack_atlas(inputs_of(pictures), grid, {})) ==
        "frame 'hero/0' is 31x4 and 1 px of extrusion around it, larger than the page 32x32 of "
        "atlas 'a'");
  AtlasSpec rounded = spec_of(63, 0, 0);
  rounded.power_of_two = true;
  const std::vector<Picture> wide{filled("wide", {33, 4}, 7)};
  CHECK(message(pack_atlas(inputs_of(wide), rounded, {})) ==
        "frame 'wide' is 33x4, larger than the page 32x32 of atlas 'a'");
}

TEST_CASE("pack_atlas refuses a frame without pixels, a small cell and numbers out of range") {
  CHECK(message(pack_atlas(inputs_of({{.name = "x", .image = {}}}), spec_of(32, 2, 1), {})) ==
        "frame 'x' of atlas 'a' has no pixels");
  const std::vector<Picture> pictures{filled("hero", {9, 4}, 7)};
  AtlasSpec grid = spec_of(32, 2, 1);
  grid.layout = AtlasLayout::grid;
  grid.cell = {8, 8};
  CHECK(message(pack_atlas(inputs_of(pictures), grid, {})) ==
        "frame 'hero' is 9x4, larger than the cell 8x8 of atlas 'a'");
  grid.cell = {40, 40};
  CHECK(message(pack_atlas(inputs_of(pictures), grid, {})) ==
        "the cell of frame 'hero' is 40x40 and 1 px of extrusion around it, larger than the page "
        "32x32 of atlas 'a'");
  CHECK(message(pack_atlas(inputs_of(pictures), spec_of(0, 2, 1), {})) ==
        "atlas 'a': max_size is 0, not within 1 to 16384");
  CHECK(message(pack_atlas(inputs_of(pictures), spec_of(32, -1, 1), {})) ==
        "atlas 'a': padding is -1, not within 0 to 256");
  CHECK(message(pack_atlas(inputs_of(pictures), spec_of(32, 0, 257), {})) ==
        "atlas 'a': extrude is 257, not within 0 to 256");
}

TEST_CASE("a locked layout that is nonsense is as good as none") {
  const std::vector<Picture> pictures{filled("a", {8, 8}, 1), filled("b", {8, 8}, 2),
                                      filled("c", {8, 8}, 3)};
  const AtlasSpec spec = spec_of(64, 2, 1);
  const auto fresh = pack_atlas(inputs_of(pictures), spec, {});
  REQUIRE(fresh);
  constexpr int kMost = 2147483647;
  constexpr int kLeast = -kMost - 1;
  const std::vector<std::map<std::string, LockedSlot>> nonsense{
      {{"a", {0, 0, 0}}},                                          // no room for its extrusion
      {{"a", {0, 56, 1}}},                                         // leaves the page
      {{"a", {-1, 1, 1}}},                                         // no such page
      {{"a", {0, kMost, kMost}}},                                  //
      {{"a", {0, kLeast, kLeast}}},                                //
      {{"a", {kLeast, 1, 1}}},                                     //
      {{"zzz", {0, 1, 1}}},                                        // nobody knows it
      {{"a", {0, 1, 1}}, {"b", {0, 50, 50}}, {"c", {0, 30, 1}}},   // a waste of room
      {{"a", {0, 1, 1}}, {"b", {1, 1, 1}}, {"c", {kMost, 1, 1}}},  // a page each
  };
  for (const auto& locked : nonsense) {
    const auto atlas = pack_atlas(inputs_of(pictures), spec, locked);
    REQUIRE(atlas);
    CHECK(describe(*atlas) == describe(*fresh));
  }
}

TEST_CASE("of two frames locked in one place the first by name stays") {
  const std::vector<Picture> pictures{filled("b", {8, 8}, 1), filled("a", {8, 8}, 2)};
  const std::map<std::string, LockedSlot> locked{{"a", {0, 13, 1}}, {"b", {0, 16, 1}}};
  const auto atlas = pack_atlas(inputs_of(pictures), spec_of(64, 2, 1), locked);
  REQUIRE(atlas);
  CHECK(describe(*atlas) == "b 0: 1,1 8x8\na 0: 13,1 8x8\npage 22x10\n");
}

TEST_CASE("a new frame takes free room before the page grows, and then grows it little") {
  std::vector<Picture> pictures;
  for (int i = 0; i < 9; ++i)
    pictures.push_back(filled(fmt::format("f{}", i), {8, 8}, static_cast<std::uint8_t>(i)));
  const AtlasSpec spec = spec_of(64, 2, 1);
  const auto nine = pack_atlas(inputs_of(pictures), spec, {});
  REQUIRE(nine);
  CHECK(nine->pages[0].size == Size{34, 34});
  const auto layout = layout_of(*nine, spec);

  // One leaves, another comes: it takes the place.
  const LockedSlot freed = layout.at("f4");
  pictures[4] = filled("new", {8, 8}, 100);
  const auto swapped = pack_atlas(inputs_of(pictures), spec, layout);
  REQUIRE(swapped);
  CHECK(layout_of(*swapped, spec).at("new") == freed);
  CHECK(swapped->pages[0].size == Size{34, 34});

  // One more: the page grows by one row or column and no frame moves.
  pictures.push_back(filled("more", {8, 8}, 101));
  const auto before = layout_of(*swapped, spec);
  const auto grown = pack_atlas(inputs_of(pictures), spec, before);
  REQUIRE(grown);
  auto after = layout_of(*grown, spec);
  after.erase("more");
  CHECK(after == before);
  CHECK(grown->pages[0].size.area() == 34 * 46);
}

TEST_CASE("a layout with too much waste is given up as a whole") {
  std::vector<Picture> pictures;
  for (int i = 0; i < 64; ++i)
    pictures.push_back(filled(fmt::format("f{:02}", i), {8, 8}, static_cast<std::uint8_t>(i)));
  const AtlasSpec spec = spec_of(512, 0, 0);
  const auto full = pack_atlas(inputs_of(pictures), spec, {});
  REQUIRE(full);
  const auto layout = layout_of(*full, spec);
  std::vector<Picture> some;
  for (std::size_t i = 0; i < pictures.size(); i += 4) some.push_back(pictures[i]);
  const auto atlas = pack_atlas(inputs_of(some), spec, layout);
  const auto fresh = pack_atlas(inputs_of(some), spec, {});
  REQUIRE(atlas);
  REQUIRE(fresh);
  CHECK(fresh->pages[0].size == Size{32, 32});
  CHECK(describe(*atlas) == describe(*fresh));
}

TEST_CASE("a group stands on one page when a page can hold it") {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    CAPTURE(seed);
    Random random(seed + 5000);
    AtlasSpec spec = random_spec(random);
    spec.max_size = 64 + random.upto(64);
    std::vector<Picture> pictures = random_pictures(10 + random.upto(60), 20, random);
    for (Picture& picture : pictures)
      picture.group = fmt::format("g{}", random.upto(static_cast<int>(pictures.size()) / 4));
    const auto atlas = pack_atlas(inputs_of(pictures), spec, {});
    REQUIRE(atlas);
    REQUIRE(check_atlas(*atlas, pictures, spec) == "");
    std::map<std::string, std::set<int>> pages;
    for (std::size_t i = 0; i < pictures.size(); ++i)
      pages[pictures[i].group].insert(atlas->frames[i].page);
    for (const auto& [group, on] : pages) {
      if (on.size() == 1) continue;
      // Only a group that does not fit alone.
      std::vector<Picture> alone;
      for (const Picture& picture : pictures)
        if (picture.group == group) alone.push_back(picture);
      const auto try_alone = pack_atlas(inputs_of(alone), spec, {});
      REQUIRE(try_alone);
      CHECK(try_alone->pages.size() > 1);
    }
    // A change keeps it so, and again packs the same.
    const auto layout = layout_of(*atlas, spec);
    const auto again = pack_atlas(inputs_of(pictures), spec, layout);
    REQUIRE(again);
    CHECK(again->pages == atlas->pages);
    pictures.push_back({.name = "new", .image = noise({9, 9}, random), .group = pictures[0].group});
    const auto more = pack_atlas(inputs_of(pictures), spec, layout);
    REQUIRE(more);
    REQUIRE(check_atlas(*more, pictures, spec) == "");
    const auto more_again = pack_atlas(inputs_of(pictures), spec, layout_of(*more, spec));
    REQUIRE(more_again);
    CHECK(more_again->pages == more->pages);
    shuffle(pictures, random);
    const auto shuffled = pack_atlas(inputs_of(pictures), spec, layout);
    REQUIRE(shuffled);
    CHECK(shuffled->pages == more->pages);
  }
}

TEST_CASE("power_of_two pages have sides that are powers of two, down to the last page") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Random random(seed + 9000);
    AtlasSpec spec = random_spec(random);
    spec.power_of_two = true;
    const std::vector<Picture> pictures = random_pictures(1 + random.upto(80), 30, random);
    const auto atlas = pack_atlas(inputs_of(pictures), spec, {});
    REQUIRE(atlas);
    for (const Image& page : atlas->pages) {
      CHECK((page.size.width & (page.size.width - 1)) == 0);
      CHECK((page.size.height & (page.size.height - 1)) == 0);
    }
  }
}

TEST_CASE("a grid has a cell for each frame, in the order of the inputs") {
  std::vector<Picture> pictures;
  for (int i = 0; i < 7; ++i) pictures.push_back(filled(fmt::format("f{}", i), {8, 6}, 3));
  pictures[2].image = Image({5, 4}, {1, 1, 1, 255});
  AtlasSpec spec = spec_of(64, 2, 1);
  spec.layout = AtlasLayout::grid;
  const auto atlas = pack_atlas(inputs_of(pictures), spec, {});
  REQUIRE(atlas);
  CHECK(describe(*atlas) ==
        "f0 0: 1,1 8x6\nf1 0: 11,1 8x6\nf2 0: 21,1 5x4\n"
        "f3 0: 1,9 8x6\nf4 0: 11,9 8x6\nf5 0: 21,9 8x6\n"
        "f6 0: 1,17 8x6\npage 30x24\n");
  CHECK(check_atlas(*atlas, pictures, spec_of(64, 0, 1)) == "");
  CHECK(layout_of(*atlas, spec).empty());
}

TEST_CASE("a group begins a new page of a grid when the rest of one is too small for it") {
  std::vector<Picture> pictures;
  const auto add = [&](const char* group, int count) {
    for (int i = 0; i < count; ++i) {
      pictures.push_back(filled(fmt::format("{}{}", group, i), {8, 8}, 3));
      pictures.back().group = group;
    }
  };
  add("a", 6);
  add("b", 4);   // 3 cells are left
  add("c", 12);  // larger than a page: begins where there is room
  AtlasSpec spec = spec_of(24, 0, 0);
  spec.layout = AtlasLayout::grid;
  const auto atlas = pack_atlas(inputs_of(pictures), spec, {});
  REQUIRE(atlas);
  REQUIRE(check_atlas(*atlas, pictures, spec) == "");
  CHECK(atlas->pages.size() == 3);
  for (int i = 0; i < 10; ++i) CHECK(atlas->frames[static_cast<std::size_t>(i)].page == i / 6);
  CHECK(atlas->frames[6].rect == Rect{0, 0, 8, 8});
  CHECK(atlas->frames[10].page == 1);
  CHECK(atlas->frames[21].page == 2);
}

TEST_CASE("a grid that is larger than a page goes on on the next, with as many columns") {
  std::vector<Picture> pictures;
  for (int i = 0; i < 11; ++i) pictures.push_back(filled(fmt::format("f{}", i), {8, 8}, 3));
  AtlasSpec spec = spec_of(30, 2, 0);
  spec.layout = AtlasLayout::grid;
  spec.cell = {10, 10};
  const auto atlas = pack_atlas(inputs_of(pictures), spec, {});
  REQUIRE(atlas);
  CHECK(atlas->pages.size() == 2);
  CHECK(atlas->pages[0].size == Size{30, 30});
  CHECK(atlas->pages[1].size == Size{30, 10});
  CHECK(atlas->frames[10].page == 1);
  CHECK(atlas->frames[10].rect == Rect{10, 0, 8, 8});
}

}  // namespace
