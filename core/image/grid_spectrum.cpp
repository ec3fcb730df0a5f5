#include "core/image/grid_spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/image/float_lanes.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kWindow = 256;  // pixels
constexpr std::size_t kSteps = 1024;  // frequencies: four for each that a window can resolve
constexpr std::size_t kPeaks = 5;
constexpr double kLeastSize = 2.5;  // pixels; below, the spectrum ends
constexpr double kNear = 0.1;

using Window = std::array<float, kWindow>;

/// Complex numbers, the two parts apart.
struct Waves {
  std::array<float, kSteps> re{};
  std::array<float, kSteps> im{};
};

constexpr std::size_t kWindowBits = 8;
static_assert(kWindow == std::size_t{1} << kWindowBits && kSteps == 4 * kWindow);

/// The turns of the butterflies of every length from 8 on, one length after the other: those of
/// `half` butterflies begin at `half` - 4.
const Waves& turns() {
  static const Waves kTurns = [] {
    Waves table{};
    for (std::size_t half = 4; half <= kSteps / 2; half *= 2) {
      for (std::size_t i = 0; i < half; ++i) {
        const double turn = static_cast<double>(i * (kSteps / 2 / half)) / kSteps;
        table.re[half - 4 + i] = static_cast<float>(plain_cos_turn(turn));
        table.im[half - 4 + i] = static_cast<float>(plain_cos_turn(turn + 0.25));  // minus the sine
      }
    }
    return table;
  }();
  return kTurns;
}

/// The discrete Fourier transform of a window and zeros behind it, after Cooley and Tukey: `x` is
/// the real part, `y` the imaginary one.
Waves transform(const Window& x, const Window& y) {
  Waves waves;
  // The bits of places reversed. The zeros make butterflies of two and of four mere copies.
  for (std::size_t i = 0; i < kWindow; ++i) {
    std::size_t reversed = 0;
    for (std::size_t bit = 0; bit < kWindowBits; ++bit) {
      reversed |= (i >> bit & 1U) << (kWindowBits - 1 - bit);
    }
    std::fill_n(waves.re.begin() + static_cast<std::ptrdiff_t>(4 * reversed), 4, x[i]);
    std::fill_n(waves.im.begin() + static_cast<std::ptrdiff_t>(4 * reversed), 4, y[i]);
  }
  const Waves& turn = turns();
  for (std::size_t half = 4; half < kSteps; half *= 2) {
    for (std::size_t start = 0; start < kSteps; start += 2 * half) {
      for (std::size_t i = 0; i < half; i += kLanes) {
        const std::size_t low = start + i;
        const std::size_t high = low + half;
        const FourFloats low_re = load_lanes(&waves.re[low]);
        const FourFloats low_im = load_lanes(&waves.im[low]);
        const FourFloats high_re = load_lanes(&waves.re[high]);
        const FourFloats high_im = load_lanes(&waves.im[high]);
        const FourFloats turn_re = load_lanes(&turn.re[half - 4 + i]);
        const FourFloats turn_im = load_lanes(&turn.im[half - 4 + i]);
        const FourFloats re = high_re * turn_re - high_im * turn_im;
        const FourFloats im = high_re * turn_im + high_im * turn_re;
        store_lanes(low_re - re, &waves.re[high]);
        store_lanes(low_im - im, &waves.im[high]);
        store_lanes(low_re + re, &waves.re[low]);
        store_lanes(low_im + im, &waves.im[low]);
      }
    }
  }
  return waves;
}

/// How a window of `length` pixels fades in and out.
Window hann_of(std::size_t length) {
  Window hann{};
  for (std::size_t i = 0; i < length; ++i) {
    const double turn = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
    hann[i] = static_cast<float>(0.5 - 0.5 * plain_cos_turn(turn));
  }
  return hann;
}

/// The window of `gain` from `start` on without its mean, faded in and out; nothing where the
/// windows before have seen all.
Window cut_window(const std::vector<float>& gain, std::size_t start) {
  static const Window kWholeHann = hann_of(kWindow);
  const bool is_over = start > 0 && start + kWindow / 2 >= gain.size();
  const std::size_t length = is_over ? 0 : std::min(kWindow, gain.size() - start);
  const Window hann = length == kWindow ? kWholeHann : hann_of(length);
  Window part{};
  float mean = 0;
  for (std::size_t i = 0; i < length; ++i) {
    mean += gain[start + i] / static_cast<float>(length);
  }
  for (std::size_t i = 0; i < length; ++i) {
    part[i] = (gain[start + i] - mean) * hann[i];
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
    // Both go through one transform, as real and imaginary part: the mean of its powers at k and at
    // -k is the sum of theirs.
    const Waves waves = transform(cut_window(columns, start), cut_window(rows, start));
    const auto power_at = [&waves](std::size_t k) {
      const auto re = static_cast<double>(waves.re[k]);
      const auto im = static_cast<double>(waves.im[k]);
      return re * re + im * im;
    };
    for (std::size_t k = 1; k < power.size(); ++k) {
      power[k] += (power_at(k) + power_at(kSteps - k)) / 2;
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
