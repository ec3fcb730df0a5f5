#include "core/image/grid_profile.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "core/image/pixel_lanes.hpp"

namespace dgxp {
namespace {

// The difference is taken over three pixels, centred on the boundary: blurred edges are seen, and
// pixel noise is the same as over one.
constexpr std::size_t kBefore = 2;
constexpr std::size_t kBehind = 1;
constexpr int kLeastThreshold = 18;
constexpr int kMostThreshold = 90;
constexpr int kMostStrength = 90;
constexpr std::size_t kLargeSide = 512;  // pixels

int difference(const Rgba& a, const Rgba& b) {
  return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
}

/// What flat parts of the picture show as differences: a bit above their median.
int noise_threshold(const Image& image) {
  std::array<int, 766> histogram{};
  int count = 0;
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  for (std::size_t y = 1; y < height; y += 5) {
    const auto row = std::span(image.pixels).subspan(y * width, width);
    for (std::size_t x = kBefore + y % 3; x + kBehind < width; x += 7) {
      histogram[static_cast<std::size_t>(difference(row[x - kBefore], row[x + kBehind]))]++;
      count++;
    }
  }
  int median = 0;
  for (int seen = 0;
       median < 765 && (seen += histogram[static_cast<std::size_t>(median)]) * 2 < count;) {
    median++;
  }
  return std::clamp(median * 5 / 2, kLeastThreshold, kMostThreshold);
}

/// What differences count: those up to the noise nothing, strong ones no more than middling ones.
struct Strength {
  int threshold;

