#include "core/image/dither.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "core/image/color_metric.hpp"
#include "core/image/pixel_words.hpp"

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

/// What one row of an n x n matrix adds to the bytes of eight pixels side by side, alpha left
/// alone. Additions and subtractions apart, since they stop at 255 and 0.
using SixteenBytes = std::uint8_t __attribute__((vector_size(16)));
struct RowOffsets {
  std::array<SixteenBytes, 2> plus{};
  std::array<SixteenBytes, 2> minus{};
};

RowOffsets row_offsets(int y, int n, int strength) {
  const int cells = n * n;
  RowOffsets offsets;
  for (std::size_t i = 0; i < 32; ++i) {
    if (i % 4 == 3) continue;
    const int rank = bayer_rank(static_cast<int>(i / 4) % n, y % n, n);
    const int offset = (2 * rank + 1 - cells) * strength / (2 * cells);
    offsets.plus[i / 16][i % 16] = static_cast<std::uint8_t>(std::max(offset, 0));
    offsets.minus[i / 16][i % 16] = static_cast<std::uint8_t>(std::max(-offset, 0));
  }
  return offsets;
}

void add_offsets(NearestTable::Block& words, std::size_t count, const RowOffsets& offsets) {
  for (std::size_t i = 0; i < count; i += 4) {
    SixteenBytes bytes;
    std::memcpy(&bytes, &words[i], sizeof bytes);
    const SixteenBytes sum = bytes + offsets.plus[i / 4 % 2];
    bytes = sum | (SixteenBytes)(sum < bytes);
    const SixteenBytes rest = bytes - offsets.minus[i / 4 % 2];
    bytes = rest & (SixteenBytes)(rest <= bytes);
    std::memcpy(&words[i], &bytes, sizeof bytes);
  }
}

/// Most pictures have no alpha: a quick pass tells that of every pixel at once.
bool is_fully_opaque(const Image& image) {
  constexpr std::size_t kPixels = sizeof(SixteenBytes) / sizeof(Rgba);
  const std::size_t whole = image.pixels.size() / kPixels * kPixels;
  SixteenBytes all = ~SixteenBytes{};
  for (std::size_t i = 0; i < whole; i += kPixels) {
    SixteenBytes four;
    std::memcpy(&four, image.pixels.data() + i, sizeof four);
    all &= four;
  }
  bool is_full = (all[3] & all[7] & all[11] & all[15]) == 255;
  for (std::size_t i = whole; i < image.pixels.size(); ++i)
    is_full = is_full && image.pixels[i].a == 255;
  return is_full;
}

bool has_hole(const Image& image, int alpha_threshold) {
  if (is_fully_opaque(image)) return alpha_threshold > 255;
  return std::ranges::any_of(image.pixels,
                             [&](const Rgba& pixel) { return pixel.a < alpha_threshold; });
}

/// Finds colours that are palette entries to the last bit.
class ExactColors {
 public:
  explicit ExactColors(const Palette& palette) {
    for (std::size_t i = 0; i < palette.colors.size(); ++i) {
      const std::uint32_t color = to_word(opaque(palette.colors[i]));
      std::size_t slot = first_slot(color);
      while (colors_[slot] != 0 && colors_[slot] != color) slot = (slot + 1) % kSlots;
      if (colors_[slot] == color) continue;
      colors_[slot] = color;
      positions_[slot] = static_cast<std::uint8_t>(i);
      const std::uint16_t pair = red_green(&palette.colors[i].r);
      pairs_[pair / 64] |= std::uint64_t{1} << pair % 64;
    }
  }

  /// Puts the positions of such colours among `pixels` into `of`.
  void keep(const Rgba* pixels, std::size_t count, std::uint8_t* of) const {
    for (std::size_t i = 0; i < count; ++i) {
      // Few colours get beyond this.
      const std::uint16_t pair = red_green(&pixels[i].r);
      if ((pairs_.data()[pair / 64] >> pair % 64 & 1U) == 0) continue;
      const std::uint32_t color = to_word(opaque(pixels[i].rgb()));
      std::size_t slot = first_slot(color);
      while (colors_.data()[slot] != 0 && colors_.data()[slot] != color) slot = (slot + 1) % kSlots;
      if (colors_.data()[slot] == color) of[i] = positions_.data()[slot];
    }
  }

