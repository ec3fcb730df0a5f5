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

/// What a difference counts.
struct Strength {
  std::uint32_t clear = 0;
  std::uint32_t faint = 0;

  void operator+=(const Strength& other) {
    clear += other.clear;
    faint += other.faint;
  }
};

class StrengthMeter {
 public:
  explicit StrengthMeter(int threshold) : threshold_(threshold) {}

  Strength of(const Rgba& a, const Rgba& b) const {
    const int away = difference(a, b);
    return {
        .clear = static_cast<std::uint32_t>(std::clamp(away - threshold_, 0, kMostStrength)),
        .faint = static_cast<std::uint32_t>(std::min(away, threshold_)),
    };
  }
  /// The same for pixels side by side: `clear` in place of `a`, `faint` in place of `b`.
  template <typename Lanes>
  [[gnu::always_inline]] inline void of_lanes(typename Lanes::Words& a,
                                              typename Lanes::Words& b) const {
    using Bytes = typename Lanes::Bytes;
    using Halves = typename Lanes::Halves;
    using Words = typename Lanes::Words;
    const auto x = reinterpret_cast<Bytes>(a);
    const auto y = reinterpret_cast<Bytes>(b);
    const Bytes away = (x > y ? x : y) - (x < y ? x : y);
    const auto channels = reinterpret_cast<Words>(away);
    const Words red_blue = (channels & 0xFF00FFU) + (channels >> 8U & 0xFFU);  // green with red
    const Words sum = (red_blue + (red_blue >> 16U)) & 0xFFFFU;
    const Words least = Words{} + static_cast<std::uint32_t>(threshold_);
    const Words most = Words{} + static_cast<std::uint32_t>(kMostStrength);
    // The upper halves of all words are 0 and stay it.
    const auto all = reinterpret_cast<Halves>(sum);
    const auto noise = reinterpret_cast<Halves>(least);
    const Halves faint = all < noise ? all : noise;
    const Halves over = all - faint;
    const auto limit = reinterpret_cast<Halves>(most);
    const Halves clear = over < limit ? over : limit;
    a = reinterpret_cast<Words>(clear);
    b = reinterpret_cast<Words>(faint);
  }

 private:
  int threshold_;
};

/// Sums along each place.
struct EdgeSums {
  explicit EdgeSums(std::size_t places) : clear(places), faint(places) {}

  void add(std::size_t place, const Strength& strength) {
    clear[place] += strength.clear;
    faint[place] += strength.faint;
  }

  std::vector<std::uint32_t> clear;
  std::vector<std::uint32_t> faint;
};

template <typename Words>
[[gnu::always_inline]] inline void add_to(std::uint32_t* sums, const Words& more) {
  Words all;
  std::memcpy(&all, sums, sizeof all);
  all += more;
  std::memcpy(sums, &all, sizeof all);
}

/// Adds the strength of the edges before each pixel of a row to `columns`.
template <typename Lanes>
[[gnu::always_inline]] inline void add_along(std::span<const Rgba> row, const StrengthMeter& meter,
                                             EdgeSums& columns) {
  std::size_t x = kBefore;
  for (; x + kBehind + kPixels<Lanes> <= row.size(); x += kPixels<Lanes>) {
    typename Lanes::Words before;
    typename Lanes::Words behind;
    load_pixels<Lanes>(&row[x - kBefore], before);
    load_pixels<Lanes>(&row[x + kBehind], behind);
    meter.of_lanes<Lanes>(before, behind);
    add_to(&columns.clear[x], before);
    add_to(&columns.faint[x], behind);
  }
  for (; x + kBehind < row.size(); ++x) {
    columns.add(x, meter.of(row[x - kBefore], row[x + kBehind]));
  }
}

/// The strength of the edges between two rows, at every `step`-th pixel: 1 or 2.
template <typename Lanes>
[[gnu::always_inline]] inline Strength sum_across(std::span<const Rgba> above,
                                                  std::span<const Rgba> below,
                                                  const StrengthMeter& meter, std::size_t step) {
  using Words = typename Lanes::Words;
  Words clear{};
  Words faint{};
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
    meter.of_lanes<Lanes>(a, b);
    clear += a;
    faint += b;
  }
  Strength sum;
  for (std::size_t lane = 0; lane < kPixels<Lanes>; ++lane) {
    sum += {.clear = clear[lane], .faint = faint[lane]};
  }
  for (; x < above.size(); x += step) {
    sum += meter.of(above[x], below[x]);
  }
  return sum;
}

struct PictureSums {
  EdgeSums columns;
  EdgeSums rows;
};

/// Looks at every `step_y`-th row and at every `step_x`-th column: 1 or 2.
template <typename Lanes>
[[gnu::always_inline]] inline PictureSums sum_edges(const Image& image, std::size_t step_x,
                                                    std::size_t step_y) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  const StrengthMeter meter(noise_threshold(image));
  const auto row = [&](std::size_t y) { return std::span(image.pixels).subspan(y * width, width); };
  PictureSums sums{.columns = EdgeSums(width + 1), .rows = EdgeSums(height + 1)};
  for (std::size_t y = 0; y < height; ++y) {
    if (y % step_y == 0) {
      add_along<Lanes>(row(y), meter, sums.columns);
    }
    if (y >= kBefore && y + kBehind < height) {
      sums.rows.add(y, step_x == 2
                           ? sum_across<Lanes>(row(y - kBefore), row(y + kBehind), meter, 2)
                           : sum_across<Lanes>(row(y - kBefore), row(y + kBehind), meter, 1));
    }
  }
  return sums;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] PictureSums sum_edges_avx2(const Image& image, std::size_t step_x,
                                                   std::size_t step_y) {
  return sum_edges<EightPixels>(image, step_x, step_y);
}
#endif

PictureSums sum_edges_at(SimdLevel level, const Image& image, std::size_t step_x,
                         std::size_t step_y) {
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) {
    return sum_edges_avx2(image, step_x, step_y);
  }
#endif
  static_cast<void>(level);
  return sum_edges<FourPixels>(image, step_x, step_y);
}

/// Every `step`-th of `count` pixels along the places was looked at.
std::vector<float> means_of(const std::vector<std::uint32_t>& sums, std::size_t step,
                            std::size_t count) {
  std::vector<float> means;
  means.reserve(sums.size());
  for (const std::uint32_t sum : sums) {
    means.push_back(static_cast<float>(sum * step) / static_cast<float>(count));
  }
  return means;
}

std::vector<float> with_border(std::vector<float> profile) {
  const auto first = profile.begin() + kBefore;
  const auto last = profile.end() - 1 - (kBehind + 1);
  std::fill(profile.begin(), first, *first);
  std::fill(last, profile.end(), *last);
  return profile;
}

}  // namespace

PictureEdges measure_edges(const Image& image, SimdLevel level) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  // Of a large picture every other pixel along a line tells as much as all.
  const std::size_t step_x = width >= kLargeSide ? 2 : 1;
  const std::size_t step_y = height >= kLargeSide ? 2 : 1;
  const auto [columns, rows] = sum_edges_at(level, image, step_x, step_y);
  return {.clear = {.columns = means_of(columns.clear, step_y, height),
                    .rows = means_of(rows.clear, step_x, width)},
          .faint = {.columns = with_border(means_of(columns.faint, step_y, height)),
                    .rows = with_border(means_of(rows.faint, step_x, width))}};
}

}  // namespace dgxp
