// An enlargement by interpolation is the row of impulses of the cell colours, smeared by a kernel
// that is even. In cosine waves (with a wave for each half period that fits the side) the row of
// impulses of n cells is odd around wave n: wave n + d is minus wave n - d. The smear only scales
// each wave. So with the picture cut to some bands, each of which has its own colours but the same
// cells, the waves n - d and n + d of all bands are vectors of opposite directions, however soft
// the kernel is, for every d; around any other n they have nothing in common.
#include "core/image/even_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/image/float_lanes.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kBands = 16;
constexpr double kLeastScale = 1.9;  // pixels a cell
constexpr double kMostScale = 64;    // of large pictures
constexpr int kLeastCells = 4;
constexpr int kMostCells = 1024;
constexpr double kLeastNoise = 0.09;  // square of what rounding to whole steps adds, about
constexpr double kNoiseMargin = 4;
constexpr double kFewWaves = 3;  // so many say little
constexpr double kLeastAgreement = 0.25;
constexpr double kNearBest = 0.7;
constexpr std::size_t kMostChoices = 6;

/// One number for each band.
using Bands = std::array<float, kBands>;

/// The light of each place along the axis, summed over every band.
std::vector<Bands> sum_bands(const Image& image, CellAxis axis) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  const bool is_across = axis == CellAxis::across;
  std::vector<Bands> bands(is_across ? width : height);
  const std::size_t breadth = is_across ? height : width;
  for (std::size_t y = 0; y < height; ++y) {
    const Rgba* row = image.pixels.data() + y * width;
    for (std::size_t x = 0; x < width; ++x) {
      const int light = (row[x].r + row[x].g + row[x].b) * row[x].a / 255 + row[x].a;
      const std::size_t band = (is_across ? y : x) * kBands / breadth;
      bands[is_across ? x : y][band] += static_cast<float>(light);
    }
  }
  const float scale = std::sqrt(static_cast<float>(kBands) / (3 * static_cast<float>(breadth)));
  for (Bands& place : bands) {
    for (float& band : place) {
      band *= scale;
    }
  }
  return bands;
}

/// The discrete cosine transform (II) of every band, waves 0 .. `waves` - 1.
std::vector<Bands> cosine_waves(const std::vector<Bands>& places, std::size_t waves) {
  const std::size_t size = places.size();
  const std::size_t turn = 4 * size;
  std::vector<float> cosines(turn);
  for (std::size_t i = 0; i < turn; ++i) {
    cosines[i] =
        static_cast<float>(plain_cos_turn(static_cast<double>(i) / static_cast<double>(turn)));
  }
  // Even waves are symmetric, odd ones antisymmetric: each takes half of the places.
  const std::size_t half = (size + 1) / 2;
  std::array<std::vector<Bands>, 2> folded{std::vector<Bands>(half), std::vector<Bands>(half)};
  for (std::size_t i = 0; i < half; ++i) {
    const bool is_middle = 2 * i + 1 == size;
    for (std::size_t band = 0; band < kBands; ++band) {
      const float a = places[i][band];
      const float b = is_middle ? 0.0F : places[size - 1 - i][band];
      folded[0][i][band] = a + b;
      folded[1][i][band] = a - b;
    }
  }
  const float scale = std::sqrt(2.0F / static_cast<float>(size));
  std::vector<Bands> result(waves);
  for (std::size_t wave = 0; wave < waves; ++wave) {
    std::array<FourFloats, kBands / kLanes> sums{};
    std::size_t phase = wave;
    for (const Bands& place : folded[wave % 2]) {
      const FourFloats cosine = all_lanes(cosines[phase]);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += cosine * load_lanes(&place[i * kLanes]);
      }
      phase += 2 * wave;
      phase -= phase >= turn ? turn : 0;
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      store_lanes(sums[i] * all_lanes(scale), &result[wave][i * kLanes]);
    }
  }
  return result;
}

double product(const Bands& a, const Bands& b) {
  double sum = 0;
  for (std::size_t band = 0; band < kBands; ++band) {
    sum += static_cast<double>(a[band]) * static_cast<double>(b[band]);
  }
  return sum / kBands;
}

class Agreement {
 public:
  explicit Agreement(const std::vector<Bands>& waves) : waves_(waves) {
    for (const Bands& wave : waves) {
      power_.push_back(product(wave, wave));
    }
    // What the finest waves show is noise, more or less.
    std::vector<double> fine(power_.end() - static_cast<std::ptrdiff_t>(power_.size() / 8 + 1),
                             power_.end());
    const auto middle = fine.begin() + static_cast<std::ptrdiff_t>(fine.size() / 2);
    std::ranges::nth_element(fine, middle);
    noise_ = kNoiseMargin * std::max(kLeastNoise, *middle);
  }

  double of(std::size_t count) const {
    const std::size_t most = std::min(count / 2, waves_.size() - 1 - count);
    double sum = 0;
    double weights = kFewWaves;
    for (std::size_t d = 1; d <= most; ++d) {
      const double below = power_[count - d];
      const double above = power_[count + d];
      const double seen = (below / (below + noise_)) * (above / (above + noise_));
      const double weight = seen * seen;
      sum -=
          weight * product(waves_[count - d], waves_[count + d]) / std::sqrt(below * above + 1e-9);
      weights += weight;
    }
    return sum / weights;
  }

 private:
  const std::vector<Bands>& waves_;
  std::vector<double> power_;
  double noise_ = 0;
};

}  // namespace

std::vector<EvenCells> find_even_cells(const Image& image, CellAxis axis) {
  const int side = axis == CellAxis::across ? image.size.width : image.size.height;
  const int most = std::min(static_cast<int>(side / kLeastScale), kMostCells);
  const int least = std::max(static_cast<int>(side / kMostScale), kLeastCells);
  if (most <= least) {
    return {};
  }
  const auto waves = static_cast<std::size_t>(std::min(side, most + most / 2 + 1));
  const std::vector<Bands> spectrum = cosine_waves(sum_bands(image, axis), waves);
  const Agreement agreement(spectrum);
  std::vector<EvenCells> all;
  double best = kLeastAgreement;
  for (int count = least; count <= most; ++count) {
    all.push_back({count, agreement.of(static_cast<std::size_t>(count))});
    best = std::max(best, all.back().agreement);
  }
  std::vector<EvenCells> choices;
  for (std::size_t i = 0; i < all.size() && choices.size() < kMostChoices; ++i) {
    const bool is_peak = (i == 0 || all[i].agreement >= all[i - 1].agreement) &&
                         (i + 1 == all.size() || all[i].agreement >= all[i + 1].agreement);
    if (is_peak && all[i].agreement >= kNearBest * best && all[i].agreement >= kLeastAgreement) {
      choices.push_back(all[i]);
    }
  }
  return choices;
}

}  // namespace dgxp
