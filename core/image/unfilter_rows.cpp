// The five filters of the PNG specification, section 9, undone. A pixel waits for its left
// neighbour, so what can be done at once are the four channels of a pixel, as four 16-bit lanes.
#include "core/image/unfilter_rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/image/png_parts.hpp"

namespace dgxp {
namespace {

using EightBytes = std::uint8_t __attribute__((vector_size(8)));
using Channels = std::int16_t __attribute__((vector_size(16)));  // four are used

Channels load(const void* pixel) {
  std::uint32_t word = 0;
  std::memcpy(&word, pixel, sizeof word);
  EightBytes bytes{};
  std::memcpy(&bytes, &word, sizeof word);
  return __builtin_convertvector(bytes, Channels);
}

Channels absolute(Channels x) {
  const Channels negative = -x;
  return x > negative ? x : negative;
}

struct Neighbours {
  Channels left;
  Channels up;
  Channels corner;
};
Channels guess_left(const Neighbours& n) {
  return n.left;
}
Channels guess_mean(const Neighbours& n) {
  return (n.left + n.up) >> 1;
}
Channels guess_paeth(const Neighbours& n) {
  const Channels rise = n.up - n.corner;
  const Channels slope = n.left - n.corner;
  const Channels to_left = absolute(rise);
  const Channels to_up = absolute(slope);
  const Channels to_corner = absolute(rise + slope);
  const Channels least = to_up < to_left ? to_up : to_left;
  const Channels other = to_left <= to_up ? n.left : n.up;
  return least <= to_corner ? other : n.corner;
}

/// A row of filtered pixels, and where it goes.
struct Row {
  const std::uint8_t* filtered;
  const Rgba* above;
  Rgba* pixels;
  std::size_t width;
};

constexpr std::array<std::uint8_t, 4> opacity(std::size_t pixel_bytes) {
  return {0, 0, 0, pixel_bytes == 3 ? std::uint8_t{255} : std::uint8_t{0}};
}

/// Without the left neighbour a pixel need not wait, and is a word: four sums of bytes, none of
/// which carries into the next.
template <std::size_t kPixelBytes>
void unfilter_by_above(const Row& row) {
  constexpr std::uint32_t kHighBits = 0x80808080U;
  constexpr auto kOpaque = std::bit_cast<std::uint32_t>(opacity(kPixelBytes));
  for (std::size_t x = 0; x < row.width; ++x) {
    std::uint32_t word = 0;
    std::uint32_t up = 0;
    std::memcpy(&word, row.filtered + x * kPixelBytes, sizeof word);
    std::memcpy(&up, row.above + x, sizeof up);
    const std::uint32_t high = (word ^ up) & kHighBits;
    word = (((word & ~kHighBits) + (up & ~kHighBits)) ^ high) | kOpaque;
    std::memcpy(static_cast<void*>(row.pixels + x), &word, sizeof word);
  }
}
template <std::size_t kPixelBytes>
void copy_row(const Row& row) {
  constexpr auto kOpaque = std::bit_cast<std::uint32_t>(opacity(kPixelBytes));
  for (std::size_t x = 0; x < row.width; ++x) {
    std::uint32_t word = 0;
    std::memcpy(&word, row.filtered + x * kPixelBytes, sizeof word);
    word |= kOpaque;
    std::memcpy(static_cast<void*>(row.pixels + x), &word, sizeof word);
  }
}

template <std::size_t kPixelBytes, Channels (*kGuess)(const Neighbours&)>
void unfilter_row(const Row& row) {
  constexpr Channels kByte{255, 255, 255, 255, 255, 255, 255, 255};
  constexpr EightBytes kOpaque =
      kPixelBytes == 3 ? EightBytes{0, 0, 0, 255, 0, 0, 0, 0} : EightBytes{};
  Neighbours near{};
  for (std::size_t x = 0; x < row.width; ++x) {
    near.up = load(row.above + x);
    near.left = (load(row.filtered + x * kPixelBytes) + kGuess(near)) & kByte;
    near.corner = near.up;
    const EightBytes bytes = __builtin_convertvector(near.left, EightBytes) | kOpaque;
    std::memcpy(static_cast<void*>(row.pixels + x), &bytes, sizeof(Rgba));
  }
}

template <std::size_t kPixelBytes>
bool unfilter_row(unsigned filter, const Row& row) {
  constexpr void (*kMethods[])(const Row&) = {
      copy_row<kPixelBytes>, unfilter_row<kPixelBytes, guess_left>, unfilter_by_above<kPixelBytes>,
      unfilter_row<kPixelBytes, guess_mean>, unfilter_row<kPixelBytes, guess_paeth>};
  if (filter >= std::size(kMethods)) return false;
  kMethods[filter](row);
  return true;
}

bool unfilter_byte_row(unsigned filter, std::uint8_t* row, const std::uint8_t* above,
                       std::size_t count) {
  std::uint8_t left = 0;
  std::uint8_t corner = 0;
  const auto undo = [&](auto guess) {
    for (std::size_t i = 0; i < count; ++i) {
      left = row[i] = static_cast<std::uint8_t>(row[i] + guess(above[i]));
      corner = above[i];
    }
    return true;
  };
  switch (filter) {
    case 0:
      return true;
    case 1:
      return undo([&](std::uint8_t) { return left; });
    case 2:
      return undo([](std::uint8_t up) { return up; });
    case 3:
      return undo([&](std::uint8_t up) { return (left + up) / 2; });
    case 4:
      return undo([&](std::uint8_t up) { return guess_by_paeth(left, up, corner); });
    default:
      return false;
  }
}

}  // namespace

bool unfilter_pixels(const Bytes& raw, std::size_t pixel_bytes, Image& image) {
  assert(pixel_bytes == 3 || pixel_bytes == 4);
  const auto width = static_cast<std::size_t>(image.size.width);
  const std::vector<Rgba> nothing(width);
  Row row{.filtered = raw.data(),
          .above = nothing.data(),
          .pixels = image.pixels.data(),
          .width = width};
  for (int y = 0; y < image.size.height; ++y) {
    const unsigned filter = *row.filtered++;
    if (!(pixel_bytes == 3 ? unfilter_row<3>(filter, row) : unfilter_row<4>(filter, row)))
      return false;
    row.filtered += width * pixel_bytes;
    row.above = row.pixels;
    row.pixels += width;
  }
  return true;
}

bool unfilter_bytes(Bytes& raw, std::size_t row_bytes) {
  const Bytes nothing(row_bytes);
  const std::uint8_t* above = nothing.data();
  for (std::size_t start = 0; start + row_bytes < raw.size(); start += row_bytes + 1) {
    std::uint8_t* row = raw.data() + start + 1;
    if (!unfilter_byte_row(raw[start], row, above, row_bytes)) return false;
    above = row;
  }
  return true;
}

}  // namespace dgxp
