#include "core/procedural/shape_math.hpp"

#include <cmath>

namespace dgxp {

double sin_turns(double turns) {
  constexpr double kTau = 6.283185307179586;
  double t = turns - std::floor(turns);  // 0 .. 1
  if (t > 0.75) {
    t -= 1;
  } else if (t > 0.25) {
    t = 0.5 - t;
  }
  const double x = t * kTau;  // -pi/2 .. pi/2
  const double xx = x * x;
  return x * (1 - xx / 6 * (1 - xx / 20 * (1 - xx / 42 * (1 - xx / 72))));
}

int round_half_up(double value) {
  return static_cast<int>(std::floor(value + 0.5));
}

std::uint64_t SplitMix::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

int SplitMix::below(int count) {
  const auto high = static_cast<std::uint32_t>(next() >> 32U);
  return static_cast<int>((std::uint64_t{high} * static_cast<std::uint32_t>(count)) >> 32U);
}

double SplitMix::between(double low, double high) {
  return low + (high - low) * (static_cast<double>(next() >> 11U) / 9007199254740992.0);
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return SplitMix(a ^ (b * 0xd6e8feb86659fd93U)).next();
}

}  // namespace dgxp
