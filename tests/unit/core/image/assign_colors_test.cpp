#include "core/image/assign_colors.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

constexpr int kSide = 24;

CellSamples even_cells(const std::vector<std::array<float, 3>>& colors) {
  return {.size = {kSide, kSide},
          .colors = colors,
          .tilts = std::vector<std::array<float, 4>>(colors.size()),
          .spread = std::vector<float>(colors.size())};
}

/// Stripes of colours 0 and 1, four cells wide.
std::vector<std::uint16_t> stripes() {
  std::vector<std::uint16_t> index;
  for (int i = 0; i < kSide * kSide; ++i) {
    index.push_back(static_cast<std::uint16_t>(i % kSide / 4 % 2));
  }
  return index;
}

std::vector<std::array<float, 3>> shown(const std::vector<std::uint16_t>& index,
                                        const std::vector<Rgb>& colors, int noise) {
  synthetic::Dice dice(5);
  std::vector<std::array<float, 3>> cells;
  for (const std::uint16_t i : index) {
    const Rgb c = colors[i];
    std::array<float, 3> cell{static_cast<float>(c.r), static_cast<float>(c.g),
                              static_cast<float>(c.b)};
    for (float& v : cell) {
      v += noise == 0 ? 0.0F : static_cast<float>(dice.roll(2 * noise + 1) - noise);
    }
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace

TEST_CASE("assign_colors returns the exact colours of clean cells") {
  const std::vector<Rgb> colors{{10, 20, 30}, {200, 20, 30}, {12, 20, 30}};
  CHECK(assign_colors(even_cells(shown(stripes(), colors, 0)), colors).index == stripes());
}

TEST_CASE("assign_colors keeps a single cell of a clean picture, however near to its neighbours") {
  const std::vector<Rgb> colors{{10, 20, 30}, {200, 20, 30}, {11, 20, 30}};
  std::vector<std::uint16_t> index = stripes();
  index[5 * kSide + 1] = 2;
  CellSamples cells = even_cells(shown(index, colors, 0));
  CHECK(assign_colors(cells, colors).index == index);
  // Not where the picture shows noise, and this cell its colour by chance.
  for (float& s : cells.spread) {
    s = 0.5F;
  }
  CHECK(assign_colors(cells, colors).index == stripes());
}

TEST_CASE("assign_colors does not choose unused colours that noise comes near to") {
  // Colours 2 and 3 lie within the noise of 0 and 1, but nothing in the picture has them.
  const std::vector<Rgb> colors{{100, 60, 60}, {60, 60, 120}, {106, 66, 64}, {66, 64, 112}};
  CHECK(assign_colors(even_cells(shown(stripes(), colors, 9)), colors).index == stripes());
}

TEST_CASE("assign_colors sees one colour under uneven light") {
  // Brighter by 2 a cell to the right: 48 levels in all, past the lighter colour 2.
  const std::vector<Rgb> colors{{90, 60, 50}, {20, 20, 60}, {110, 80, 70}};
  auto cells = even_cells(shown(stripes(), colors, 1));
  for (int i = 0; i < kSide * kSide; ++i) {
    for (float& v : cells.colors[static_cast<std::size_t>(i)]) {
      v += 2.0F * static_cast<float>(i % kSide - kSide / 2);
    }
    cells.tilts[static_cast<std::size_t>(i)] = {-3.0F, 3.0F, 0.0F, 0.0F};
  }
  CHECK(assign_colors(cells, colors).index == stripes());
}

TEST_CASE("assign_colors knows which of two similar colours a figure uses") {
  // Single cells on a ground: of colour 1 in the upper half and of colour 2 in the lower half. Only
  // their place tells them apart.
  constexpr int kLarge = 64;
  const std::vector<Rgb> colors{{20, 30, 60}, {150, 110, 90}, {142, 118, 90}};
  std::vector<std::uint16_t> index(std::size_t{kLarge} * kLarge);
  for (int y = 1; y < kLarge; y += 2) {
    for (int x = 1; x < kLarge; x += 2) {
      index[static_cast<std::size_t>(y * kLarge + x)] = y < kLarge / 2 ? 1 : 2;
    }
  }
  CellSamples cells = even_cells(shown(index, colors, 6));
  cells.size = {kLarge, kLarge};
  const auto found = assign_colors(cells, colors).index;
  int wrong = 0;
  int nearest_wrong = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto& c = cells.colors[i];
    wrong += found[i] != index[i] ? 1 : 0;
    nearest_wrong += index[i] != 0 && (c[0] - c[1] > 32 ? 1 : 2) != index[i] ? 1 : 0;
  }
  CHECK(nearest_wrong > 60);
  CHECK(wrong * 3 < nearest_wrong);
}

TEST_CASE("assign_colors does not take a darker colour for a dim light") {
  // All is darker by 6, which the black ground cannot tell. Colour 2 is darker than 1 by 5, and
  // nothing in the picture has it.
  constexpr int kLarge = 48;
  const std::vector<Rgb> colors{
      {0, 0, 0}, {140, 110, 60}, {135, 105, 55}, {60, 60, 160}, {200, 60, 60}};
  constexpr std::array<std::uint16_t, 5> kFigure{1, 1, 1, 3, 4};
  synthetic::Dice dice(11);
  std::vector<std::uint16_t> index;
  for (int i = 0; i < kLarge * kLarge; ++i) {
    const int x = i % kLarge;
    const int y = i / kLarge;
    const bool in = x >= 8 && x < 40 && y >= 8 && y < 40;
    index.push_back(in ? kFigure.at(static_cast<std::size_t>(dice.roll(5))) : std::uint16_t{0});
  }
  CellSamples cells = even_cells(shown(index, colors, 6));
  cells.size = {kLarge, kLarge};
  for (auto& color : cells.colors) {
    for (float& v : color) {
      v = std::max(v - 6, 0.0F);
    }
  }
  const auto found = assign_colors(cells, colors).index;
  CHECK(std::ranges::count(index, 1) > 500);
  CHECK(std::ranges::count(found, 2) < 30);
}

TEST_CASE("assign_colors is surer of a clear cell than of one between two colours") {
  const std::vector<Rgb> colors{{100, 60, 60}, {60, 60, 120}};
  auto cells = even_cells(shown(stripes(), colors, 6));
  cells.colors[0] = {80, 60, 90};
  const ColorChoice choice = assign_colors(cells, colors);
  CHECK(choice.confidence[0] < choice.confidence[30]);
  CHECK(choice.confidence[30] > 0.99F);
}

TEST_CASE("assign_colors knows that noise makes black brighter") {
  // Noise of 12 levels either way, which black cuts off: the mean of black is seen as 3.
  const std::vector<Rgb> colors{{0, 0, 0}, {90, 90, 90}, {5, 5, 5}};
  auto cells = even_cells(shown(stripes(), colors, 12));
  for (auto& color : cells.colors) {
    for (float& v : color) {
      v = std::max(v, 0.0F);
    }
  }
  CHECK(assign_colors(cells, colors).index == stripes());
}

TEST_CASE("assign_colors takes a palette of one colour") {
  const std::vector<Rgb> one{{9, 9, 9}};
  const ColorChoice choice =
      assign_colors(even_cells(shown(std::vector<std::uint16_t>(kSide * kSide), one, 5)), one);
  CHECK(choice.index == std::vector<std::uint16_t>(kSide * kSide));
}

TEST_CASE("assign_colors chooses alike with all instructions") {
  const std::vector<Rgb> colors{{0, 0, 0}, {90, 90, 90}, {5, 5, 5}, {96, 86, 88}, {250, 255, 255}};
  const CellSamples cells = even_cells(shown(stripes(), colors, 12));
  const ColorChoice plain = assign_colors(cells, colors, SimdLevel::baseline);
  const ColorChoice best = assign_colors(cells, colors, simd_level());
  CHECK(plain.index == best.index);
  CHECK(plain.confidence == best.confidence);
}

}  // namespace dgxp
