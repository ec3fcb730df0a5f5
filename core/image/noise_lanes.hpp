#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/color_lanes.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/cut_off.hpp"

// What noise does to the colours that cells show: of four cells, or of one cell that may have four
// colours, at once.
namespace dgxp {

/// What cells show beyond their colours, and what that costs before the noise is asked (see
/// NoiseLanes::cost).
struct RestLanes {
  ColorLanes rest{};
  FourFloats cost{};
};

/// The light that cells of known colour show.
struct LightLanes {
  FourFloats light{};   ///< what is added to each channel
  FourFloats weight{};  ///< 1 where neither black nor white cuts anything off, less where they do
};

class NoiseLanes {
 public:
  explicit NoiseLanes(const NoiseShape& shape)
      : cut_offs_(cut_off_table().data()), spread_cost_(all_lanes(shape.spread_cost)) {
    for (std::size_t c = 0; c < deviation_.size(); ++c) {
      deviation_[c] = all_lanes(shape.deviation[c]);
    }
    for (std::size_t i = 0; i < whiten_.size(); ++i) {
      whiten_[i] = all_lanes(shape.whiten[i]);
    }
  }
  /// `chosen` in the lanes that are, `other` in the others.
  [[gnu::always_inline]] static NoiseLanes of_both(FourInts is_chosen, const NoiseLanes& chosen,
                                                   const NoiseLanes& other) {
    NoiseLanes both(other);
    const auto choose = [&](FourFloats& value, FourFloats now) { value = is_chosen ? now : value; };
    choose(both.deviation_[0], chosen.deviation_[0]);
    choose(both.deviation_[1], chosen.deviation_[1]);
    choose(both.deviation_[2], chosen.deviation_[2]);
    choose(both.whiten_[0], chosen.whiten_[0]);
    choose(both.whiten_[1], chosen.whiten_[1]);
    choose(both.whiten_[2], chosen.whiten_[2]);
    choose(both.whiten_[3], chosen.whiten_[3]);
    choose(both.whiten_[4], chosen.whiten_[4]);
    choose(both.whiten_[5], chosen.whiten_[5]);
    choose(both.spread_cost_, chosen.spread_cost_);
    return both;
  }

  /// What is `seen` beyond `color`, to each channel of which `light` is added.
  [[gnu::always_inline]] RestLanes rest(const ColorLanes& seen, const ColorLanes& color,
                                        FourFloats light) const {
    const ChannelRest red = channel_rest(0, seen[0], color[0] + light);
    const ChannelRest green = channel_rest(1, seen[1], color[1] + light);
    const ChannelRest blue = channel_rest(2, seen[2], color[2] + light);
    return {.rest = {red.rest, green.rest, blue.rest}, .cost = red.cost + green.cost + blue.cost};
  }

  /// The light on cells of `color` that are `seen`, near the light of a guess: one step of Newton's
  /// method towards the likeliest. A channel that black or white cuts off says little of it.
  [[gnu::always_inline]] LightLanes light_on(const ColorLanes& seen, const ColorLanes& color,
                                             FourFloats guess) const {
    const Pull red = channel_pull(0, seen[0], color[0] + guess);
    const Pull green = channel_pull(1, seen[1], color[1] + guess);
    const Pull blue = channel_pull(2, seen[2], color[2] + guess);
    const FourFloats pull = red.pull + green.pull + blue.pull;
    const FourFloats weight = red.weight + green.weight + blue.weight;
    const FourFloats least = all_lanes(kLeastWeight);
    return {.light = guess + pull / (weight < least ? least : weight), .weight = weight / 3.0F};
  }

  /// The negative logarithm of the density, but for a constant.
  [[gnu::always_inline]] FourFloats cost(const RestLanes& found) const {
    const auto& [x, y, z] = found.rest;
    const auto& w = whiten_;
    const FourFloats a = w[0] * x;
    const FourFloats b = w[1] * x + w[2] * y;
    const FourFloats c = w[3] * x + w[4] * y + w[5] * z;
    const FourFloats cost = (a * a + b * b + c * c) / 2.0F;
    // Farther away it is no noise, but a cell that shows a mixture or a colour that the palette
    // lacks: the nearest is still the likeliest, by little.
    const FourFloats beyond = cost - kNoise;
    const FourFloats far = beyond > 0.0F ? beyond : FourFloats{};
    return cost - far + far * kFarther + spread_cost_ + found.cost;
  }

