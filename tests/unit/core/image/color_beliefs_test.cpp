#include "core/image/color_beliefs.hpp"

#include <doctest/doctest.h>

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
  CHECK(usage.log_share(1, 0) < usage.log_share(0, 0));
}

TEST_CASE("ColorBeliefs count colours alike with and without pairs") {
  const ColorBeliefs beliefs = doubt_between_sure_cells();
  ColorUsage nothing(2);
  nothing.finish();
  const ColorUsage usage = beliefs.count_usage(nothing, 2);
  const ColorUsage alone = beliefs.count_colors(2);
  CHECK(alone.log_share(0, 0) == usage.log_share(0, 0));
  CHECK(alone.log_share(1, 0) == usage.log_share(1, 0));
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
  beliefs.prune(0, 0.5F);
  CHECK(beliefs[0].alone[0] == 1.0F);
}

TEST_CASE("ColorBeliefs leave out what is ruled out") {
  ColorBeliefs beliefs({1, 1});
  beliefs.start(0, {4, 7, 9}, 3);
  beliefs[0].shown = {0.001F, 1.0F, 0.5F};
  beliefs.believe_shown();
  beliefs.prune(0, 0.01F);
  REQUIRE(beliefs[0].count == 2);
  CHECK(beliefs[0].color[0] == 7);
  CHECK(beliefs[0].color[1] == 9);
  CHECK(beliefs[0].best() == 0);
  beliefs.prune(0, 0.9F);
  CHECK(beliefs[0].count == 1);
  CHECK(beliefs[0].share[0] == 1);
}

TEST_CASE("ColorBeliefs are sure once every cell has one candidate") {
  ColorBeliefs beliefs = doubt_between_sure_cells();
  CHECK(!beliefs.are_sure());
  beliefs.prune(1, 0.95F);
  CHECK(beliefs.are_sure());
}

}  // namespace dgxp
