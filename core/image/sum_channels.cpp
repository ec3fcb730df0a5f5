#include "core/image/sum_channels.hpp"

#include <algorithm>
#include <cstddef>

#include "core/image/pixel_lanes.hpp"

namespace dgxp {
namespace {

using Words = FourPixels::Words;
constexpr int kWidth = kPixels<FourPixels>;
constexpr int kMostRows = 256;  // whose sums of a channel 16 bits hold

/// Sums of four columns over at most kMostRows rows; red and blue have 16 bits each.
struct FourSums {
  Words red_blue{};
  Words green{};

  [[gnu::always_inline]] void add(Words words) {
    red_blue += words & 0xFF00FFU;
    green += words >> 8U & 0xFFU;
  }
  void add_to(ChannelSums& sums, int columns) const {
    for (int lane = 0; lane < columns; ++lane) {
      sums[0] += red_blue[lane] & 0xFFFFU;
      sums[1] += green[lane];
      sums[2] += red_blue[lane] >> 16U;
    }
  }
};

}  // namespace

ChannelSums sum_channels(const Image& image, const Rect& rect) {
  ChannelSums sums{};
  const std::ptrdiff_t pitch = image.size.width;
  const int bottom = rect.y + rect.height;
  for (int top = rect.y; top < bottom; top += kMostRows) {
    const int end = std::min(bottom, top + kMostRows);
    for (int x = 0; x < rect.width; x += kWidth) {
      const Rgba* pixels = image.pixels.data() + rect.x + x;
      const int columns = std::min(kWidth, rect.width - x);
      FourSums four;
      if (rect.x + x + kWidth <= image.size.width) {
        for (int y = top; y < end; ++y) {
          Words words;
          load_pixels<FourPixels>(pixels + y * pitch, words);
          four.add(words);
        }
      } else {
        for (int y = top; y < end; ++y) {
          Words words{};
          for (int lane = 0; lane < columns; ++lane) {
            words[lane] = to_word(pixels[y * pitch + lane]);
          }
          four.add(words);
        }
      }
      four.add_to(sums, columns);
    }
  }
  return sums;
}

}  // namespace dgxp
