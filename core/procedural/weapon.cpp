#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

// Everything long lies on the diagonal with its head at the upper right.

Ink metal_ink(Material metal, int tone) {
  return {.material = metal, .tone = tone, .shade = Shade::flat, .edge = Edge::none};
}

Material metal_of(const Scene& scene) {
  const Prompt& prompt = *scene.prompt;
  return prompt.metal(prompt.color(Material::steel));
}

void paint_handle(Pen& pen, double from, double to, double radius, Material material) {
  pen.limb(on_diagonal(from, 0), on_diagonal(to, 0), radius, radius, {.material = material});
}

Material handle_wood(const Scene& scene, SplitMix& random) {
  return scene.pick(random, {Material::wood, Material::leather, Material::brown});
}

}  // namespace

void paint_sword(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material metal = metal_of(scene);
  const Material guard = scene.pick(random, {Material::gold, Material::copper, Material::iron});
  const Material grip = scene.pick(random, {Material::leather, Material::red, Material::blue});
  const bool is_dagger = prompt.has_any({"dagger", "knife"});
  const bool is_short = is_dagger || prompt.has("short");
  const double start = is_short ? 4.4 : 3.9;  // where the blade leaves the guard
  const double end = is_dagger ? 9.6 : 11.7;
  const bool is_thin = prompt.has_any({"rapier", "katana"});
  const double w = (is_thin ? 0.55 : 0.8) + 0.2 * random.below(2);
  pen.polygon({on_diagonal(start, 0), on_diagonal(start, -w), on_diagonal(end - w, -w),
               on_diagonal(end, 0)},
              metal_ink(metal, 1));
  pen.polygon(
      {on_diagonal(start, w), on_diagonal(start, 0), on_diagonal(end, 0), on_diagonal(end - w, w)},
      metal_ink(metal, -1));
  if (pen.scale() > 1.5)
    pen.limb(on_diagonal(start, 0), on_diagonal(end - 2.4, 0), 0.24, 0.24, decal(metal, 0));
  paint_handle(pen, start - 1, 1.6, 0.6, grip);
  const double g = 1.5 + 0.4 * random.below(2);
  pen.limb(on_diagonal(start, -g), on_diagonal(start, g), 0.65, 0.65, {.material = guard});
  pen.ellipse(1.1, 10.9, 0.95, 0.95, {.material = guard});
}

void paint_axe(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene);
  const bool both = scene.prompt->has_any({"double", "battle", "great"}) || random.chance(20);
  paint_handle(pen, 0.9, 10.6, 0.62, handle_wood(scene, random));
  const double grow = random.between(-0.2, 0.3);
  for (const double s : {-1.0, 1.0}) {
    if (s > 0 && !both) continue;
    const auto at = [&](double along, double across) {
      return on_diagonal(along, s * (across + (across > 1 ? grow : 0)));
    };
    pen.polygon({at(7.4, 0.2), at(6.4, 1.8), at(5.6, 2.7), at(6.6, 3.6), at(8.2, 3.4), at(9.6, 2.0),
                 at(9.3, 1.4), at(9.5, 0.2)},
                metal_ink(metal, s < 0 ? 0 : -1));
    // The cutting edge.
    pen.bow(at(5.7, 2.9), at(8.0, 4.4), at(9.6, 1.9), 0.35, 0.35, decal(metal, s < 0 ? 1 : 0));
    pen.limb(at(7.7, 0.6), at(9.2, 0.6), 0.3, 0.3, decal(metal, -1));
  }
}

void paint_spear(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene);
  paint_handle(pen, 0.5, 8.6, 0.5, handle_wood(scene, random));
  const double w = 1.1 + 0.3 * random.below(2);
  pen.polygon({on_diagonal(8, 0), on_diagonal(8.8, -w), on_diagonal(11.8, 0)}, metal_ink(metal, 1));
  pen.polygon({on_diagonal(8, 0), on_diagonal(11.8, 0), on_diagonal(8.8, w)}, metal_ink(metal, -1));
  pen.limb(on_diagonal(7.6, -0.7), on_diagonal(7.6, 0.7), 0.5, 0.5,
           {.material = scene.pick(random, {Material::red, Material::blue, Material::gold})});
}

void paint_hammer(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene);
  paint_handle(pen, 0.9, 9.6, 0.62, handle_wood(scene, random));
  const double w = 2.3 + 0.3 * random.below(2);
  pen.polygon(
      {on_diagonal(6.8, -w), on_diagonal(9.5, -w), on_diagonal(9.5, w), on_diagonal(6.8, w)},
      metal_ink(metal, 0));
  pen.polygon(
      {on_diagonal(8.7, -w), on_diagonal(9.5, -w), on_diagonal(9.5, w), on_diagonal(8.7, w)},
      decal(metal, 1));
  pen.polygon({on_diagonal(6.8, w - 1.1), on_diagonal(9.5, w - 1.1), on_diagonal(9.5, w),
               on_diagonal(6.8, w)},
              decal(metal, -1));
  pen.polygon({on_diagonal(6.8, -0.6), on_diagonal(9.5, -0.6), on_diagonal(9.5, 0.6),
               on_diagonal(6.8, 0.6)},
              decal(scene.pick(random, {Material::gold, Material::leather}), 0));
}

