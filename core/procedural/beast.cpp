#include <algorithm>
#include <array>
#include <string_view>

#include "core/procedural/painters.hpp"
#include "core/procedural/pen.hpp"

namespace dgxp {
namespace {

enum class Ears : std::uint8_t { pointed, round, hanging, horned };

// What tells four-legged animals apart at this size.
struct Breed {
  std::string_view word;
  Material fur;
  Ears ears;
  double head;   // radius
  double body;   // half height
  double legs;   // length
  double snout;  // length
  double tail;   // length; negative: curled up
  bool wings;
};

constexpr std::array<Breed, 14> kBreeds{{
    {"rat", Material::grey, Ears::round, 1.9, 2.3, 1.2, 1.4, 4.4, false},
    {"mouse", Material::brown, Ears::round, 2.0, 2.1, 1.0, 1.0, 4.4, false},
    {"wolf", Material::grey, Ears::pointed, 2.2, 2.1, 3.6, 1.8, 3.2, false},
    {"dog", Material::brown, Ears::hanging, 2.3, 1.9, 3.2, 1.5, 2.6, false},
    {"cat", Material::orange, Ears::pointed, 2.2, 1.7, 2.8, 0.7, 4.0, false},
    {"fox", Material::orange, Ears::pointed, 2.0, 1.7, 2.8, 1.8, 3.8, false},
    {"boar", Material::brown, Ears::pointed, 2.4, 2.7, 2.2, 1.8, 1.0, false},
    {"pig", Material::pink, Ears::hanging, 2.4, 2.6, 2.0, 1.0, -1.0, false},
    {"sheep", Material::white, Ears::hanging, 1.9, 2.8, 2.4, 0.8, 0.8, false},
    {"cow", Material::white, Ears::horned, 2.2, 2.5, 3.0, 1.2, 3.0, false},
    {"horse", Material::brown, Ears::pointed, 1.9, 2.1, 4.2, 2.0, 3.4, false},
    {"deer", Material::bread, Ears::horned, 1.8, 1.8, 4.2, 1.4, 0.8, false},
    {"bear", Material::brown, Ears::round, 2.6, 3.0, 2.6, 1.2, 0.5, false},
    {"dragon", Material::red, Ears::horned, 2.3, 2.4, 2.6, 1.8, 4.6, true},
}};

const Breed& breed_of(const Prompt& prompt) {
  for (const Breed& breed : kBreeds)
    if (prompt.has(breed.word)) return breed;
  return kBreeds[2];
}

void paint_ear(Pen& pen, const Breed& breed, Vec root, double side, double size, Material fur) {
  const Ink ink{.material = fur, .tone = side > 0 ? -1 : 0, .edge = Edge::soft};
  switch (breed.ears) {
    case Ears::pointed:
      pen.polygon({{root.x - size, root.y + size * 0.6},
                   {root.x + side * size * 0.5, root.y - size * 1.4},
                   {root.x + size, root.y + size * 0.6}},
                  ink);
      break;
    case Ears::round:
      pen.ellipse(root.x + side * size * 0.6, root.y - size * 0.2, size * 1.1, size * 1.1,
                  {.material = fur, .tone = 1});
      break;
    case Ears::hanging:
      pen.ellipse(root.x + side * size * 1.2, root.y + size * 1.0, size * 0.7, size * 1.4,
                  {.material = fur, .tone = -1});
      break;
    case Ears::horned:
      pen.bow(root, {root.x + side * size * 1.8, root.y},
              {root.x + side * size * 1.4, root.y - size * 1.8}, 0.55, 0.35,
              {.material = Material::bone});
      break;
  }
}

void paint_wing(Pen& pen, Vec root, double side, double flap, Material skin) {
  pen.polygon({root,
               {root.x + side * 1.4, root.y - 4.0 + flap},
               {root.x + side * 4.6, root.y - 3.4 + flap * 1.6},
               {root.x + side * 3.6, root.y - 1.2 + flap},
               {root.x + side * 2.6, root.y + 0.4},
               {root.x + side * 1.2, root.y + 0.8}},
              {.material = skin, .tone = -1, .shade = Shade::flat});
}

void paint_side_view(Pen& pen, const Breed& breed, const Scene& scene, Material fur) {
  const double stride = scene.motion == Motion::walk ? cos_turns(scene.phase()) : 0;
  const double breath = scene.motion == Motion::idle && scene.phase() >= 0.5 ? 0.35 : 0;
  const double lunge = scene.motion == Motion::attack ? 1.2 * sin_turns(scene.progress() * 0.5) : 0;
  const double hip = 12 - breed.legs;
  const double y = std::max(breed.body + 0.6, hip - breed.body * 0.7) + breath;
  const auto leg = [&](double x, double swing, int tone) {
    pen.limb({x, hip - 0.6}, {x + swing, 11.4}, 0.85, 0.7,
             {.material = fur, .tone = tone, .edge = Edge::soft});
  };
  const double reach = std::min(1.4, breed.legs * 0.5) * stride;
  leg(3.4, -reach, -1);
  leg(8.0, reach, -1);
  const double wag = scene.frames > 1 ? 0.6 * sin_turns(scene.phase()) : 0;
  const Ink tail{.material = fur, .tone = 0};
  const bool thin = breed.ears == Ears::round;
  if (breed.tail > 0.9)
    pen.bow({2.0, y}, {-0.2, y + 0.6},
            {std::max(0.4, 1.8 - breed.tail * 0.4), y - breed.tail * 0.6 + wag}, thin ? 0.4 : 0.8,
            thin ? 0.3 : 0.6, thin ? Ink{.material = Material::pink} : tail);
  if (breed.tail < 0) pen.ellipse(1.0, y - 1.2 + wag, 0.8, 0.8, tail);
  pen.ellipse(5.6 + lunge * 0.4, y, 4.4, breed.body, {.material = fur}, 0.25);
  leg(2.6, reach, 0);
  leg(7.4, -reach, 0);
  const double r = breed.head;
  const Vec head{std::min(9.2, 11.6 - breed.snout - r * 0.6) + lunge,
                 std::max(r + 1.0, y - breed.body * 0.65 - (breed.legs > 4 ? 1.4 : 0))};
  if (breed.wings) paint_wing(pen, {5.4, y - 1.0}, -1, wag, fur);
  if (breed.legs > 4)
    pen.limb({8.0, y - 0.6}, head, 1.4, 1.0, {.material = fur, .edge = Edge::none});
  paint_ear(pen, breed, {head.x - r * 0.5, head.y - r * 0.7}, -1, r * 0.5, fur);
  pen.limb(head + Vec{0, 0.4}, {std::min(11.4, head.x + r * 0.7 + breed.snout), head.y + r * 0.4},
           r * 0.6, r * 0.4, {.material = fur, .edge = Edge::none});
  pen.ellipse(head.x, head.y, r, r * 0.92,
              {.material = fur, .edge = breed.legs > 4 ? Edge::none : Edge::soft});
  pen.spot(head.x + r * 0.2, head.y - r * 0.4,
           decal(scene.motion == Motion::death ? Material::red : Material::outline), 0.9);
  pen.spot(std::min(10.9, head.x + r * 0.6 + breed.snout), head.y, decal(Material::outline), 0.8);
}

void paint_front_view(Pen& pen, const Breed& breed, const Scene& scene, Material fur, bool back) {
  const double stride = scene.motion == Motion::walk ? cos_turns(scene.phase()) : 0;
  const double breath = scene.motion == Motion::idle && scene.phase() >= 0.5 ? 0.4 : 0;
  const double wag = scene.frames > 1 ? 0.7 * sin_turns(scene.phase()) : 0;
  const double lift = std::min(0.9, breed.legs * 0.3);
  const double half = breed.body * 1.15;
  if (breed.wings)
    for (const double s : {-1.0, 1.0}) paint_wing(pen, {6 + s * 1.2, 7}, s, wag, fur);
  for (const double s : {-1.0, 1.0}) {
    const double up = s * stride > 0.3 ? lift : 0;
    pen.box(6 + s * half * 0.55 - 0.8, 9.6, 6 + s * half * 0.55 + 0.8, 12 - up,
            {.material = fur, .tone = 0}, 0.2);
  }
  pen.ellipse(6, 8.6 + breath * 0.5, half + 0.4, std::min(2.9, breed.body + 0.6),
              {.material = fur});
  if (back && breed.tail > 0.9)
    pen.bow({6, 8.6}, {6 + wag, 10.4}, {6.4 + wag * 1.5, 6.4}, 0.6, 0.5,
            {.material = fur, .tone = 1});
  const double r = breed.head + 0.5;
  const Vec head{6 + scene.glance / pen.scale(), std::max(r + 1.0, 5.4 + breath)};
  for (const double s : {-1.0, 1.0})
    paint_ear(pen, breed, {head.x + s * r * 0.62, head.y - r * 0.66}, s, r * 0.46, fur);
  pen.ellipse(head.x, head.y, r * 1.08, r, {.material = fur, .edge = Edge::hard});
  if (back) return;
  pen.ellipse(head.x, head.y + r * 0.5, r * 0.52, r * 0.42, flat_decal(fur, 1));
  for (const double s : {-1.0, 1.0})
    pen.spot(head.x + s * r * 0.5 - 0.45, head.y - r * 0.3, decal(Material::outline), 0.9);
  pen.spot(head.x - 0.5, head.y + r * 0.3,
           decal(breed.fur == Material::pink ? Material::red : Material::outline), 1);
}

Material plumage(const Scene& scene, SplitMix& random) {
  const Prompt& prompt = *scene.prompt;
  const Material by_seed =
      scene.pick(random, {Material::blue, Material::red, Material::green, Material::yellow});
  if (prompt.has_any({"crow", "raven"})) return Material::black;
  if (prompt.has_any({"chicken", "hen", "rooster"})) return Material::white;
  if (prompt.has("duck")) return Material::yellow;
  return prompt.has("owl") ? Material::brown : by_seed;
}

}  // namespace

void paint_beast(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  Breed breed = breed_of(*scene.prompt);
  const Material fur = scene.prompt->color(
      scene.pick(random, {breed.fur, breed.fur, Material::brown, Material::grey}));
  breed.head *= random.between(0.92, 1.08);
  breed.body *= random.between(0.9, 1.1);
  breed.tail *= random.between(0.8, 1.1);
  if (scene.facing == Facing::east || !scene.is_directed) {
    paint_side_view(pen, breed, scene, fur);
  } else {
    paint_front_view(pen, breed, scene, fur, scene.facing == Facing::north);
  }
  const bool dead = scene.motion == Motion::death && scene.progress() > 0.6;
  if (dead) canvas.lay_down(canvas.size().height - canvas.inset());
}

void paint_bird(Canvas& canvas, const Scene& scene) {
  SplitMix random(scene.look);
  Pen pen(canvas);
  const Prompt& prompt = *scene.prompt;
  const bool hen = prompt.has_any({"chicken", "hen", "rooster"});
  const Material by_kind = plumage(scene, random);
  const Material plume = prompt.color(by_kind);
  const double flap =
      scene.frames > 1 && scene.motion != Motion::idle ? cos_turns(scene.phase()) : 0;
  const double peck = scene.motion == Motion::idle && scene.phase() >= 0.5 ? 0.6 : 0;
  for (const double x : {4.8, 7.0}) pen.line({x, 10}, {x, 11.9}, flat(Material::orange));
  pen.polygon({{2.6, 7.4}, {0.2, 4.6}, {0.4, 7.6}, {1.6, 9.0}},
              {.material = plume, .tone = -1, .shade = Shade::flat});
  pen.ellipse(5.4, 7.8, 3.9, 2.9, {.material = plume});
  const Vec head{8.4, 4.4 + peck};
  if (hen)
    pen.polygon({{7.2, 2.8 + peck},
                 {7.6, 0.8 + peck},
                 {8.4, 1.8 + peck},
                 {9.4, 0.8 + peck},
                 {9.4, 3.0 + peck}},
                flat(Material::red));
  pen.polygon({{10.0, 3.8 + peck}, {11.9, 4.9 + peck}, {10.0, 5.6 + peck}}, flat(Material::orange));
  pen.ellipse(head.x, head.y, 2.4, 2.4, {.material = plume, .edge = Edge::none});
  pen.spot(8.9, head.y - 0.9, decal(Material::outline), 0.9);
  pen.polygon({{3.0, 6.8}, {6.8, 6.6}, {5.6, 8.6 - flap * 2.4}, {2.4, 9.6 - flap * 4.8}},
              {.material = plume, .tone = -1, .shade = Shade::flat, .edge = Edge::soft});
}

}  // namespace dgxp
