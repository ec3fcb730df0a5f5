#include <algorithm>
#include <cmath>
#include <vector>

#include "core/procedural/figure_body.hpp"

namespace dgxp {
namespace {

// Pixels from `from` along `direction` to where the canvas ends for shapes.
double room_along(const Canvas& canvas, Vec from, Vec direction) {
  const Size size = canvas.size();
  const double inset = canvas.inset();
  double room = 1e9;
  if (direction.x > 1e-9) room = std::min(room, (size.width - inset - from.x) / direction.x);
  if (direction.x < -1e-9) room = std::min(room, (inset - from.x) / direction.x);
  if (direction.y > 1e-9) room = std::min(room, (size.height - inset - from.y) / direction.y);
  if (direction.y < -1e-9) room = std::min(room, (inset - from.y) / direction.y);
  return std::max(0.0, room);
}

struct Grip {
  Vec hand;
  Vec along;  // away from the hand
  Vec across;
  double unit;  // a 28th of the figure's height: one pixel at 32
};

Vec place(const Grip& grip, double along, double across) {
  return grip.hand + grip.along * along + grip.across * across;
}

void paint_blade(Canvas& canvas, const Grip& grip, double length, Material metal) {
  const double u = grip.unit;
  canvas.limb(grip.hand, place(grip, length, 0), std::max(0.7, 1.3 * u), std::max(0.55, 0.8 * u),
              {.material = metal, .tone = 1, .shade = Shade::flat, .edge = Edge::hard});
  canvas.limb(place(grip, 1.4 * u, -1.8 * u), place(grip, 1.4 * u, 1.8 * u), 0.6 * u + 0.2,
              0.6 * u + 0.2, {.material = Material::gold, .edge = Edge::none});
}

void paint_shaft(Canvas& canvas, const Grip& grip, double from, double to) {
  const double r = std::max(0.55, 0.8 * grip.unit);
  canvas.limb(place(grip, from, 0), place(grip, to, 0), r, r,
              {.material = Material::wood, .edge = Edge::hard});
}

void paint_held_bow(Canvas& canvas, const Grip& grip, double length) {
  const double u = grip.unit;
  const Vec top = place(grip, 0, -length * 0.5);
  const Vec low = place(grip, 0, length * 0.5);
  const Vec belly = place(grip, length * 0.3, 0);
  const Ink ink{.material = Material::wood, .edge = Edge::hard};
  canvas.limb(top, belly, std::max(0.55, 0.6 * u), std::max(0.6, 0.9 * u), ink);
  canvas.limb(belly, low, std::max(0.6, 0.9 * u), std::max(0.55, 0.6 * u), ink);
}

void paint_by_kind(Canvas& canvas, const FigureLook& look, const Grip& grip, double room) {
  const double u = grip.unit;
  const Ink metal{.material = look.weapon_metal, .edge = Edge::hard};
  switch (look.weapon) {
    case Weapon::none:
      break;
    case Weapon::sword:
      paint_blade(canvas, grip, std::min(room, 11 * u), look.weapon_metal);
      break;
    case Weapon::dagger:
      paint_blade(canvas, grip, std::min(room, 6.5 * u), look.weapon_metal);
      break;
    case Weapon::axe: {
      const double l = std::min(room - u, 9 * u);
      paint_shaft(canvas, grip, -2 * u, l);
      canvas.polygon({place(grip, l - 4 * u, 0), place(grip, l - 5 * u, 4 * u),
                      place(grip, l + u, 4 * u), place(grip, l, 0)},
                     {.material = look.weapon_metal, .shade = Shade::bevel, .edge = Edge::hard});
      break;
    }
    case Weapon::hammer: {
      const double l = std::min(room - u, 8 * u);
      paint_shaft(canvas, grip, -2 * u, l);
      canvas.limb(place(grip, l - u, -2.2 * u), place(grip, l - u, 2.2 * u), 2 * u, 2 * u, metal);
      break;
    }
    case Weapon::staff: {
      const double l = std::min(room - 2 * u, 10 * u);
      paint_shaft(canvas, grip, -5 * u, l);
      canvas.ellipse(place(grip, l, 0), std::max(1.0, 2.2 * u), std::max(1.0, 2.2 * u),
                     {.material = look.accent, .tone = 1, .edge = Edge::hard});
      break;
    }
    case Weapon::bow:
      paint_held_bow(canvas, grip, 13 * u);
      break;
    case Weapon::spear: {
      const double l = std::min(room, 13 * u);
      paint_shaft(canvas, grip, -5 * u, l - 3 * u);
      canvas.limb(place(grip, l - 3.4 * u, 0), place(grip, l - u, 0), 1.6 * u, 0.5, metal);
      break;
    }
    case Weapon::pick: {
      const double l = std::min(room - u, 8 * u);
      paint_shaft(canvas, grip, -2 * u, l);
      canvas.limb(place(grip, l - 2 * u, -4.5 * u), place(grip, l, 0), 0.6 * u, 1.2 * u, metal);
      canvas.limb(place(grip, l, 0), place(grip, l - 2 * u, 4.5 * u), 1.2 * u, 0.6 * u, metal);
      break;
    }
    case Weapon::club: {
      const double l = std::min(room - u, 8 * u);
      canvas.limb(place(grip, -2 * u, 0), place(grip, l, 0), std::max(0.55, 0.8 * u),
                  std::max(0.8, 2 * u), {.material = Material::wood, .edge = Edge::hard});
      break;
    }
  }
}

struct Crescent {
  Vec center;
  Vec radius;
  double middle = 0;  // turns from straight down: the part in front of the figure
};

Crescent crescent_of(const Canvas& canvas, const FigureBody& body) {
  const double height = body.ground - body.crown;
  const double side = canvas.size().width / 2.0 - canvas.inset() - 0.5;
  switch (body.facing) {
    case Facing::east:
      return {{body.cx + height * 0.12, body.shoulder - height * 0.02},
              {std::min(side - height * 0.12, height * 0.42), height * 0.42},
              0.78};
    case Facing::north: {
      const double y = body.crown + height * 0.3;
      return {{body.cx, y}, {side, std::min(height * 0.26, body.ground - 1.5 - y)}, 0.54};
    }
    case Facing::south:
      break;
  }
  const double y = body.hip - height * 0.06;
  return {{body.cx, y}, {side, std::min(height * 0.26, body.ground - 1.5 - y)}, 0.04};
}

}  // namespace

void paint_held_weapon(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                       const FigurePose& pose, Vec hand) {
  if (look.weapon == Weapon::none) return;
  double angle = pose.weapon_angle;
  if (look.weapon == Weapon::bow && body.facing != Facing::east) angle = 0.25;
  if (body.facing == Facing::north) angle = -angle;
  const double height = body.ground - body.crown;
  Grip grip;
  grip.hand = hand;
  grip.along = from_down(angle);
  grip.across = from_down(angle + 0.25);
  grip.unit = std::max(0.3, height / 27.0);
  const double room = room_along(canvas, hand, grip.along);
  paint_by_kind(canvas, look, grip, room);
}

// A crescent between two ellipses, open towards the figure.
void paint_slash(Canvas& canvas, const FigureBody& body) {
  const double height = body.ground - body.crown;
  if (height < 10) return;
  const auto [center, radius, middle] = crescent_of(canvas, body);
  std::vector<Vec> points;
  constexpr int kSteps = 10;
  for (int i = 0; i <= kSteps; ++i) {
    const Vec d = from_down(middle - 0.2 + 0.4 * i / kSteps);
    points.push_back(center + Vec{d.x * radius.x, d.y * radius.y});
  }
  for (int i = kSteps - 1; i > 0; --i) {
    const double thin = 1 - 0.34 * sin_turns(0.5 * i / kSteps);
    const Vec d = from_down(middle - 0.2 + 0.4 * i / kSteps);
    points.push_back(center + Vec{d.x * radius.x * thin, d.y * radius.y * thin});
  }
  canvas.polygon(
      points, {.material = Material::white, .tone = 1, .shade = Shade::flat, .edge = Edge::bare});
}

}  // namespace dgxp
