#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dgxp {

/// Four floats at once: one register of every 64-bit x86 and ARM. Lanes are rounded as single
/// floats are, so results are the same on every machine.
using FourFloats = float __attribute__((vector_size(16)));
using FourInts = std::int32_t __attribute__((vector_size(16)));
inline constexpr std::size_t kLanes = 4;

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
inline FourFloats absolute(FourFloats x) {
  return x < 0.0F ? -x : x;
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
inline bool any_lane(FourInts is_true) {
  return lane_bits(is_true) != 0;
}

inline FourFloats square_roots(FourFloats x) {
#if defined(__SSE2__)
  return _mm_sqrt_ps(x);
#else
  return FourFloats{std::sqrt(x[0]), std::sqrt(x[1]), std::sqrt(x[2]), std::sqrt(x[3])};
#endif
}

/// Cube roots of x >= 0 with a relative error below 5e-7: a guess from the exponent and two steps
/// of Halley's method. 0 gives about 2e-7.
inline FourFloats cube_roots(FourFloats x) {
  const FourFloats least = all_lanes(1e-20F);
  x = x > least ? x : least;
  FourInts bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits =
      __builtin_convertvector(__builtin_convertvector(bits, FourFloats) * (1.0F / 3.0F), FourInts) +
      0x2A5137B5;
  FourFloats root;
  std::memcpy(&root, &bits, sizeof root);
  for (int step = 0; step < 2; ++step) {
    const FourFloats cube = root * root * root;
    root = root * ((cube + 2 * x) / (2 * cube + x));
  }
  return root;
}

}  // namespace dgxp
