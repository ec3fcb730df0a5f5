// Least squares over the grid of cells: light differs between neighbours by the mean of their
// slopes, is what a cell shows beyond its colour, and is 0 without any clue. Solved by Gauss-Seidel
// sweeps in alternating order.
#include "core/image/estimate_light.hpp"

#include <algorithm>
#include <cstddef>

namespace dgxp {
namespace {

constexpr int kSweeps = 8;
constexpr float kSlopeTrust = 0.5F;  // of a difference told by slopes, against `trust` 1
constexpr float kZeroTrust = 0.1F;   // of light being even
constexpr double kMostScale = 1.2;

/// The share of a neighbour's contrast that blur lets into the slopes of a cell.
float fit_leak(std::span<const float> contrast, std::span<const std::array<float, 2>> slopes,
               std::size_t axis) {
  double product = 0;
  double square = 1;
  for (std::size_t i = 0; i < contrast.size(); ++i) {
    product += static_cast<double>(contrast[i]) * slopes[i][axis];
    square += static_cast<double>(contrast[i]) * contrast[i];
  }
  return static_cast<float>(product / square);
}

/// Arrays have a frame of one empty cell, so that sweeps need not ask for borders.
struct Field {
  std::size_t width;  ///< of a row, frame included
  std::vector<float> light;
  std::vector<float> rise;   ///< the sum of light differences to the neighbours, by slopes
  std::vector<float> sides;  ///< how many neighbours there are
};

/// Adds what the slopes of two neighbours (`first` is left of or above `second`) say.
void join(Field& field, std::size_t first, std::size_t second, float rise) {
  field.rise[second] += rise;
  field.rise[first] -= rise;
  field.sides[first] += 1;
  field.sides[second] += 1;
}

Field make_field(const LightClues& clues) {
  const auto w = static_cast<std::size_t>(clues.size.width);
  const auto h = static_cast<std::size_t>(clues.size.height);
  const std::size_t width = w + 2;
  const std::size_t all = width * (h + 2);
  Field field{width, std::vector<float>(all), std::vector<float>(all), std::vector<float>(all)};
  const float leak_x = fit_leak(clues.contrast_x, clues.slopes, 0);
  const float leak_y = fit_leak(clues.contrast_y, clues.slopes, 1);
  const auto slope_x = [&](std::size_t i) {
    return clues.slopes[i][0] - leak_x * clues.contrast_x[i];
  };
  const auto slope_y = [&](std::size_t i) {
    return clues.slopes[i][1] - leak_y * clues.contrast_y[i];
  };
  for (std::size_t y = 0; y < h; ++y) {
    for (std::size_t x = 0; x < w; ++x) {
      const std::size_t i = y * w + x;
      const std::size_t at = (y + 1) * width + x + 1;
      if (x + 1 < w) {
        join(field, at, at + 1, (slope_x(i) + slope_x(i + 1)) / 2);
      }
      if (y + 1 < h) {
        join(field, at, at + width, (slope_y(i) + slope_y(i + w)) / 2);
      }
    }
  }
  return field;
}

float told_by_neighbours(const Field& field, std::size_t at) {
  return kSlopeTrust * (field.light[at - 1] + field.light[at + 1] + field.light[at - field.width] +
                        field.light[at + field.width] + field.rise[at]);
}

void sweep(Field& field, const LightClues& clues, std::size_t i, std::size_t at) {
  const float weight = kZeroTrust + kSlopeTrust * field.sides[at] + clues.trust[i];
  field.light[at] = (told_by_neighbours(field, at) + clues.trust[i] * clues.rest[i]) / weight;
}

}  // namespace

std::vector<float> estimate_light(const LightClues& clues) {
  const auto w = static_cast<std::size_t>(clues.size.width);
  const std::size_t count = clues.rest.size();
  Field field = make_field(clues);
  const auto place = [&](std::size_t i) { return (i / w + 1) * field.width + i % w + 1; };
  for (int round = 0; round < kSweeps; ++round) {
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = round % 2 == 0 ? k : count - 1 - k;
      sweep(field, clues, i, place(i));
    }
  }
  std::vector<float> light(count);
  double product = 0;
  double square = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = place(i);
    light[i] = told_by_neighbours(field, at) / (kZeroTrust + kSlopeTrust * field.sides[at]);
    if (clues.trust[i] > 0.7F && clues.trust[i] <= 1) {
      product += static_cast<double>(light[i]) * clues.rest[i];
      square += static_cast<double>(light[i]) * light[i];
    }
  }
  // How much of it the cells themselves confirm.
  const auto scale = static_cast<float>(std::clamp(product / square, 0.0, kMostScale));
  for (float& l : light) {
    l *= scale;
  }
  return light;
}

}  // namespace dgxp
