#pragma once

#include <cassert>
#include <cstdint>

#include "core/image/color_metric.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

template <typename Metric>
std::uint8_t nearest_by_distances(Rgb color, const Palette& palette) {
  const auto point = Metric::point(color);
  std::size_t best = 0;
  for (std::size_t i = 1; i < palette.colors.size(); ++i)
    if (Metric::distance(point, Metric::point(palette.colors[i])) <
        Metric::distance(point, Metric::point(palette.colors[best])))
      best = i;
  return static_cast<std::uint8_t>(best);
}

/// The slow, obvious twin of `PaletteMapper::nearest`: the first of the nearest colours.
inline std::uint8_t nearest_by_search(Rgb color, const Palette& palette, ColorMetric metric) {
  assert(!palette.colors.empty());
  switch (metric) {
    case ColorMetric::oklab:
      return nearest_by_distances<OklabMetric>(color, palette);
    case ColorMetric::hyab:
      return nearest_by_distances<HyabMetric>(color, palette);
    case ColorMetric::ciede2000:
      return nearest_by_distances<Ciede2000Metric>(color, palette);
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return nearest_by_distances<RgbMetric>(color, palette);
}

}  // namespace dgxp
