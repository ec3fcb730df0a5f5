#pragma once

#include "core/procedural/canvas.hpp"
#include "core/procedural/figure_look.hpp"
#include "core/procedural/figure_pose.hpp"

namespace dgxp {

/// Where the parts of a figure are, in whole pixels: a figure of 32 pixels is hinted by hand, the
/// others follow.
struct FigureBody {
  double cx = 0;     ///< middle of the trunk (of the feet: without the lean)
  int ground = 0;    ///< the row below the soles
  int hip = 0;       ///< the row below the trunk
  int shoulder = 0;  ///< first row of the trunk
  int chin = 0;      ///< the row below the head
  int crown = 0;     ///< first row of the head
  int head_width = 0;
  int trunk_width = 0;
  int arm_width = 0;
  int leg_width = 0;
  int leg_length = 0;  ///< standing
  int lean = 0;
  Facing facing = Facing::south;
  int glance = 0;

  int head_height() const { return chin - crown; }
  int trunk_height() const { return hip - shoulder; }
  double head_x() const { return cx + lean; }
};

FigureBody measure_body(const Canvas& canvas, const Scene& scene, const FigureLook& look,
                        const FigurePose& pose);

/// Head with face, hair, beard and hat.
void paint_head(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose);

/// What the figure holds; `hand` is the middle of the hand.
void paint_held_weapon(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                       const FigurePose& pose, Vec hand);

/// The white trace of a strike in front of the figure.
void paint_slash(Canvas& canvas, const FigureBody& body);

}  // namespace dgxp
