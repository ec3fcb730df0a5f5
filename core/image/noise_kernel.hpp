#pragma once

// AddNoise of noise_witnesses.hpp, for registers of any width.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/image/color_lanes.hpp"
#include "core/image/noise_lanes.hpp"
#include "core/image/noise_witnesses.hpp"

namespace dgxp {

template <typename Floats>
class NoiseKernel {
 public:
  [[gnu::flatten]] static void add(const SeenCells& cells, const NoiseWitnesses& some,
                                   ColorNoise& noise) {
    const NoiseLanes<Floats> lanes(noise.shape());
    Sums sums(noise);
    for (std::size_t first = 0; first < some.count; first += kWidth) {
      const std::uint32_t* cell = some.cell.data() + first;
      const std::uint16_t* color = some.color.data() + first;
      const auto of_cells = [&](const float* values) {
        return make_lanes<Floats>([&](std::size_t lane) { return values[cell[lane]]; });
      };
      const Floats light = of_cells(cells.light) * cells.brightness;
      const auto found = lanes.rest(
          {of_cells(cells.seen[0]), of_cells(cells.seen[1]), of_cells(cells.seen[2])},
          look_up_colors<Floats>(cells.colors, [&](std::size_t lane) { return color[lane]; }),
          light);
      const auto& [x, y, z] = found.rest;
      const LaneMask<Floats> is_noise = x * x + y * y + z * z <= kOutlier;
      const Floats weight = is_noise ? lanes_at<Floats>(some.share.data() + first) : Floats{};
      sums.add(transposed(weight * x * x, weight * y * x, weight * y * y, weight * z * x),
               transposed(weight * z * y, weight * z * z, weight, Floats{}),
               std::min(kWidth, some.count - first));
    }
    sums.store(noise);
  }

 private:
  static constexpr std::size_t kWidth = sizeof(Floats) / sizeof(float);
  static constexpr float kOutlier = 2500.0F;  // squared distance; no noise but a wrong colour

  /// The sums of a ColorNoise, in registers: from memory each would wait for the one before.
  class Sums {
   public:
    explicit Sums(const ColorNoise& noise) {
      std::memcpy(sums_.data(), noise.sums().data(), sizeof sums_);
    }
    /// The first and the last four products of `count` witnesses: of the lanes of each half.
    [[gnu::always_inline]] void add(const std::array<Floats, kLanes>& firsts,
                                    const std::array<Floats, kLanes>& lasts, std::size_t count) {
      for (std::size_t lane = 0; lane < kWidth; ++lane) {
        if (lane < count) add(quad(firsts[lane % kLanes], lane), quad(lasts[lane % kLanes], lane));
      }
    }
    void store(ColorNoise& noise) const {
      std::memcpy(noise.sums().data(), sums_.data(), sizeof sums_);
    }

   private:
    /// The half of `lanes` that is of `witness`.
    static FourFloats quad(Floats lanes, std::size_t witness) {
      FourFloats four;
      std::memcpy(&four, reinterpret_cast<const char*>(&lanes) + witness / kLanes * sizeof four,
                  sizeof four);
      return four;
    }
    void add(FourFloats first, FourFloats last) {
      if constexpr (kWidth == 8) {
        sums_[0] += __builtin_convertvector(first, Doubles);
        sums_[1] += __builtin_convertvector(last, Doubles);
      } else {
        sums_[0] += low_half(first);
        sums_[1] += high_half(first);
        sums_[2] += low_half(last);
        sums_[3] += high_half(last);
      }
    }

    using Doubles = std::conditional_t<kWidth == 8, FourDoubles, TwoDoubles>;
    std::array<Doubles, ColorNoise::kSums * sizeof(double) / sizeof(Floats)> sums_;
  };
};

}  // namespace dgxp
