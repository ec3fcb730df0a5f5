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

}  // namespace

void paint_panel(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  const Size size = canvas.size();
  const Prompt& prompt = *scene.prompt;
  const Material material = prompt.color(random.chance(70) ? Material::wood : Material::steel);
  const int side = std::min(size.width, size.height);
  const int border = std::max(2, side / 6);
  paint_border(canvas, material, border);
  const double w = size.width;
  const double h = size.height;
  const Ink inner = inside_of(scene, random, material);
  canvas.box(border, border, w - border, h - border, inner);
  if (side < 12) return;
  const int knob = std::max(2, border);
  const Material metal = material == Material::gold ? Material::steel : Material::gold;
  for (const double x : {0.0, w - knob}) {
    for (const double y : {0.0, h - knob}) {
      canvas.box(x, y, x + knob, y + knob, flat(Material::outline));
      canvas.box(x + 1, y + 1, x + knob - 1, y + knob - 1, flat(metal, 0));
      if (knob > 3) canvas.dot(static_cast<int>(x) + 1, static_cast<int>(y) + 1, flat(metal, 1));
    }
  }
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
  canvas.box(2, top, w - 2, top + 1, decal(material, pressed ? -1 : 1));
  canvas.box(1, top, 2, bottom, decal(material, pressed ? -1 : 1));
}

}  // namespace dgxp
