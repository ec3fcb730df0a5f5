#include <algorithm>
#include <vector>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

double wind(const Scene& scene, double most) {
  return scene.frames > 1 ? most * sin_turns(scene.phase()) : 0;
}

void paint_conifer(Pen& pen, Material leaf, double sway) {
  for (int i = 0; i < 3; ++i) {
    const double y = 9.9 - 2.7 * i;
    const double w = 4.9 - 1.0 * i;
    const double move = sway * i * 0.4;
    pen.polygon({{6 + move, std::max(0.1, y - 4.6)},
                 {6 + w * 0.6 + move, y - 1.6},
                 {6 + w, y},
                 {6 + w * 0.4, y - 0.5},
                 {6, y + 0.4},
                 {6 - w * 0.4, y - 0.5},
                 {6 - w, y},
                 {6 - w * 0.6 + move, y - 1.6}},
                {.material = leaf});
  }
}

// A ball of leaves: small clumps, each lit by itself, the lower right ones darker.
void paint_crown_of_leaves(Pen& pen, SplitMix& random, Material leaf, Vec center, Vec radius) {
  pen.ellipse(center.x, center.y, radius.x, radius.y, {.material = leaf, .tone = -1});
  const double turn = random.between(0, 1);
  constexpr int kClumps = 6;
  for (int i = 0; i < kClumps; ++i) {
    const Vec d = from_down(turn + static_cast<double>(i) / kClumps);
    const double x = center.x + d.x * radius.x * 0.62;
    const double y = center.y + d.y * radius.y * 0.6;
    pen.ellipse(x, y, radius.x * 0.46, radius.y * 0.44,
                {.material = leaf, .tone = d.x + d.y > 0.9 ? -1 : 0, .edge = Edge::soft});
  }
  pen.ellipse(center.x - radius.x * 0.16, center.y - radius.y * 0.2, radius.x * 0.44,
              radius.y * 0.42, {.material = leaf, .edge = Edge::soft});
}

}  // namespace

void paint_tree(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas, PenFit::stretch);
  const Prompt& prompt = *scene.prompt;
  const bool bare = prompt.has_any({"dead", "bare"});
  const Material said = prompt.color(Material::leaf);
  const Material leaf = said == Material::wood ? Material::leaf : said;  // an oak is no wood yet
  const Ink trunk{.material = Material::wood};
  const double sway = wind(scene, 0.35);
  const bool needle = prompt.has_any({"pine", "fir", "spruce"}) ||
                      (!prompt.has_any({"oak", "birch"}) && random.chance(25));
  pen.polygon({{4.9, 6}, {7.1, 6}, {7.2, 10.8}, {8.4, 12}, {3.6, 12}, {4.8, 10.8}}, trunk);
  if (bare) {
    pen.limb({6, 7}, {5.4, 3}, 1.0, 0.6, trunk);
    pen.limb({5.8, 6}, {2.2, 2.6 + sway}, 0.7, 0.4, trunk);
    pen.limb({6.2, 6.6}, {10, 3.0 - sway}, 0.7, 0.4, trunk);
    pen.limb({5.4, 3.4}, {7.0, 0.8 + sway}, 0.6, 0.4, trunk);
    pen.limb({3.6, 4}, {1.4, 5.0}, 0.5, 0.35, trunk);
  } else if (needle) {
    paint_conifer(pen, leaf, sway);
  } else {
    paint_crown_of_leaves(pen, random, leaf, {6 + sway, 4.5}, {5.5, 4.4});
    if (prompt.has("apple") || random.chance(15))
      for (const Vec fruit : {Vec{3.4, 4.4}, Vec{7.8, 3.0}, Vec{8.2, 6.2}})
        pen.spot(fruit.x + sway, fruit.y, decal(Material::red), 1.1);
  }
}

void paint_bush(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material leaf = Material::leaf;
  const Material berry = scene.prompt->color(
      scene.pick(random, {Material::red, Material::purple, Material::blue, Material::pink}));
  paint_crown_of_leaves(pen, random, leaf, {6 + wind(scene, 0.2), 7.8}, {5.7, 4.0});
  const bool berries = scene.prompt->has_any({"berry", "flower"}) || random.chance(50);
  if (!berries) return;
  for (const Vec spot : {Vec{2.8, 7.6}, Vec{5.4, 5.6}, Vec{8.2, 7.0}, Vec{6.2, 9.2}})
    pen.spot(spot.x, spot.y, decal(berry), 1);
}

