#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/color_noise.hpp"
#include "core/image/cut_off.hpp"
#include "core/image/float_lanes.hpp"

// What noise does to the colours that cells show: of four cells, or of one cell that may have four
// colours, at once.
namespace dgxp {

template <typename Floats>
class NoiseLanes {
 public:
  using Mask = LaneMask<Floats>;
  using Colors = std::array<Floats, 3>;  ///< red, green and blue

  /// What cells show beyond their colours, and what that costs before the noise is asked (`cost`).
  struct Rest {
    Colors rest{};
    Floats cost{};
  };
  /// The light that cells of known colour show.
  struct Light {
    Floats light{};   ///< what is added to each channel
    Floats weight{};  ///< 1 where neither black nor white cuts anything off, less where they do
  };

  explicit NoiseLanes(const NoiseShape& shape)
      : cut_offs_(cut_off_table().data()), spread_cost_(Floats{} + shape.spread_cost) {
    for (std::size_t c = 0; c < deviation_.size(); ++c) {
      deviation_[c] = Floats{} + shape.deviation[c];
    }
    for (std::size_t i = 0; i < whiten_.size(); ++i) {
      whiten_[i] = Floats{} + shape.whiten[i];
    }
  }
  /// `chosen` in the lanes that are, `other` in the others.
  [[gnu::always_inline]] static NoiseLanes of_both(Mask is_chosen, const NoiseLanes& chosen,
                                                   const NoiseLanes& other) {
    return {is_chosen, chosen, other};
  }

  /// What is `seen` beyond `color`, to each channel of which `light` is added.
  [[gnu::always_inline]] Rest rest(const Colors& seen, const Colors& color, Floats light) const {
    const ChannelRest red = channel_rest(0, seen[0], color[0] + light);
    const ChannelRest green = channel_rest(1, seen[1], color[1] + light);
    const ChannelRest blue = channel_rest(2, seen[2], color[2] + light);
    return {.rest = {red.rest, green.rest, blue.rest}, .cost = red.cost + green.cost + blue.cost};
  }

  /// The light on cells of `color` that are `seen`, near the light of a guess: one step of Newton's
  /// method towards the likeliest. A channel that black or white cuts off says little of it.
  [[gnu::always_inline]] Light light_on(const Colors& seen, const Colors& color,
                                        Floats guess) const {
    const Pull red = channel_pull(0, seen[0], color[0] + guess);
    const Pull green = channel_pull(1, seen[1], color[1] + guess);
    const Pull blue = channel_pull(2, seen[2], color[2] + guess);
    const Floats pull = red.pull + green.pull + blue.pull;
    const Floats weight = red.weight + green.weight + blue.weight;
    return {.light = guess + pull / at_least(kLeastWeight, weight), .weight = weight / 3.0F};
  }

  /// The negative logarithm of the density, but for a constant.
  [[gnu::always_inline]] Floats cost(const Rest& found) const {
    const auto& [x, y, z] = found.rest;
    const auto& w = whiten_;
    const Floats a = w[0] * x;
    const Floats b = w[1] * x + w[2] * y;
    const Floats c = w[3] * x + w[4] * y + w[5] * z;
    const Floats cost = (a * a + b * b + c * c) / 2.0F;
    // Farther away it is no noise, but a cell that shows a mixture or a colour that the palette
    // lacks: the nearest is still the likeliest, by little.
    const Floats far = at_least(0, cost - kNoise);
    return cost - far + far * kFarther + spread_cost_ + found.cost;
  }

 private:
  /// See of_both: a copy that is changed then would go through memory, for each few cells anew.
  [[gnu::always_inline]] NoiseLanes(Mask is_chosen, const NoiseLanes& chosen,
                                    const NoiseLanes& other)
      : cut_offs_(other.cut_offs_),
        spread_cost_(is_chosen ? chosen.spread_cost_ : other.spread_cost_) {
    const auto choose = [&](auto part, std::size_t i) {
      (this->*part)[i] = is_chosen ? (chosen.*part)[i] : (other.*part)[i];
    };
    choose(&NoiseLanes::deviation_, 0);
    choose(&NoiseLanes::deviation_, 1);
    choose(&NoiseLanes::deviation_, 2);
    choose(&NoiseLanes::whiten_, 0);
    choose(&NoiseLanes::whiten_, 1);
    choose(&NoiseLanes::whiten_, 2);
    choose(&NoiseLanes::whiten_, 3);
    choose(&NoiseLanes::whiten_, 4);
    choose(&NoiseLanes::whiten_, 5);
  }

