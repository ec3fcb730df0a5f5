#include <algorithm>

#include "core/procedural/figure_head.hpp"

namespace dgxp {
namespace {

void paint_fringe(Canvas& canvas, const FigureHead& head, Material color) {
  if (head.facing == Facing::north) return;
  const bool side = head.facing == Facing::east;
  const double w = head.width;
  const double drop = head.height * 0.16;
  const double y = head.hairline;
  const double left = side ? head.x : head.left + 1;
  canvas.polygon({{left, y - 1},
                  {head.right - w * 0.1, y - 1},
                  {head.right - w * 0.1, y},
                  {side ? head.x + w * 0.3 : head.left + w * 0.45, y + drop + 0.6},
                  {left, y + drop * 0.5}},
                 decal(color));
}

void paint_long_hair(Canvas& canvas, const FigureHead& head, Material color) {
  const Ink ink{.material = color};
  const double y = head.bottom + head.height * 0.22;
  const double lock = std::max(1.0, head.width * 0.17);
  switch (head.facing) {
    case Facing::east:
      canvas.box(head.left, head.hairline, head.left + head.width * 0.42, y, ink, 1);
      break;
    case Facing::north:
      canvas.box(head.left, head.hairline, head.right, y, ink, 1);
      break;
    case Facing::south:
      canvas.box(head.left, head.hairline, head.left + lock, y, ink);
      canvas.box(head.right - lock, head.hairline, head.right, y, ink);
  }
}

void paint_spikes(Canvas& canvas, const FigureHead& head, Material color) {
  const double w = head.width;
  for (int i = 0; i < 4; ++i) {
    const double x = head.left + w * (0.1 + 0.22 * i);
    // Combed back seen from the side, spread out seen from the front.
    const double tip = head.facing == Facing::east ? -0.02 : 0.03 * (2 * i - 3) + 0.08;
    canvas.polygon({{x - 0.5, head.top + head.height * 0.24},
                    {x + w * tip, head.top - head.height * 0.1},
                    {x + w * 0.22, head.top + head.height * 0.2}},
                   {.material = color, .tone = i % 2, .edge = Edge::none});
  }
}

void paint_tail(Canvas& canvas, const FigureHead& head, Material color) {
  const double r = std::max(1.0, head.width * 0.15);
  const Ink ink{.material = color};
  switch (head.facing) {
    case Facing::east:
      canvas.limb({head.left, head.hairline - 1.0}, {head.left - r, head.bottom + r}, r, r * 0.6,
                  ink);
      break;
    case Facing::north:
      canvas.limb({head.x, double(head.hairline)}, {head.x, head.bottom + r * 2}, r, r * 0.7,
                  {.material = color, .tone = 1, .edge = Edge::hard});
      break;
    case Facing::south:
      canvas.limb({head.right - r, head.bottom - r}, {head.right - r, head.bottom + r * 1.5},
                  r * 0.8, r * 0.6, ink);
  }
}

// A wreath of hair around a bald top.
void paint_wreath(Canvas& canvas, const FigureHead& head, Material color) {
  const double y = head.hairline;
  const double bottom = head.bottom - 1;
  const double lock = std::max(1.0, head.width * 0.1);
  switch (head.facing) {
    case Facing::north:
      canvas.box(head.left, y, head.right, bottom, decal(color));
      break;
    case Facing::east:
      canvas.box(head.left, y, head.x - head.width * 0.1, bottom, decal(color));
      break;
    case Facing::south:
      canvas.box(head.left, y, head.left + lock, bottom, decal(color));
      canvas.box(head.right - lock, y, head.right, bottom, decal(color));
  }
}

void paint_pointed_hat(Canvas& canvas, const FigureHead& head, const FigureLook& look) {
  const double brim = head.width / 2 + std::max(1.0, head.width * 0.14);
  const double y = head.hairline;
  const double tip_y = head.top - head.height * 0.34;
  const double bend = head.facing == Facing::east ? -head.width * 0.2 : head.width * 0.12;
  const Ink ink{.material = look.hat_color};
  canvas.polygon({{head.x - head.width * 0.42, y},
                  {head.x - head.width * 0.18 + bend * 0.2, head.top + head.height * 0.04},
                  {head.x + bend, tip_y},
                  {head.x + head.width * 0.24 + bend * 0.3, head.top + head.height * 0.06},
                  {head.x + head.width * 0.42, y}},
                 ink);
  canvas.box(head.x - head.width * 0.4, y - std::max(1.0, head.height * 0.14),
             head.x + head.width * 0.4, y, decal(look.accent));
  const double thick = std::max(1.0, head.height * 0.12);
  canvas.box(head.x - brim, y - thick * 0.4, head.x + brim, y + thick * 0.8, ink, thick * 0.5);
}

}  // namespace

void paint_hair(Canvas& canvas, const FigureHead& head, const FigureLook& look) {
  const Material color = look.hair_color;
  switch (look.hair) {
    case Hair::none:
    case Hair::crop:
      break;
    case Hair::fringe:
      paint_fringe(canvas, head, color);
      break;
    case Hair::long_hair:
      paint_long_hair(canvas, head, color);
      break;
    case Hair::spiky:
      paint_spikes(canvas, head, color);
      break;
    case Hair::tail:
      paint_tail(canvas, head, color);
      break;
    case Hair::bald_top:
      paint_wreath(canvas, head, color);
      break;
  }
}

void paint_horns(Canvas& canvas, const FigureHead& head) {
  const double w = head.width;
  const double y = head.hairline;
  for (const double s : {-1.0, 1.0}) {
    if (head.facing == Facing::east && s < 0) continue;
    const double x = head.facing == Facing::east ? head.x - w * 0.1 : head.x + s * w * 0.46;
    canvas.limb(
        {x, y - 1},
        {x + s * w * (head.facing == Facing::east ? 0.05 : 0.2), head.top - head.height * 0.08},
        w * 0.1, 0.6, {.material = Material::bone});
  }
}

void paint_hat(Canvas& canvas, const FigureHead& head, const FigureLook& look) {
  const Ink ink{.material = look.hat_color};
  const double w = head.width;
  const double y = head.hairline;
  switch (look.hat) {
    case Hat::none:
    case Hat::helmet:
    case Hat::hood:
      break;
    case Hat::horned:
      paint_horns(canvas, head);
      break;
    case Hat::pointed:
      paint_pointed_hat(canvas, head, look);
      break;
    case Hat::crown: {
      const double top = head.top - head.height * 0.08;
      const double base = head.top + head.height * 0.26;
      canvas.polygon({{head.x - w * 0.4, base},
                      {head.x - w * 0.44, top},
                      {head.x - w * 0.2, top + head.height * 0.14},
                      {head.x, top},
                      {head.x + w * 0.2, top + head.height * 0.14},
                      {head.x + w * 0.44, top},
                      {head.x + w * 0.4, base}},
                     {.material = look.hat_color, .shade = Shade::bevel});
      if (head.fine) canvas.box(head.x - 1, base - 2, head.x + 1, base, decal(Material::ruby));
      break;
    }
    case Hat::bandana:
      canvas.box(head.left, head.top, head.right, y, decal(look.hat_color));
      if (head.facing == Facing::east)
        canvas.limb({head.left, y - 1}, {head.left - w * 0.2, y + 1}, w * 0.08, w * 0.06, ink);
      break;
    case Hat::brim: {
      const double r = w / 2 + std::max(1.0, w * 0.16);
      const double thick = std::max(1.0, head.height * 0.13);
      canvas.box(head.left, head.top, head.right, y, decal(look.hat_color));
      canvas.box(head.left, y - thick * 1.6, head.right, y - thick * 0.6, decal(look.accent));
      canvas.box(head.x - r, y - thick * 0.6, head.x + r, y + thick * 0.5, ink, thick * 0.5);
      break;
    }
    case Hat::cap:
      canvas.box(head.left, head.top, head.right, y, decal(look.hat_color));
      if (head.facing != Facing::north)
        canvas.box(head.facing == Facing::east ? head.x : head.left + 1, y - 1,
                   head.right + (head.facing == Facing::east ? w * 0.18 : -1), y + 0.5,
                   {.material = look.hat_color, .tone = -1});
      break;
  }
}

}  // namespace dgxp
