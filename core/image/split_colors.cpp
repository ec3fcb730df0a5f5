#include "core/image/split_colors.hpp"

#include <cstring>

namespace dgxp {
namespace {

using FourWords = std::uint32_t __attribute__((vector_size(16)));
using EightWords = std::uint32_t __attribute__((vector_size(32)));

/// Written once for vectors of every width: inlined into a function that may use wider registers,
/// it does.
template <typename Lanes>
[[gnu::always_inline]] inline void split(const std::uint8_t* words, std::size_t count,
                                         std::uint32_t* cells, std::uint32_t* places) {
  for (std::size_t i = 0; i < count; i += sizeof(Lanes) / sizeof(std::uint32_t)) {
    Lanes w;
    std::memcpy(&w, words + i * sizeof(std::uint32_t), sizeof w);
    const Lanes cell = (w & 0xFCU) << 10U | (w & 0xFC00U) >> 4U | (w & 0xFC0000U) >> 18U;
    const Lanes place = (w & 3U) << 4U | (w & 0x300U) >> 6U | (w & 0x30000U) >> 16U;
    std::memcpy(cells + i, &cell, sizeof cell);
    std::memcpy(places + i, &place, sizeof place);
  }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void split_avx2(const std::uint8_t* words, std::size_t count,
                                        std::uint32_t* cells, std::uint32_t* places) {
  split<EightWords>(words, count, cells, places);
}
#endif

}  // namespace

SimdLevel simd_level() {
#if defined(__x86_64__)
  static const SimdLevel kLevel = [] {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
      return SimdLevel::baseline;
    const bool is_slow = __builtin_cpu_is("znver1") || __builtin_cpu_is("znver2");
    if (!__builtin_cpu_supports("bmi2") || is_slow) return SimdLevel::avx2;
    return __builtin_cpu_supports("x86-64-v4") ? SimdLevel::avx512 : SimdLevel::bits;
  }();
  return kLevel;
#else
  return SimdLevel::baseline;
#endif
}

void split_colors(const std::uint8_t* words, std::size_t count, std::uint32_t* cells,
                  std::uint32_t* places, SimdLevel level) {
  count = (count + 7) / 8 * 8;
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) {
    split_avx2(words, count, cells, places);
    return;
  }
#endif
  static_cast<void>(level);
  split<FourWords>(words, count, cells, places);
}

}  // namespace dgxp
