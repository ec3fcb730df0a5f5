#pragma once

#include <cstddef>
#include <cstdint>

namespace dgxp {

/// Which instructions a loop may use. Results are the same for all.
enum class SimdLevel {
  baseline,
  avx2,    ///< and FMA, which every processor with AVX2 has
  bits,    ///< avx2, and an instruction that picks bits out of a word (pext of BMI2)
  avx512,  ///< bits, and what else x86-64-v4 has
};
/// The best that this processor has; not `bits` where that instruction is slower than what it
/// replaces.
SimdLevel simd_level();

/// For each pixel word (pixel_words.hpp), given as bytes, the number of the cell of its colour (see
/// NearestTable) and its place in that cell. `count` is rounded up to a multiple of 8: there must
/// be room.
void split_colors(const std::uint8_t* words, std::size_t count, std::uint32_t* cells,
                  std::uint32_t* places, SimdLevel level);

}  // namespace dgxp