void paint_staff(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material stone = prompt.gem(prompt.color(scene.pick(
      random, {Material::ruby, Material::sapphire, Material::emerald, Material::amethyst})));
  paint_handle(pen, 0.6, 8.0, 0.6, handle_wood(scene, random));
  const Ink claw{.material =
                     scene.pick(random, {Material::gold, Material::silver, Material::wood})};
  pen.bow(on_diagonal(7.2, 0), on_diagonal(7.6, -2.6), on_diagonal(10, -1.7), 0.5, 0.4, claw);
  pen.bow(on_diagonal(7.2, 0), on_diagonal(7.6, 2.6), on_diagonal(10, 1.7), 0.5, 0.4, claw);
  const Vec orb = on_diagonal(9.3, 0);
  pen.ellipse(orb.x, orb.y, 1.9, 1.9, {.material = stone});
  pen.spot(orb.x - 1.1, orb.y - 1.1, decal(Material::white, 1), 0.7);
}

void paint_bow(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Ink wood{.material = scene.prompt->color(handle_wood(scene, random))};
  const Ink string{.material = Material::white, .shade = Shade::flat, .edge = Edge::bare};
  const bool arrow = scene.prompt->has("arrow") || random.chance(40);
  pen.line({1.5, 2.0}, {9.9, 10.4}, string);
  if (arrow) {
    pen.limb({2.2, 9.8}, {9.6, 2.4}, 0.3, 0.3, {.material = Material::bread});
    pen.polygon({{11.4, 0.6}, {8.8, 1.4}, {10.6, 3.2}}, metal_ink(Material::steel, 0));
    pen.limb({1.4, 9.4}, {2.6, 10.6}, 0.5, 0.5, {.material = Material::red});
  }
  const double belly = 9.6 + random.between(-0.4, 0.6);
  pen.bow({1.2, 1.4}, {belly, 12 - belly - 1.6}, {10.6, 10.8}, 0.5, 0.5, wood);
  pen.bow({4.2, 1.9}, {belly - 1.2, 12 - belly + 0.4}, {10.1, 7.8}, 0.75, 0.75, wood);
  const Vec grip{belly - 2.4, 14.4 - belly};
  pen.limb(grip + Vec{-0.6, -0.6}, grip + Vec{0.6, 0.6}, 0.85, 0.85,
           {.material = scene.pick(random, {Material::red, Material::leather, Material::blue})});
}

void paint_arrow(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  paint_handle(pen, 1.6, 9.2, 0.35, Material::bread);
  const Material metal = metal_of(scene);
  pen.polygon({on_diagonal(8.2, 0), on_diagonal(8.8, -1.3), on_diagonal(11.7, 0)},
              metal_ink(metal, 1));
  pen.polygon({on_diagonal(8.2, 0), on_diagonal(11.7, 0), on_diagonal(8.8, 1.3)},
              metal_ink(metal, -1));
  const Material feather =
      scene.pick(random, {Material::red, Material::white, Material::blue, Material::green});
  for (const double s : {-1.0, 1.0})
    pen.polygon({on_diagonal(0.9, 0), on_diagonal(0.6, s * 1.2), on_diagonal(2.6, s * 1.2),
                 on_diagonal(3.4, 0)},
                metal_ink(feather, s < 0 ? 0 : -1));
}

void paint_bomb(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const double size = random.between(4.0, 4.5);
  pen.box(6.2, 2.2, 9.0, 4.6, {.material = Material::iron});
  pen.ellipse(5.4, 7.6, size, size,
              {.material = scene.prompt->color(
                   scene.pick(random, {Material::black, Material::iron, Material::black}))});
  pen.ellipse(3.8, 5.8, 0.9, 0.9, decal(Material::white, 0));
  pen.bow({7.6, 2.4}, {8.2, 0.6}, {10.2, 1.4}, 0.35, 0.35, {.material = Material::bread});
  if (scene.frames < 2 || scene.frame % 2 == 0)
    pen.polygon(star_points({10.3, 1.7}, 8, {1.7, 0.7}), flat(Material::fire, 1));
  else
    pen.polygon(star_points({10.3, 1.7}, 8, {1.2, 0.5}, 0.06), flat(Material::fire, 0));
}

}  // namespace dgxp
