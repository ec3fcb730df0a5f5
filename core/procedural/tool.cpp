#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

Material metal_of(const Scene& scene, Material otherwise) {
  const Prompt& prompt = *scene.prompt;
  return prompt.metal(prompt.color(otherwise));
}

}  // namespace

void paint_pickaxe(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material handle = scene.pick(random, {Material::wood, Material::leather, Material::brown});
  const double bend = random.between(-0.4, 0.4);
  const Material metal = metal_of(scene, Material::steel);
  pen.limb(on_diagonal(0.9, 0), on_diagonal(9.4, 0), 0.62, 0.62, {.material = handle});
  const Ink head{.material = metal, .shade = Shade::flat, .edge = Edge::soft};
  pen.bow(on_diagonal(6.1 + bend, -4.3), on_diagonal(10.4, -2.2), on_diagonal(9.0, 0), 0.35, 0.95,
          head);
  pen.bow(on_diagonal(9.0, 0), on_diagonal(10.4, 2.2), on_diagonal(6.1 + bend, 4.3), 0.95, 0.35,
          head);
  pen.bow(on_diagonal(6.5, -4.2), on_diagonal(10.7, -2.2), on_diagonal(9.3, 0), 0.3, 0.3,
          decal(metal, 1));
  pen.bow(on_diagonal(8.5, 0.4), on_diagonal(9.5, 2.2), on_diagonal(6.0, 4.2), 0.3, 0.3,
          decal(metal, -1));
}

void paint_shovel(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const double tip = random.between(10.4, 11.7);
  const Material metal = metal_of(scene, Material::steel);
  pen.limb(on_diagonal(1.2, 0), on_diagonal(8, 0), 0.5, 0.5, {.material = Material::wood});
  pen.limb(on_diagonal(1.2, -1.1), on_diagonal(1.2, 1.1), 0.5, 0.5, {.material = Material::wood});
  const Ink blade{.material = metal, .shade = Shade::flat, .edge = Edge::none};
  pen.polygon({on_diagonal(7, -1.8), on_diagonal(9.6, -1.7), on_diagonal(tip, 0),
               on_diagonal(9.6, 1.7), on_diagonal(7, 1.8)},
              blade);
  pen.polygon({on_diagonal(7, 0), on_diagonal(tip, 0), on_diagonal(9.6, 1.7), on_diagonal(7, 1.8)},
              decal(metal, -1));
  pen.limb(on_diagonal(7.3, -1.2), on_diagonal(9.4, -1.2), 0.3, 0.3, decal(metal, 1));
}

void paint_torch(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas, PenFit::stretch);
  pen.polygon({{4.6, 6.4}, {7.4, 6.4}, {6.9, 12}, {5.1, 12}}, {.material = Material::wood});
  pen.box(4.0, 5.8, 8.0, 7.4,
          {.material = scene.pick(random, {Material::iron, Material::gold}), .edge = Edge::soft});
  const double still = random.between(0, 1);
  paint_flame(pen, 6, 6.2, 6.0, 5.7, scene.frames > 1 ? scene.phase() : still);
}

void paint_lantern(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal =
      metal_of(scene, scene.pick(random, {Material::iron, Material::gold, Material::copper}));
  const double high = random.between(-2.4, -0.8);
  pen.bow({3.6, 3.0}, {6, high}, {8.4, 3.0}, 0.4, 0.4, {.material = metal, .shade = Shade::flat});
  pen.polygon({{4.4, 2.2}, {7.6, 2.2}, {9.4, 4.4}, {2.6, 4.4}}, {.material = metal});
  pen.box(3.2, 4.2, 8.8, 10.2, {.material = Material::fire, .tone = 0, .shade = Shade::flat});
  const double glow = scene.frames > 1 ? 0.25 * sin_turns(scene.phase()) : 0;
  pen.ellipse(6, 7.4, 2.0 + glow, 2.2 + glow, decal(Material::fire, 1));
  pen.ellipse(6, 7.8, 0.9, 1.2, decal(Material::white, 1));
  for (const double x : {3.2, 8.1}) pen.box(x, 4.2, x + 0.8, 10.2, decal(metal));
  pen.box(2.4, 10, 9.6, 12, {.material = metal});
}

void paint_rope(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material hemp =
      scene.prompt->color(scene.pick(random, {Material::bread, Material::leather, Material::wood}));
  const Ink ink{.material = hemp, .edge = Edge::hard};
  pen.bow({9.0, 9.4}, {12.4, 11.6}, {11.0, 6.8}, 0.8, 0.7, ink);
  for (const double r : {5.4, 4.1, 2.8}) pen.ellipse(5.8, 6.0, r, r * 0.96, ink);
  pen.ellipse(5.8, 6.0, 1.5, 1.4, {});
  for (int i = 0; i < 12; ++i) {  // the lay of the strands
    const Vec d = from_down(i / 12.0 + 0.03);
    const Vec e = from_down(i / 12.0 + 0.07);
    pen.line(Vec{5.8, 6.0} + d * 4.2, Vec{5.8, 6.0} + e * 5.2, decal(hemp, -1));
  }
}

void paint_key(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene, Material::gold);
  const Ink ink{.material = metal, .edge = Edge::none};
  pen.limb(on_diagonal(1.8, 0), on_diagonal(8, 0), 0.62, 0.62, ink);
  const int teeth = 2 + random.below(2);
  for (int i = 0; i < teeth; ++i) {
    const double t = 1.6 + 1.5 * i;
    pen.limb(on_diagonal(t, 0), on_diagonal(t, 1.3 - 0.3 * (i % 2)), 0.55, 0.55, ink);
  }
  const Vec bow = on_diagonal(8.6, 0);
  if (random.chance(30)) {
    pen.polygon(star_points(bow, 4, {3.6}, 0.125), ink);
  } else {
    pen.ellipse(bow.x, bow.y, 3.2, 3.2, ink);
  }
  pen.ellipse(bow.x, bow.y, 1.4, 1.4, {});
}

}  // namespace dgxp