void paint_rock(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material stone = scene.prompt->metal(scene.prompt->color(Material::stone));
  const double a = random.between(-0.8, 0.8);
  const double b = random.between(-0.8, 0.8);
  const Vec top{5.2 + a, 2.4 + b * 0.5};
  const Vec ridge{7.6 + a * 0.6, 6.2 + b * 0.4};
  const auto facet = [&](const std::vector<Vec>& points, int tone) {
    pen.polygon(points,
                {.material = stone, .tone = tone, .shade = Shade::flat, .edge = Edge::none});
  };
  facet({{0.6, 9.4},
         {1.6, 5.4 - b},
         top,
         {8.8 + a * 0.5, 3.6},
         {11.2, 7.4 + a},
         {11.4, 11},
         {9.6, 12},
         {1.6, 12}},
        0);
  facet({{1.6, 5.4 - b}, top, {8.8 + a * 0.5, 3.6}, ridge, {4.2, 6.2}}, 1);
  facet({{8.8 + a * 0.5, 3.6}, {11.2, 7.4 + a}, {11.4, 11}, {9.6, 12}, {6.4, 12}, ridge}, -1);
  pen.line({3.4, 7.6}, {4.6, 8.8}, decal(stone, -1));
  pen.line({4.6, 8.8}, {4.2, 10.2}, decal(stone, -1));
  if (scene.prompt->has_any({"ore", "gold", "vein"}))
    for (const Vec fleck : {Vec{3.2, 8.2}, Vec{6.0, 4.6}, Vec{8.8, 9.0}})
      pen.spot(fleck.x, fleck.y, decal(scene.prompt->metal(Material::gold), 1), 1.2);
}

void paint_flower(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Material petal =
      scene.prompt->color(scene.pick(random, {Material::red, Material::pink, Material::yellow,
                                              Material::purple, Material::blue, Material::white}));
  const double sway = wind(scene, 0.6);
  const Vec head{6 + sway, 4.0};
  pen.bow({6, 12}, {5.4, 8}, head, 0.45, 0.45, {.material = Material::leaf});
  pen.polygon({{5.8, 10.8}, {2.4, 9.4}, {1.8, 7.2}, {4.8, 8.4}},
              {.material = Material::leaf, .tone = 1});
  pen.polygon({{5.8, 11.2}, {9.4, 10.2}, {10.0, 8.2}, {7.0, 9.0}}, {.material = Material::leaf});
  const int petals = 5 + random.below(2);
  for (int i = 0; i < petals; ++i) {
    const Vec d = from_down(0.5 + static_cast<double>(i) / petals);
    pen.ellipse(head.x + d.x * 2.2, head.y + d.y * 2.2, 1.7, 1.7,
                {.material = petal, .tone = d.x + d.y > 0.4 ? -1 : 0, .edge = Edge::soft});
  }
  pen.ellipse(head.x, head.y, 1.4, 1.4,
              {.material = petal == Material::yellow ? Material::brown : Material::yellow});
}

void paint_fire(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const bool camp = scene.prompt->has_any({"campfire", "bonfire", "camp"});
  if (camp) {
    pen.limb({1.4, 11.2}, {10.2, 9.4}, 0.9, 0.9, {.material = Material::wood});
    pen.limb({10.6, 11.2}, {1.8, 9.4}, 0.9, 0.9, {.material = Material::wood, .edge = Edge::hard});
  }
  const double still = random.between(0, 1);
  paint_flame(pen, 6, camp ? 10.2 : 12, camp ? 7.6 : 10, camp ? 9.4 : 11.2,
              scene.frames > 1 ? scene.phase() : still);
}

void paint_cactus(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas, PenFit::stretch);
  const Ink ink{.material = scene.prompt->color(Material::green)};
  pen.bow({6, 8.6}, {1.2, 9.6}, {1.9, random.between(3.6, 5.6)}, 1.1, 1.1, ink);
  pen.bow({6, 7.2}, {10.8, 8.0}, {10.1, random.between(2.8, 5.0)}, 1.1, 1.1, ink);
  pen.box(4.2, 0.8, 7.8, 12, {.material = ink.material, .edge = Edge::none}, 1.4);
  for (const Vec thorn : {Vec{5.2, 3.0}, Vec{6.6, 5.2}, Vec{5.4, 7.8}, Vec{6.6, 10}})
    pen.spot(thorn.x, thorn.y, decal(Material::white, 0), 0.6);
  if (random.chance(50)) pen.ellipse(6, 1.2, 1.4, 1.0, {.material = Material::pink});
}

}  // namespace dgxp
