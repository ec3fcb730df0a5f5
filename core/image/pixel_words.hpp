#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/base/color.hpp"

namespace dgxp {

/// A pixel as one word, r in the low byte, then g, b and alpha: on a little-endian machine just its
/// bytes.
constexpr std::uint32_t to_word(Rgba pixel) {
  return std::uint32_t{pixel.r} | std::uint32_t{pixel.g} << 8U | std::uint32_t{pixel.b} << 16U |
         std::uint32_t{pixel.a} << 24U;
}
constexpr Rgba to_pixel(std::uint32_t word) {
  return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8U),
          static_cast<std::uint8_t>(word >> 16U), static_cast<std::uint8_t>(word >> 24U)};
}

static_assert(sizeof(Rgba) == sizeof(std::uint32_t));

inline void load_words(const Rgba* pixels, std::uint32_t* words, std::size_t count) {
  if constexpr (std::endian::native == std::endian::little)
    std::memcpy(words, pixels, count * sizeof(Rgba));
  else
    for (std::size_t i = 0; i < count; ++i) words[i] = to_word(pixels[i]);
}

}  // namespace dgxp
