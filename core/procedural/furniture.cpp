#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

Material wood_of(const Scene& scene) {
  const Prompt& prompt = *scene.prompt;
  return prompt.has_any({"iron", "steel", "stone"}) ? prompt.materials().front() : Material::wood;
}

// Boards side by side, with dark joints.
void paint_boards(Pen& pen, double x0, double y0, double x1, double y1, int count, Material wood) {
  for (int i = 1; i < count; ++i) {
    const double x = x0 + (x1 - x0) * i / count;
    pen.line({x, y0}, {x, y1 - 0.6}, decal(wood, -2));
  }
}

}  // namespace

void paint_chest(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material metal =
      prompt.metal(scene.pick(random, {Material::gold, Material::iron, Material::gold}));
  const Material wood = scene.pick(random, {Material::wood, Material::wood, Material::leather});
  const bool animated =
      scene.frames > 1 && (scene.motion == Motion::idle || scene.motion == Motion::attack);
  const bool open = prompt.has_any({"open", "opened"}) || (animated && scene.progress() > 0.5);
  if (open) {
    pen.box(0.6, 1.0, 11.4, 6.4, {.material = wood, .tone = -1}, 1.4);
    pen.box(1.6, 2.4, 10.4, 7.4, flat(Material::outline));
    for (const double x : {2.8, 5.0, 7.2, 9.2})
      pen.ellipse(x, 6.4, 1.4, 1.3, {.material = Material::gold});
    pen.ellipse(6, 5.4, 1.4, 1.3, {.material = Material::gold, .tone = 1});
    pen.box(0.6, 6.6, 11.4, 12, {.material = wood, .shade = Shade::bevel, .edge = Edge::hard});
  } else {
    pen.box(0.6, 2.2, 11.4, 7, {.material = wood}, 1.4);
    pen.box(0.6, 6.4, 11.4, 12, {.material = wood, .shade = Shade::bevel, .edge = Edge::none});
    pen.box(0.6, 6.0, 11.4, 6.8, decal(Material::outline));
  }
  paint_boards(pen, 2.4, 8.8, 9.6, 12, pen.scale() > 1.4 ? 3 : 1, wood);
  for (const double x : {0.6, 9.7}) {
    pen.box(x, open ? 6.6 : 6.8, x + 1.7, 12, decal(metal));
    pen.box(x, open ? 1.0 : 2.2, x + 1.7, open ? 3.0 : 6.0, decal(metal));
  }
  pen.box(4.7, open ? 6.6 : 5.2, 7.3, 9.0, {.material = metal, .shade = Shade::bevel});
  pen.spot(5.5, 6.8, decal(Material::outline), 0.9);
}

void paint_barrel(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material wood = scene.pick(random, {Material::wood, Material::leather, Material::wood});
  const Material hoop = scene.prompt->metal(scene.pick(random, {Material::iron, Material::steel}));
  pen.polygon({{2.6, 0.8},
               {9.4, 0.8},
               {10.4, 3.4},
               {10.8, 6.2},
               {10.4, 9.2},
               {9.4, 12},
               {2.6, 12},
               {1.6, 9.2},
               {1.2, 6.2},
               {1.6, 3.4}},
              {.material = wood});
  paint_boards(pen, 2.0, 1.8, 10.0, 12, 4, wood);
  const double upper = random.between(2.4, 3.6);
  for (const double y : {upper, 11.2 - upper}) {
    pen.box(0, y, 12, y + 1.3, decal(hoop));
    pen.box(0, y + 1.0, 12, y + 1.5, decal(hoop, -1));
  }
  pen.ellipse(6, 1.3, 3.6, 1.2, {.material = wood, .tone = -1, .shade = Shade::flat});
}

void paint_crate(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material wood = wood_of(scene);
  pen.box(0.6, 0.8, 11.4, 12, {.material = wood, .tone = -1, .shade = Shade::flat});
  paint_boards(pen, 1.6, 2.4, 10.4, 11, 3, wood);
  const Ink beam{.material = wood, .shade = Shade::flat, .edge = Edge::soft};
  const int brace = random.below(3);
  if (brace == 0) {
    pen.polygon({{1.8, 2.4}, {3.4, 2.4}, {10.2, 9.2}, {10.2, 10.8}, {8.6, 10.8}, {1.8, 4.0}}, beam);
  } else if (brace == 1) {
    pen.box(0.8, 5.6, 11.2, 7.2, beam);
  } else {
    pen.polygon({{10.2, 2.4}, {8.6, 2.4}, {1.8, 9.2}, {1.8, 10.8}, {3.4, 10.8}, {10.2, 4.0}}, beam);
  }
  const Ink frame{.material = wood, .shade = Shade::bevel, .edge = Edge::soft};
  pen.box(0.6, 0.8, 2.4, 12, frame);
  pen.box(9.6, 0.8, 11.4, 12, frame);
  pen.box(0.6, 0.8, 11.4, 2.6, frame);
  pen.box(0.6, 10.2, 11.4, 12, frame);
  for (const double x : {1.1, 10.1})
    for (const double y : {1.2, 10.7}) pen.spot(x, y, decal(Material::iron, 0), 0.7);
}