 private:
  static constexpr float kNoise = 20.0F;        // cost of what may still be noise
  static constexpr float kFarther = 0.125F;     // of the cost beyond it counts
  static constexpr float kLeastWeight = 0.05F;  // of three channels; a step of less goes anywhere

  /// CutOff of four values.
  struct Cut {
    FourFloats mean;
    FourFloats deviation;
    FourFloats cost;
    FourFloats slope;
  };

  struct ChannelRest {
    FourFloats rest;
    FourFloats cost;
  };
  struct Pull {
    FourFloats pull;
    FourFloats weight;
  };

  /// How near black or white four values of one channel are.
  struct Ends {
    FourFloats above;  ///< the nearer end
    FourInts is_dark;  ///< near black
    FourInts is_cut;   ///< near either

    [[gnu::always_inline]] Ends(FourFloats want, FourFloats deviation) {
      const FourFloats reach = deviation * static_cast<float>(kCutOffReach);
      const FourFloats below_white = 255.0F - want;
      is_dark = want < reach;
      is_cut = is_dark | (below_white < reach);
      above = is_dark ? want : below_white;
    }
  };

  [[gnu::always_inline]] ChannelRest channel_rest(std::size_t channel, FourFloats seen,
                                                  FourFloats want) const {
    const Ends ends(want, deviation_[channel]);
    const FourFloats free = seen - want;
    if (!any_lane(ends.is_cut)) {
      return {.rest = free, .cost = FourFloats{}};
    }
    const Cut cut = look_up(ends.above, deviation_[channel]);
    const FourFloats base = ends.is_dark ? seen : seen - 255.0F;
    const FourFloats rest = (base + (ends.is_dark ? -cut.mean : cut.mean)) / cut.deviation;
    return {.rest = ends.is_cut ? rest : free, .cost = ends.is_cut ? cut.cost : FourFloats{}};
  }

  [[gnu::always_inline]] Pull channel_pull(std::size_t channel, FourFloats seen,
                                           FourFloats want) const {
    const Ends ends(want, deviation_[channel]);
    const FourFloats free = seen - want;
    const FourFloats one = all_lanes(1.0F);
    if (!any_lane(ends.is_cut)) {
      return {.pull = free, .weight = one};
    }
    const Cut cut = look_up(ends.above, deviation_[channel]);
    const FourFloats trust = cut.slope / (cut.deviation * cut.deviation);
    const FourFloats shown = ends.is_dark ? cut.mean : 255.0F - cut.mean;
    return {.pull = ends.is_cut ? trust * (seen - shown) : free,
            .weight = ends.is_cut ? trust * cut.slope : one};
  }

  /// With the mean in units of `deviation`; for what is not cut off, anything.
  [[gnu::always_inline]] Cut look_up(FourFloats above, FourFloats deviation) const {
    constexpr float kReach = kCutOffReach;
    FourFloats value = above / deviation;
    value = value < -kReach ? -kReach : value;
    value = value > kReach ? kReach : value;
    Cut cut = rows_of(__builtin_convertvector((value + kReach) * kCutOffSteps + 0.5F, FourInts));
    cut.mean *= deviation;
    return cut;
  }

  [[gnu::always_inline]] Cut rows_of(FourInts places) const {
    static_assert(sizeof(CutOff) == sizeof(FourFloats));
    const auto row = [&](std::size_t lane) {
      FourFloats values;
      std::memcpy(&values, cut_offs_ + places[lane], sizeof values);
      return values;
    };
    const auto [mean, deviation, cost, slope] = transposed(row(0), row(1), row(2), row(3));
    return {.mean = mean, .deviation = deviation, .cost = cost, .slope = slope};
  }

  const CutOff* cut_offs_;
  ColorLanes deviation_;
  std::array<FourFloats, 6> whiten_;
  FourFloats spread_cost_;
};

}  // namespace dgxp
