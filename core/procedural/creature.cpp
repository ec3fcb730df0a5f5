#include <algorithm>
#include <cmath>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

// -1 .. 1, for movements that rise and fall once in a strip.
double swing(const Scene& scene) {
  return scene.motion == Motion::still || scene.frames < 2 ? 0.0 : cos_turns(scene.phase());
}

bool is_dead(const Scene& scene) {
  return scene.motion == Motion::death && scene.progress() > 0.6;
}

// Units that the face is turned to the right.
double turned(const Scene& scene, const Pen& pen, double side) {
  return scene.facing == Facing::east ? side : scene.glance / pen.scale();
}

void paint_round_eye(Pen& pen, double x, double y, double r, double look) {
  pen.ellipse(x, y, r, r, flat(Material::white, 1));
  const double pupil = std::max(0.5, r * 0.5);
  pen.ellipse(x + look, y, pupil, pupil * 1.2, decal(Material::outline));
}

// How far a blob is stretched upwards at this moment, as a share of its height.
double blob_stretch(const Scene& scene) {
  switch (scene.motion) {
    case Motion::attack:
      return -0.28 * sin_turns(scene.progress() * 0.75 + 0.1);
    case Motion::hurt:
      return -0.25 + 0.2 * scene.progress();
    case Motion::death:
      return -0.15 - 0.65 * scene.progress();
    case Motion::idle:
      return 0.09 * swing(scene);
    default:
      return 0.2 * swing(scene);
  }
}

}  // namespace

void paint_slime(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material by_seed = scene.pick(
      random, {Material::slime, Material::teal, Material::purple, Material::pink, Material::slime});
  const Material body = prompt.gem(prompt.color(by_seed));
  const double stretch = blob_stretch(scene);
  const double height = std::clamp((8.2 + random.between(-0.7, 0.7)) * (1 + stretch), 1.6, 11.8);
  const double rx = std::clamp((4.7 + random.between(-0.4, 0.3)) * (1 - stretch * 0.6), 3.0, 6.0);
  pen.ellipse(6, 12 - height * 0.46, rx, height * 0.54, {.material = body}, 0.5);
  const double eye_y = 12 - height * 0.46;
  // The wet shine at the upper left.
  pen.ellipse(6 - rx * 0.42, 12 - height * 0.78, rx * 0.2, height * 0.09,
              decal(Material::white, 1));
  if (scene.facing == Facing::north || is_dead(scene)) return;
  const double turn = turned(scene, pen, rx * 0.36);
  if (prompt.has_any({"one", "cyclops"})) {
    paint_round_eye(pen, 6 + turn, eye_y, std::min(1.9, height * 0.26), turn > 0 ? 0.6 : 0);
    return;
  }
  const double apart = scene.facing == Facing::east ? 1.4 : 1.8;
  const double half = std::min(1.0, height * 0.14);
  for (const double s : {-1.0, 1.0}) {
    const double x = 6 + turn + s * apart;
    pen.box(x - 0.5, eye_y - half, x + 0.5, eye_y + half, decal(Material::outline));
  }
  if (height > 5)
    pen.box(6 + turn - 0.9, eye_y + 1.5, 6 + turn + 0.9, eye_y + 2.3, flat_decal(body, -2));
}

