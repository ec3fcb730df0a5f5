#include <algorithm>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {

void paint_chest(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material metal = prompt.metal(random.chance(60) ? Material::gold : Material::steel);
  const Ink wood{.material = prompt.has("iron") ? Material::iron : Material::wood,
                 .shade = Shade::bevel};
  const bool open =
      prompt.has_any({"open", "opened"}) || (scene.frames > 1 && scene.progress() > 0.5);
  const Ink band{.material = metal, .edge = Edge::none};
  if (open) {
    pen.box(0.6, 1.4, 11.4, 6.2, {.material = Material::wood, .tone = -1, .shade = Shade::bevel},
            1.2);
    pen.box(1.4, 4.6, 10.6, 7.4, flat(Material::outline));
    for (const double x : {2.8, 5.0, 7.2, 9.0})
      pen.ellipse(x, 6.4, 1.4, 1.2, {.material = Material::gold});
    pen.box(0.6, 6.6, 11.4, 12, wood);
  } else {
    pen.box(0.6, 2.4, 11.4, 7, {.material = wood.material, .tone = 0}, 1.4);
    pen.box(0.6, 6.4, 11.4, 12, wood);
    pen.box(0.6, 6.0, 11.4, 6.8, decal(Material::outline));
  }
  for (const double x : {0.6, 9.6}) pen.box(x, open ? 6.6 : 2.4, x + 1.8, 12, decal(metal));
  pen.box(4.8, 5.6, 7.2, 8.6, band);
  pen.spot(5.6, 6.8, decal(Material::outline), 0.8);
}

void paint_tree(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material leaf = prompt.color(Material::leaf);
  const Ink trunk{.material = Material::wood};
  const double sway = scene.frames > 1 ? 0.35 * sin_turns(scene.phase()) : 0;
  const bool needle = prompt.has_any({"pine", "fir", "spruce"}) || random.chance(30);
  pen.polygon({{5, 8}, {7, 8}, {7.2, 11.2}, {8.2, 12}, {3.8, 12}, {4.8, 11.2}}, trunk);
  if (needle) {
    for (int i = 0; i < 3; ++i) {
      const double y = 9.8 - 2.7 * i;
      const double w = 4.6 - 0.95 * i;
      pen.polygon({{6 + sway * i * 0.4, y - 4.4},
                   {6 + w, y},
                   {6 + w * 0.4, y - 0.4},
                   {6, y + 0.3},
                   {6 - w * 0.4, y - 0.4},
                   {6 - w, y}},
                  {.material = leaf, .edge = Edge::soft});
    }
    return;
  }
  const Ink crown{.material = leaf, .edge = Edge::none};
  pen.ellipse(6 + sway, 4.6, 5.2, 4.4, crown);
  for (int i = 0; i < 5; ++i) {
    const double x = 6 + sway + random.between(-3, 3);
    const double y = 4.4 + random.between(-2.4, 2.6);
    pen.ellipse(x, y, random.between(1.6, 2.4), random.between(1.3, 2.0),
                {.material = leaf, .edge = Edge::soft});
  }
}

}  // namespace dgxp
