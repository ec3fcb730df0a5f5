#include <algorithm>

#include "core/procedural/figure_body.hpp"

namespace dgxp {
namespace {

// The box of the head and the heights that faces and hats share.
struct Head {
  double x = 0;  // middle
  double left = 0;
  double right = 0;
  double top = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
  int hairline = 0;
  int eyes = 0;  // first row
  int eye_height = 1;
  int eye_width = 1;
  bool fine = false;  // room for small details
  Facing facing = Facing::south;
  int glance = 0;
};

Head head_of(const FigureBody& body) {
  Head head;
  head.x = body.head_x();
  head.width = body.head_width;
  head.height = body.head_height();
  head.left = head.x - head.width / 2;
  head.right = head.x + head.width / 2;
  head.top = body.crown;
  head.bottom = body.chin;
  head.hairline = body.crown + round_half_up(head.height * 0.4);
  head.eyes = body.crown + round_half_up(head.height * 0.55);
  head.eye_height = std::max(1, round_half_up(head.height * 0.18));
  head.eye_width = std::max(1, round_half_up(head.width * 0.1));
  head.fine = head.height >= 11;
  head.facing = body.facing;
  head.glance = body.glance;
  return head;
}

void paint_skull(Canvas& canvas, const Head& head, Material material) {
  canvas.ellipse({head.x, (head.top + head.bottom) / 2}, head.width / 2, head.height / 2,
                 {.material = material, .edge = Edge::hard}, 0.55);
}

// The part of the skull where skin shows.
void paint_face(Canvas& canvas, const Head& head, Material skin, double from) {
  const double side = std::max(1.0, head.width * 0.1);
  if (head.facing == Facing::east) {
    canvas.box(head.x - head.width * 0.08, from, head.right, head.bottom, flat_decal(skin));
  } else {
    canvas.box(head.left + side, from, head.right - side, head.bottom, flat_decal(skin));
  }
  // Under the chin and away from the light.
  if (head.height < 8) return;
  canvas.box(head.left, head.bottom - 1, head.right, head.bottom, decal(skin, -1));
  canvas.box(head.right - side - 1, from, head.right - side, head.bottom, decal(skin, -1));
}

struct EyeColumns {
  int left = 0;  // first column of each eye
  int right = 0;
  bool has_left = true;
};

EyeColumns eye_columns(const Head& head) {
  if (head.facing == Facing::east) {
    const int x = static_cast<int>(head.x + head.width * 0.24);
    return {x, x, false};
  }
  const int apart = std::max(1, round_half_up(head.width * 0.15));
  const int middle = static_cast<int>(head.x);
  const bool odd = static_cast<int>(head.width) % 2 == 1;
  return {middle - apart - head.eye_width + head.glance,
          middle + apart + (odd ? 1 : 0) + head.glance, true};
}

// `white` is the side, -1 or 1, on which the white of the eye shows; 0: there is no room for it.
void paint_eye(Canvas& canvas, const Head& head, int x, int white, bool closed) {
  const int bottom = head.eyes + head.eye_height;
  if (closed) {
    canvas.box(x - (head.fine ? 0.5 : 0), bottom - 1, x + head.eye_width + (head.fine ? 0.5 : 0),
               bottom, decal(Material::outline));
    return;
  }
  canvas.box(x, head.eyes, x + head.eye_width, bottom, decal(Material::outline));
  if (white == 0) return;
  const int side = white < 0 ? x - head.eye_width : x + head.eye_width;
  canvas.box(side, head.eyes, side + head.eye_width, bottom, flat_decal(Material::white, 1));
}

// Dark eyes in a dark face need their white to be seen.
void paint_eyes(Canvas& canvas, const Head& head, Material skin, bool closed) {
  const EyeColumns columns = eye_columns(head);
  const bool dark = skin == Material::skin_dark || skin == Material::skin_green ||
                    skin == Material::red || skin == Material::stone;
  const int white = dark && head.width >= 9 ? 1 : 0;
  if (columns.has_left) paint_eye(canvas, head, columns.left, -white, closed);
  paint_eye(canvas, head, columns.right, columns.has_left ? white : -white, closed);
}

void paint_ears(Canvas& canvas, const Head& head, const FigureLook& look) {
  const double y = head.eyes + head.eye_height / 2.0;
  const double size = std::max(1.0, head.height * 0.12);
  const Ink ink{.material = look.skin};
  const double reach = look.long_ears ? std::max(2.0, head.width * 0.26) : 0;
  if (head.facing == Facing::east) {
    if (look.long_ears)
      canvas.polygon(
          {{head.x, y - size}, {head.x - reach * 1.6, y - size * 2.2}, {head.x, y + size}}, ink);
    return;
  }
  if (reach > 0) {
    canvas.polygon(
        {{head.left + 1, y - size}, {head.left - reach, y - size * 2}, {head.left + 1, y + size}},
        ink);
    canvas.polygon({{head.right - 1, y - size},
                    {head.right + reach, y - size * 2},
                    {head.right - 1, y + size}},
                   ink);
  }
}

void paint_bone_face(Canvas& canvas, const Head& head) {
  if (head.facing == Facing::north) return;
  const EyeColumns columns = eye_columns(head);
  const int size = std::max(1, round_half_up(head.width * 0.2));
  const int y = head.eyes - (size > 1 ? 1 : 0);
  const Ink dark = decal(Material::outline);
  const int grow = size - head.eye_width;
  if (columns.has_left)
    canvas.box(columns.left - grow, y, columns.left - grow + size, y + size, dark);
  canvas.box(columns.right, y, columns.right + size, y + size, dark);
  if (!head.fine) return;
  const double jaw = head.bottom - std::max(2.0, head.height * 0.16);
  const double from = head.facing == Facing::east ? head.x + 1 : head.x - head.width * 0.25;
  const double to = head.facing == Facing::east ? head.right - 1 : head.x + head.width * 0.25;
  for (double x = from; x < to; x += 2) canvas.box(x, jaw, x + 1, jaw + 2, dark);
}

void paint_hair(Canvas& canvas, const Head& head, const FigureLook& look) {
  const Ink ink{.material = look.hair_color};
  const double w = head.width;
  const bool side = head.facing == Facing::east;
  const bool back = head.facing == Facing::north;
  switch (look.hair) {
    case Hair::none:
    case Hair::crop:
      break;
    case Hair::fringe: {  // swept to one side
      const double drop = head.height * 0.16;
      const double y = head.hairline;
      if (!back)
        canvas.polygon({{side ? head.x : head.left + 1, y - 1},
                        {head.right - w * 0.1, y - 1},
                        {head.right - w * 0.1, y},
                        {side ? head.x + w * 0.3 : head.left + w * 0.45, y + drop + 0.6},
                        {side ? head.x : head.left + 1, y + drop * 0.5}},
                       decal(look.hair_color));
      break;
    }
    case Hair::long_hair: {
      const double y = head.bottom + head.height * 0.22;
      const double lock = std::max(1.0, w * 0.17);
      if (side) {
        canvas.box(head.left, head.hairline, head.left + w * 0.42, y, ink, 1);
      } else if (back) {
        canvas.box(head.left, head.hairline, head.right, y, ink, 1);
      } else {
        canvas.box(head.left, head.hairline, head.left + lock, y, ink);
        canvas.box(head.right - lock, head.hairline, head.right, y, ink);
      }
      break;
    }
    case Hair::spiky:
      for (int i = 0; i < 4; ++i) {
        const double x = head.left + w * (0.1 + 0.22 * i);
        canvas.polygon(
            {{x - 0.5, head.top + head.height * 0.24},
             {x + w * (side ? -0.02 : 0.03 * (2 * i - 3) + 0.08), head.top - head.height * 0.1},
             {x + w * 0.22, head.top + head.height * 0.2}},
            {.material = look.hair_color, .tone = i % 2, .edge = Edge::none});
      }
      break;
    case Hair::tail: {
      const double r = std::max(1.0, w * 0.15);
      if (side)
        canvas.limb({head.left, head.hairline - 1.0}, {head.left - r, head.bottom + r}, r, r * 0.6,
                    ink);
      if (back)
        canvas.limb({head.x, double(head.hairline)}, {head.x, head.bottom + r * 2}, r, r * 0.7,
                    {.material = look.hair_color, .tone = 1, .edge = Edge::hard});
      if (!side && !back)
        canvas.limb({head.right - r, head.bottom - r}, {head.right - r, head.bottom + r * 1.5},
                    r * 0.8, r * 0.6, ink);
      break;
    }
    case Hair::bald_top: {
      const double y = head.hairline;
      if (back) {
        canvas.box(head.left, y, head.right, head.bottom - 1, decal(look.hair_color));
      } else if (side) {
        canvas.box(head.left, y, head.x - w * 0.1, head.bottom - 1, decal(look.hair_color));
      } else {
        canvas.box(head.left, y, head.left + std::max(1.0, w * 0.1), head.bottom - 1,
                   decal(look.hair_color));
        canvas.box(head.right - std::max(1.0, w * 0.1), y, head.right, head.bottom - 1,
                   decal(look.hair_color));
      }
      break;
    }
  }
}

void paint_beard(Canvas& canvas, const Head& head, const FigureLook& look) {
  if (head.facing == Facing::north) return;
  const double w = head.width * 0.36;
  const double top = head.eyes + head.eye_height + (head.fine ? 1 : 0);
  const double drop = head.height * 0.3;
  const double x = head.facing == Facing::east ? head.x + head.width * 0.22 : head.x;
  canvas.polygon({{x - w, top},
                  {x + w, top},
                  {x + w * 0.8, head.bottom},
                  {x, head.bottom + drop},
                  {x - w * 0.8, head.bottom}},
                 {.material = look.hair_color});
}

void paint_worn_helmet(Canvas& canvas, const Head& head, const FigureLook& look) {
  const bool south = head.facing == Facing::south;
  const bool east = head.facing == Facing::east;
  const int bottom = head.eyes + head.eye_height;
  if (look.full_visor && (south || east)) {
    const double from = east ? head.x : head.left + head.width * 0.14;
    const double to = east ? head.right : head.right - head.width * 0.14;
    canvas.box(from, head.eyes, to, head.eyes + std::max(1, head.eye_height - 1),
               decal(Material::outline));
    if (head.fine && south)
      canvas.box(head.x - 1, bottom, head.x + 1, head.bottom - 1, decal(look.hat_color, -1));
  } else if (south || east) {
    paint_face(canvas, head, look.skin, head.hairline + 1);
  }
  const double r = std::max(0.6, head.width * 0.1);
  if (!head.fine && head.height < 8) return;
  if (east) {
    canvas.limb({head.x, head.top + r}, {head.left - r, head.hairline + r}, r, r * 0.7,
                {.material = look.accent});
  } else {
    canvas.limb({head.x, head.top + r * 0.5}, {head.x, head.hairline - r}, r * 0.8, r * 0.6,
                {.material = look.accent});
  }
}

void paint_pointed_hat(Canvas& canvas, const Head& head, const FigureLook& look) {
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

void paint_horns(Canvas& canvas, const Head& head) {
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

void paint_hat(Canvas& canvas, const Head& head, const FigureLook& look) {
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

Material skull_material(const FigureLook& look) {
  if (look.skeleton) return Material::bone;
  if (look.hat == Hat::helmet || look.hat == Hat::horned || look.hat == Hat::hood)
    return look.hat_color;
  const bool is_bald = look.hair == Hair::none || look.hair == Hair::bald_top;
  return is_bald ? look.skin : look.hair_color;
}

}  // namespace

void paint_head(Canvas& canvas, const FigureBody& body, const FigureLook& look,
                const FigurePose& pose) {
  const Head head = head_of(body);
  const bool covered = look.hat == Hat::helmet || look.hat == Hat::hood || look.hat == Hat::horned;
  if (!covered && !look.skeleton) paint_ears(canvas, head, look);
  paint_skull(canvas, head, skull_material(look));
  if (look.skeleton) {
    paint_bone_face(canvas, head);
    if (look.hat == Hat::helmet) {
      canvas.box(head.left, head.top, head.right, head.hairline, decal(look.hat_color));
    } else {
      paint_hat(canvas, head, look);
    }
    return;
  }
  if (look.hat == Hat::helmet) {
    paint_worn_helmet(canvas, head, look);
    if (!look.full_visor && head.facing != Facing::north)
      paint_eyes(canvas, head, look.skin, pose.eyes_closed);
  } else {
    if (head.facing != Facing::north) {
      paint_face(canvas, head, look.skin,
                 look.hat == Hat::hood ? head.hairline + 0.0 : head.hairline);
      paint_eyes(canvas, head, look.skin, pose.eyes_closed);
    }
    if (!covered) paint_hair(canvas, head, look);
  }
  if (look.beard) paint_beard(canvas, head, look);
  if (look.horns) paint_horns(canvas, head);
  paint_hat(canvas, head, look);
}

}  // namespace dgxp