void paint_bat(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material fur =
      scene.prompt->color(scene.pick(random, {Material::purple, Material::brown, Material::grey}));
  const double plump = random.between(2.1, 2.8);
  const double ear = random.between(1.8, 3.2);
  const double flap = scene.motion == Motion::still ? 0.5 : cos_turns(scene.phase());
  const double tip = 5.6 - flap * 3.6;  // y of the wing tips
  const double elbow = 4.6 - flap * 1.6;
  // The membrane hangs in two bows, never below the feet: the baseline stays.
  const double hem = std::min(tip + 2.2, 9.0);
  const Ink wing{.material = fur, .tone = -1, .shade = Shade::flat, .edge = Edge::none};
  const Ink bone{.material = fur, .shade = Shade::flat, .edge = Edge::none};
  for (const double s : {-1.0, 1.0}) {
    const auto x = [&](double v) { return 6 + s * v; };
    pen.polygon({{x(1), 6},
                 {x(2.4), elbow},
                 {x(4.2), elbow + 0.2},
                 {x(6), tip},
                 {x(5.0), hem},
                 {x(4.0), (hem + 8.0) / 2 - 1.2},
                 {x(3.0), 8.2},
                 {x(2.0), 7.6},
                 {x(1), 8.4}},
                wing);
    pen.limb({x(1.2), 6}, {x(2.6), elbow + 0.3}, 0.4, 0.4, bone);
    pen.limb({x(2.6), elbow + 0.3}, {x(5.6), tip + 0.3}, 0.4, 0.3, bone);
    pen.polygon({{x(0.4), 4.8}, {x(1.9), ear}, {x(2.1), 5.6}},
                {.material = fur, .edge = Edge::none});
  }
  pen.ellipse(6, 7.4, plump, 3.2, {.material = fur});
  if (scene.facing == Facing::north) return;
  const double turn = turned(scene, pen, 0.9);
  for (const double s : {-1.0, 1.0}) {
    pen.spot(6 + turn + s * 1.05 - 0.5, 6.2,
             decal(is_dead(scene) ? Material::outline : Material::yellow, 1));
    pen.box(6 + turn + s * 0.7 - 0.3, 8.2, 6 + turn + s * 0.7 + 0.4, 9.2,
            decal(Material::white, 1));
  }
}

void paint_ghost(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material sheet = scene.prompt->color(
      scene.pick(random, {Material::white, Material::white, Material::diamond}));
  const double sway = swing(scene);
  const double top = 0.6 + (scene.motion == Motion::death ? 5 * scene.progress() : 0.35 * sway);
  const double w = 4.6 + random.between(-0.3, 0.4);
  // The hem: three tails of which the lowest always reaches the ground.
  const double move = sway * 0.6;
  pen.polygon({{6 - w, top + 4},
               {6 + w, top + 4},
               {6 + w, 10.6 + move * 0.6},
               {6 + w * 0.66, 11.9},
               {6 + w * 0.36 + move, 10.2},
               {6 + move * 0.6, 12},
               {6 - w * 0.36 + move, 10.2},
               {6 - w * 0.66, 11.9},
               {6 - w, 10.6 - move * 0.6}},
              {.material = sheet});
  pen.ellipse(6, top + 4.4, w, 4.4, {.material = sheet, .edge = Edge::none});
  const double arm = 6.6 + 0.5 * sway;
  for (const double s : {-1.0, 1.0})
    pen.limb({6 + s * (w - 0.6), arm + 0.6}, {6 + s * 5.4, arm - 0.6}, 0.9, 0.6,
             {.material = sheet, .edge = Edge::none});
  if (scene.facing == Facing::north) return;
  const double turn = turned(scene, pen, 1.4);
  for (const double s : {-1.0, 1.0})
    pen.ellipse(6 + turn + s * 1.7, top + 4.2, 0.9, 1.3, decal(Material::outline));
  pen.ellipse(6 + turn, top + 6.8, 0.8, scene.motion == Motion::attack ? 1.3 : 0.7,
              decal(Material::outline));
}

void paint_spider(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material shell =
      scene.prompt->color(scene.pick(random, {Material::black, Material::brown, Material::purple}));
  const double size = random.between(2.7, 3.4);
  const bool marked = random.chance(70);
  const double step = scene.motion == Motion::still ? 0 : swing(scene);
  const Ink leg{.material = shell, .tone = 1, .shade = Shade::flat, .edge = Edge::none};
  for (const double s : {-1.0, 1.0}) {
    for (int i = 0; i < 4; ++i) {
      const double lift = (i % 2 == 0 ? step : -step) * s * 0.7;
      const Vec root{6 + s * 1.2, 6.4 + 0.6 * i};
      const Vec knee{6 + s * (3.2 + 0.3 * (i % 3)), 2.6 + 2.0 * i + lift - (i == 3 ? 1.0 : 0.0)};
      const Vec foot{6 + s * (5.6 - 0.4 * (i == 3 ? 2 : 0)),
                     std::min(11.7, 5.0 + 2.4 * i + (i == 3 ? 0.0 : lift))};
      pen.limb(root, knee, 0.4, 0.4, leg);
      pen.limb(knee, foot, 0.4, 0.3, leg);
    }
  }
  const bool back = scene.facing == Facing::north;
  const Vec rear{6, back ? 8.4 : 4.6};
  const Vec head{6 + turned(scene, pen, 0.5), back ? 4.6 : 8.4};
  const auto abdomen = [&] {
    pen.ellipse(rear.x, rear.y, size, size, {.material = shell});
    if (marked)
      pen.polygon({{6, rear.y - 1.6}, {7.0, rear.y}, {6, rear.y + 1.4}, {5.0, rear.y}},
                  decal(scene.prompt->has("red") ? Material::yellow : Material::red));
  };
  if (back) pen.ellipse(head.x, head.y, 2.1, 2.0, {.material = shell});
  abdomen();
  if (back) return;
  pen.ellipse(head.x, head.y, 2.2, 2.1, {.material = shell});
  for (const double s : {-1.0, 1.0}) {
    pen.spot(head.x + s * 1.0 - 0.5, head.y - 0.6, decal(Material::ruby, 1), 1);
    pen.box(head.x + s * 0.7 - 0.3, head.y + 1.4, head.x + s * 0.7 + 0.3, head.y + 2.6,
            decal(Material::white, 1));
  }
}

