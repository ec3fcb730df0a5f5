#include <algorithm>
#include <cmath>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

template <std::size_t Count>
Material pick(SplitMix& random, const std::array<Material, Count>& from) {
  return from.at(static_cast<std::size_t>(random.below(static_cast<int>(Count))));
}

}  // namespace

void paint_sword(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material metal = prompt.metal(prompt.color(Material::steel));
  const Material guard = pick(random, std::array{Material::gold, Material::copper, Material::iron});
  const Material grip = pick(random, std::array{Material::leather, Material::red, Material::blue});
  const bool is_short = prompt.has_any({"short", "dagger", "knife"});
  const double start = is_short ? 4.4 : 3.9;  // where the blade leaves the guard, on the diagonal
  const double end = prompt.has_any({"dagger", "knife"}) ? 9.6 : 11.7;
  const double w = (prompt.has_any({"rapier", "katana"}) ? 0.55 : 0.8) + 0.2 * random.below(2);
  const auto at = [](double along, double across) {
    return Vec{along + across, 12 - along + across};
  };
  pen.polygon({at(start, 0), at(start, -w), at(end - w, -w), at(end, 0)},
              {.material = metal, .tone = 1, .shade = Shade::flat, .edge = Edge::none});
  pen.polygon({at(start, w), at(start, 0), at(end, 0), at(end - w, w)},
              {.material = metal, .tone = -1, .shade = Shade::flat, .edge = Edge::none});
  pen.limb(at(start - 1, 0), at(1.6, 0), 0.6, 0.6, {.material = grip});
  const double g = 1.5 + 0.4 * random.below(2);
  pen.limb(at(start, -g), at(start, g), 0.65, 0.65, {.material = guard});
  pen.ellipse(at(1.1, 0).x, at(1.1, 0).y, 0.95, 0.95, {.material = guard});
}

void paint_potion(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material liquid = prompt.material_of(
      {"liquid"},
      prompt.color(pick(random, std::array{Material::red, Material::blue, Material::green,
                                           Material::purple, Material::orange})));
  const int shape = random.below(3);
  const Ink glass{.material = Material::glass};
  pen.box(4.7, 2.4, 7.3, 5.4, glass);
  if (shape == 0) pen.ellipse(6, 8, 4.1, 4.0, glass);
  if (shape == 1)
    pen.polygon({{4.7, 4.6}, {7.3, 4.6}, {10.6, 11}, {9.8, 12}, {2.2, 12}, {1.4, 11}}, glass);
  if (shape == 2) pen.box(2.6, 4.6, 9.4, 12, glass, 1.6);
  const double wave = scene.frames > 1 ? 0.5 * sin_turns(scene.phase()) : 0;
  const double level = 7.0;
  pen.polygon({{0, level + wave}, {12, level - wave}, {12, 11.3}, {0, 11.3}}, decal(liquid));
  pen.polygon(
      {{0, level + wave}, {12, level - wave}, {12, level + 1 - wave}, {0, level + 1 + wave}},
      decal(liquid, 1));
  pen.spot(shape == 2 ? 3.6 : 3.4, 7.4, decal(Material::white, 1), 0.9);
  pen.box(4.2, 2.6, 7.8, 3.6, {.material = Material::glass, .tone = 1, .shade = Shade::flat});
  pen.box(4.8, 0.6, 7.2, 2.7, {.material = Material::wood});
}

void paint_heart(Canvas& canvas, const Scene& scene) {
  Pen pen(canvas);
  const Material color = scene.prompt->color(Material::red);
  const double beat = scene.frames > 1 ? 1 - 0.1 * (scene.frame % 2) : 1;
  const auto heart = [&](double dx, double dy, const Ink& ink) {
    const auto x = [&](double v) { return 6 + dx + (v - 6) * beat; };
    const auto y = [&](double v) { return 12 + dy + (v - 12) * beat; };
    pen.ellipse(x(3.3), y(4.2), 3.0 * beat, 3.0 * beat, ink);
    pen.ellipse(x(8.7), y(4.2), 3.0 * beat, 3.0 * beat, ink);
    pen.polygon(
        {{x(0.5), y(5.2)}, {x(2.5), y(3)}, {x(9.5), y(3)}, {x(11.5), y(5.2)}, {x(6), y(11.6)}},
        ink);
  };
  heart(0, 0, {.material = color, .tone = -1, .shade = Shade::flat, .edge = Edge::none});
  heart(-0.9, -1.0, decal(color));
  pen.ellipse(3.0, 3.7, 1.1, 1.0, decal(color, 1));
}

