#include "core/atlas/atlas_memory.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/core/atlas/pictures.hpp"

namespace {

using namespace dgxp;
using namespace dgxp::test;

/// An atlas that is packed again and again with one memory, and each time without.
class RepeatedAtlas {
 public:
  explicit RepeatedAtlas(std::uint64_t seed) : random_(seed) {
    spec_ = random_spec(random_);
    pictures_ = random_pictures(5 + random_.upto(25), 24, random_);
    is_known_.assign(pictures_.size(), false);
  }

  void change() {
    const int kind = random_.upto(12);
    if (kind < 6) {
      Picture& picture = one();
      picture.image = noise(picture.image.size, random_);
    } else if (kind == 6) {
      const Image image = one().image;
      one().image = image;
    } else if (kind == 7) {
      one().image = noise({1 + random_.upto(24), 1 + random_.upto(24)}, random_);
    } else if (kind == 8) {
      std::swap(one().image, pictures_.front().image);
      is_known_.front() = false;
    } else if (kind == 9) {
      set_other_pictures();
    } else if (kind == 10) {
      locked_ = layout_;
    } else {
      spec_.padding = random_.upto(3);
    }
  }

  void check() {
    std::vector<AtlasInput> inputs = inputs_of(pictures_);
    const auto fresh = pack_atlas(inputs, spec_, locked_);
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].is_known = is_known_[i];
    auto known = pack_atlas(inputs, spec_, locked_, &memory_);
    REQUIRE(fresh);
    REQUIRE(known);
    CHECK(known->name == fresh->name);
    CHECK(known->pages == fresh->pages);
    CHECK(known->frames == fresh->frames);
    check_changed(known->pages);
    is_known_.assign(pictures_.size(), true);
    layout_ = layout_of(*known, spec_);
    if (random_.upto(8) > 0) memory_.atlas = *std::move(known);
  }

 private:
  Picture& one() {
    const auto index = static_cast<std::size_t>(random_.upto(static_cast<int>(pictures_.size())));
    is_known_[index] = false;
    return pictures_[index];
  }

  void set_other_pictures() {
    pictures_.pop_back();
    pictures_.push_back({.name = fmt::format("new{}", random_.upto(9)),
                         .image = noise({5, 7}, random_),
                         .group = {}});
    is_known_.assign(pictures_.size(), false);
  }

  /// Rows that are not told of are those of the page before.
  void check_changed(const std::vector<Image>& pages) {
    REQUIRE(memory_.changed.size() == pages.size());
    pages_.resize(pages.size());
    for (std::size_t i = 0; i < pages.size(); ++i) {
      const auto [begin, end] = std::exchange(memory_.changed[i], {});
      if (begin == 0 && end == pages[i].size.height) pages_[i] = pages[i];
      REQUIRE(pages_[i].size == pages[i].size);
      for (int y = begin; y < end; ++y)
        for (int x = 0; x < pages[i].size.width; ++x) pages_[i].at(x, y) = pages[i].at(x, y);
      CHECK(pages_[i] == pages[i]);
    }
  }

  Random random_;
  AtlasSpec spec_;
  std::vector<Picture> pictures_;
  std::vector<bool> is_known_;
  std::map<std::string, LockedSlot> locked_;
  std::map<std::string, LockedSlot> layout_;
  AtlasMemory memory_;
  std::vector<Image> pages_;
};

TEST_CASE("after any changes an atlas is the one that is packed without a memory") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    RepeatedAtlas atlas(seed);
    for (int round = 0; round < 30; ++round) {
      for (int i = 0; i < round % 3; ++i) atlas.change();
      atlas.check();
    }
  }
}

TEST_CASE("a picture that changes alone leaves the others on their page untouched") {
  const AtlasSpec spec{.name = "a", .place = {}, .sprites = {}, .cell = {}, .max_size = 64};
  Random random(3);
  std::vector<Picture> pictures = random_pictures(8, 10, random);
  AtlasMemory memory;
  std::vector<AtlasInput> inputs = inputs_of(pictures);
  auto atlas = pack_atlas(inputs, spec, {}, &memory);
  REQUIRE(atlas);
  memory.atlas = *std::move(atlas);
  memory.changed = {RowRange{}};
  pictures[5].image = noise(pictures[5].image.size, random);
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].is_known = i != 5;
  atlas = pack_atlas(inputs, spec, {}, &memory);
  REQUIRE(atlas);
  const Rect rect = atlas->frames[5].rect;
  CHECK(memory.changed[0].begin == rect.y - 1);
  CHECK(memory.changed[0].end == rect.y + rect.height + 1);
}

}  // namespace
