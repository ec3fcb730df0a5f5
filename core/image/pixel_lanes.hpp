#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/pixel_words.hpp"

// Pixels side by side in a register, for loops that are written once for registers of every width:
// inlined into a function that may use wider ones, they do. Whole numbers alone, so that the order
// of sums does not matter.
namespace dgxp {

/// Four pixels: a register of every 64-bit x86 and ARM.
struct FourPixels {
  using Bytes = std::uint8_t __attribute__((vector_size(16)));
  using Halves = std::int16_t __attribute__((vector_size(16)));
  using Words = std::uint32_t __attribute__((vector_size(16)));
};
/// Eight pixels: a register of AVX2.
struct EightPixels {
  using Bytes = std::uint8_t __attribute__((vector_size(32)));
  using Halves = std::int16_t __attribute__((vector_size(32)));
  using Words = std::uint32_t __attribute__((vector_size(32)));
};

template <typename Lanes>
inline constexpr std::size_t kPixels = sizeof(typename Lanes::Words) / sizeof(std::uint32_t);

template <typename Lanes>
[[gnu::always_inline]] inline void load_pixels(const Rgba* pixels, typename Lanes::Words& words) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&words, pixels, sizeof words);
  } else {
    for (std::size_t i = 0; i < kPixels<Lanes>; ++i) {
      words[i] = to_word(pixels[i]);
    }
  }
}

/// Every other of the pixels in `words` and `behind`, in any order, in place of `words`.
[[gnu::always_inline]] inline void keep_even(FourPixels::Words& words,
                                             const FourPixels::Words& behind) {
  words = __builtin_shufflevector(words, behind, 0, 2, 4, 6);
}
[[gnu::always_inline]] inline void keep_even(EightPixels::Words& words,
                                             const EightPixels::Words& behind) {
  // Which order they come in does not matter, and this one is quicker.
  words = __builtin_shufflevector(words, behind, 0, 2, 8, 10, 4, 6, 12, 14);
}

}  // namespace dgxp
