#pragma once

// ShowLight of shown_light.hpp, for registers of any width.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/color_lanes.hpp"
#include "core/image/noise_lanes.hpp"
#include "core/image/shown_light.hpp"

namespace dgxp {

template <typename Floats>
class LightKernel {
 public:
  [[gnu::flatten]] static void show(const LightQuestion& question, std::size_t count,
                                    const ShownLight& answer) {
    constexpr std::size_t kWidth = sizeof(Floats) / sizeof(float);
    const NoiseLanes<Floats> common(*question.common);
    const NoiseLanes<Floats> others(*question.others);
    const SeenCells& cells = question.cells;
    for (std::size_t i = 0; i < count; i += kWidth) {
      const std::uint16_t* color = question.color + i;
      const auto is_common = make_lanes<LaneMask<Floats>>([&](std::size_t lane) {
                               return std::int32_t{color[lane]};
                             }) == question.most_common;
      const auto on =
          NoiseLanes<Floats>::of_both(is_common, common, others)
              .light_on({lanes_at<Floats>(cells.seen[0] + i), lanes_at<Floats>(cells.seen[1] + i),
                         lanes_at<Floats>(cells.seen[2] + i)},
                        look_up_colors<Floats>(cells.colors,
                                               [&](std::size_t lane) { return color[lane]; }),
                        lanes_at<Floats>(cells.light + i) * cells.brightness);
      const Floats look =
          make_lanes<Floats>([&](std::size_t lane) { return question.looks[color[lane]]; });
      put_lanes(look, answer.expected + i);
      put_lanes(look + on.light * 3.0F * cells.brightness, answer.shown + i);
      const Floats more = is_common ? Floats{} + question.common_trust : Floats{} + 1.0F;
      put_lanes(lanes_at<Floats>(question.confidence + i) * (on.weight * more), answer.trust + i);
    }
  }
};

}  // namespace dgxp
