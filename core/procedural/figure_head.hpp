#pragma once

#include "core/procedural/figure_body.hpp"

namespace dgxp {

/// The box of the head and the heights that faces and hats share.
struct FigureHead {
  double x = 0;  ///< middle
  double left = 0;
  double right = 0;
  double top = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
  int hairline = 0;
  int eyes = 0;  ///< first row
  int eye_height = 1;
  int eye_width = 1;
  bool fine = false;  ///< room for small details
  Facing facing = Facing::south;
  int glance = 0;
};

/// Locks, spikes, fringe or tail, over a skull that has the colour of the hair already.
void paint_hair(Canvas& canvas, const FigureHead& head, const FigureLook& look);

/// Everything worn on top but helmets and hoods, which cover the whole skull.
void paint_hat(Canvas& canvas, const FigureHead& head, const FigureLook& look);

void paint_horns(Canvas& canvas, const FigureHead& head);

}  // namespace dgxp
