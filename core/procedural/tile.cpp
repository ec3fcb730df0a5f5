#include <algorithm>
#include <string_view>

#include "core/procedural/painters.hpp"

namespace dgxp {
namespace {

// All patterns are drawn on a torus: what leaves at one side comes in at the other.
class Torus {
 public:
  explicit Torus(Canvas& canvas) : canvas_(canvas) {}
  void dot(int x, int y, Material material, int tone) {
    const Size size = canvas_.size();
    canvas_.dot(((x % size.width) + size.width) % size.width,
                ((y % size.height) + size.height) % size.height,
                {.material = material, .tone = tone, .shade = Shade::flat, .edge = Edge::none});
  }
  void box(int x0, int y0, int x1, int y1, Material material, int tone) {
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x) dot(x, y, material, tone);
  }
  Size size() const { return canvas_.size(); }

 private:
  Canvas& canvas_;
};

void paint_grass(Torus& torus, SplitMix& random) {
  const Size size = torus.size();
  torus.box(0, 0, size.width, size.height, Material::grass, 0);
  const int tufts = std::max<int>(1, static_cast<int>(size.area() / 22));
  for (int i = 0; i < tufts; ++i) {
    const int x = random.below(size.width);
    const int y = random.below(size.height);
    const int tone = random.chance(55) ? -1 : 1;
    torus.dot(x, y, Material::grass, tone);
    torus.dot(x + 1, y + 1, Material::grass, tone);
    torus.dot(x + 2, y, Material::grass, tone);
  }
}

void paint_specks(Torus& torus, SplitMix& random, Material material) {
  const Size size = torus.size();
  torus.box(0, 0, size.width, size.height, material, 0);
  const int specks = std::max<int>(1, static_cast<int>(size.area() / 28));
  for (int i = 0; i < specks; ++i) {
    const int x = random.below(size.width);
    const int y = random.below(size.height);
    const int tone = random.chance(60) ? -1 : 1;
    torus.box(x, y, x + 2, y + 1, material, tone);
    if (random.chance(30)) torus.box(x, y + 1, x + 1, y + 2, material, tone);
  }
}

// Courses of bricks or slabs; every second one is moved by half a brick.
void paint_courses(Torus& torus, SplitMix& random, Material material, int rows, int columns) {
  const Size size = torus.size();
  for (int r = 0; r < rows; ++r) {
    const int y0 = size.height * r / rows;
    const int y1 = size.height * (r + 1) / rows;
    const int move = r % 2 == 1 ? size.width / columns / 2 : 0;
    for (int c = 0; c < columns; ++c) {
      const int x0 = size.width * c / columns + move;
      const int x1 = size.width * (c + 1) / columns + move;
      const int tone = random.chance(25) ? -1 : 0;
      torus.box(x0, y0, x1, y1, material, tone);
      torus.box(x0, y0, x1 - 1, y0 + 1, material, tone + 1);
      torus.box(x0, y0, x0 + 1, y1 - 1, material, tone + 1);
      torus.box(x0, y1 - 1, x1, y1, material, -2);
      torus.box(x1 - 1, y0, x1, y1, material, -2);
    }
  }
}

void paint_water(Torus& torus, SplitMix& random, double phase) {
  const Size size = torus.size();
  torus.box(0, 0, size.width, size.height, Material::water, 0);
  const int waves = std::max<int>(1, static_cast<int>(size.area() / 48));
  const int drift = round_half_up(phase * size.width);
  for (int i = 0; i < waves; ++i) {
    const int x = random.below(size.width) + drift;
    const int y = random.below(size.height);
    const int length = 2 + random.below(3);
    torus.box(x, y, x + length, y + 1, Material::water, 1);
    torus.box(x - 1, y + 1, x + length + 1, y + 2, Material::water, -1);
  }
}

void paint_planks(Torus& torus, SplitMix& random) {
  const Size size = torus.size();
  const int rows = std::max(1, size.height / 5);
  for (int r = 0; r < rows; ++r) {
    const int y0 = size.height * r / rows;
    const int y1 = size.height * (r + 1) / rows;
    torus.box(0, y0, size.width, y1, Material::wood, 0);
    torus.box(0, y0, size.width, y0 + 1, Material::wood, 1);
    torus.box(0, y1 - 1, size.width, y1, Material::wood, -2);
    const int joint = random.below(size.width);
    torus.box(joint, y0, joint + 1, y1, Material::wood, -2);
    const int grain = random.below(size.width);
    if (y1 - y0 > 3) torus.box(grain, y0 + 2, grain + size.width / 3, y0 + 3, Material::wood, -1);
  }
}

void paint_brick_wall(Torus& torus, SplitMix& random, const Scene& scene) {
  const Size size = torus.size();
  const Material brick = scene.prompt->has("stone") ? Material::stone : Material::brick;
  paint_courses(torus, random, brick, std::max(1, size.height / 8 * 2),
                std::max(1, size.width / 8));
}

void paint_flagstones(Torus& torus, SplitMix& random, const Scene& scene) {
  const Size size = torus.size();
  paint_courses(torus, random, scene.prompt->color(Material::stone), std::max(1, size.height / 8),
                std::max(1, size.width / 8));
}

struct Pattern {
  std::string_view words;
  void (*paint)(Torus&, SplitMix&, const Scene&);
};

constexpr Pattern kPatterns[] = {
    {"grass meadow lawn",
     [](Torus& torus, SplitMix& random, const Scene&) { paint_grass(torus, random); }},
    {"water sea river lake", [](Torus& torus, SplitMix& random,
                                const Scene& scene) { paint_water(torus, random, scene.phase()); }},
    {"brick wall", paint_brick_wall},
    {"wood wooden plank",
     [](Torus& torus, SplitMix& random, const Scene&) { paint_planks(torus, random); }},
    {"dirt earth soil mud path", [](Torus& torus, SplitMix& random,
                                    const Scene&) { paint_specks(torus, random, Material::dirt); }},
    {"sand desert beach", [](Torus& torus, SplitMix& random,
                             const Scene&) { paint_specks(torus, random, Material::sand); }},
    {"snow ice", [](Torus& torus, SplitMix& random,
                    const Scene&) { paint_specks(torus, random, Material::snow); }},
    {"lava magma", [](Torus& torus, SplitMix& random,
                      const Scene&) { paint_specks(torus, random, Material::lava); }},
};

}  // namespace

void paint_tile(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Torus torus(canvas);
  for (const Pattern& pattern : kPatterns) {
    if (!scene.prompt->has_one_of(pattern.words)) continue;
    pattern.paint(torus, random, scene);
    return;
  }
  paint_flagstones(torus, random, scene);
}

}  // namespace dgxp
