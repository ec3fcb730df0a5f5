#include "core/image/nearest_search.hpp"

#include <cassert>
#include <vector>

#include "core/image/color_metric.hpp"

namespace dgxp {

struct NearestSearch::Points {
  Points() = default;
  Points(const Points&) = delete;
  virtual ~Points() = default;
  virtual std::size_t nearest(Rgb color) const = 0;
};

template <typename Metric>
struct NearestSearch::PointsOf : Points {
  explicit PointsOf(std::span<const Rgb> colors) {
    for (const Rgb color : colors) points.push_back(Metric::point(color));
  }
  std::size_t nearest(Rgb color) const override {
    const auto point = Metric::point(color);
    std::size_t best = 0;
    auto least = Metric::distance(point, points[0]);
    for (std::size_t i = 1; i < points.size(); ++i) {
      const auto distance = Metric::distance(point, points[i]);
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    return best;
  }
  std::vector<typename Metric::Point> points;
};

NearestSearch::NearestSearch(std::span<const Rgb> colors, ColorMetric metric) {
  assert(!colors.empty());
  switch (metric) {
    case ColorMetric::oklab:
      points_ = std::make_unique<const PointsOf<OklabMetric>>(colors);
      return;
    case ColorMetric::hyab:
      points_ = std::make_unique<const PointsOf<HyabMetric>>(colors);
      return;
    case ColorMetric::ciede2000:
      points_ = std::make_unique<const PointsOf<Ciede2000Metric>>(colors);
      return;
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  points_ = std::make_unique<const PointsOf<RgbMetric>>(colors);
}

NearestSearch::~NearestSearch() = default;

std::size_t NearestSearch::nearest(Rgb color) const {
  return points_->nearest(color);
}

}  // namespace dgxp
