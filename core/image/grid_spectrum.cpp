#include "core/image/grid_spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kWindow = 256;  // pixels
constexpr std::size_t kSteps = 1024;  // frequencies: four for each that a window can resolve
constexpr int kDoublings = 10;        // log2 of kSteps
constexpr std::size_t kPeaks = 5;
constexpr double kLeastSize = 2.5;  // pixels; below, the spectrum ends
constexpr double kNear = 0.1;

struct Wave {
  float re = 0;
  float im = 0;
};
using Waves = std::array<Wave, kSteps>;

const Waves& turns() {
  static const Waves kTurns = [] {
    Waves table{};
    for (std::size_t i = 0; i < kSteps; ++i) {
      const double turn = static_cast<double>(i) / kSteps;
      table[i] = {static_cast<float>(plain_cos_turn(turn)),
                  static_cast<float>(plain_cos_turn(turn + 0.25))};  // minus the sine
    }
    return table;
  }();
  return kTurns;
}

/// The discrete Fourier transform in place, after Cooley and Tukey.
void transform(Waves& waves) {
  for (std::size_t i = 0, reversed = 0; i < kSteps; ++i) {
    if (i < reversed) {
      std::swap(waves[i], waves[reversed]);
    }
    std::size_t bit = kSteps / 2;
    for (; (reversed & bit) != 0; bit /= 2) {
      reversed ^= bit;
    }
    reversed |= bit;
  }
  for (int doubling = 1; doubling <= kDoublings; ++doubling) {
    const std::size_t length = std::size_t{1} << static_cast<unsigned>(doubling);
    const std::size_t stride = kSteps / length;
    for (std::size_t start = 0; start < kSteps; start += length) {
      for (std::size_t i = 0; i < length / 2; ++i) {
        const Wave& turn = turns()[i * stride];
        Wave& low = waves[start + i];
        Wave& high = waves[start + i + length / 2];
        const Wave turned{high.re * turn.re - high.im * turn.im,
                          high.re * turn.im + high.im * turn.re};
        high = {low.re - turned.re, low.im - turned.im};
        low = {low.re + turned.re, low.im + turned.im};
      }
    }
  }
}

/// The window of `gain` from `start` on without its mean, faded in and out; nothing where the
/// windows before have seen all.
std::array<float, kWindow> cut_window(const std::vector<float>& gain, std::size_t start) {
  const bool is_over = start > 0 && start + kWindow / 2 >= gain.size();
  const std::size_t length = is_over ? 0 : std::min(kWindow, gain.size() - start);
  std::array<float, kWindow> part{};
  float mean = 0;
  for (std::size_t i = 0; i < length; ++i) {
    mean += gain[start + i] / static_cast<float>(length);
  }
  for (std::size_t i = 0; i < length; ++i) {
    const double turn = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
    const auto hann = static_cast<float>(0.5 - 0.5 * plain_cos_turn(turn));
    part[i] = (gain[start + i] - mean) * hann;
  }
  return part;
}

/// The frequency of a peak at `k`, between the steps, as a cell size.
double peak_size(const std::vector<double>& power, std::size_t k) {
  const double bend = power[k - 1] - 2 * power[k] + power[k + 1];
  const double shift = bend < 0 ? 0.5 * (power[k - 1] - power[k + 1]) / bend : 0.0;
  return kSteps / (static_cast<double>(k) + shift);
}

bool is_peak(const std::vector<double>& power, std::size_t k) {
  return power[k] > power[k - 1] && power[k] >= power[k + 1];
}

}  // namespace

std::vector<double> measure_spectrum(const std::vector<float>& columns,
                                     const std::vector<float>& rows) {
  std::vector<double> power(kSteps / 2);
  const std::size_t size = std::max(columns.size(), rows.size());
  for (std::size_t start = 0; start == 0 || start + kWindow / 2 < size; start += kWindow / 2) {
    const std::array<float, kWindow> x = cut_window(columns, start);
    const std::array<float, kWindow> y = cut_window(rows, start);
    // Both go through one transform, as real and imaginary part: the mean of its powers at k and at
    // -k is the sum of theirs.
    Waves waves{};
    for (std::size_t i = 0; i < kWindow; ++i) {
      waves[i] = {x[i], y[i]};
    }
    transform(waves);
    const auto power_of = [](const Wave& wave) {
      return static_cast<double>(wave.re) * static_cast<double>(wave.re) +
             static_cast<double>(wave.im) * static_cast<double>(wave.im);
    };
    for (std::size_t k = 1; k < power.size(); ++k) {
      power[k] += (power_of(waves[k]) + power_of(waves[kSteps - k])) / 2;
    }
  }
  return power;
}

std::vector<double> spectrum_peaks(const std::vector<double>& spectrum, double least, double most) {
  const auto first = static_cast<std::size_t>(std::max(1.0, std::ceil(kSteps / most)));
  const auto last = static_cast<std::size_t>(kSteps / std::max(least, kLeastSize));
  std::vector<std::pair<double, double>> peaks;  // -power, cell size
  for (std::size_t k = first; k <= last; ++k) {
    if (is_peak(spectrum, k)) {
      peaks.emplace_back(-spectrum[k], peak_size(spectrum, k));
    }
  }
  std::ranges::sort(peaks);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < std::min(kPeaks, peaks.size()); ++i) {
    sizes.push_back(peaks[i].second);
  }
  return sizes;
}

double peak_near(const std::vector<double>& spectrum, double cell) {
  const double middle = kSteps / cell;
  const auto first = static_cast<std::size_t>(std::max(1.0, std::ceil(middle / (1 + kNear))));
  const auto last = static_cast<std::size_t>(middle * (1 + kNear));
  double best = 0;
  double size = cell;
  for (std::size_t k = first; k <= last && k + 1 < spectrum.size(); ++k) {
    if (is_peak(spectrum, k) && spectrum[k] > best) {
      best = spectrum[k];
      size = peak_size(spectrum, k);
    }
  }
  return size;
}

}  // namespace dgxp
