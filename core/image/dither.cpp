#include "core/image/dither.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

int clamp_channel(int value) {
  return std::clamp(value, 0, 255);
}

/// 0..n*n-1, the recursive Bayer order: D(2n) = 4 D(n) + {0 2; 3 1}.
int bayer_rank(int x, int y, int n) {
  constexpr std::array<int, 4> kQuad{0, 2, 3, 1};
  int rank = 0;
  for (int size = 2; size <= n; size *= 2) {
    const int bit_x = x & 1;
    const int bit_y = y & 1;
    rank = 4 * rank + kQuad.at(static_cast<std::size_t>(2 * bit_y + bit_x));
    x >>= 1;
    y >>= 1;
  }
  return rank;
}

struct Share {
  int dx;
  int dy;
  int weight;
};
constexpr std::array<Share, 4> kFloydSteinberg{Share{1, 0, 7}, {-1, 1, 3}, {0, 1, 5}, {1, 1, 1}};
constexpr std::array<Share, 6> kAtkinson{Share{1, 0, 1}, {2, 0, 1}, {-1, 1, 1},
                                         {0, 1, 1},      {1, 1, 1}, {0, 2, 1}};

using Channels = std::array<int, 3>;

/// Error on its way to the rows below, in 1/2^bits of a channel step.
class ErrorRows {
 public:
  ErrorRows(int width, std::span<const Share> shares, int bits)
      : width_(width), shares_(shares), bits_(bits) {
    for (auto& row : rows_) row.assign(static_cast<std::size_t>(width), Channels{});
  }
  /// What came to pixel x of the current row, rounded to whole channel steps.
  Channels at(int x) const {
    Channels error = rows_[0][static_cast<std::size_t>(x)];
    for (int& channel : error) channel = (channel + (1 << (bits_ - 1))) >> bits_;
    return error;
  }
  void spread(int x, const Channels& error) {
    for (const Share& share : shares_) {
      const int target = x + share.dx;
      if (target < 0 || target >= width_) continue;
      Channels& cell =
          rows_.at(static_cast<std::size_t>(share.dy))[static_cast<std::size_t>(target)];
      for (std::size_t i = 0; i < 3; ++i) cell.at(i) += error.at(i) * share.weight;
    }
  }
  void next_row() {
    std::rotate(rows_.begin(), rows_.begin() + 1, rows_.end());
    std::ranges::fill(rows_.back(), Channels{});
  }

 private:
  int width_;
  std::span<const Share> shares_;
  int bits_;
  std::array<std::vector<Channels>, 3> rows_;
};

}  // namespace

int dither_strength(const Palette& palette) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (const Rgb color : palette.colors) {
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    for (const Rgb other : palette.colors)
      if (other != color)
        least =
            std::min(least, RgbMetric::distance(RgbMetric::point(color), RgbMetric::point(other)));
    if (least == std::numeric_limits<std::int32_t>::max()) continue;
    sum += least;
    ++count;
  }
  if (count == 0) return 0;
  return static_cast<int>(std::sqrt(static_cast<double>(sum / (3 * count))));
}

Image dither_ordered(const Image& image, const NearestTable& table, const Palette& palette,
                     int matrix_size, int alpha_threshold) {
  assert(matrix_size == 2 || matrix_size == 4 || matrix_size == 8);
  const int strength = dither_strength(palette);
  const int cells = matrix_size * matrix_size;
  std::array<int, 64> offsets{};
  for (int y = 0; y < matrix_size; ++y)
    for (int x = 0; x < matrix_size; ++x)
      offsets.at(static_cast<std::size_t>(y * matrix_size + x)) =
          (2 * bayer_rank(x, y, matrix_size) + 1 - cells) * strength / (2 * cells);
  Image result(image.size);
  for (int y = 0; y < image.size.height; ++y)
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba& pixel = image.at(x, y);
      if (pixel.a < alpha_threshold) continue;
      const int offset = offsets[static_cast<std::size_t>((y & (matrix_size - 1)) * matrix_size +
                                                          (x & (matrix_size - 1)))];
      const auto channel = [&](int value) {
        return static_cast<std::uint32_t>(clamp_channel(value + offset));
      };
      result.at(x, y) = opaque(
          palette.colors[table.nearest(channel(pixel.r), channel(pixel.g), channel(pixel.b))]);
    }
  return result;
}

Image dither_diffused(const Image& image, const NearestTable& table, const Palette& palette,
                      Dither dither, int alpha_threshold) {
  assert(dither == Dither::floyd_steinberg || dither == Dither::atkinson);
  const bool is_atkinson = dither == Dither::atkinson;
  ErrorRows errors(
      image.size.width,
      is_atkinson ? std::span<const Share>(kAtkinson) : std::span<const Share>(kFloydSteinberg),
      is_atkinson ? 3 : 4);
  Image result(image.size);
  for (int y = 0; y < image.size.height; ++y, errors.next_row())
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba& pixel = image.at(x, y);
      if (pixel.a < alpha_threshold) continue;  // what came here ends here
      const Channels came = errors.at(x);
      const Channels wanted{clamp_channel(pixel.r + came[0]), clamp_channel(pixel.g + came[1]),
                            clamp_channel(pixel.b + came[2])};
      const Rgb color = palette.colors[table.nearest(static_cast<std::uint32_t>(wanted[0]),
                                                     static_cast<std::uint32_t>(wanted[1]),
                                                     static_cast<std::uint32_t>(wanted[2]))];
      errors.spread(x, {wanted[0] - color.r, wanted[1] - color.g, wanted[2] - color.b});
      result.at(x, y) = opaque(color);
    }
  return result;
}

}  // namespace dgxp
