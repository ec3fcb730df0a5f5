#include "core/image/color_beliefs.hpp"

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"
#include "tests/unit/core/image/slow_beliefs.hpp"

namespace dgxp {
namespace {

/// Three cells in a row: sure of 0, in doubt, sure of 0.
ColorBeliefs doubt_between_sure_cells() {
  ColorBeliefs beliefs({3, 1});
  beliefs.start(0, {0}, 1);
  beliefs.start(1, {0, 1}, 2);
  beliefs.start(2, {0}, 1);
  beliefs[1].shown = {0.9F, 1.0F};
  beliefs.believe_shown();
  return beliefs;
}

/// The same cells, told quickly and slowly.
struct TwoBeliefs {
  static constexpr int kColors = 12;
  ColorBeliefs quick;
  testing::SlowBeliefs slow;

  TwoBeliefs(testing::Random& random, Size size) : quick(size), slow(size) {
    for (std::size_t i = 0; i < quick.size(); ++i) {
      std::array<std::uint16_t, kCandidates> colors{};
      for (std::size_t k = 0; k < kCandidates; ++k) {
        colors[k] = static_cast<std::uint16_t>((random.below(2) + static_cast<int>(k)) % kColors);
      }
      const auto count = static_cast<std::size_t>(1 + random.below(8) * random.below(2));
      quick.start(i, colors, count);
      slow.start(i, colors, count);
    }
  }
  /// What cells show, some of it hardly likely.
  void show(testing::Random& random) {
    for (std::size_t i = 0; i < quick.size(); ++i) {
      for (std::size_t k = 0; k < quick[i].count; ++k) {
        const float shown = static_cast<float>(random.below(1000)) / 999;
        quick[i].shown[k] = slow[i].shown[k] = shown * shown * shown * shown;
      }
      quick[i].shown[0] = slow[i].shown[0] = 1;
    }
    quick.believe_shown();
    slow.believe_shown();
  }
  bool are_equal() const {
    for (std::size_t i = 0; i < quick.size(); ++i) {
      const CellBelief& q = quick[i];
      const testing::SlowBelief& s = slow[i];
      for (std::size_t k = 0; k < q.count; ++k) {
        if (q.count != s.count || q.color[k] != s.color[k] || q.share[k] != s.share[k]) {
          return false;
        }
      }
    }
    return true;
  }
};

bool are_equal(const ColorUsage& a, const ColorUsage& b, std::uint16_t colors) {
  for (std::uint16_t color = 0; color < colors; ++color) {
    for (std::uint16_t other = 0; other < colors; ++other) {
      if (a.share(color, 0) != b.share(color, 0) || a.lift(color, other) != b.lift(color, other)) {
        return false;
      }
    }
  }
  return true;
}

/// A bit for each candidate that is shown at least so likely.
std::uint32_t shown_from(const CellBelief& belief, float least) {
  std::uint32_t bits = 0;
  for (std::size_t k = 0; k < belief.count; ++k) {
    bits |= belief.shown[k] >= least ? 1U << k : 0U;
  }
  return bits;
}

}  // namespace

TEST_CASE("ColorBeliefs follow what a cell shows where nothing is known of neighbours") {
  ColorBeliefs beliefs = doubt_between_sure_cells();
  CHECK(beliefs[1].best() == 1);
  CHECK(beliefs[1].share[0] + beliefs[1].share[1] == doctest::Approx(1));
  ColorUsage nothing(2);
  nothing.finish();
  beliefs.propagate(nothing);
  CHECK(beliefs[1].best() == 1);
}

TEST_CASE("ColorBeliefs take the neighbours' word for a cell in doubt") {
  ColorBeliefs beliefs = doubt_between_sure_cells();
  ColorUsage usage(2);
  usage.add_cell(0, 50);
  usage.add_cell(1, 50);
  usage.add_pair(0, 0, 90);
  usage.add_pair(1, 1, 90);
  usage.add_pair(0, 1, 5);
  usage.finish();
  beliefs.propagate(usage);
  CHECK(beliefs[1].best() == 0);
  CHECK(beliefs[1].share[0] > 0.9F);
}

TEST_CASE("ColorBeliefs count cells and pairs in parts") {
  const ColorBeliefs beliefs = doubt_between_sure_cells();
  ColorUsage nothing(2);
  nothing.finish();
  const ColorUsage usage = beliefs.count_usage(nothing, 2);
  CHECK(usage.most_common() == 0);
  CHECK(usage.lift(0, 1) < usage.lift(0, 0) * 1.5F);
  CHECK(usage.share(1, 0) < usage.share(0, 0));
}

TEST_CASE("ColorBeliefs count colours alike with and without pairs") {
  const ColorBeliefs beliefs = doubt_between_sure_cells();
  ColorUsage nothing(2);
  nothing.finish();
  const ColorUsage usage = beliefs.count_usage(nothing, 2);
  const ColorUsage alone = beliefs.count_colors(2);
  CHECK(alone.share(0, 0) == usage.share(0, 0));
  CHECK(alone.share(1, 0) == usage.share(1, 0));
  CHECK(alone.lift(0, 1) == 1);
}

TEST_CASE("ColorBeliefs count a rare colour by what its cells show alone, too") {
  ColorBeliefs beliefs({1, 1});
  beliefs.start(0, {0, 1}, 2);
  beliefs[0].shown = {1.0F, 0.0F};
  beliefs.believe_shown();
  beliefs[0].alone = {0.5F, 0.5F};
  const ColorUsage usage = beliefs.count_colors(2);
  CHECK(usage.share(0, 0) > 0.8F);
  CHECK(usage.share(0, 0) < 0.95F);
  CHECK(usage.share(0, 0) + usage.share(1, 0) == doctest::Approx(1));
  beliefs.keep(0, 0b1);
  CHECK(beliefs[0].alone[0] == 1.0F);
}

TEST_CASE("ColorBeliefs leave out what is ruled out") {
  ColorBeliefs beliefs({1, 1});
  beliefs.start(0, {4, 7, 9}, 3);
  beliefs[0].shown = {0.001F, 1.0F, 0.5F};
  beliefs.believe_shown();
  beliefs.keep(0, 0b110);
  REQUIRE(beliefs[0].count == 2);
  CHECK(beliefs[0].color[0] == 7);
  CHECK(beliefs[0].color[1] == 9);
  CHECK(beliefs[0].best() == 0);
  beliefs.keep(0, 0b1);
  CHECK(beliefs[0].count == 1);
  CHECK(beliefs[0].share[0] == 1);
}

TEST_CASE("ColorBeliefs are sure once every cell has one candidate") {
  ColorBeliefs beliefs = doubt_between_sure_cells();
  CHECK(!beliefs.are_sure());
  beliefs.keep(1, 0b1);
  CHECK(beliefs.are_sure());
}

TEST_CASE("ColorBeliefs say what telling value by value says") {
  testing::Random random(6);
  for (const Size size : {Size{1, 1}, {1, 7}, {9, 1}, {2, 2}, {13, 8}, {8, 21}}) {
    TwoBeliefs both(random, size);
    both.show(random);
    ColorUsage usage = both.quick.count_colors(TwoBeliefs::kColors);
    for (int round = 0; round < 4; ++round) {
      const ColorUsage slow = both.slow.count_usage(usage, TwoBeliefs::kColors);
      usage = both.quick.count_usage(usage, TwoBeliefs::kColors);
      REQUIRE(are_equal(usage, slow, TwoBeliefs::kColors));
      both.show(random);
      for (std::size_t i = 0; i < both.quick.size(); ++i) {
        both.quick.keep(i, shown_from(both.quick[i], 0.001F));
        both.slow.prune(i, 0.001F);
      }
      both.quick.propagate(usage);
      both.slow.propagate(slow);
      REQUIRE(both.are_equal());
    }
  }
}

}  // namespace dgxp
