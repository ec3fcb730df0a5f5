#include "core/image/light_links.hpp"

#include <utility>

#include "core/image/float_lanes.hpp"

namespace dgxp {
namespace {

constexpr float kLinkTrust = 2.0F;       // of a difference told by tilts, against `trust` 1
constexpr float kHardContrast = 120.0F;  // sum of contrasts around a link that halves its trust
constexpr double kSoftContrast = 30.0;   // contrasts beyond it weigh the same in the leak

}  // namespace

/// The sums of a least squares fit: two cells at a time, added one after the other.
class LightLinks::LeakSums {
 public:
  void add(TwoDoubles before, TwoDoubles behind, TwoDoubles back, TwoDoubles ahead) {
    const TwoDoubles squares = before * before + behind * behind;
    const TwoDoubles weight = 1.0 / (kSoftContrast * kSoftContrast + squares);
    add(same_mixed_, weight * squares, weight * 2.0 * before * behind);
    add(near_far_, weight * (back * before + ahead * behind),
        weight * (back * behind + ahead * before));
  }
  Leak leak() const {
    const double same = same_mixed_[0];
    const double mixed = same_mixed_[1];
    const double near = near_far_[0];
    const double far = near_far_[1];
    const double determinant = same * same - mixed * mixed;
    if (determinant < 1e-6) {
      return {};
    }
    return {static_cast<float>((near * same - far * mixed) / determinant),
            static_cast<float>((far * same - near * mixed) / determinant)};
  }

 private:
  static void add(TwoDoubles& sums, TwoDoubles first, TwoDoubles second) {
    sums += __builtin_shufflevector(first, second, 0, 2);
    sums += __builtin_shufflevector(first, second, 1, 3);
  }

  TwoDoubles same_mixed_{1, 0};
  TwoDoubles near_far_{};
};

LightLinks::LightLinks(Size size, Axis axis, std::vector<float> back, std::vector<float> ahead)
    : axis_(axis),
      width_(static_cast<std::size_t>(size.width)),
      count_(back.size()),
      step_(axis == Axis::across ? 1 : width_),
      back_(std::move(back)),
      ahead_(std::move(ahead)) {
  const std::size_t room = count_ + step_ + kLanes;
  back_.resize(room);
  ahead_.resize(room);
  contrasts_.resize(step_ + room);
  rise_.resize(room);
  weight_.resize(room);
}

void LightLinks::measure_contrasts(std::span<const float> colors) {
  float* contrasts = contrasts_.data() + step_;
  for (std::size_t i = 0; i + step_ < count_; ++i) {
    contrasts[i] = colors[i + step_] - colors[i];
  }
  for (std::size_t end = width_; axis_ == Axis::across && end <= count_; end += width_) {
    contrasts[end - 1] = 0;
  }
}

LightLinks::Leak LightLinks::fit_leak() const {
  LeakSums sums;
  for (std::size_t i = 0; i < count_; i += kLanes) {
    const FourFloats before = 0.0F - load_lanes(contrasts_.data() + i);
    const FourFloats behind = load_lanes(contrasts_.data() + step_ + i);
    if (any_lane((before != 0.0F) | (behind != 0.0F))) {
      const FourFloats back = load_lanes(back_.data() + i);
      const FourFloats ahead = load_lanes(ahead_.data() + i);
      sums.add(low_half(before), low_half(behind), low_half(back), low_half(ahead));
      sums.add(high_half(before), high_half(behind), high_half(back), high_half(ahead));
    }
  }
  return sums.leak();
}

void LightLinks::judge(std::span<const float> colors) {
  measure_contrasts(colors);
  const Leak leak = fit_leak();
  for (std::size_t i = 0; i < count_; i += kLanes) {
    const FourFloats before = 0.0F - load_lanes(contrasts_.data() + i);
    const FourFloats between = load_lanes(contrasts_.data() + step_ + i);
    const FourFloats behind = load_lanes(contrasts_.data() + 2 * step_ + i);
    const FourFloats ahead =
        load_lanes(ahead_.data() + i) - leak.near * between - leak.far * before;
    const FourFloats back =
        load_lanes(back_.data() + i + step_) - leak.near * (0.0F - between) - leak.far * behind;
    const FourFloats hardness =
        (absolute(before) + 2.0F * absolute(between) + absolute(behind)) / kHardContrast;
    store_lanes(ahead - back, rise_.data() + i);
    store_lanes(kLinkTrust / (1.0F + hardness * hardness), weight_.data() + i);
  }
}

}  // namespace dgxp
