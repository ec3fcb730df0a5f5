#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/image/float_lanes.hpp"

// Exponential, logarithm and cosine out of additions and multiplications alone. Those of the C
// library differ in the last digit between processors, and no pixel may hang on that.
namespace dgxp {

/// e^x for x <= 0, with a relative error below 1e-6; 0 below -80.
inline float plain_exp(float x) {
  if (x < -80.0F) {
    return 0.0F;
  }
  const float scaled = x * 1.44269504F;
  // The floor of `moved`, without a call.
  const float moved = scaled + 0.5F;
  const int cut = static_cast<int>(moved);
  const auto whole = static_cast<float>(cut - (moved < static_cast<float>(cut) ? 1 : 0));
  const float part = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  float sum = 1.0F / 720;
  sum = sum * part + 1.0F / 120;
  sum = sum * part + 1.0F / 24;
  sum = sum * part + 1.0F / 6;
  sum = sum * part + 0.5F;
  sum = sum * part + 1.0F;
  sum = sum * part + 1.0F;
  return sum *
         std::bit_cast<float>(static_cast<std::uint32_t>(static_cast<int>(whole) + 127) << 23U);
}

/// Several of these at once, the same to the last bit.
template <typename Floats>
[[gnu::always_inline]] inline Floats plain_exp_lanes(Floats x) {
  using Ints = LaneMask<Floats>;
  const Ints tiny = x < -80.0F;
  const Floats near = tiny ? Floats{} : x;
  const Floats moved = near * 1.44269504F + 0.5F;
  const Ints cut = __builtin_convertvector(moved, Ints);
  const Ints power = cut + (moved < __builtin_convertvector(cut, Floats));  // true is -1
  const Floats whole = __builtin_convertvector(power, Floats);
  const Floats part = (near - whole * 0.693359375F) + whole * 2.12194440e-4F;
  Floats sum = Floats{} + 1.0F / 720;
  sum = sum * part + 1.0F / 120;
  sum = sum * part + 1.0F / 24;
  sum = sum * part + 1.0F / 6;
  sum = sum * part + 0.5F;
  sum = sum * part + 1.0F;
  sum = sum * part + 1.0F;
  const Ints bits = (power + 127) << 23;
  Floats scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return tiny ? Floats{} : sum * scale;
}

/// The natural logarithm of a normal x > 0, with an error below 1e-6.
inline float plain_log(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  // The mantissa as a number in 0.7 .. 1.42.
  const std::uint32_t shifted = bits - 0x3F3504F3U;
  const auto power = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
  const auto mantissa = std::bit_cast<float>(
      bits - (static_cast<std::uint32_t>(static_cast<std::int32_t>(shifted) >> 23) << 23U));
  const float ratio = (mantissa - 1) / (mantissa + 1);
  const float square = ratio * ratio;
  const float sum = ((square * (2.0F / 9) + 2.0F / 7) * square + 2.0F / 5) * square + 2.0F / 3;
  return power * 0.69314718F + (sum * square + 2.0F) * ratio;
}

/// Several of these at once, the same to the last bit.
template <typename Floats>
[[gnu::always_inline]] inline Floats plain_log_lanes(Floats x) {
  using Ints = LaneMask<Floats>;
  Ints bits;
  std::memcpy(&bits, &x, sizeof bits);
  const Ints power = (bits - 0x3F3504F3) >> 23;
  const Ints rest = bits - (power << 23);
  Floats mantissa;
  std::memcpy(&mantissa, &rest, sizeof mantissa);
  const Floats ratio = (mantissa - 1.0F) / (mantissa + 1.0F);
  const Floats square = ratio * ratio;
  const Floats sum = ((square * (2.0F / 9) + 2.0F / 7) * square + 2.0F / 5) * square + 2.0F / 3;
  return __builtin_convertvector(power, Floats) * 0.69314718F + (sum * square + 2.0F) * ratio;
}

/// The cosine of so many full turns, with an error below 1e-14.
inline double plain_cos_turn(double turns) {
  const double part = std::abs(turns - std::floor(turns + 0.5));  // 0 .. 0.5
  const double acute = part > 0.25 ? 0.5 - part : part;
  const double square = acute * acute * (4 * 9.869604401089358);
  double sum = 1;
  for (int k = 22; k >= 2; k -= 2) {
    sum = 1 - sum * square / (k * (k - 1));
  }
  return part > 0.25 ? -sum : sum;
}

}  // namespace dgxp
