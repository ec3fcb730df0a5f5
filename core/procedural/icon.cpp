#include <algorithm>
#include <cmath>
#include <vector>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {

void paint_heart(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material color = scene.prompt->color(scene.pick(random, {Material::red, Material::ruby}));
  const double wide = random.between(0.9, 1.0);
  const double beat = scene.frames > 1 ? 1 - 0.1 * (scene.frame % 2) : 1;
  const auto heart = [&](double dx, double dy, const Ink& ink) {
    const auto x = [&](double v) { return 6 + dx + (v - 6) * beat * wide; };
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
  pen.ellipse(6, 6, rx, 5.5, {.material = metal, .tone = -1, .shade = Shade::flat});
  if (rx > 1.5) pen.ellipse(6 - 0.35, 6 - 0.4, rx - 0.7, 4.9, decal(metal, 0));
  if (rx > 2.6) {
    pen.ellipse(6, 6, rx - 1.6, 4.0, decal(metal, -1));
    pen.ellipse(6, 6.5, rx - 2.1, 3.5, decal(metal, 0));
    const double w = 0.28 * rx;
    const Ink mark = decal(metal, 1);
    switch (random.below(4)) {
      case 0:
        pen.polygon({{6, 3.4}, {6 + w, 6}, {6, 8.6}, {6 - w, 6}}, mark);
        break;
      case 1:
        pen.box(6 - w * 0.5, 4.0, 6 + w * 0.5, 8.0, mark);
        break;
      case 2:
        pen.ellipse(6, 6, w, 2.0, mark);
        break;
      default:
        pen.polygon({{6 - w * 1.2, 7.8},
                     {6 - w * 1.2, 4.2},
                     {6, 6},
                     {6 + w * 1.2, 4.2},
                     {6 + w * 1.2, 7.8}},
                    mark);
    }
  } else {
    pen.box(6 - 0.4, 2, 6 + 0.2, 10, decal(metal, 1));
  }
  pen.limb({6 - rx * 0.72, 4.6}, {6 - rx * 0.45, 2.6}, 0.4, 0.4, decal(metal, 1));
}

void paint_gem(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material gem = prompt.gem(prompt.material_of(
      {"gem"},
      prompt.color(scene.pick(random, {Material::ruby, Material::sapphire, Material::emerald,
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

void paint_potion(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material liquid = prompt.material_of(
      {"liquid"}, prompt.color(scene.pick(random, {Material::red, Material::blue, Material::green,
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

void paint_gear(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const Material metal = prompt.metal(prompt.color(Material::steel));
  const double turn = scene.frames > 1 ? scene.phase() / 8 : 0;
  const int teeth = random.chance(70) ? 8 : 6;
  const double hub = random.between(1.3, 1.9);
  for (int i = 0; i < teeth; ++i) {
    const Vec d = from_down(turn + static_cast<double>(i) / teeth);
    pen.limb(Vec{6, 6} + d * 3.6, Vec{6, 6} + d * 5.0, 1.05, 0.9,
             {.material = metal, .shade = Shade::flat, .edge = Edge::none});
  }
  pen.ellipse(6, 6, 4.3, 4.3, {.material = metal, .edge = Edge::none});
  pen.ellipse(6, 6, 2.9, 2.9, decal(metal, -1));
  pen.ellipse(6.2, 6.2, 2.5, 2.5, flat_decal(metal, 0));
  pen.ellipse(6, 6, hub, hub, {});
}

void paint_map(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material paper = scene.prompt->color(Material::parchment);
  pen.polygon({{0.6, 2.2},
               {4.2, 1.2},
               {7.8, 2.2},
               {11.4, 1.2},
               {11.4, 9.8},
               {7.8, 10.8},
               {4.2, 9.8},
               {0.6, 10.8}},
              flat(paper));
  pen.polygon({{4.2, 1.2}, {7.8, 2.2}, {7.8, 10.8}, {4.2, 9.8}}, decal(paper, -1));
  pen.polygon({{0.6, 2.2}, {4.2, 1.2}, {4.2, 2.0}, {0.6, 3.0}}, decal(paper, 1));
  const Ink ink = decal(Material::outline);
  const double y = 4.0 + random.between(0, 2);
  for (const Vec dash :
       {Vec{1.8, y + 3.4}, Vec{3.4, y + 2.0}, Vec{5.4, y + 2.4}, Vec{7.0, y + 1.0}})
    pen.spot(dash.x, dash.y, ink, 0.9);
  const Ink red = decal(Material::red);
  const double x = 9.4;
  pen.limb({x - 1, y - 0.6}, {x + 0.9, y + 1.3}, 0.4, 0.4, red);
  pen.limb({x + 0.9, y - 0.6}, {x - 1, y + 1.3}, 0.4, 0.4, red);
}

void paint_scroll(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material paper = scene.prompt->color(Material::parchment);
  const Material handle = scene.pick(random, {Material::wood, Material::gold, Material::leather});
  pen.box(2.2, 1.8, 9.8, 10.4, flat(paper));
  for (const double y : {3.6, 5.4, 7.2})
    pen.box(3.6, y, y > 7 ? 6.4 : 8.4, y + 0.7, decal(paper, -2));
  pen.box(1.0, 0.4, 11.0, 2.8, {.material = paper}, 0.8);
  pen.box(1.0, 9.2, 11.0, 11.8, {.material = paper}, 0.8);
  for (const double x : {1.0, 10.0}) pen.box(x, 9.2, x + 1, 11.8, decal(handle, 0));
  for (const double x : {1.0, 10.0}) pen.box(x, 0.4, x + 1, 2.8, decal(handle, 0));
  pen.ellipse(8.4, 8.2, 1.2, 1.2,
              decal(scene.pick(random, {Material::red, Material::blue, Material::green})));
}

void paint_book(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material cover =
      scene.prompt->color(scene.pick(random, {Material::red, Material::blue, Material::green,
                                              Material::purple, Material::leather}));
  pen.box(1.2, 0.8, 10.6, 11.6, {.material = cover, .shade = Shade::bevel}, 0.8);
  pen.box(2.4, 9.4, 10.6, 11.0, flat_decal(Material::parchment, 1));
  pen.box(2.4, 10.2, 10.6, 10.6, decal(Material::parchment, -1));
  pen.box(1.2, 0.8, 2.8, 11.6, decal(cover, -1));
  const Material metal = scene.pick(random, {Material::gold, Material::silver});
  pen.polygon(star_points({6.6, 5.0}, random.chance(50) ? 4 : 8, {2.4, 1.1}), decal(metal, 0));
  for (const double y : {0.8, 7.8}) pen.box(9.2, y, 10.6, y + 1.4, decal(metal, 0));
}

void paint_speaker(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material body =
      scene.prompt->color(scene.pick(random, {Material::steel, Material::iron, Material::silver}));
  const double horn = random.between(4.2, 5.4);
  const bool muted = scene.prompt->has_any({"mute", "muted", "off"});
  pen.box(0.6, 4.0, 3.6, 8.0, {.material = body, .shade = Shade::flat});
  pen.polygon({{3.0, 4.0}, {6.4, 6 - horn}, {6.4, 6 + horn}, {3.0, 8.0}},
              {.material = body, .shade = Shade::flat, .edge = Edge::soft});
  pen.polygon({{3.0, 6.4}, {6.4, 6.8}, {6.4, 6 + horn}, {3.0, 8.0}}, decal(body, -1));
  pen.box(0.6, 4.0, 3.0, 4.8, decal(body, 1));
  if (muted) {
    pen.limb({8.2, 4.4}, {11.2, 7.6}, 0.55, 0.55, flat(Material::red));
    pen.limb({11.2, 4.4}, {8.2, 7.6}, 0.55, 0.55, flat(Material::red));
    return;
  }
  const Ink wave = flat(scene.prompt->color(Material::white));
  const int shown = scene.frames > 1 ? scene.frame % 3 : 2;
  if (shown > 0) pen.bow({8.0, 4.0}, {9.4, 6.0}, {8.0, 8.0}, 0.45, 0.45, wave);
  if (shown > 1) pen.bow({9.6, 2.0}, {13.0, 6.0}, {9.6, 10.0}, 0.45, 0.45, wave);
}

void paint_star(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material color = scene.prompt->metal(scene.prompt->color(Material::yellow));
  const double waist = random.between(0.85, 1.2);
  const double turn = scene.frames > 1 ? 0.03 * sin_turns(scene.phase()) : 0;
  pen.polygon(star_points({6, 6.4}, 10, {6.2, 2.7 * waist}, turn),
              {.material = color, .tone = -1, .shade = Shade::flat, .edge = Edge::none});
  pen.polygon(star_points({5.6, 5.9}, 10, {5.6, 2.5 * waist}, turn), decal(color, 0));
  pen.polygon(star_points({5.2, 5.4}, 10, {3.0, 1.4 * waist}, turn), decal(color, 1));
}

void paint_skull(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material bone =
      scene.prompt->color(scene.pick(random, {Material::bone, Material::white, Material::bone}));
  pen.box(3.4, 7.6, 8.6, 11.4, {.material = bone}, 0.8);
  pen.ellipse(6, 5.2, 5.2, 4.7, {.material = bone, .edge = Edge::none}, 0.35);
  const double socket = random.between(1.2, 1.6);
  const Ink dark = decal(Material::outline);
  for (const double s : {-1.0, 1.0}) pen.ellipse(6 + s * 2.2, 5.8, socket, socket * 1.1, dark);
  pen.polygon({{6, 7.0}, {6.7, 8.4}, {5.3, 8.4}}, dark);
  for (const double x : {4.5, 6.0, 7.5}) pen.box(x - 0.25, 9.8, x + 0.25, 11.4, dark);
}

}  // namespace dgxp
