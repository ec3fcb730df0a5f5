#include <algorithm>

#include "core/procedural/painters.hpp"

namespace dgxp {
namespace {

// The border is the same all along each side, so that a nine-slice may stretch it.
void paint_border(Canvas& canvas, Material material, int border) {
  const Size size = canvas.size();
  const double w = size.width;
  const double h = size.height;
  canvas.box(0, 0, w, h, flat(Material::outline));
  canvas.box(1, 1, w - 1, h - 1, flat(material, 0));
  canvas.box(1, 1, w - 1, 2, decal(material, 1));
  canvas.box(1, 1, 2, h - 1, decal(material, 1));
  canvas.box(1, h - 2, w - 1, h - 1, decal(material, -1));
  canvas.box(w - 2, 1, w - 1, h - 1, decal(material, -1));
  canvas.box(border - 1, border - 1, w - border + 1, h - border + 1, decal(material, -3));
}

// What text stands on: paper, the frame's own material in shadow, or darkness.
Ink inside_of(const Scene& scene, SplitMix& random, Material frame) {
  const bool dark = scene.prompt->has("dark");
  const int choice = random.below(3);
  const bool has_paper = scene.ramps->misfit(Material::parchment) < 0.07;
  if (!dark && choice == 0 && has_paper) return flat(Material::parchment);
  if (!dark && choice < 2) return flat(frame, -1);
  return flat(Material::black, -1);
}

struct Corner {
  Canvas& canvas;
  Material metal;
  int reach;  // pixels along each side
  bool right;
  bool below;
  bool round;
};

// A metal fitting that embraces the corner: lit on the upper left wherever it sits.
void paint_corner(const Corner& corner) {
  const Size size = corner.canvas.size();
  const auto dot = [&](int x, int y, const Ink& ink) {
    corner.canvas.dot(corner.right ? size.width - 1 - x : x, corner.below ? size.height - 1 - y : y,
                      ink);
  };
  const int r = corner.reach;
  for (int y = 0; y < r; ++y) {
    for (int x = 0; x < r; ++x) {
      const int depth = corner.round ? x + y : std::max(x, y);
      const int last = corner.round ? r + 1 : r - 1;
      if (depth > last) continue;
      const bool rim = x == 0 || y == 0 || depth == last;
      dot(x, y, rim ? flat(Material::outline) : flat(corner.metal));
    }
  }
  const int lit = corner.right || corner.below ? 0 : 1;
  dot(1, 1, flat(corner.metal, lit));
  if (r < 4) return;
  dot(1, 2, flat(corner.metal, corner.right ? -1 : 1));
  dot(2, 1, flat(corner.metal, corner.below ? -1 : 1));
  dot(2, 2, flat(Material::outline));
}

}  // namespace

void paint_panel(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  const Size size = canvas.size();
  const Prompt& prompt = *scene.prompt;
  const Material material =
      prompt.color(scene.pick(random, {Material::wood, Material::wood, Material::steel}));
  const int side = std::min(size.width, size.height);
  const int border = std::max(2, side / 6);
  paint_border(canvas, material, border);
  const double w = size.width;
  const double h = size.height;
  canvas.box(border, border, w - border, h - border, inside_of(scene, random, material));
  if (side < 12) return;
  const Material metal = material == Material::gold || material == Material::steel
                             ? Material::copper
                             : scene.pick(random, {Material::gold, Material::iron, Material::gold});
  const bool round = random.chance(50);
  for (const bool right : {false, true})
    for (const bool below : {false, true})
      paint_corner({canvas, metal, border + std::max(1, border / 2), right, below, round});
}

void paint_button(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  const Prompt& prompt = *scene.prompt;
  const double w = canvas.size().width;
  const double h = canvas.size().height;
  const Material material = prompt.metal(prompt.color(
      scene.pick(random, {Material::wood, Material::blue, Material::green, Material::stone})));
  const bool pressed =
      prompt.has_any({"pressed", "down"}) || (scene.frames > 1 && scene.frame % 2 == 1);
  const double lip = std::max(1.0, h / 8);  // the side that a raised button shows below
  canvas.box(0, 0, w, h, flat(Material::outline));
  canvas.box(1, 1, w - 1, h - 1, flat(material, -1));
  const double top = pressed ? 1 + lip * 0.5 : 1;
  const double bottom = pressed ? h - 1 : h - 1 - lip;
  canvas.box(1, top, w - 1, bottom, flat(material, 0));
  canvas.box(1, top, w - 1, top + 1, decal(material, pressed ? -1 : 1));
  canvas.box(1, top, 2, bottom, decal(material, pressed ? -1 : 1));
  if (std::min(w, h) < 8) return;
  for (const double x : {1.0, w - 2}) {  // rounded corners
    canvas.box(x, top, x + 1, top + 1, flat(Material::outline));
    canvas.box(x, h - 2, x + 1, h - 1, flat(Material::outline));
  }
  canvas.box(3, top + 2, 5, top + 3, decal(Material::white, 1));
  canvas.box(2, top + 2, 3, top + 4, decal(material, pressed ? 0 : 1));
  canvas.box(w - 3, top + 2, w - 2, bottom - 1, decal(material, -1));
}

}  // namespace dgxp
