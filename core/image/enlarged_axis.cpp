#include "core/image/enlarged_axis.hpp"

#include <algorithm>
#include <cmath>

#include "core/image/float_lanes.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr float kSettled = 0.05F;    // change of what is guessed
constexpr double kStillToCome = 10;  // times the last fall of the error; more than rounds bring
constexpr float kCutOff = 0.5F;      // this near to 0 or 255
constexpr float kRounding = 1.6F;    // of a pixel, in two steps
constexpr double kRidge = 1e-9;      // keeps cells that no pixel shows
constexpr int kSimpsonSteps = 16;
constexpr int kTableSteps = 64;  // a cell
constexpr double kPi = 3.14159265358979;

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

/// How much a square of one cell counts at a distance, through a Gaussian blur: by the rule of
/// Simpson.
double blurred_square(double distance, double blur) {
  double sum = 0;
  for (int i = 0; i <= kSimpsonSteps; ++i) {
    const double place = (distance - 0.5 + static_cast<double>(i) / kSimpsonSteps) / blur;
    const bool is_end = i == 0 || i == kSimpsonSteps;
    const double inner = i % 2 == 1 ? 4 : 2;
    const double factor = is_end ? 1 : inner;
    sum += factor * static_cast<double>(plain_exp(static_cast<float>(-place * place / 2)));
  }
  return sum;
}

/// How much a cell counts at a distance from its centre, in cells.
class KernelShape {
 public:
  explicit KernelShape(const Interpolation& interpolation) : kernel_(interpolation.kernel) {
    switch (kernel_) {
      case Kernel::bilinear:
        radius_ = 1;
        break;
      case Kernel::catmull_rom_padded:
      case Kernel::sharp_cubic_padded:
        is_padded_ = true;
        [[fallthrough]];
      case Kernel::catmull_rom:
      case Kernel::mitchell:
        radius_ = 2;
        break;
      case Kernel::lanczos3:
        radius_ = 3;
        break;
      case Kernel::lanczos4_padded:
        radius_ = 4;
        is_padded_ = true;
        break;
      case Kernel::blurred:
        is_padded_ = true;
        radius_ = interpolation.blur > 0 ? 3 : 1;
        for (int i = 0; i <= radius_ * kTableSteps && interpolation.blur > 0; ++i) {
          table_.push_back(
              blurred_square(static_cast<double>(i) / kTableSteps, interpolation.blur));
        }
        table_.push_back(0);
        break;
    }
  }

  int radius() const { return radius_; }
  /// Whether cells beyond the border are like the outer ones; else they have no say.
  bool is_padded() const { return is_padded_; }

  double at(double distance) const {
    const double x = std::abs(distance);
    if (x >= radius_) {
      return 0;
    }
    switch (kernel_) {
      case Kernel::bilinear:
        return 1 - x;
      case Kernel::catmull_rom:
      case Kernel::catmull_rom_padded:
        return cubic(x, 0, 0.5);
      case Kernel::sharp_cubic_padded:
        return cubic(x, 0, 0.75);
      case Kernel::mitchell:
        return cubic(x, 1.0 / 3, 1.0 / 3);
      case Kernel::lanczos3:
      case Kernel::lanczos4_padded:
        return sinc(x) * sinc(x / radius_);
      case Kernel::blurred:
        return table_.size() > 1 ? looked_up(x) : is_inside(distance);
    }
    return 0;
  }

 private:
  double looked_up(double x) const {
    const auto before = static_cast<std::size_t>(x * kTableSteps);
    const double share = x * kTableSteps - static_cast<double>(before);
    return table_[before] * (1 - share) + table_[before + 1] * share;
  }

  /// A pixel on the line between two cells is of the second.
  static double is_inside(double distance) { return distance > -0.5 && distance <= 0.5 ? 1 : 0; }

  Kernel kernel_;
  int radius_ = 1;
  bool is_padded_ = false;
  std::vector<double> table_ = {};
};

/// `target` += `weight` * `source`, lane by lane.
void add_scaled(float* target, float weight, const float* source, std::size_t lanes) {
  const FourFloats factor = all_lanes(weight);
  for (std::size_t i = 0; i < lanes; i += kLanes) {
    store_lanes(load_lanes(target + i) + factor * load_lanes(source + i), target + i);
  }
}

