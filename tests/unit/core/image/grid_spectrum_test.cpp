#include "core/image/grid_spectrum.hpp"

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

#include <doctest/doctest.h>

#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

std::vector<float> wave(std::size_t size, double length) {
  std::vector<float> values;
  for (std::size_t i = 0; i < size; ++i) {
    values.push_back(
        static_cast<float>(std::cos(2 * std::numbers::pi * static_cast<double>(i) / length)));
  }
  return values;
}

/// The power at one frequency, straight from its definition.
double slow_power(const std::vector<float>& gain, std::size_t k) {
  double power = 0;
  for (std::size_t start = 0; start == 0 || start + 128 < gain.size(); start += 128) {
    const std::size_t length = std::min<std::size_t>(256, gain.size() - start);
    double mean = 0;
    for (std::size_t i = 0; i < length; ++i) {
      mean += static_cast<double>(gain[start + i]) / static_cast<double>(length);
    }
    std::complex<double> sum;
    for (std::size_t i = 0; i < length; ++i) {
      const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
      const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * at);
      const double turn = static_cast<double>(i * k) / 1024;
      sum += (static_cast<double>(gain[start + i]) - mean) * hann *
             std::polar(1.0, -2 * std::numbers::pi * turn);
    }
    power += std::norm(sum);
  }
  return power;
}

}  // namespace

TEST_CASE("measure_spectrum is the power of both profiles, window by window") {
  synthetic::Dice dice(3);
  std::vector<float> columns(700);
  std::vector<float> rows(300);
  for (float& v : columns) v = static_cast<float>(dice.roll(100));
  for (float& v : rows) v = static_cast<float>(dice.roll(100));
  const std::vector<double> spectrum = measure_spectrum(columns, rows);
  for (std::size_t k = 1; k < 400; k += 7) {
    REQUIRE(spectrum[k] ==
            doctest::Approx(slow_power(columns, k) + slow_power(rows, k)).epsilon(1e-3));
  }
}

TEST_CASE("spectrum_peaks and peak_near tell a wave length that is no whole number") {
  const std::vector<double> spectrum = measure_spectrum(wave(800, 13.3), wave(700, 13.3));
  const std::vector<double> peaks = spectrum_peaks(spectrum, 2.6, 72);
  REQUIRE_FALSE(peaks.empty());
  CHECK(peaks.front() == doctest::Approx(13.3).epsilon(0.003));
  CHECK(peak_near(spectrum, 12.5) == doctest::Approx(13.3).epsilon(0.003));
}

}  // namespace dgxp
