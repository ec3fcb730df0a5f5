#pragma once

#include "core/procedural/scene.hpp"

namespace dgxp {

/// An arm: where it points, in turns from hanging down (0.25 = west, 0.5 = up, 0.75 = east).
struct ArmPose {
  double angle = 0;
  double reach = 1;  ///< of its full length, as seen
};

/// One moment of a movement.
struct FigurePose {
  double stride = 0;  ///< -1 .. 1: how far the near (or left) leg is ahead of the other one
  int rise = 0;       ///< pixels that the trunk is above its resting height (below: negative)
  int lean = 0;       ///< pixels that trunk and head are right of the feet
  double kneel = 0;   ///< 0 .. 1
  ArmPose near_arm;   ///< the one with the weapon; left on the screen seen from the south
  ArmPose far_arm;
  double weapon_angle = 0;
  bool shows_weapon = false;
  bool slash = false;
  bool eyes_closed = false;
  bool lying = false;
};

FigurePose pose_of(const Scene& scene, bool holds_weapon);

}  // namespace dgxp
