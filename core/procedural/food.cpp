#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {

void paint_apple(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material skin =
      scene.prompt->color(scene.pick(random, {Material::red, Material::red, Material::green}));
  const double wide = random.between(3.3, 3.7);
  const auto body = [&](double d, const Ink& ink) {
    pen.ellipse(4.2 + d, 7.2 + d, wide, 4.2, ink);
    pen.ellipse(7.8 + d, 7.2 + d, wide, 4.2, ink);
  };
  body(0, {.material = skin, .tone = -1, .shade = Shade::flat, .edge = Edge::none});
  body(-0.8, decal(skin, 0));
  pen.ellipse(3.4, 5.6, 1.0, 1.2, decal(skin, 1));
  const double tip = random.between(5.4, 7.0);
  pen.limb({6, 4.0}, {tip, 1.2}, 0.45, 0.4, {.material = Material::wood});
  pen.polygon({{6.6, 2.8}, {7.8, 0.8}, {10.4, 0.9}, {9.2, 2.9}},
              {.material = Material::leaf, .tone = 1});
}

void paint_bread(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material crust = scene.prompt->color(Material::bread);
  pen.box(0.6, 4.0, 11.4, 11, {.material = crust}, 2.4);
  pen.ellipse(6, 5.4, 5.4, 3.0, {.material = crust, .edge = Edge::none}, 0.4);
  pen.box(1.2, 9.6, 10.8, 11, decal(crust, -1));
  const double steep = random.between(0.8, 1.8);
  const int cuts = 2 + random.below(2);
  for (int i = 0; i < cuts; ++i) {
    const double x = 2.4 + (7.4 / cuts) * (i + 0.2);
    pen.limb({x, 6.8}, {x + steep, 3.9}, 0.55, 0.45, decal(crust, 1));
    pen.limb({x + 0.9, 7.0}, {x + 2.2, 4.3}, 0.3, 0.3, decal(crust, -1));
  }
}

void paint_cheese(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material cheese =
      scene.prompt->color(scene.pick(random, {Material::yellow, Material::gold, Material::orange}));
  const double shift = random.between(-1, 1);
  const Ink ink{.material = cheese, .shade = Shade::flat, .edge = Edge::none};
  pen.polygon({{0.4, 6.4}, {8.4, 1.6}, {11.6, 5.2}, {11.6, 11}, {0.4, 11}}, ink);
  pen.polygon({{0.4, 6.4}, {8.4, 1.6}, {11.6, 5.2}, {11.6, 6.4}}, decal(cheese, 1));
  pen.box(0.4, 6.4, 11.6, 7.0, decal(cheese, -1));
  pen.box(0.4, 10.0, 11.6, 11, decal(cheese, -1));
  for (const Vec hole : {Vec{3.4 + shift, 8.8}, Vec{7.2 + shift, 8.4}, Vec{10.0, 9.2}})
    pen.ellipse(hole.x, hole.y, 0.95, 0.95, decal(cheese, -2));
}

void paint_meat(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Ink bone{.material = Material::bone, .tone = 1, .edge = Edge::none};
  pen.limb({2.2, 9.8}, {5.6, 6.6}, 0.8, 0.8, bone);
  pen.ellipse(1.4, 9.4, 1.1, 1.1, bone);
  pen.ellipse(2.6, 10.8, 1.1, 1.1, bone);
  const Material meat =
      scene.prompt->color(scene.pick(random, {Material::meat, Material::copper, Material::meat}));
  const double size = random.between(3.8, 4.4);
  pen.ellipse(7.4, 4.8, size, size * 0.93, {.material = meat});
  pen.limb({7.2, 5.0}, {4.6, 7.5}, 2.6, 1.0, {.material = meat, .edge = Edge::none});
  pen.ellipse(6.0, 3.4, 1.1, 0.9, decal(meat, 1));
}

void paint_mushroom(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material cap = scene.prompt->color(
      scene.pick(random, {Material::red, Material::brown, Material::purple, Material::blue}));
  const double stem = random.between(1.5, 2.4);
  pen.box(6 - stem, 6.6, 6 + stem, 12, {.material = Material::bone, .tone = 0}, 0.8);
  pen.polygon({{0.4, 7.0},
               {1.2, 4.2},
               {3.4, 1.6},
               {6, 0.6},
               {8.6, 1.6},
               {10.8, 4.2},
               {11.6, 7.0},
               {9.6, 8.0},
               {2.4, 8.0}},
              {.material = cap});
  const double move = random.between(-0.8, 0.8);
  for (const Vec spot : {Vec{3.4 + move, 4.0}, Vec{7.6 + move, 3.0}, Vec{6.0, 5.8}, Vec{9.4, 5.8}})
    pen.ellipse(spot.x, spot.y, 1.0, 0.9, decal(Material::white, 1));
}

void paint_carrot(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  for (const double across : {-1.4, 0.0, 1.4})
    pen.limb(on_diagonal(8, 0), on_diagonal(11.0 - (across < 0 ? -across : across) * 0.6, across),
             0.5, 0.7, {.material = Material::leaf, .tone = 1});
  const Material root = scene.prompt->color(Material::orange);
  const double width = random.between(1.7, 2.3);
  pen.limb(on_diagonal(7.6, 0), on_diagonal(1.4, 0), width, 0.4, {.material = root});
  for (const double along : {4.4, 6.2})
    pen.limb(on_diagonal(along, -0.9), on_diagonal(along, 0), 0.25, 0.25, decal(root, -1));
}

void paint_egg(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material shell =
      scene.prompt->color(scene.pick(random, {Material::bone, Material::white, Material::teal}));
  pen.polygon({{6, 0.4},
               {8.2, 2.0},
               {9.8, 5.2},
               {10.2, 8.0},
               {9.2, 10.6},
               {6, 11.8},
               {2.8, 10.6},
               {1.8, 8.0},
               {2.2, 5.2},
               {3.8, 2.0}},
              {.material = shell});
  const double x = random.between(-0.6, 0.6);
  if (random.chance(60))
    for (const Vec spot : {Vec{4.6, 6.6}, Vec{7.6, 5.0}, Vec{7.0, 9.0}})
      pen.ellipse(spot.x + x, spot.y, 0.9, 0.9, decal(shell, -1));
}

void paint_fish(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material scales = scene.prompt->color(
      scene.pick(random, {Material::blue, Material::teal, Material::orange, Material::grey}));
  const double fin = random.between(0.8, 2.4);
  const double wave = scene.frames > 1 ? 0.9 * sin_turns(scene.phase()) : 0;
  pen.polygon({{3.6, 6.4}, {0.4, 3.2 + wave}, {1.2, 6.6 + wave * 0.5}, {0.4, 9.0 + wave}},
              {.material = scales, .tone = -1, .shade = Shade::flat});
  pen.polygon({{4.8, 4.0}, {7.2, fin}, {8.4, 4.2}},
              {.material = scales, .tone = -1, .shade = Shade::flat});
  pen.ellipse(7.0, 6.8, 4.7, 3.2, {.material = scales});
  pen.box(4.0, 8.0, 10.4, 10.4, decal(Material::white, 0));
  pen.limb({6.2, 7.2}, {5.0, 8.6}, 0.7, 0.4, decal(scales, -1));
  pen.spot(9.2, 5.4, decal(Material::outline), 1);
}

}  // namespace dgxp
