#include "core/procedural/render_raw.hpp"

#include <doctest/doctest.h>

#include <array>

#include "support.hpp"

namespace dgxp {
namespace {

// The slow obvious recovery: the mean of the middle half of a nominal cell, then the nearest
// colour.
Rgb middle_of_cell(const Image& raw, int scale, int x, int y) {
  std::array<int, 3> sum{};
  int count = 0;
  for (int j = scale * 3 / 8; j < scale * 5 / 8; ++j) {
    for (int i = scale * 3 / 8; i < scale * 5 / 8; ++i) {
      const Rgba pixel = raw.at(x * scale + i, y * scale + j);
      sum[0] += pixel.r;
      sum[1] += pixel.g;
      sum[2] += pixel.b;
      ++count;
    }
  }
  return {static_cast<std::uint8_t>(sum[0] / count), static_cast<std::uint8_t>(sum[1] / count),
          static_cast<std::uint8_t>(sum[2] / count)};
}

Rgb nearest(Rgb color, const std::vector<Rgb>& from) {
  const auto distance = [&](Rgb other) {
    const int r = color.r - other.r;
    const int g = color.g - other.g;
    const int b = color.b - other.b;
    return r * r + g * g + b * b;
  };
  return *std::ranges::min_element(from, {}, distance);
}

TEST_CASE("the middle of every raw cell still tells its native colour and the background") {
  for (const std::string prompt : {"hero", "slime", "sword", "chest", "panel"}) {
    ProceduralRequest request = request_for(prompt, 24);
    request.palette = kDungeonPalette;
    const Image native = draw_native(request);
    const Image raw = draw_procedural(request);
    REQUIRE(raw.size == Size{24 * 16, 24 * 16});
    std::vector<Rgb> colors = kDungeonPalette;
    const Rgb background = choose_background(native, kDungeonPalette);
    colors.push_back(background);
    int wrong = 0;
    for (int y = 0; y < 24; ++y) {
      for (int x = 0; x < 24; ++x) {
        const Rgba pixel = native.at(x, y);
        const Rgb wanted = pixel.a == 0 ? background : pixel.rgb();
        wrong += nearest(middle_of_cell(raw, 16, x, y), colors) == wanted ? 0 : 1;
      }
    }
    CAPTURE(prompt);
    CHECK(wrong == 0);
  }
}

TEST_CASE("a raw picture is opaque, noisy, and the same each time") {
  const ProceduralRequest request = request_for("hero", 16);
  const Image raw = draw_procedural(request);
  CHECK(count_opaque(raw) == raw.size.area());
  CHECK(opaque_colors(raw).size() > 200);
  CHECK(draw_procedural(request) == raw);
}

TEST_CASE("the background lies far from the palette and from the picture") {
  const Image native = draw_native(request_for("hero", 16));
  const Rgb background = choose_background(native, kDungeonPalette);
  CHECK(background == Rgb{255, 0, 255});
  const std::vector<Rgb> with_magenta{{255, 0, 255}, {250, 10, 240}};
  CHECK(choose_background(native, with_magenta) == Rgb{0, 255, 0});
}

}  // namespace
}  // namespace dgxp