  std::uint32_t of(const Rgba& a, const Rgba& b) const {
    return static_cast<std::uint32_t>(std::clamp(difference(a, b) - threshold, 0, kMostStrength));
  }
  /// The same for pixels side by side, in place of `a`.
  template <typename Lanes>
  [[gnu::always_inline]] inline void of_lanes(typename Lanes::Words& a,
                                              const typename Lanes::Words& b) const {
    using Bytes = typename Lanes::Bytes;
    using Halves = typename Lanes::Halves;
    using Words = typename Lanes::Words;
    const auto x = reinterpret_cast<Bytes>(a);
    const auto y = reinterpret_cast<Bytes>(b);
    const Bytes away = (x > y ? x : y) - (x < y ? x : y);
    const auto channels = reinterpret_cast<Words>(away);
    const Words red_blue = (channels & 0xFF00FFU) + (channels >> 8U & 0xFFU);  // green with red
    const Words sum = (red_blue + (red_blue >> 16U)) & 0xFFFFU;
    const Words least = Words{} + static_cast<std::uint32_t>(threshold);
    const Words most = Words{} + static_cast<std::uint32_t>(kMostStrength);
    // The upper halves of all words are 0 and stay it.
    const Halves over = reinterpret_cast<Halves>(sum) - reinterpret_cast<Halves>(least);
    const Halves some = over > Halves{} ? over : Halves{};
    const auto limit = reinterpret_cast<Halves>(most);
    const Halves strength = some < limit ? some : limit;
    a = reinterpret_cast<Words>(strength);
  }
};

/// Adds the strength of the edges before each pixel of a row to `columns`.
template <typename Lanes>
[[gnu::always_inline]] inline void add_along(std::span<const Rgba> row, const Strength& strength,
                                             std::vector<std::uint32_t>& columns) {
  std::size_t x = kBefore;
  for (; x + kBehind + kPixels<Lanes> <= row.size(); x += kPixels<Lanes>) {
    typename Lanes::Words here;
    typename Lanes::Words behind;
    typename Lanes::Words sums;
    load_pixels<Lanes>(&row[x - kBefore], here);
    load_pixels<Lanes>(&row[x + kBehind], behind);
    strength.of_lanes<Lanes>(here, behind);
    std::memcpy(&sums, &columns[x], sizeof sums);
    sums += here;
    std::memcpy(&columns[x], &sums, sizeof sums);
  }
  for (; x + kBehind < row.size(); ++x) {
    columns[x] += strength.of(row[x - kBefore], row[x + kBehind]);
  }
}

/// The strength of the edges between two rows, at every `step`-th pixel: 1 or 2.
template <typename Lanes>
[[gnu::always_inline]] inline std::uint32_t sum_across(std::span<const Rgba> above,
                                                       std::span<const Rgba> below,
                                                       const Strength& strength, std::size_t step) {
  using Words = typename Lanes::Words;
  Words sums{};
  std::size_t x = 0;
  for (; x + kPixels<Lanes> * step <= above.size(); x += kPixels<Lanes> * step) {
    Words a;
    Words b;
    load_pixels<Lanes>(&above[x], a);
    load_pixels<Lanes>(&below[x], b);
    if (step == 2) {
      Words more_a;
      Words more_b;
      load_pixels<Lanes>(&above[x + kPixels<Lanes>], more_a);
      load_pixels<Lanes>(&below[x + kPixels<Lanes>], more_b);
      keep_even(a, more_a);
      keep_even(b, more_b);
    }
    strength.of_lanes<Lanes>(a, b);
    sums += a;
  }
  std::uint32_t sum = 0;
  for (std::size_t lane = 0; lane < kPixels<Lanes>; ++lane) {
    sum += sums[lane];
  }
  for (; x < above.size(); x += step) {
    sum += strength.of(above[x], below[x]);
  }
  return sum;
}

/// Sums of the strength of edges along each place.
struct EdgeSums {
  std::vector<std::uint32_t> columns;
  std::vector<std::uint32_t> rows;
};

/// Looks at every `step_y`-th row and at every `step_x`-th column: 1 or 2.
template <typename Lanes>
[[gnu::always_inline]] inline EdgeSums sum_edges(const Image& image, std::size_t step_x,
                                                 std::size_t step_y) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  const Strength strength{noise_threshold(image)};
  const auto row = [&](std::size_t y) { return std::span(image.pixels).subspan(y * width, width); };
  EdgeSums sums{std::vector<std::uint32_t>(width + 1), std::vector<std::uint32_t>(height + 1)};
  for (std::size_t y = 0; y < height; ++y) {
    if (y % step_y == 0) {
      add_along<Lanes>(row(y), strength, sums.columns);
    }
    if (y >= kBefore && y + kBehind < height) {
      sums.rows[y] = step_x == 2
                         ? sum_across<Lanes>(row(y - kBefore), row(y + kBehind), strength, 2)
                         : sum_across<Lanes>(row(y - kBefore), row(y + kBehind), strength, 1);
    }
  }
  return sums;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] EdgeSums sum_edges_avx2(const Image& image, std::size_t step_x,
                                                std::size_t step_y) {
  return sum_edges<EightPixels>(image, step_x, step_y);
}
#endif

EdgeSums sum_edges_at(SimdLevel level, const Image& image, std::size_t step_x, std::size_t step_y) {
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) {
    return sum_edges_avx2(image, step_x, step_y);
  }
#endif
  static_cast<void>(level);
  return sum_edges<FourPixels>(image, step_x, step_y);
}

}  // namespace

EdgeProfiles measure_edges(const Image& image, SimdLevel level) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  // Of a large picture every other pixel along a line tells as much as all.
  const std::size_t step_x = width >= kLargeSide ? 2 : 1;
  const std::size_t step_y = height >= kLargeSide ? 2 : 1;
  const EdgeSums sums = sum_edges_at(level, image, step_x, step_y);
  EdgeProfiles profiles{std::vector<float>(width + 1), std::vector<float>(height + 1)};
  for (std::size_t y = 0; y <= height; ++y) {
    profiles.rows[y] = static_cast<float>(sums.rows[y] * step_x) / static_cast<float>(width);
  }
  for (std::size_t x = 0; x <= width; ++x) {
    profiles.columns[x] = static_cast<float>(sums.columns[x] * step_y) / static_cast<float>(height);
  }
  return profiles;
}

}  // namespace dgxp