void paint_door(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas, PenFit::stretch);
  const Material wood = wood_of(scene);
  const bool arched = random.chance(70);
  const Material lock = scene.pick(random, {Material::gold, Material::iron, Material::copper});
  const bool has_window = random.chance(40);
  const Ink frame{.material = Material::stone, .shade = Shade::bevel};
  pen.box(0.8, arched ? 4 : 0.4, 11.2, 12, frame);
  if (arched)
    pen.ellipse(6, 4.8, 5.2, 4.6,
                {.material = Material::stone, .shade = Shade::bevel, .edge = Edge::none});
  const Ink leaf{.material = wood, .shade = Shade::flat, .edge = Edge::hard};
  const bool open =
      scene.prompt->has_any({"open", "opened"}) || (scene.frames > 1 && scene.progress() > 0.5);
  const Ink inside = open ? flat(Material::outline) : leaf;
  if (arched) pen.ellipse(6, 5.4, 3.8, 3.6, inside);
  pen.box(2.2, arched ? 5.4 : 2.0, 9.8, 12,
          {.material = inside.material, .shade = Shade::flat, .edge = Edge::none});
  if (open) {
    pen.polygon({{2.2, arched ? 4.4 : 2.0}, {4.2, 3.4}, {4.2, 12}, {2.2, 12}},
                {.material = wood, .tone = -1, .shade = Shade::flat});
    return;
  }
  paint_boards(pen, 2.2, 2.6, 9.8, 12, pen.scale() > 1.4 ? 4 : 3, wood);
  if (has_window) pen.box(4.6, 3.6, 7.4, 4.8, decal(Material::outline));
  for (const double y : {4.8, 9.2}) pen.box(2.2, y, 8.4, y + 0.9, decal(Material::iron));
  pen.ellipse(8.6, 7.6, 0.7, 0.7, decal(lock, 1));
}

void paint_house(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material wall =
      scene.pick(random, {Material::parchment, Material::stone, Material::wood, Material::white});
  const Material roof = scene.prompt->color(
      scene.pick(random, {Material::red, Material::brick, Material::blue, Material::purple}));
  pen.box(8.4, 0.6, 9.8, 4, {.material = Material::stone});
  pen.box(1.6, 5.4, 10.4, 12, {.material = wall, .shade = Shade::flat});
  pen.box(9.2, 5.4, 10.4, 12, decal(wall, -1));
  pen.box(1.6, 5.4, 10.4, 7.2, decal(wall, -1));
  pen.polygon({{6, 0.8}, {11.8, 6.2}, {0.2, 6.2}},
              {.material = roof, .shade = Shade::flat, .edge = Edge::hard});
  pen.polygon({{6, 0.8}, {11.8, 6.2}, {7.6, 6.2}}, decal(roof, -1));
  for (const double y : {3.4, 4.8}) pen.line({6 - y + 0.6, y}, {4.6 + y, y}, decal(roof, -1));
  pen.box(4.6, 7.8, 7.2, 12,
          {.material = Material::wood, .shade = Shade::bevel, .edge = Edge::hard});
  pen.spot(6.2, 9.8, decal(Material::gold, 1), 0.7);
  pen.box(8.2, 8.0, 9.8, 9.8,
          {.material = Material::yellow, .shade = Shade::flat, .edge = Edge::hard});
  pen.box(2.2, 8.0, 3.8, 9.8,
          {.material = Material::yellow, .shade = Shade::flat, .edge = Edge::hard});
}

void paint_grave(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material stone = scene.prompt->color(Material::stone);
  pen.box(2.2, 4, 9.8, 11.4, {.material = stone, .shade = Shade::bevel});
  const bool round = random.chance(60);
  pen.ellipse(6, 4.6, 3.8, round ? 4.0 : 2.4,
              {.material = stone, .shade = Shade::bevel, .edge = Edge::none});
  pen.box(5.4, 2.8, 6.6, 8.2, decal(stone, -2));
  const double arm = random.between(1.4, 2.2);
  pen.box(6 - arm, 4.2, 6 + arm, 5.4, decal(stone, -2));
  pen.ellipse(6, 11.4, 5.6, 1.2, {.material = Material::grass});
}

void paint_pot(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material clay = scene.prompt->color(
      scene.pick(random, {Material::brick, Material::copper, Material::blue, Material::bone}));
  pen.ellipse(6, 7.6, 4.8, 4.4, {.material = clay}, 0.3);
  pen.box(3.6, 2.2, 8.4, 4.4, {.material = clay, .edge = Edge::none});
  pen.box(2.8, 0.8, 9.2, 2.8, {.material = clay, .edge = Edge::soft}, 0.6);
  const Material paint = scene.pick(random, {Material::gold, Material::white, Material::red});
  for (const double x : {1.4, 3.4, 5.4, 7.4, 9.4})
    pen.polygon({{x, 8.2}, {x + 1, 6.6}, {x + 2, 8.2}}, decal(paint, 0));
}

void paint_sign(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  pen.box(5.1, 4, 6.9, 12, {.material = Material::wood, .tone = -1});
  const bool left = random.chance(50);
  const auto x = [&](double v) { return left ? 12 - v : v; };
  pen.polygon({{x(0.6), 1.4}, {x(9.4), 1.4}, {x(11.6), 4.2}, {x(9.4), 7.0}, {x(0.6), 7.0}},
              {.material = wood_of(scene), .shade = Shade::bevel});
  const double length = random.between(3.4, 5.6);
  pen.box(3, 3.0, 9, 3.8, decal(Material::outline));
  pen.box(3, 4.8, 3 + length, 5.6, decal(Material::outline));
}

}  // namespace dgxp
