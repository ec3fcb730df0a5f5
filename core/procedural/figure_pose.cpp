#include "core/procedural/figure_pose.hpp"

#include <algorithm>
#include <cmath>

#include "core/procedural/shape_math.hpp"

namespace dgxp {
namespace {

bool is_side(const Scene& scene) {
  return scene.facing == Facing::east;
}

FigurePose standing(const Scene& scene) {
  FigurePose pose;
  pose.near_arm.angle = is_side(scene) ? 0.02 : 0.03;
  pose.far_arm.angle = is_side(scene) ? -0.04 : -0.03;
  pose.weapon_angle = is_side(scene) ? 0.62 : 0.5;
  return pose;
}

FigurePose idle(const Scene& scene) {
  FigurePose pose = standing(scene);
  const bool breathes_out = scene.phase() >= 0.5;
  pose.rise = scene.frames > 1 && breathes_out ? -1 : 0;
  pose.eyes_closed = scene.frames > 3 && scene.frame == scene.frames - 1;
  return pose;
}

FigurePose walk(const Scene& scene) {
  FigurePose pose = standing(scene);
  pose.stride = cos_turns(scene.phase());
  pose.rise = std::abs(pose.stride) < 0.5 ? 1 : 0;
  if (is_side(scene)) {
    pose.near_arm.angle = 0.11 * pose.stride;  // against the near leg
    pose.far_arm.angle = -0.11 * pose.stride;
  } else {
    pose.near_arm.reach = 1 - 0.28 * std::max(0.0, pose.stride);
    pose.far_arm.reach = 1 - 0.28 * std::max(0.0, -pose.stride);
  }
  return pose;
}

// What an attack looks like from one side: angles in turns from hanging down.
struct Strike {
  double ready_weapon;
  ArmPose arm;
  double weapon;
  ArmPose after_arm;
  double after_weapon;
  int lean;
  double stride;
};

Strike strike_of(Facing facing) {
  switch (facing) {
    case Facing::east:
      return {0.36, {0.77, 0.7}, 0.79, {0.86, 0.85}, 0.84, 1, 0.8};
    case Facing::north:
      return {0.43, {0.3, 0.8}, 0.36, {0.08, 0.85}, 0.2, 0, 0.4};
    case Facing::south:
      break;
  }
  return {0.43, {0.1, 0.8}, 0.16, {0.08, 0.85}, 0.2, 0, 0.4};
}

FigurePose attack(const Scene& scene) {
  FigurePose pose = standing(scene);
  pose.shows_weapon = true;
  const Strike strike = strike_of(scene.facing);
  const double p = scene.frames > 1 ? scene.progress() : 0.5;
  if (p < 0.45) {  // draws back
    pose.near_arm.angle = 0.37 * std::min(1.0, p / 0.25 + 0.45);
    pose.weapon_angle = strike.ready_weapon;
    pose.lean = -strike.lean;
    pose.rise = p < 0.2 ? 0 : 1;
  } else if (p < 0.7) {  // strikes
    pose.near_arm = strike.arm;
    pose.weapon_angle = strike.weapon;
    pose.lean = strike.lean;
    pose.rise = -1;
    pose.slash = true;
    pose.stride = strike.stride;
  } else {  // comes back
    pose.near_arm = strike.after_arm;
    pose.weapon_angle = strike.after_weapon;
    pose.rise = p < 0.9 ? -1 : 0;
    pose.stride = strike.lean == 0 ? 0 : 0.5;
  }
  return pose;
}

FigurePose celebrate(const Scene& scene) {
  FigurePose pose = standing(scene);
  const double up = scene.frames < 2 ? 1.0 : 0.5 - 0.5 * cos_turns(scene.phase() + 0.2);
  pose.near_arm.angle = 0.16 + 0.26 * up;
  pose.far_arm.angle = -0.16 - 0.26 * up;
  pose.rise = up > 0.5 ? 1 : 0;
  pose.eyes_closed = up > 0.75;
  return pose;
}

FigurePose hurt(const Scene& scene) {
  FigurePose pose = standing(scene);
  const bool hit = scene.frames < 2 || scene.progress() < 0.75;
  pose.eyes_closed = hit;
  pose.lean = hit ? -1 : 0;
  pose.rise = hit ? -1 : 0;
  pose.near_arm.angle = hit ? 0.16 : 0.05;
  pose.far_arm.angle = hit ? -0.16 : -0.05;
  return pose;
}

FigurePose death(const Scene& scene) {
  FigurePose pose = hurt(scene);
  const double p = scene.progress();
  pose.eyes_closed = true;
  if (p >= 0.7) {
    pose.lying = true;
    pose.lean = 0;
    pose.rise = 0;
  } else if (p >= 0.3) {
    pose.kneel = p >= 0.5 ? 0.8 : 0.45;
    pose.near_arm.angle = 0.04;
    pose.far_arm.angle = -0.04;
    pose.lean = 0;
  }
  return pose;
}

}  // namespace

FigurePose pose_of(const Scene& scene, bool holds_weapon) {
  FigurePose pose;
  switch (scene.motion) {
    case Motion::still:
      pose = standing(scene);
      break;
    case Motion::idle:
      pose = idle(scene);
      break;
    case Motion::walk:
      pose = walk(scene);
      break;
    case Motion::attack:
      pose = attack(scene);
      break;
    case Motion::celebrate:
      pose = celebrate(scene);
      break;
    case Motion::hurt:
      pose = hurt(scene);
      break;
    case Motion::death:
      pose = death(scene);
      break;
  }
  if (holds_weapon && !pose.lying) pose.shows_weapon = true;
  return pose;
}

}  // namespace dgxp
