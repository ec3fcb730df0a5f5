#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace dgxp {

/// Four floats at once: one register of every 64-bit x86 and ARM. Lanes are rounded as single
/// floats are, so results are the same on every machine.
using FourFloats = float __attribute__((vector_size(16)));
using FourInts = std::int32_t __attribute__((vector_size(16)));
inline constexpr std::size_t kLanes = 4;
using TwoDoubles = double __attribute__((vector_size(16)));
/// Eight of them: a register of AVX2. For files that are compiled for that (core/CMakeLists.txt).
using EightFloats = float __attribute__((vector_size(32)));
using FourDoubles = double __attribute__((vector_size(32)));

/// Sixteen: a register of AVX-512.
using SixteenFloats = float __attribute__((vector_size(64)));

/// What a comparison of lanes gives: -1 where it holds, else 0.
template <typename Floats>
using LaneMask = decltype(Floats{} < Floats{});

inline FourFloats all_lanes(float value) {
  return FourFloats{value, value, value, value};
}
inline FourFloats load_lanes(const float* values) {
  FourFloats lanes;
  std::memcpy(&lanes, values, sizeof lanes);
  return lanes;
}
inline void store_lanes(FourFloats lanes, float* values) {
  std::memcpy(values, &lanes, sizeof lanes);
}
/// As many values side by side as there are lanes.
template <typename Floats>
[[gnu::always_inline]] inline Floats lanes_at(const float* values) {
  Floats lanes;
  std::memcpy(&lanes, values, sizeof lanes);
  return lanes;
}
template <typename Floats>
[[gnu::always_inline]] inline void put_lanes(Floats lanes, float* values) {
  std::memcpy(values, &lanes, sizeof lanes);
}
/// What `value` gives of each lane.
template <typename Lanes, typename Value>
[[gnu::always_inline]] inline Lanes make_lanes(Value value) {
  if constexpr (sizeof(Lanes) == sizeof(EightFloats)) {
    return Lanes{value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7)};
  } else {
    return Lanes{value(0), value(1), value(2), value(3)};
  }
}
inline TwoDoubles low_half(FourFloats lanes) {
  return TwoDoubles{static_cast<double>(lanes[0]), static_cast<double>(lanes[1])};
}
inline TwoDoubles high_half(FourFloats lanes) {
  return TwoDoubles{static_cast<double>(lanes[2]), static_cast<double>(lanes[3])};
}

template <typename Floats>
Floats absolute(Floats x) {
  LaneMask<Floats> bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits &= 0x7FFFFFFF;
  std::memcpy(&x, &bits, sizeof bits);
  return x;
}
#if defined(__SSE2__)
inline FourFloats larger(FourFloats a, FourFloats b) {
  return _mm_max_ps(a, b);
}
inline FourFloats smaller(FourFloats a, FourFloats b) {
  return _mm_min_ps(a, b);
}
#else
inline FourFloats larger(FourFloats a, FourFloats b) {
  return a > b ? a : b;
}
inline FourFloats smaller(FourFloats a, FourFloats b) {
  return a < b ? a : b;
}
#endif
#if defined(__AVX2__)
inline EightFloats larger(EightFloats a, EightFloats b) {
  return _mm256_max_ps(a, b);
}
inline EightFloats smaller(EightFloats a, EightFloats b) {
  return _mm256_min_ps(a, b);
}
#endif
#if defined(__AVX512DQ__)
// With a mask of all lanes: g++ 12 warns of what is inside the functions without one.
inline SixteenFloats larger(SixteenFloats a, SixteenFloats b) {
  return _mm512_maskz_max_ps(0xFFFF, a, b);
}
inline SixteenFloats smaller(SixteenFloats a, SixteenFloats b) {
  return _mm512_maskz_min_ps(0xFFFF, a, b);
}
#endif
template <typename Floats>
Floats at_least(float least, Floats x) {
  return larger(x, Floats{} + least);
}
template <typename Floats>
Floats at_most(float most, Floats x) {
  return smaller(x, Floats{} + most);
}

