#include "core/procedural/pen.hpp"

namespace dgxp {

std::vector<Vec> star_points(Vec center, int count, std::initializer_list<double> radii,
                             double turn) {
  std::vector<Vec> points;
  for (int i = 0; i < count; ++i) {
    const double radius = radii.begin()[static_cast<std::size_t>(i) % radii.size()];
    points.push_back(center + from_down(0.5 + turn + static_cast<double>(i) / count) * radius);
  }
  return points;
}

void paint_flame(Pen& pen, double x, double y, double width, double height, double phase) {
  const double sway = sin_turns(phase);
  const double jump = cos_turns(phase);
  const auto tongue = [&](double w, double h, double lean, const Ink& ink) {
    pen.polygon({{x - w * 0.3, y},
                 {x - w * 0.5, y - h * 0.28},
                 {x - w * 0.42 + lean * 0.2, y - h * (0.62 - 0.06 * jump)},
                 {x - w * 0.2 + lean * 0.3, y - h * 0.46},
                 {x + w * 0.02 + lean, y - h * (1 + 0.06 * jump)},
                 {x + w * 0.22 + lean * 0.5, y - h * 0.54},
                 {x + w * 0.38 + lean * 0.3, y - h * (0.7 + 0.08 * jump)},
                 {x + w * 0.5, y - h * 0.26},
                 {x + w * 0.3, y}},
                ink);
  };
  const Ink outer{.material = Material::fire, .tone = -1, .shade = Shade::flat};
  tongue(width, height, sway * width * 0.16, outer);
  tongue(width * 0.66, height * 0.66, -sway * width * 0.12, decal(Material::fire, 0));
  tongue(width * 0.36, height * 0.36, sway * width * 0.06, decal(Material::fire, 1));
}

}  // namespace dgxp
