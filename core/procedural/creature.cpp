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

void paint_round_eye(Pen& pen, double x, double y, double r, double look) {
  pen.ellipse(x, y, r, r, flat(Material::white, 1));
  const double pupil = std::max(0.5, r * 0.5);
  pen.ellipse(x + look, y, pupil, pupil * 1.2, decal(Material::outline));
}

}  // namespace

void paint_slime(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material body = scene.prompt->color(
      std::array{Material::slime, Material::teal, Material::purple, Material::slime}.at(
          static_cast<std::size_t>(random.below(4))));
  double stretch = swing(scene) * (scene.motion == Motion::idle ? 0.09 : 0.2);
  if (scene.motion == Motion::attack) stretch = -0.28 * sin_turns(scene.progress() * 0.75 + 0.1);
  if (scene.motion == Motion::hurt) stretch = -0.25;
  if (scene.motion == Motion::death) stretch = -0.15 - 0.65 * scene.progress();
  const double height = std::clamp((8.2 + random.between(-0.7, 0.7)) * (1 + stretch), 1.6, 11.8);
  const double rx = std::clamp((4.7 + random.between(-0.4, 0.3)) * (1 - stretch * 0.6), 3.0, 6.0);
  pen.ellipse(6, 12 - height * 0.46, rx, height * 0.54, {.material = body}, 0.5);
  const bool dead = scene.motion == Motion::death && scene.progress() > 0.6;
  const double eye_y = 12 - height * 0.5;
  // The wet shine at the upper left.
  pen.ellipse(6 - rx * 0.42, 12 - height * 0.78, rx * 0.17, height * 0.08,
              decal(Material::white, 1));
  if (scene.facing == Facing::north || dead) return;
  const double turn = (scene.facing == Facing::east ? rx * 0.4 : 0) + scene.glance / pen.scale();
  if (scene.prompt->has("one") || scene.prompt->has("cyclops")) {
    paint_round_eye(pen, 6 + turn, eye_y, std::min(1.9, height * 0.26), turn > 0 ? 0.6 : 0);
    return;
  }
  const double apart = scene.facing == Facing::east ? 1.3 : 1.7;
  for (const double s : {-1.0, 1.0}) {
    const double x = 6 + turn + s * apart;
    pen.box(x - 0.5, eye_y - 0.9, x + 0.5, eye_y + 0.9, decal(Material::outline));
  }
  pen.box(6 + turn - 0.9, eye_y + 1.6, 6 + turn + 0.9, eye_y + 2.2, decal(body, -2));
}

void paint_bat(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material fur =
      scene.prompt->color(std::array{Material::purple, Material::brown, Material::grey}.at(
          static_cast<std::size_t>(random.below(3))));
  const double flap = scene.motion == Motion::still ? 0.5 : cos_turns(scene.phase());
  const double tip = 5.6 - flap * 3.6;  // y of the wing tips
  const double elbow = 4.6 - flap * 1.6;
  const bool dead = scene.motion == Motion::death && scene.progress() > 0.6;
  const Ink wing{.material = fur, .tone = -1, .shade = Shade::flat, .edge = Edge::none};
  for (const double s : {-1.0, 1.0}) {
    const auto x = [&](double v) { return 6 + s * v; };
    // The membrane hangs in two bows, never below the feet: the baseline stays.
    const double hem = std::min(tip + 2.2, 9.0);
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
    pen.limb({x(1.2), 6}, {x(2.6), elbow + 0.3}, 0.4, 0.4,
             {.material = fur, .shade = Shade::flat, .edge = Edge::none});
    pen.limb({x(2.6), elbow + 0.3}, {x(5.6), tip + 0.3}, 0.4, 0.3,
             {.material = fur, .shade = Shade::flat, .edge = Edge::none});
    pen.polygon({{x(0.4), 4.8}, {x(1.9), 2.6}, {x(2.1), 5.6}},
                {.material = fur, .edge = Edge::none});
  }
  pen.ellipse(6, 7.4, 2.5, 3.2, {.material = fur});
  if (scene.facing == Facing::north) return;
  const double turn = scene.facing == Facing::east ? 0.9 : 0;
  const Material eye = dead ? Material::outline : Material::yellow;
  for (const double s : {-1.0, 1.0}) pen.spot(6 + turn + s * 1.05 - 0.5, 6.2, decal(eye, 1));
  for (const double s : {-1.0, 1.0})
    pen.box(6 + turn + s * 0.7 - 0.3, 8.2, 6 + turn + s * 0.7 + 0.4, 9.2,
            decal(Material::white, 1));
}

}  // namespace dgxp
