#include <algorithm>
#include <cmath>

#include "core/procedural/figure_body.hpp"
#include "core/procedural/painters.hpp"

namespace dgxp {
namespace {

// As `value`, but odd or even like `like`, so that a figure's halves are equal.
int same_parity(double value, int like) {
  const int odd = like & 1;
  return std::max(1 + (1 - odd), 2 * round_half_up((value - odd) / 2) + odd);
}

Ink bone_or(const FigureLook& look, Material material) {
  return {.material = look.skeleton ? Material::bone : material};
}

void paint_leg(Canvas& canvas, const FigureBody& body, const FigureLook& look, double x, int lift,
               double forward, const Ink& ink) {
  // Whole columns, equal on both sides of the body.
  const int width = std::max(1, body.leg_width - (look.skeleton ? 1 : 0));
  const double half = width / 2.0;
  const int sole = body.ground - lift;
  const int length = std::max(1, sole - body.hip);
  const int boot = std::max(1, round_half_up(length * 0.5));
  const Ink shoe{.material = look.boots, .tone = ink.tone, .edge = ink.edge};
  if (body.facing != Facing::east) {
    const double left = x <= body.cx ? std::floor(x - half) : std::ceil(x - half);
    canvas.box(left, body.hip - 1, left + width, sole, ink);
    canvas.box(left, sole - boot, left + width, sole, shoe);
    return;
  }
  const double foot_x = x + forward;
  const double r = half + 0.05;
  const Vec knee{x + forward * 0.6, sole - length * 0.5};
  canvas.limb({x, body.hip - r}, knee, r, r, ink);
  canvas.limb(knee, {foot_x, sole - r}, r, r, ink);
  canvas.box(foot_x - half, sole - boot, foot_x + half + (body.leg_width > 1 ? 1 : 0), sole, shoe);
}

void paint_legs(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose) {
  const Ink near{.material = look.legs, .edge = Edge::hard};
  const Ink far{.material = look.legs, .tone = -1, .edge = Edge::none};
  const int lift = std::max(1, round_half_up(body.leg_length * 0.34));
  if (body.facing == Facing::east) {
    const double swing = pose.stride * (body.leg_length * 0.62 + 0.3);
    const bool passing = std::abs(pose.stride) < 0.5 && pose.rise > 0;
    paint_leg(canvas, body, look, body.cx, passing ? lift : 0, -swing + (passing ? -0.6 : 0), far);
    paint_leg(canvas, body, look, body.cx, 0, swing, near);
    return;
  }
  const double gap = body.trunk_width / 2.0 - body.leg_width / 2.0;
  const int left_lift = pose.stride > 0.3 ? lift : 0;
  const int right_lift = pose.stride < -0.3 ? lift : 0;
  paint_leg(canvas, body, look, body.cx - gap, left_lift, 0, near);
  paint_leg(canvas, body, look, body.cx + gap, right_lift, 0, near);
}

void paint_robe(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose) {
  const double top = body.trunk_width / 2.0;
  const double hem = top + std::max(1.0, body.trunk_width * 0.18);
  const double sway = body.facing == Facing::east ? 0 : pose.stride * 0.6;
  const double foot = body.leg_width * 0.5;
  const double step = pose.stride * body.leg_width * 0.5;
  const Ink shoe{.material = look.boots};
  if (body.facing == Facing::east) {
    canvas.box(body.cx - foot + step, body.ground - 2, body.cx + foot + 1 + step, body.ground,
               shoe);
  } else {
    canvas.box(body.cx - top + 0.5, body.ground - 2, body.cx - 0.5, body.ground, shoe);
    canvas.box(body.cx + 0.5, body.ground - 2, body.cx + top - 0.5, body.ground, shoe);
  }
  const int bottom = body.ground - (body.leg_length > 3 ? 1 : 0);
  canvas.polygon({{body.cx + body.lean - top, double(body.hip - 1)},
                  {body.cx + body.lean + top, double(body.hip - 1)},
                  {body.cx + hem + sway, double(bottom)},
                  {body.cx - hem + sway, double(bottom)}},
                 {.material = look.top, .edge = Edge::none});
}

void paint_ribs(Canvas& canvas, const FigureBody& body) {
  const double x = body.head_x();
  const double half = body.trunk_width / 2.0;
  for (int y = body.shoulder + 1; y < body.hip - 1; y += 2)
    canvas.box(x - half, y, x + half, y + 1, decal(Material::outline));
  if (body.facing != Facing::east || body.trunk_width > 3)
    canvas.box(x - std::max(0.5, half * 0.2), body.shoulder, x + std::max(0.5, half * 0.2),
               body.hip, decal(Material::bone, -1));
}

void paint_trunk(Canvas& canvas, const FigureBody& body, const FigureLook& look) {
  const double half = body.trunk_width / 2.0;
  const double x = body.head_x();
  const double corner = body.trunk_width >= 6 ? 1.2 : 0;
  canvas.box(x - half, body.shoulder, x + half, body.hip, bone_or(look, look.top), corner);
  if (look.skeleton) {
    paint_ribs(canvas, body);
    return;
  }
  const int height = body.trunk_height();
  if (look.apron && body.facing != Facing::north) {
    const double side = body.facing == Facing::east ? half : half - std::max(1.0, half * 0.25);
    const double left = body.facing == Facing::east ? x : x - side;
    const int hem = body.hip + std::max(1, body.leg_length / 3);
    const int bib = body.shoulder + height / 3;
    canvas.box(left, bib, x + side, hem, {.material = look.apron_color, .edge = Edge::soft});
  }
  if (look.belt && height >= 4) {
    const int y = body.hip - std::max(2, height / 3);
    const int thick = std::max(1, height / 8);
    canvas.box(x - half, y, x + half, y + thick, decal(Material::leather, -1));
    if (body.facing == Facing::south && height >= 6)
      canvas.box(x - 1, y, x + 1, y + thick, decal(Material::gold, 1));
  }
}

void paint_cape(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose) {
  const double half = body.trunk_width / 2.0;
  const double x = body.head_x();
  const double hem = body.ground - std::max(1, body.leg_length / 3);
  const double sway = pose.stride * body.trunk_width * 0.1;
  const Ink ink{.material = look.cape_color};
  const double wide = std::max(1.0, body.arm_width * 0.6);
  if (body.facing == Facing::east) {
    canvas.polygon({{x - half * 0.4, double(body.shoulder)},
                    {x + half * 0.2, double(body.shoulder)},
                    {x - half * 0.2, hem},
                    {x - half - wide * 1.6 - std::abs(sway), hem}},
                   ink);
    return;
  }
  const bool back = body.facing == Facing::north;
  canvas.polygon({{x - half, double(body.shoulder)},
                  {x + half, double(body.shoulder)},
                  {x + half + wide + sway, hem},
                  {x - half - wide + sway, hem}},
                 {.material = look.cape_color, .shade = back ? Shade::flat : Shade::round});
  if (!back) return;
  // Folds: light on the left, shadow on the right.
  const double fold = std::max(1.0, half * 0.34);
  canvas.polygon({{x + half - fold, double(body.shoulder)},
                  {x + half, double(body.shoulder)},
                  {x + half + wide + sway, hem},
                  {x + half + wide - fold * 1.4 + sway, hem}},
                 decal(look.cape_color, -1));
  canvas.line({x - 0.5, body.shoulder + body.trunk_height() * 0.5}, {x - 0.5 + sway, hem - 1},
              decal(look.cape_color, -1));
  canvas.line({x - half + 0.5, body.shoulder + 1.0}, {x - half - wide + 1 + sway, hem - 1},
              decal(look.cape_color, 1));
}

// What shows of a cape in front: over both shoulders, with a clasp.
void paint_collar(Canvas& canvas, const FigureBody& body, const FigureLook& look) {
  const double half = body.trunk_width / 2.0 + body.arm_width * 0.6;
  const double x = body.head_x();
  const int thick = std::max(1, body.trunk_height() / 3);
  const Ink ink{.material = look.cape_color, .shade = Shade::flat};
  canvas.box(x - half, body.shoulder, x + half, body.shoulder + std::max(1, thick - 1), ink);
  canvas.box(x - half, body.shoulder, x - half * 0.45, body.shoulder + thick, ink);
  canvas.box(x + half * 0.45, body.shoulder, x + half, body.shoulder + thick, ink);
  if (body.trunk_height() >= 6)
    canvas.box(x - 1, body.shoulder + 1, x + 1, body.shoulder + thick, decal(Material::gold, 1));
}

void paint_scarf(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                 const FigurePose& pose) {
  const double half = body.trunk_width / 2.0 + (body.trunk_width > 5 ? 1 : 0);
  const double x = body.head_x();
  const int thick = std::max(1, body.trunk_height() / 4);
  const Ink ink{.material = look.accent};
  const int y = body.shoulder;
  if (body.facing == Facing::east) {
    const double flutter = pose.stride * 0.8;
    canvas.polygon({{x - half * 0.5, double(y)},
                    {x - half - thick * 1.5, y + flutter},
                    {x - half - thick * 1.5, y + flutter + thick},
                    {x - half * 0.5, double(y + thick)}},
                   ink);
  } else if (body.facing == Facing::south) {
    canvas.box(x + half * 0.2, y, x + half * 0.2 + thick, y + thick * 2.5, ink);
  } else {
    canvas.box(x - half * 0.6, y, x - half * 0.6 + thick, y + thick * 3 + pose.rise, ink);
  }
  canvas.box(x - half, y, x + half, y + thick, ink);
}

Vec arm_root(const FigureBody& body, bool near) {
  const double y = body.shoulder + body.arm_width / 2.0 + (body.trunk_height() > 5 ? 1 : 0);
  if (body.facing == Facing::east) return {body.head_x() + (near ? 0 : 0.5), y};
  const double away = body.trunk_width / 2.0 + body.arm_width / 2.0;
  // Seen from behind the weapon's side changes.
  const bool left = near == (body.facing == Facing::south);
  return {body.head_x() + (left ? -away : away), y};
}

Vec hand_of(const FigureBody& body, const ArmPose& arm, bool near) {
  const Vec root = arm_root(body, near);
  const double length = std::max(1.0, body.trunk_height() - body.arm_width / 2.0 - 0.5) * arm.reach;
  const double angle = body.facing == Facing::north ? -arm.angle : arm.angle;
  return root + from_down(angle) * length;
}

void paint_arm(Canvas& canvas, const FigureBody& body, const FigureLook& look, const ArmPose& arm,
               bool near, int tone) {
  const double r = std::max(0.55, body.arm_width / 2.0 - (look.skeleton ? 0.5 : 0) + 0.05);
  const Vec root = arm_root(body, near);
  const Vec hand = hand_of(body, arm, near);
  const Edge edge = body.trunk_width >= 6 ? Edge::hard : Edge::soft;
  Ink sleeve = bone_or(look, look.top);
  sleeve.tone = tone;
  sleeve.edge = edge;
  canvas.limb(root, hand, r, r, sleeve);
  const Vec wrist = blend(root, hand, 0.75);
  canvas.limb(wrist, hand, r, r, {.material = look.skin, .tone = tone, .edge = Edge::none});
}

void paint_held_shield(Canvas& canvas, const FigureBody& body, const FigureLook& look, Vec hand) {
  const double r = std::max(1.5, body.trunk_width * 0.42);
  hand.y -= r * 0.5;
  canvas.ellipse(hand, body.facing == Facing::east ? r * 0.6 : r, r * 1.15,
                 {.material = look.weapon_metal, .shade = Shade::bevel, .edge = Edge::hard});
  canvas.ellipse(hand, r * 0.5, r * 0.6, decal(look.accent));
}

struct Arms {
  Vec near_hand;
  Vec far_hand;
};

Arms hands_of(const FigureBody& body, const FigurePose& pose) {
  return {hand_of(body, pose.near_arm, true), hand_of(body, pose.far_arm, false)};
}

void paint_front(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                 const FigurePose& pose) {
  const Arms hands = hands_of(body, pose);
  if (look.cape) paint_cape(canvas, body, look, pose);
  if (look.robe) {
    paint_robe(canvas, body, look, pose);
  } else {
    paint_legs(canvas, body, look, pose);
  }
  paint_trunk(canvas, body, look);
  paint_arm(canvas, body, look, pose.far_arm, false, 0);
  if (look.shield) paint_held_shield(canvas, body, look, hands.far_hand);
  if (pose.shows_weapon) paint_held_weapon(canvas, body, look, pose, hands.near_hand);
  paint_arm(canvas, body, look, pose.near_arm, true, 0);
  if (look.cape) paint_collar(canvas, body, look);
  if (look.scarf) paint_scarf(canvas, body, look, pose);
  paint_head(canvas, body, look, pose);
}

void paint_side(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose) {
  const Arms hands = hands_of(body, pose);
  if (look.cape) paint_cape(canvas, body, look, pose);
  paint_arm(canvas, body, look, pose.far_arm, false, -1);
  if (look.shield) {
    const Vec ahead{body.trunk_width * 0.6, 0};
    paint_held_shield(canvas, body, look, hands.far_hand + ahead);
  }
  if (look.robe) {
    paint_robe(canvas, body, look, pose);
  } else {
    paint_legs(canvas, body, look, pose);
  }
  paint_trunk(canvas, body, look);
  if (look.scarf) paint_scarf(canvas, body, look, pose);
  paint_head(canvas, body, look, pose);
  if (pose.shows_weapon) paint_held_weapon(canvas, body, look, pose, hands.near_hand);
  paint_arm(canvas, body, look, pose.near_arm, true, 0);
}

void paint_back(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose) {
  const Arms hands = hands_of(body, pose);
  if (pose.shows_weapon) paint_held_weapon(canvas, body, look, pose, hands.near_hand);
  if (look.shield) paint_held_shield(canvas, body, look, hands.far_hand);
  if (look.robe) {
    paint_robe(canvas, body, look, pose);
  } else {
    paint_legs(canvas, body, look, pose);
  }
  paint_arm(canvas, body, look, pose.far_arm, false, 0);
  paint_arm(canvas, body, look, pose.near_arm, true, 0);
  paint_trunk(canvas, body, look);
  if (look.cape) paint_cape(canvas, body, look, pose);
  if (look.scarf) paint_scarf(canvas, body, look, pose);
  paint_head(canvas, body, look, pose);
}

}  // namespace

FigureBody measure_body(const Canvas& canvas, const Scene& scene, const FigureLook& look,
                        const FigurePose& pose) {
  const Size size = canvas.size();
  const int inset = canvas.inset();
  const int room = std::max(1, size.height - 2 * inset);
  const int wide = std::max(1, size.width - 2 * inset);
  const bool has_hat =
      look.hat == Hat::pointed || look.hat == Hat::horned || look.hat == Hat::crown;
  double height = room >= 10 ? room - 1 : room;  // room to rise by one pixel
  if (has_hat) height *= look.hat == Hat::pointed ? 0.86 : 0.93;
  height = std::max(1.0, height * (100 - look.small) / 100);
  const int total = round_half_up(height);
  FigureBody body;
  body.facing = scene.facing;
  body.glance = scene.glance;
  body.leg_length = std::max(1, round_half_up(total * 0.21));
  const int head = std::max(1, round_half_up(total * 0.45));
  const int trunk = std::max(1, total - body.leg_length - head);
  body.head_width = std::min(same_parity(head * 1.07, size.width), wide);
  const int extra = round_half_up(look.stout * room / 28.0);
  body.trunk_width =
      std::max(1, std::min(same_parity(body.head_width * 0.62 + extra, size.width), wide));
  body.arm_width = std::max(1, round_half_up(body.head_width * 0.2));
  body.leg_width = std::max(1, round_half_up(body.trunk_width * 0.4));
  if (body.facing == Facing::east)
    body.trunk_width = std::max(1, body.trunk_width - (room > 15 ? 2 : 0));
  body.cx = size.width / 2.0;
  body.ground = size.height - inset;
  const int sink = round_half_up(pose.kneel * body.leg_length * 0.9);
  body.hip = body.ground - body.leg_length - pose.rise + sink;
  body.shoulder = body.hip - trunk;
  body.chin = body.shoulder + (trunk >= 5 ? 1 : 0);
  body.crown = std::max(inset, body.chin - head);
  body.lean = pose.lean * std::max(1, room / 16);
  return body;
}

void paint_figure(Canvas& canvas, const Scene& scene) {
  const FigureLook look = read_figure_look(scene);
  const FigurePose pose = pose_of(scene, look.holds_weapon);
  const FigureBody body = measure_body(canvas, scene, look, pose);
  switch (body.facing) {
    case Facing::south:
      paint_front(canvas, body, look, pose);
      break;
    case Facing::east:
      paint_side(canvas, body, look, pose);
      break;
    case Facing::north:
      paint_back(canvas, body, look, pose);
      break;
  }
  if (pose.slash && look.weapon != Weapon::none && body.facing != Facing::north)
    paint_slash(canvas, body);
  if (pose.lying) canvas.lay_down(body.ground);
}

}  // namespace dgxp
