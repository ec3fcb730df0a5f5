#include <algorithm>

#include "core/procedural/figure_head.hpp"

namespace dgxp {
namespace {

FigureHead head_of(const FigureBody& body) {
  FigureHead head;
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

void paint_skull(Canvas& canvas, const FigureHead& head, Material material) {
  canvas.ellipse({head.x, (head.top + head.bottom) / 2}, head.width / 2, head.height / 2,
                 {.material = material, .edge = Edge::hard}, 0.55);
}

// The part of the skull where skin shows.
void paint_face(Canvas& canvas, const FigureHead& head, Material skin, double from) {
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

EyeColumns eye_columns(const FigureHead& head) {
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
void paint_eye(Canvas& canvas, const FigureHead& head, int x, int white, bool closed) {
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
void paint_eyes(Canvas& canvas, const FigureHead& head, Material skin, bool closed) {
  const EyeColumns columns = eye_columns(head);
  const bool dark = skin == Material::skin_dark || skin == Material::skin_green ||
                    skin == Material::red || skin == Material::stone;
  const int white = dark && head.width >= 9 ? 1 : 0;
  if (columns.has_left) paint_eye(canvas, head, columns.left, -white, closed);
  paint_eye(canvas, head, columns.right, columns.has_left ? white : -white, closed);
}

void paint_ears(Canvas& canvas, const FigureHead& head, const FigureLook& look) {
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

void paint_bone_face(Canvas& canvas, const FigureHead& head) {
  if (head.facing == Facing::north) return;
  const EyeColumns columns = eye_columns(head);
  const int size = std::max(1, round_half_up(head.width * 0.2));
  const int y = head.eyes - (size > 1 ? 1 : 0);
  const Ink dark = decal(Material::outline);
  const int grow = size - head.eye_width;
  if (columns.has_left)
    canvas.box(columns.left - grow, y, columns.left - grow + size, y + size, dark);
  canvas.box(columns.right, y, columns.right + size, y + size, dark);
  if (head.height < 8) return;
  const double tooth = head.fine ? 2 : 1;
  const double jaw = head.bottom - tooth - (head.fine ? 0 : 1);
  const bool east = head.facing == Facing::east;
  const double from = east ? head.x + 1 : head.x - round_half_up(head.width * 0.25);
  const double to = east ? head.right - 2 : head.x + head.width * 0.25;
  for (int i = 0; from + 2 * i < to; ++i)
    canvas.box(from + 2 * i, jaw, from + 2 * i + 1, jaw + tooth, dark);
}

void paint_beard(Canvas& canvas, const FigureHead& head, const FigureLook& look) {
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

void paint_worn_helmet(Canvas& canvas, const FigureHead& head, const FigureLook& look) {
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
  const FigureHead head = head_of(body);
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
