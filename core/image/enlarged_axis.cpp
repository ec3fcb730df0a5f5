#include "core/image/enlarged_axis.hpp"

#include <algorithm>
#include <cmath>

#include "core/image/float_lanes.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr int kRounds = 40;        // of guessing what was cut off
constexpr float kSettled = 0.05F;  // change of what is guessed
constexpr double kHopeless = 64;   // error that no guess makes good
constexpr float kCutOff = 0.5F;    // this near to 0 or 255
constexpr float kRounding = 1.6F;  // of a pixel, in two steps
constexpr double kRidge = 1e-9;    // keeps cells that no pixel shows
constexpr double kPi = 3.14159265358979;

struct Kernel {
  double radius;   // cells
  bool is_padded;  // cells beyond the border are like the outer ones; else they have no say
};

Kernel kernel_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::bilinear:
      return {1, false};
    case Interpolation::catmull_rom:
      return {2, false};
    case Interpolation::catmull_rom_padded:
      return {2, true};
    case Interpolation::sharp_cubic_padded:
      return {2, true};
    case Interpolation::mitchell:
      return {2, false};
    case Interpolation::lanczos3:
      return {3, false};
    case Interpolation::lanczos4_padded:
      return {4, true};
  }
  return {1, false};
}

/// The cubic kernels of Mitchell and Netravali, at a distance of x >= 0.
double cubic(double x, double b, double c) {
  if (x < 1) {
    return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + (6 - 2 * b)) / 6;
  }
  return ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x +
          (8 * b + 24 * c)) /
         6;
}

double sinc(double x) {
  return x < 1e-6 ? 1.0 : plain_cos_turn(x / 2 - 0.25) / (kPi * x);
}

/// How much a cell counts at a distance of x cells from its centre.
double weight_at(Interpolation interpolation, double distance) {
  const double x = std::abs(distance);
  const double radius = kernel_of(interpolation).radius;
  if (x >= radius) {
    return 0;
  }
  switch (interpolation) {
    case Interpolation::bilinear:
      return 1 - x;
    case Interpolation::catmull_rom:
    case Interpolation::catmull_rom_padded:
      return cubic(x, 0, 0.5);
    case Interpolation::sharp_cubic_padded:
      return cubic(x, 0, 0.75);
    case Interpolation::mitchell:
      return cubic(x, 1.0 / 3, 1.0 / 3);
    case Interpolation::lanczos3:
    case Interpolation::lanczos4_padded:
      return sinc(x) * sinc(x / radius);
  }
  return 0;
}

/// `target` += `weight` * `source`, lane by lane.
void add_scaled(float* target, float weight, const float* source, std::size_t lanes) {
  const FourFloats factor = all_lanes(weight);
  for (std::size_t i = 0; i < lanes; i += kLanes) {
    store_lanes(load_lanes(target + i) + factor * load_lanes(source + i), target + i);
  }
}

}  // namespace

EnlargedAxis::EnlargedAxis(int pixels, int cells, Interpolation interpolation)
    : cells_(static_cast<std::size_t>(cells)), taps_(static_cast<std::size_t>(pixels)) {
  for (std::size_t pixel = 0; pixel < taps_.size(); ++pixel) {
    add_weights(pixel, interpolation);
  }
  factorise();
}

void EnlargedAxis::add_weights(std::size_t pixel, Interpolation interpolation) {
  const Kernel kernel = kernel_of(interpolation);
  const double scale = static_cast<double>(cells_) / static_cast<double>(taps_.size());
  const double centre = (static_cast<double>(pixel) + 0.5) * scale - 0.5;  // in cells
  const int last = static_cast<int>(cells_) - 1;
  const int begin = static_cast<int>(std::floor(centre - kernel.radius)) + 1;
  const int end = begin + static_cast<int>(2 * kernel.radius);
  const int first = std::clamp(begin, 0, std::max(0, last - static_cast<int>(kMostTaps) + 1));
  std::array<double, kMostTaps> weights{};
  double sum = 0;
  for (int cell = begin; cell < end; ++cell) {
    if (!kernel.is_padded && (cell < 0 || cell > last)) {
      continue;
    }
    const double weight = weight_at(interpolation, cell - centre);
    weights[static_cast<std::size_t>(std::clamp(cell, 0, last) - first)] += weight;
    sum += weight;
  }
  taps_[pixel].first = static_cast<std::size_t>(first);
  for (std::size_t tap = 0; tap < kMostTaps; ++tap) {
    taps_[pixel].weights[tap] = static_cast<float>(weights[tap] / sum);
  }
}

