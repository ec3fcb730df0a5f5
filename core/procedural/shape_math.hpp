#pragma once

#include <cstdint>

namespace dgxp {

/// A place or direction in pixels, x to the right and y down.
struct Vec {
  double x = 0;
  double y = 0;
};
inline Vec operator+(Vec a, Vec b) {
  return {a.x + b.x, a.y + b.y};
}
inline Vec operator-(Vec a, Vec b) {
  return {a.x - b.x, a.y - b.y};
}
inline Vec operator*(Vec a, double k) {
  return {a.x * k, a.y * k};
}
inline Vec blend(Vec a, Vec b, double t) {
  return a + (b - a) * t;
}

/// Sine of `turns` full turns (1.0 = once around), good to 1e-5. Made of + - * only, because the
/// last bits of std::sin differ between libraries and compilers.
double sin_turns(double turns);
inline double cos_turns(double turns) {
  return sin_turns(turns + 0.25);
}

/// The direction `turns` clockwise from straight down on the screen: 0.25 points left (west).
inline Vec from_down(double turns) {
  return {-sin_turns(turns), cos_turns(turns)};
}

/// To the nearest whole number, halves up, the same on every machine.
int round_half_up(double value);

/// A random sequence that is the same everywhere (SplitMix64; Steele, Lea, Flood 2014).
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 .. count-1; `count` is at least 1.
  int below(int count);
  /// True in `percent` of 100 cases.
  bool chance(int percent) { return below(100) < percent; }
  /// low <= result < high.
  double between(double low, double high);

 private:
  std::uint64_t state_;
};

/// One well mixed number out of two.
std::uint64_t mix(std::uint64_t a, std::uint64_t b);

}  // namespace dgxp