/// What cells leave unexplained.
struct Rest {
  double error = 0;      // sum of squares
  std::int64_t off = 0;  // values
  float moved = 0;       // most that a guess of what was cut off changed
};

/// Of all values, `lanes` a place; what was cut off counts as `seen` from now on.
Rest compare(std::span<const float> pixels, std::span<const float> seen, std::vector<float>& whole,
             std::size_t lanes) {
  Rest rest;
  FourFloats moved{};
  FourInts off{};
  for (std::size_t place = 0; place < seen.size(); place += lanes) {
    FourFloats error{};
    for (std::size_t i = place; i < place + lanes; i += kLanes) {
      const FourFloats shown = load_lanes(pixels.data() + i);
      const FourFloats now = load_lanes(seen.data() + i);
      const FourFloats before = load_lanes(whole.data() + i);
      const FourInts is_cut =
          ((shown <= kCutOff) & (now < shown)) | ((shown >= 255 - kCutOff) & (now > shown));
      const FourFloats step = is_cut ? absolute(now - before) : FourFloats{};
      moved = larger(moved, step);
      store_lanes(is_cut ? now : before, whole.data() + i);
      const FourFloats apart = is_cut ? FourFloats{} : now - shown;
      error += apart * apart;
      off -= absolute(apart) > kRounding;
    }
    rest.error += static_cast<double>(error[0] + error[1] + error[2] + error[3]);
  }
  rest.off = std::int64_t{off[0]} + off[1] + off[2] + off[3];
  rest.moved = std::max(std::max(moved[0], moved[1]), std::max(moved[2], moved[3]));
  return rest;
}

}  // namespace

EnlargedAxis::EnlargedAxis(int pixels, int cells, const Interpolation& interpolation)
    : cells_(static_cast<std::size_t>(cells)), taps_(static_cast<std::size_t>(pixels)) {
  const KernelShape shape(interpolation);
  for (std::size_t pixel = 0; pixel < taps_.size(); ++pixel) {
    add_weights(pixel, shape);
  }
  factorise();
}

template <typename Shape>
void EnlargedAxis::add_weights(std::size_t pixel, const Shape& shape) {
  const double scale = static_cast<double>(cells_) / static_cast<double>(taps_.size());
  const double centre = (static_cast<double>(pixel) + 0.5) * scale - 0.5;  // in cells
  const int last = static_cast<int>(cells_) - 1;
  const int begin = static_cast<int>(std::floor(centre)) - shape.radius() + 1;
  const int end = begin + 2 * shape.radius();
  const int first = std::clamp(begin, 0, std::max(0, last - static_cast<int>(kMostTaps) + 1));
  std::array<double, kMostTaps> weights{};
  double sum = 0;
  for (int cell = begin; cell < end; ++cell) {
    if (!shape.is_padded() && (cell < 0 || cell > last)) {
      continue;
    }
    const double weight = shape.at(cell - centre);
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

EnlargedAxis::Shrunk EnlargedAxis::shrink(std::span<const float> pixels, std::size_t lanes,
                                          const Guessing& guessing) const {
  std::vector<float> whole(pixels.begin(), pixels.end());
  Shrunk shrunk;
  for (int round = 0; round < guessing.rounds; ++round) {
    shrunk.cells = solve(whole, lanes);
    for (float& cell : shrunk.cells) {
      cell = std::clamp(cell, 0.0F, 255.0F);
    }
    const std::vector<float> seen = enlarge(shrunk.cells, lanes);
    const Rest rest = compare(pixels, seen, whole, lanes);
    const double before = shrunk.error;
    shrunk.error = rest.error / static_cast<double>(seen.size());
    shrunk.off = static_cast<double>(rest.off) / static_cast<double>(seen.size());
    const double fall = before - shrunk.error;
    if (rest.moved < kSettled ||
        (round > 0 && shrunk.error - kStillToCome * fall > guessing.most_error)) {
      break;
    }
  }
  return shrunk;
}

}  // namespace dgxp