  static constexpr float kNoise = 20.0F;        // cost of what may still be noise
  static constexpr float kFarther = 0.125F;     // of the cost beyond it counts
  static constexpr float kLeastWeight = 0.05F;  // of three channels; a step of less goes anywhere

  /// CutOff of four values.
  struct Cut {
    Floats mean;
    Floats deviation;
    Floats cost;
    Floats slope;
  };

  struct ChannelRest {
    Floats rest;
    Floats cost;
  };
  struct Pull {
    Floats pull;
    Floats weight;
  };

  /// How near black or white four values of one channel are.
  struct Ends {
    Floats above;  ///< the nearer end
    Mask is_dark;  ///< near black
    Mask is_cut;   ///< near either

    [[gnu::always_inline]] Ends(Floats want, Floats deviation) {
      const Floats reach = deviation * static_cast<float>(kCutOffReach);
      const Floats below_white = 255.0F - want;
      is_dark = want < reach;
      is_cut = is_dark | (below_white < reach);
      above = is_dark ? want : below_white;
    }
  };

  [[gnu::always_inline]] ChannelRest channel_rest(std::size_t channel, Floats seen,
                                                  Floats want) const {
    const Ends ends(want, deviation_[channel]);
    const Floats free = seen - want;
    if (!any_lane(ends.is_cut)) {
      return {.rest = free, .cost = Floats{}};
    }
    const Cut cut = look_up(ends.above, deviation_[channel]);
    const Floats base = ends.is_dark ? seen : seen - 255.0F;
    const Floats rest = (base + (ends.is_dark ? -cut.mean : cut.mean)) / cut.deviation;
    return {.rest = ends.is_cut ? rest : free, .cost = ends.is_cut ? cut.cost : Floats{}};
  }

  [[gnu::always_inline]] Pull channel_pull(std::size_t channel, Floats seen, Floats want) const {
    const Ends ends(want, deviation_[channel]);
    const Floats free = seen - want;
    const Floats one = Floats{} + 1.0F;
    if (!any_lane(ends.is_cut)) {
      return {.pull = free, .weight = one};
    }
    const Cut cut = look_up(ends.above, deviation_[channel]);
    const Floats trust = cut.slope / (cut.deviation * cut.deviation);
    const Floats shown = ends.is_dark ? cut.mean : 255.0F - cut.mean;
    return {.pull = ends.is_cut ? trust * (seen - shown) : free,
            .weight = ends.is_cut ? trust * cut.slope : one};
  }

  /// With the mean in units of `deviation`; for what is not cut off, anything.
  [[gnu::always_inline]] Cut look_up(Floats above, Floats deviation) const {
    constexpr float kReach = kCutOffReach;
    const Floats value = at_most(kReach, at_least(-kReach, above / deviation));
    Cut cut = rows_of(__builtin_convertvector((value + kReach) * kCutOffSteps + 0.5F, Mask));
    cut.mean *= deviation;
    return cut;
  }

  [[gnu::always_inline]] Cut rows_of(Mask places) const {
    static_assert(sizeof(CutOff) == sizeof(FourFloats));
    const auto row = [&](std::size_t lane) {
      FourFloats values;
      std::memcpy(&values, cut_offs_ + places[lane], sizeof values);
      return values;
    };
    std::array<Floats, 4> columns;
    if constexpr (sizeof(Floats) == sizeof(FourFloats)) {
      columns = transposed(row(0), row(1), row(2), row(3));
    } else {
      columns = transposed(joined(row(0), row(4)), joined(row(1), row(5)), joined(row(2), row(6)),
                           joined(row(3), row(7)));
    }
    return {.mean = columns[0], .deviation = columns[1], .cost = columns[2], .slope = columns[3]};
  }

  const CutOff* cut_offs_;
  Colors deviation_;
  std::array<Floats, 6> whiten_;
  Floats spread_cost_;
};

}  // namespace dgxp
