#include <algorithm>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {

// For a prompt that names nothing known: a field with a glyph, both symmetrical.
void paint_emblem(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  constexpr std::array kColors{Material::red,    Material::blue, Material::green,
                               Material::purple, Material::teal, Material::orange};
  const int first = random.below(6);
  const Material field = scene.prompt->color(kColors.at(static_cast<std::size_t>(first)));
  const Material glyph = random.chance(60) ? Material::gold : Material::white;
  switch (random.below(3)) {
    case 0:
      pen.ellipse(6, 6, 5.6, 5.6, {.material = field, .shade = Shade::bevel});
      break;
    case 1:
      pen.polygon({{1, 0.8}, {11, 0.8}, {11, 6.4}, {9.4, 9.4}, {6, 11.8}, {2.6, 9.4}, {1, 6.4}},
                  {.material = field, .shade = Shade::bevel});
      break;
    default:
      pen.polygon({{6, 0.2}, {11.8, 6}, {6, 11.8}, {0.2, 6}},
                  {.material = field, .shade = Shade::bevel});
  }
  for (int row = 0; row < 5; ++row) {
    for (int column = 0; column < 3; ++column) {
      const bool on = random.chance(column == 2 ? 75 : 45);
      const double y = 3 + row * 1.3;
      if (!on) continue;
      const double x = 3 + column * 1.2;
      pen.box(x, y, x + 1.2, y + 1.3, decal(glyph, row < 2 ? 1 : 0));
      pen.box(12 - x - 1.2, y, 12 - x, y + 1.3, decal(glyph, row < 2 ? 1 : 0));
    }
  }
}

}  // namespace dgxp