void paint_coin(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = scene.prompt->metal(Material::gold);
  const double turn = scene.frames > 1 ? cos_turns(scene.phase() / 2) : 1;
  const double rx = std::max(0.9, 5.2 * std::abs(turn));
  pen.ellipse(6, 6.2, rx, 5.6, {.material = metal, .tone = -1, .shade = Shade::flat});
  if (rx > 1.5) pen.ellipse(6 - 0.35, 6.2 - 0.4, rx - 0.7, 4.9, decal(metal, 0));
  if (rx > 2.6) {
    pen.ellipse(6, 6.2, rx - 1.6, 4.0, decal(metal, -1));
    pen.ellipse(6.2, 6.5, rx - 2.1, 3.5, decal(metal, 0));
    const double w = 0.28 * rx;
    if (random.chance(50)) {
      pen.polygon({{6, 3.6}, {6 + w, 6.2}, {6, 8.8}, {6 - w, 6.2}}, decal(metal, 1));
    } else {
      pen.box(6 - w * 0.5, 4.2, 6 + w * 0.5, 8.2, decal(metal, 1));
    }
  } else {
    pen.box(6 - 0.4, 2, 6 + 0.2, 10, decal(metal, 1));
  }
  pen.limb({6 - rx * 0.72, 4.6}, {6 - rx * 0.45, 2.6}, 0.4, 0.4, decal(metal, 1));
}

void paint_key(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material metal = scene.prompt->metal(scene.prompt->color(Material::gold));
  const auto at = [](double along, double across) {
    return Vec{along + across, 12 - along + across};
  };
  const Ink ink{.material = metal, .edge = Edge::none};
  pen.limb(at(2.4, 0), at(8, 0), 0.62, 0.62, ink);
  const int teeth = 2 + random.below(2);
  for (int i = 0; i < teeth; ++i) {
    const double t = 1.9 + 1.5 * i;
    pen.limb(at(t, 0), at(t, 1.2 - 0.2 * (i % 2)), 0.55, 0.55, ink);
  }
  const Vec bow = at(8.6, 0);
  pen.ellipse(bow.x, bow.y, 3.2, 3.2, {.material = metal, .edge = Edge::none});
  pen.ellipse(bow.x, bow.y, 1.25, 1.25, decal(Material::outline));
}

void paint_gem(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material gem = prompt.gem(prompt.material_of(
      {"gem"},
      prompt.color(pick(random, std::array{Material::ruby, Material::sapphire, Material::emerald,
                                           Material::amethyst, Material::diamond}))));
  const double w = 5.2 + 0.4 * random.below(2);
  const double crown = 4.4;
  const auto facet = [&](std::initializer_list<Vec> points, int tone) {
    pen.polygon(points, {.material = gem, .tone = tone, .shade = Shade::flat, .edge = Edge::none});
  };
  const double t = w * 0.58;
  const double m = w * 0.42;
  facet({{6 - t, 1.2}, {6 + t, 1.2}, {6 + w, crown}, {6, 11.6}, {6 - w, crown}}, 0);
  facet({{6 - t, 1.2}, {6 - m, crown}, {6 - w, crown}}, 0);
  facet({{6 + t, 1.2}, {6 + w, crown}, {6 + m, crown}}, -1);
  facet({{6 - t, 1.2}, {6 + t, 1.2}, {6 + m, crown}, {6 - m, crown}}, 1);
  facet({{6 - w, crown}, {6 - m, crown}, {6, 11.6}}, -1);
  facet({{6 + m, crown}, {6 + w, crown}, {6, 11.6}}, -2);
  pen.spot(6 - m * 0.8, 2.2, decal(Material::white, 1), 0.9);
}

}  // namespace dgxp
