#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/base/color.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// The nearest of any number of colours, found by looking at all of them: for a few thousand
/// questions, where the table of a PaletteMapper is not worth its making. Its answers are the same.
class NearestSearch {
 public:
  /// At least one colour. `ColorMetric::recover` measures like `rgb`.
  NearestSearch(std::span<const Rgb> colors, ColorMetric metric);
  ~NearestSearch();
  NearestSearch(NearestSearch&&) = delete;

  /// Position of the nearest; ties: the lowest.
  std::size_t nearest(Rgb color) const;

 private:
  struct Points;
  template <typename Metric>
  struct PointsOf;
  std::unique_ptr<const Points> points_;
};

}  // namespace dgxp
