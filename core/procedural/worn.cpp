#include <vector>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

Material metal_of(const Scene& scene, Material otherwise) {
  const Prompt& prompt = *scene.prompt;
  return prompt.metal(prompt.color(otherwise));
}

Material gem_of(const Scene& scene, SplitMix& random) {
  const Prompt& prompt = *scene.prompt;
  const Material by_seed = scene.pick(
      random, {Material::ruby, Material::sapphire, Material::emerald, Material::amethyst});
  return prompt.gem(prompt.material_of({"gem"}, by_seed));
}

// The outline of a shield, drawn smaller by `inset` units.
void fill_shield(Pen& pen, bool round, double inset, const Ink& ink) {
  if (round) {
    pen.ellipse(6, 6, 5.7 - inset, 5.7 - inset, ink);
    return;
  }
  const double i = inset;
  pen.polygon({{1.1 + i, 0.9 + i},
               {6, 0.3 + i},
               {10.9 - i, 0.9 + i},
               {10.9 - i, 6},
               {9.4 - i * 0.8, 9.2 - i * 0.6},
               {6, 11.8 - i * 1.2},
               {2.6 + i * 0.8, 9.2 - i * 0.6},
               {1.1 + i, 6}},
              ink);
}

}  // namespace

void paint_shield(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const bool wooden = prompt.has_any({"wood", "wooden"});
  const Material rim = metal_of(scene, Material::steel);
  const Material field =
      wooden
          ? Material::wood
          : scene.pick(random, {Material::red, Material::blue, Material::green, Material::purple});
  const bool round = prompt.has("round") || prompt.has("buckler") || random.chance(35);
  fill_shield(pen, round, 0, {.material = wooden ? prompt.metal(Material::iron) : rim});
  fill_shield(pen, round, 1.3, decal(field));
  if (random.chance(50)) {  // a cross
    pen.box(5.4, 1.4, 6.6, 10.6, decal(rim, 0));
    pen.box(1.6, 5.0, 10.4, 6.2, decal(rim, 0));
  }
  pen.ellipse(6, 5.8, 1.7, 1.7, {.material = rim, .tone = 0, .edge = Edge::hard});
}

void paint_ring(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene, Material::gold);
  const Material gem = gem_of(scene, random);
  const bool has_gem =
      scene.prompt->has_any({"gem", "ruby", "emerald", "sapphire", "jewel"}) || random.chance(70);
  const double y = has_gem ? 7.7 : 6.4;
  pen.ellipse(6, y, 4.4, 4.2, {.material = metal, .edge = Edge::none});
  pen.ellipse(6, y + 0.2, 2.7, 2.6, {});
  pen.bow({3.4, y + 1.6}, {6, y + 4.6}, {8.6, y + 1.6}, 0.4, 0.4, decal(metal, -1));
  if (!has_gem) return;
  pen.polygon({{4.2, 4.4}, {7.8, 4.4}, {7.0, 5.6}, {5.0, 5.6}}, {.material = metal});
  if (random.chance(50)) {
    pen.ellipse(6, 2.6, 2.2, 2.2, {.material = gem});
  } else {
    pen.polygon({{6, 0.2}, {8.5, 2.4}, {6, 5}, {3.5, 2.4}},
                {.material = gem, .shade = Shade::bevel});
  }
  pen.spot(4.9, 1.6, decal(Material::white, 1), 0.8);
}

void paint_amulet(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene, Material::gold);
  const Ink chain{.material = metal, .shade = Shade::flat, .edge = Edge::none};
  pen.bow({1.6, 0.6}, {2.0, 5.6}, {6, 6.6}, 0.35, 0.35, chain);
  pen.bow({10.4, 0.6}, {10.0, 5.6}, {6, 6.6}, 0.35, 0.35, chain);
  pen.ellipse(6, 9.0, 2.9, 2.9, {.material = metal});
  pen.ellipse(6, 9.0, 1.7, 1.7, {.material = gem_of(scene, random), .edge = Edge::soft});
  pen.spot(5.0, 8.0, decal(Material::white, 1), 0.7);
}

