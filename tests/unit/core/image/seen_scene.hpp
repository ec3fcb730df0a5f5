#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/image/color_lanes.hpp"
#include "core/image/palette.hpp"
#include "core/image/seen_cells.hpp"
#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp::testing {

/// Cells that show anything, and a palette with black and white often near.
class SeenScene {
 public:
  static constexpr int kColors = 20;
  static constexpr float kBrightness = 0.57F;

  SeenScene(Random& random, std::size_t cells) : palette_(random.palette(kColors)) {
    for (Rgb& color : palette_.colors) {
      color = {static_cast<std::uint8_t>(color.r / 4 * random.below(5)), color.g,
               static_cast<std::uint8_t>(255 - color.b / 4 * random.below(5))};
    }
    words_ = color_words(palette_.colors);
    for (std::size_t i = 0; i < cells; ++i) {
      for (auto& plane : seen_) plane.push_back(static_cast<float>(random.below(2551)) / 10);
      light_.push_back(static_cast<float>(random.below(400) - 200) / 10);
    }
    for (auto& plane : seen_) plane.resize(cells + 8);
    light_.resize(cells + 8);
  }
  SeenCells cells() const {
    return {.seen = {seen_[0].data(), seen_[1].data(), seen_[2].data()},
            .light = light_.data(),
            .brightness = kBrightness,
            .colors = words_.data()};
  }
  std::array<float, 3> seen(std::size_t cell) const {
    return {seen_[0][cell], seen_[1][cell], seen_[2][cell]};
  }
  /// In each channel.
  float light(std::size_t cell) const { return light_[cell] * kBrightness; }
  Rgb color(std::uint16_t index) const { return palette_.colors[index]; }

 private:
  Palette palette_;
  std::vector<std::int32_t> words_;
  std::array<std::vector<float>, 3> seen_;
  std::vector<float> light_;
};

}  // namespace dgxp::testing