/// The normal equations are banded and positive: L D L^T, after Cholesky. `lower_[i][k]` stands k
/// columns left of the diagonal of row i.
void EnlargedAxis::factorise() {
  std::vector<std::array<double, kMostTaps>> band(cells_);
  for (const Taps& taps : taps_) {
    for (std::size_t a = 0; a < kMostTaps && taps.first + a < cells_; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        band[taps.first + a][a - b] += static_cast<double>(taps.weights[a] * taps.weights[b]);
      }
    }
  }
  lower_.resize(cells_);
  diagonal_.resize(cells_);
  std::vector<double> pivots(cells_);
  for (std::size_t i = 0; i < cells_; ++i) {
    for (std::size_t k = std::min(i, kMostTaps - 1); k > 0; --k) {
      const std::size_t j = i - k;
      double value = band[i][k];
      for (std::size_t m = k + 1; m < kMostTaps && m <= i && m - k < kMostTaps; ++m) {
        value -= band[i][m] * band[j][m - k] * pivots[i - m];
      }
      band[i][k] = value / pivots[j];
    }
    double pivot = band[i][0] + kRidge;
    for (std::size_t k = 1; k < kMostTaps && k <= i; ++k) {
      pivot -= band[i][k] * band[i][k] * pivots[i - k];
    }
    pivots[i] = pivot;
    diagonal_[i] = static_cast<float>(1 / pivot);
    for (std::size_t k = 1; k < kMostTaps; ++k) {
      lower_[i][k] = static_cast<float>(band[i][k]);
    }
  }
}

std::vector<float> EnlargedAxis::solve(std::span<const float> pixels, std::size_t lanes) const {
  std::vector<float> cells(cells_ * lanes);
  for (std::size_t pixel = 0; pixel < taps_.size(); ++pixel) {
    const Taps& taps = taps_[pixel];
    for (std::size_t tap = 0; tap < kMostTaps; ++tap) {
      if (taps.weights[tap] != 0) {
        add_scaled(&cells[(taps.first + tap) * lanes], taps.weights[tap], &pixels[pixel * lanes],
                   lanes);
      }
    }
  }
  for (std::size_t i = 0; i < cells_; ++i) {
    for (std::size_t k = 1; k < kMostTaps && k <= i; ++k) {
      if (lower_[i][k] != 0) {
        add_scaled(&cells[i * lanes], -lower_[i][k], &cells[(i - k) * lanes], lanes);
      }
    }
  }
  for (std::size_t i = cells_; i-- > 0;) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      cells[i * lanes + lane] *= diagonal_[i];
    }
    for (std::size_t k = 1; k < kMostTaps && i + k < cells_; ++k) {
      if (lower_[i + k][k] != 0) {
        add_scaled(&cells[i * lanes], -lower_[i + k][k], &cells[(i + k) * lanes], lanes);
      }
    }
  }
  return cells;
}

std::vector<float> EnlargedAxis::enlarge(std::span<const float> cells, std::size_t lanes) const {
  std::vector<float> pixels(taps_.size() * lanes);
  for (std::size_t pixel = 0; pixel < taps_.size(); ++pixel) {
    const Taps& taps = taps_[pixel];
    for (std::size_t tap = 0; tap < kMostTaps; ++tap) {
      if (taps.weights[tap] != 0) {
        add_scaled(&pixels[pixel * lanes], taps.weights[tap], &cells[(taps.first + tap) * lanes],
                   lanes);
      }
    }
  }
  return pixels;
}

EnlargedAxis::Shrunk EnlargedAxis::shrink(std::span<const float> pixels, std::size_t lanes) const {
  std::vector<float> whole(pixels.begin(), pixels.end());
  Shrunk shrunk;
  for (int round = 0; round < kRounds; ++round) {
    shrunk.cells = solve(whole, lanes);
    for (float& cell : shrunk.cells) {
      cell = std::clamp(cell, 0.0F, 255.0F);
    }
    const std::vector<float> seen = enlarge(shrunk.cells, lanes);
    double error = 0;
    std::size_t off = 0;
    float moved = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const bool below = pixels[i] <= kCutOff && seen[i] < pixels[i];
      const bool above = pixels[i] >= 255 - kCutOff && seen[i] > pixels[i];
      if (below || above) {
        moved = std::max(moved, std::abs(seen[i] - whole[i]));
        whole[i] = seen[i];
      } else {
        const float rest = seen[i] - pixels[i];
        error += static_cast<double>(rest) * static_cast<double>(rest);
        off += std::abs(rest) > kRounding ? 1 : 0;
      }
    }
    shrunk.error = error / static_cast<double>(seen.size());
    shrunk.off = static_cast<double>(off) / static_cast<double>(seen.size());
    if (moved < kSettled || (round > 1 && shrunk.error > kHopeless)) {
      break;
    }
  }
  return shrunk;
}

}  // namespace dgxp
