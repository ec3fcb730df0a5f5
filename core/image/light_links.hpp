#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// How light differs between neighbours along one axis, as the tilts on both sides of their border
/// say, less what blur lets of the contrasts of colours into these.
class LightLinks {
 public:
  enum class Axis { across, down };

  /// `back` and `ahead` are the rises of brightness from the middle of each cell, in reading order,
  /// to its borders along the axis.
  LightLinks(Size size, Axis axis, std::vector<float> back, std::vector<float> ahead);

  /// For cells that would show `colors` in even light.
  void judge(std::span<const float> colors);

  /// From a cell that has a neighbour ahead to that.
  float rise(std::size_t cell) const { return rise_[cell]; }
  float weight(std::size_t cell) const { return weight_[cell]; }

 private:
  /// What blur lets of the contrasts on both sides into a tilt.
  struct Leak {
    float near = 0;  ///< share of the contrast with the neighbour on the side of the tilt
    float far = 0;   ///< and with the one on the other side
  };
  class LeakSums;

  void measure_contrasts(std::span<const float> colors);
  Leak fit_leak() const;

  Axis axis_;
  std::size_t width_;
  std::size_t count_;
  std::size_t step_;  ///< from each cell to the next along the axis
  // With room behind for whole lanes and the neighbours of the last cells.
  std::vector<float> back_;
  std::vector<float> ahead_;
  std::vector<float> contrasts_;  ///< with the cell ahead, 0 without; `step_` others go before
  std::vector<float> rise_;
  std::vector<float> weight_;
};

}  // namespace dgxp