void paint_armour(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const bool leather = scene.prompt->has("leather");
  const Material metal = leather ? Material::leather : metal_of(scene, Material::steel);
  const Material trim = scene.pick(random, {Material::gold, Material::copper, Material::iron});
  const Ink plate{.material = metal};
  pen.polygon({{2.4, 2.6},
               {4.4, 1.6},
               {6, 3.2},
               {7.6, 1.6},
               {9.6, 2.6},
               {9.5, 6.6},
               {8.9, 11.4},
               {3.1, 11.4},
               {2.5, 6.6}},
              plate);
  pen.box(2.9, 8.0, 9.1, 9.2, decal(leather ? Material::brown : Material::leather, -1));
  pen.spot(5.4, 8.0, decal(Material::gold, 1), 1.2);
  pen.line({6, 3.4}, {6, 7.6}, decal(metal, -1));
  pen.bow({4.4, 1.9}, {6, 4.4}, {7.6, 1.9}, 0.4, 0.4, decal(trim, 0));
  for (const double s : {-1.0, 1.0}) {
    pen.ellipse(6 + s * 3.9, 3.4, 1.7, 1.6, {.material = metal, .edge = Edge::soft});
    pen.box(6 + s * 3.9 - 1.7, 4.2, 6 + s * 3.9 + 1.7, 5.0, decal(metal, -1));
  }
}

void paint_helmet(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene, Material::steel);
  const Material plume = scene.pick(random, {Material::red, Material::blue, Material::purple});
  if (random.chance(60)) pen.bow({6, 2.4}, {4.6, -0.8}, {1.4, 4.0}, 1.2, 0.8, {.material = plume});
  pen.ellipse(6, 6.4, 4.8, 5.0, {.material = metal}, 0.3);
  pen.box(1.2, 6.6, 10.8, 11.4, {.material = metal, .edge = Edge::none}, 1);
  pen.box(2.6, 6.0, 9.4, 7.4, decal(Material::outline));
  pen.box(5.5, 6.0, 6.5, 11.4, decal(Material::outline));
  pen.box(5.5, 2.0, 6.4, 6.0, decal(metal, 1));
  pen.box(1.2, 10.4, 10.8, 11.4, decal(scene.pick(random, {Material::gold, metal}), -1));
}

void paint_boots(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material leather = scene.prompt->color(
      scene.pick(random, {Material::leather, Material::brown, Material::red, Material::black}));
  for (const double x : {3.4, 0.2}) {
    pen.polygon({{x + 1.6, 1.6},
                 {x + 5.2, 1.6},
                 {x + 5.2, 7.4},
                 {x + 8.2, 8.8},
                 {x + 8.4, 11},
                 {x + 1.4, 11}},
                {.material = leather, .edge = Edge::hard});
    pen.box(x + 1.4, 10.8, x + 8.4, 12, {.material = leather, .tone = -1, .shade = Shade::flat});
    pen.box(x + 1.4, 1.2, x + 5.4, 2.6, {.material = Material::bread, .edge = Edge::soft});
  }
}

void paint_crown(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = metal_of(scene, Material::gold);
  pen.polygon({{1.6, 11}, {0.6, 3.2}, {3.6, 6.2}, {6, 1.4}, {8.4, 6.2}, {11.4, 3.2}, {10.4, 11}},
              {.material = metal});
  pen.box(1.2, 8.6, 10.8, 11, decal(metal, -1));
  const Material gem = gem_of(scene, random);
  for (const double x : {2.6, 5.4, 8.2}) pen.spot(x, 9.2, decal(gem, 0), 1.2);
  for (const double x : {0.8, 6.0, 11.2})
    pen.ellipse(x, x == 6.0 ? 1.4 : 3.0, 0.8, 0.8,
                {.material = metal, .tone = 1, .edge = Edge::none});
}

}  // namespace dgxp