 private:
  static constexpr std::size_t kSlots = 1024;
  static std::size_t first_slot(std::uint32_t color) { return color * 0x9e3779b1U >> 22U; }
  /// Red and green, which stand side by side, as one number.
  static std::uint16_t red_green(const std::uint8_t* red) {
    std::uint16_t pair = 0;
    std::memcpy(&pair, red, sizeof pair);
    return pair;
  }

  std::array<std::uint32_t, kSlots> colors_{};  ///< 0: nothing is there
  std::array<std::uint8_t, kSlots> positions_{};
  std::array<std::uint64_t, 1024> pairs_{};  ///< a bit for each red and green of an entry
};

struct Share {
  int dx;
  int dy;
  int weight;
};
struct FloydSteinberg {
  static constexpr int kBits = 4;  ///< weights are parts of 2^kBits
  static constexpr std::array<Share, 4> kShares{Share{1, 0, 7}, {-1, 1, 3}, {0, 1, 5}, {1, 1, 1}};
};
struct Atkinson {
  static constexpr int kBits = 3;
  static constexpr std::array<Share, 6> kShares{Share{1, 0, 1}, {2, 0, 1}, {-1, 1, 1},
                                                {0, 1, 1},      {1, 1, 1}, {0, 2, 1}};
};

using Channels = std::array<int, 3>;

/// Error on its way to this row and the two below, in 1 / 2^kBits of a channel step.
template <typename Method>
class ErrorRows {
 public:
  explicit ErrorRows(int width) {
    for (auto& row : rows_) row.assign(static_cast<std::size_t>(width + 2 * kMargin), Channels{});
  }
  /// What came to pixel x of the current row, rounded to whole channel steps.
  Channels at(int x) const {
    Channels error = rows_[0].data()[x + kMargin];
    for (int& channel : error) channel = (channel + (1 << (Method::kBits - 1))) >> Method::kBits;
    return error;
  }
  void spread(int x, const Channels& error) {
    const auto add = [&](const Share& share) {
      Channels& cell = rows_[static_cast<std::size_t>(share.dy)].data()[x + share.dx + kMargin];
      for (std::size_t i = 0; i < 3; ++i) cell[i] += error[i] * share.weight;
    };
    std::apply([&](const auto&... share) { (add(share), ...); }, Method::kShares);
  }
  void next_row() {
    std::rotate(rows_.begin(), rows_.begin() + 1, rows_.end());
    std::ranges::fill(rows_.back(), Channels{});
  }

 private:
  static constexpr int kMargin = 2;  ///< beyond both ends, where error is lost
  std::array<std::vector<Channels>, 3> rows_;
};

/// How a pixel of a frame was coloured, for the frames after it.
struct Decision {
  Rgb color;  ///< of the picture
  std::uint8_t position = 0;
  bool is_made = false;
  Channels error{};

  bool holds_for(Rgba pixel) const {
    constexpr int kSame = 4;  // noise of a recovered cell
    const auto is_near = [](int a, int b) { return std::abs(a - b) <= kSame; };
    return is_made && is_near(color.r, pixel.r) && is_near(color.g, pixel.g) &&
           is_near(color.b, pixel.b);
  }
};

template <typename Method>
class FrameDiffusion {
 public:
  FrameDiffusion(const Image& image, int frame_width, const NearestTable& table,
                 const Palette& palette, int alpha_threshold)
      : image_(image),
        width_(frame_width),
        table_(table),
        palette_(palette),
        alpha_threshold_(alpha_threshold),
        decisions_(static_cast<std::size_t>(frame_width * image.size.height)) {
    result_.of.resize(image.pixels.size());
  }

  PalettePositions run() && {
    for (int left = 0; left < image_.size.width; left += width_) diffuse_frame(left);
    return std::move(result_);
  }