void paint_snake(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material skin = scene.prompt->color(
      scene.pick(random, {Material::green, Material::slime, Material::purple, Material::orange}));
  const double sway =
      swing(scene) * 0.8 +
      (scene.motion == Motion::attack ? 1.5 * sin_turns(scene.progress() * 0.5) : 0);
  const Ink coil{.material = skin, .edge = Edge::hard};
  pen.limb({10.2, 10.6}, {11.6, 8.8}, 0.8, 0.4, coil);
  pen.ellipse(6, 10.0, 4.9, 1.9, coil);
  pen.ellipse(6, 8.2, 3.7, 1.7, coil);
  const bool dead = is_dead(scene);
  const Vec head = dead ? Vec{8.6, 9.6} : Vec{6.6 + sway, 3.0};
  if (!dead) pen.bow({5.4, 8.0}, {4.0 - sway * 0.5, 5.4}, head, 1.5, 1.3, coil);
  const bool side = scene.facing == Facing::east;
  if (!dead && scene.facing != Facing::north)
    pen.line({head.x + (side ? 2 : 0), head.y + (side ? 0.6 : 1.4)},
             {head.x + (side ? 3.6 : 0.0), head.y + (side ? 1.4 : 3.0)},
             {.material = Material::red, .shade = Shade::flat, .edge = Edge::bare});
  pen.ellipse(head.x, head.y, side ? 2.5 : 2.2, 1.8, {.material = skin, .edge = Edge::hard});
  if (scene.facing == Facing::north) return;
  if (side) {
    pen.spot(head.x + 0.6, head.y - 0.9, decal(Material::outline), 0.9);
  } else {
    for (const double s : {-1.0, 1.0})
      pen.spot(head.x + s * 1.1 - 0.45, head.y - 0.8, decal(Material::outline), 0.9);
  }
}

void paint_eyeball(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material iris = scene.prompt->color(
      scene.pick(random, {Material::red, Material::blue, Material::green, Material::purple}));
  const double size = random.between(2.2, 2.9);
  const double sway = swing(scene) * 0.5;
  for (int i = 0; i < 3; ++i)  // what hangs from it
    pen.bow({3.6 + 2.4 * i, 9}, {3.2 + 2.4 * i + sway, 10.6}, {3.6 + 2.4 * i - sway, 12}, 0.6, 0.4,
            {.material = Material::meat});
  pen.ellipse(6, 5.4, 5.2, 5.2, {.material = Material::white});
  for (const Vec vein : {Vec{2.2, 3.4}, Vec{9.8, 3.8}, Vec{3.0, 8.6}, Vec{9.4, 8.2}})
    pen.line(vein, blend(vein, {6, 5.4}, 0.4), decal(Material::meat, 0));
  if (scene.facing == Facing::north) return;
  const double turn = turned(scene, pen, 1.6);
  const double open = is_dead(scene) ? 0.4 : size;
  pen.ellipse(6 + turn, 5.6, size, open, flat_decal(iris));
  pen.ellipse(6 + turn, 5.6, 1.3, std::min(open, 1.4), flat_decal(Material::outline));
  pen.spot(5.0 + turn, 4.4, decal(Material::white, 1), 0.8);
}

}  // namespace dgxp
