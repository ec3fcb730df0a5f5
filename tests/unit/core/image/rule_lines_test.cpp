#include "core/image/rule_lines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "image_makers.hpp"

namespace dgxp {
namespace {

/// Place by place: the best line before each, of all that a step of 0.7 to 1.3 cells leads to.
Ruling rule_slowly(const std::vector<float>& gain, double cell) {
  const int size = static_cast<int>(gain.size());
  const int least = std::max(1, static_cast<int>(std::floor(cell * 0.7)));
  const int most = std::max(least, static_cast<int>(std::ceil(cell * 1.3)));
  const int start = static_cast<int>(std::ceil(cell));
  std::vector<float> best;
  std::vector<int> before;
  for (int x = 0; x < size; ++x) {
    best.push_back(x < start ? 0.0F : std::numeric_limits<float>::lowest());
    before.push_back(-1);
    for (int step = least; step <= std::min(most, x); ++step) {
      const double off = (step - cell) / cell;
      const float value =
          best[static_cast<std::size_t>(x - step)] - static_cast<float>(30.0 * off * off);
      if (value > best.back()) {
        best.back() = value;
        before.back() = x - step;
      }
    }
    best.back() += gain[static_cast<std::size_t>(x)];
  }
  int end = size - 1;
  for (int x = std::max(0, size - start); x < size; ++x) {
    end = best[static_cast<std::size_t>(x)] > best[static_cast<std::size_t>(end)] ? x : end;
  }
  Ruling ruling{.lines = {}, .gain = static_cast<double>(best[static_cast<std::size_t>(end)])};
  for (int x = end; x >= 0; x = before[static_cast<std::size_t>(x)]) {
    ruling.lines.insert(ruling.lines.begin(), x);
  }
  return ruling;
}

std::vector<float> random_gain(testing::Random& random, int count, double cell) {
  std::vector<float> gain;
  for (int i = 0; i < count; ++i) {
    const bool is_line = std::fmod(i, cell) < 1;
    // Few values, so that steps often gain the same.
    gain.push_back(static_cast<float>(random.below(4) - 2 + (is_line ? 3 : 0)) / 2);
  }
  return gain;
}

}  // namespace

TEST_CASE("rule_axis lays the lines that looking at every step lays, at every level") {
  testing::Random random(7);
  for (const double cell : {2.6, 4.0, 5.8, 6.3, 11.4, 11.5, 17.9, 40.0, 71.3}) {
    for (const int count : {9, 33, 100, 257, 1025}) {
      const std::vector<float> gain = random_gain(random, count, cell);
      const Ruling expected = rule_slowly(gain, cell);
      for (const SimdLevel level : {SimdLevel::baseline, simd_level()}) {
        const Ruling found = rule_axis(gain, cell, RuleSteps::whole, level);
        REQUIRE(found.lines == expected.lines);
        REQUIRE(found.gain == expected.gain);
        const Ruling fine = rule_axis(gain, cell, RuleSteps::fine, level);
        REQUIRE(fine.lines == rule_axis(gain, cell, RuleSteps::fine, SimdLevel::baseline).lines);
      }
    }
  }
}

TEST_CASE("rule_axis keeps a cell size that is no whole number where nothing tells a line") {
  const Ruling ruling = rule_axis(std::vector<float>(501), 12.5, RuleSteps::fine);
  REQUIRE(ruling.lines.size() >= 38);  // a step may be left out at either end
  for (std::size_t i = 1; i < ruling.lines.size(); ++i) {
    CHECK(ruling.lines[i] - ruling.lines[i - 1] == doctest::Approx(12.5).epsilon(0.03));
  }
}

}  // namespace dgxp