 private:
  void diffuse_frame(int left) {
    ErrorRows<Method> errors(width_);
    Decision* decision = decisions_.data();
    for (int y = 0; y < image_.size.height; ++y, errors.next_row()) {
      std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.size.width) +
                       static_cast<std::size_t>(left);
      for (int x = 0; x < width_; ++x, ++at, ++decision) {
        const Rgba& pixel = image_.pixels.data()[at];
        if (pixel.a < alpha_threshold_) {  // what came here ends here
          result_.has_holes = true;
          decision->is_made = false;
          continue;
        }
        if (!decision->holds_for(pixel)) *decision = decide(pixel, errors.at(x));
        errors.spread(x, decision->error);
        result_.of.data()[at] = decision->position;
      }
    }
  }

  Decision decide(Rgba pixel, const Channels& came) const {
    const Channels wanted{clamp_channel(pixel.r + came[0]), clamp_channel(pixel.g + came[1]),
                          clamp_channel(pixel.b + came[2])};
    const std::uint8_t position =
        table_.nearest(static_cast<std::uint32_t>(wanted[0]), static_cast<std::uint32_t>(wanted[1]),
                       static_cast<std::uint32_t>(wanted[2]));
    const Rgb color = palette_.colors[position];
    return {.color = pixel.rgb(),
            .position = position,
            .is_made = true,
            .error = {wanted[0] - color.r, wanted[1] - color.g, wanted[2] - color.b}};
  }

  const Image& image_;
  int width_;
  const NearestTable& table_;
  const Palette& palette_;
  int alpha_threshold_;
  std::vector<Decision> decisions_;
  PalettePositions result_;
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

PalettePositions find_positions(const Image& image, const NearestTable& table,
                                int alpha_threshold) {
  PalettePositions result{.of = Bytes(image.pixels.size())};
  table.find(image.pixels, result.of.data());
  result.has_holes = has_hole(image, alpha_threshold);
  return result;
}

PalettePositions dither_ordered(const Image& image, int frame_width, const NearestTable& table,
                                const Palette& palette, int matrix_size, int alpha_threshold) {
  assert(matrix_size == 2 || matrix_size == 4 || matrix_size == 8);
  assert(frame_width > 0 && image.size.width % frame_width == 0);
  constexpr std::size_t kBlock = NearestTable::kBlock;
  const int strength = dither_strength(palette);
  const auto width = static_cast<std::size_t>(frame_width);
  std::array<RowOffsets, 8> rows;
  for (int y = 0; y < 8; ++y)
    rows[static_cast<std::size_t>(y)] = row_offsets(y, matrix_size, strength);
  PalettePositions result{.of = Bytes(image.pixels.size()),
                          .has_holes = has_hole(image, alpha_threshold)};
  NearestTable::Block words{};
  const ExactColors exact(palette);
  // One row of one frame after the other.
  const auto frames = static_cast<std::size_t>(image.size.width / frame_width);
  for (std::size_t row = 0; row * width < image.pixels.size(); ++row)
    for (std::size_t x = 0; x < width; x += kBlock) {
      const std::size_t start = row * width + x;
      const std::size_t count = std::min(kBlock, width - x);
      load_words(image.pixels.data() + start, words.data(), count);
      add_offsets(words, count, rows[row / frames % 8]);
      table.find_block(words, count, result.of.data() + start);
      exact.keep(image.pixels.data() + start, count, result.of.data() + start);
    }
  return result;
}

PalettePositions dither_diffused(const Image& image, int frame_width, const NearestTable& table,
                                 const Palette& palette, Dither dither, int alpha_threshold) {
  assert(dither == Dither::floyd_steinberg || dither == Dither::atkinson);
  assert(frame_width > 0 && image.size.width % frame_width == 0);
  if (dither == Dither::atkinson)
    return FrameDiffusion<Atkinson>(image, frame_width, table, palette, alpha_threshold).run();
  return FrameDiffusion<FloydSteinberg>(image, frame_width, table, palette, alpha_threshold).run();
}

}  // namespace dgxp
