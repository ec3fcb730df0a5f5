#pragma once

// What candidate_costs.hpp declares, for registers of any width.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/candidate_costs.hpp"
#include "core/image/noise_lanes.hpp"

namespace dgxp {

template <typename Floats>
class CandidateCostKernel {
 public:
  [[gnu::flatten]] static void answer(const CandidateQuestion& question, const std::uint32_t* cells,
                                      std::size_t count, CandidateShares* costs) {
    const NoiseLanes<Floats> common(*question.common);
    const NoiseLanes<Floats> others(*question.others);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t cell = cells[i];
      const CellBelief& belief = question.beliefs[cell];
      const Floats light = Floats{} + question.light[cell] * question.brightness;
      const Colors seen{Floats{} + question.seen[0][cell], Floats{} + question.seen[1][cell],
                        Floats{} + question.seen[2][cell]};
      for (std::size_t first = 0; first < belief.count; first += kWidth) {
        const std::uint16_t* index = belief.color.data() + first;
        const auto noise =
            NoiseLanes<Floats>::of_both(load(index) == question.most_common, common, others);
        const Floats cost = noise.cost(noise.rest(seen, look_up(question.colors, index), light));
        std::memcpy(costs[i].data() + first, &cost, sizeof cost);
      }
    }
  }

 private:
  using Mask = LaneMask<Floats>;
  using Colors = typename NoiseLanes<Floats>::Colors;
  static constexpr std::size_t kWidth = sizeof(Floats) / sizeof(float);

  /// What `value` gives of each lane.
  template <typename Value>
  static Mask each_lane(Value value) {
    if constexpr (kWidth == 8) {
      return Mask{value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7)};
    } else {
      return Mask{value(0), value(1), value(2), value(3)};
    }
  }
  static Mask load(const std::uint16_t* index) {
    return each_lane([&](std::size_t lane) { return std::int32_t{index[lane]}; });
  }
  static Colors look_up(const std::int32_t* colors, const std::uint16_t* index) {
    const Mask words = each_lane([&](std::size_t lane) { return colors[index[lane]]; });
    return {__builtin_convertvector(words & 0xFF, Floats),
            __builtin_convertvector(words >> 8 & 0xFF, Floats),
            __builtin_convertvector(words >> 16, Floats)};
  }
};

}  // namespace dgxp