/// A bit for each lane of what a comparison gave, the lowest for the first.
inline std::uint32_t lane_bits(FourInts is_true) {
#if defined(__SSE2__)
  return static_cast<std::uint32_t>(_mm_movemask_ps(reinterpret_cast<__m128>(is_true)));
#else
  return (is_true[0] != 0 ? 1U : 0U) | (is_true[1] != 0 ? 2U : 0U) | (is_true[2] != 0 ? 4U : 0U) |
         (is_true[3] != 0 ? 8U : 0U);
#endif
}
#if defined(__AVX2__)
inline std::uint32_t lane_bits(LaneMask<EightFloats> is_true) {
  return static_cast<std::uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(is_true)));
}
#endif
#if defined(__AVX512DQ__)
inline std::uint32_t lane_bits(LaneMask<SixteenFloats> is_true) {
  return _mm512_movepi32_mask(reinterpret_cast<__m512i>(is_true));
}
#endif
template <typename Ints>
bool any_lane(Ints is_true) {
  return lane_bits(is_true) != 0;
}

/// The first lane of each of four, then the second of each, and so on.
inline std::array<FourFloats, kLanes> transposed(FourFloats a, FourFloats b, FourFloats c,
                                                 FourFloats d) {
  const FourFloats low_ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const FourFloats low_cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const FourFloats high_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const FourFloats high_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return {__builtin_shufflevector(low_ab, low_cd, 0, 1, 4, 5),
          __builtin_shufflevector(low_ab, low_cd, 2, 3, 6, 7),
          __builtin_shufflevector(high_ab, high_cd, 0, 1, 4, 5),
          __builtin_shufflevector(high_ab, high_cd, 2, 3, 6, 7)};
}
#if defined(__AVX2__)
inline EightFloats joined(FourFloats low, FourFloats high) {
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
}
/// Each half by itself.
inline std::array<EightFloats, 4> transposed(EightFloats a, EightFloats b, EightFloats c,
                                             EightFloats d) {
  const EightFloats low_ab = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
  const EightFloats low_cd = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
  const EightFloats high_ab = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
  const EightFloats high_cd = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
  return {__builtin_shufflevector(low_ab, low_cd, 0, 1, 8, 9, 4, 5, 12, 13),
          __builtin_shufflevector(low_ab, low_cd, 2, 3, 10, 11, 6, 7, 14, 15),
          __builtin_shufflevector(high_ab, high_cd, 0, 1, 8, 9, 4, 5, 12, 13),
          __builtin_shufflevector(high_ab, high_cd, 2, 3, 10, 11, 6, 7, 14, 15)};
}
#endif

inline FourFloats square_roots(FourFloats x) {
#if defined(__SSE2__)
  return _mm_sqrt_ps(x);
#else
  return FourFloats{std::sqrt(x[0]), std::sqrt(x[1]), std::sqrt(x[2]), std::sqrt(x[3])};
#endif
}
#if defined(__AVX2__)
inline EightFloats square_roots(EightFloats x) {
  return _mm256_sqrt_ps(x);
}
#endif

/// table[at] of each lane.
template <typename Floats>
Floats look_up(const float* table, LaneMask<Floats> at) {
#if defined(__AVX512DQ__)
  if constexpr (sizeof(Floats) == 64)
    return _mm512_mask_i32gather_ps(Floats{}, 0xFFFF, reinterpret_cast<__m512i>(at), table, 4);
#endif
  Floats found;
  for (std::size_t lane = 0; lane < sizeof found / sizeof(float); ++lane)
    found[lane] = table[at[lane]];
  return found;
}

/// Two numbers, each in half of the lanes of a register that has sixteen; else the first in all.
template <typename Lanes, typename Number>
Lanes in_halves(Number low, [[maybe_unused]] Number high) {
  if constexpr (sizeof(Lanes) == 64) {
    const LaneMask<Lanes> is_high{0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1};
    return is_high ? Lanes{} + high : Lanes{} + low;
  } else {
    return Lanes{} + low;
  }
}
template <typename Lanes>
Lanes swapped_halves(Lanes x) {
  return __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

#if defined(__AVX512DQ__)
inline SixteenFloats square_roots(SixteenFloats x) {
  return _mm512_maskz_sqrt_ps(0xFFFF, x);
}
#endif

/// Cube roots of x >= 0 with a relative error below 3e-7: a guess from the exponent and two steps
/// of Halley's method. 0 gives about 2e-7.
template <typename Floats>
Floats cube_roots(Floats x) {
  using Ints = LaneMask<Floats>;
  x = at_least(1e-20F, x);
  Ints bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits = __builtin_convertvector(__builtin_convertvector(bits, Floats) * (1.0F / 3.0F), Ints) +
         0x2A5137B5;
  Floats root;
  std::memcpy(&root, &bits, sizeof root);
  for (int step = 0; step < 2; ++step) {
    const Floats cube = root * root * root;
    root += root * ((x - cube) / (2 * cube + x));
  }
  return root;
}

}  // namespace dgxp
