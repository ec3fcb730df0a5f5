#include "core/procedural/ramps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace dgxp {
namespace {

constexpr Rgb hex(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 8U & 255U),
          static_cast<std::uint8_t>(value & 255U)};
}

using Targets = std::array<std::uint32_t, 4>;

// In the order of Material.
constexpr std::array<Targets, kMaterialCount> kTargets{{
    {0x000000, 0x000000, 0x000000, 0x000000},  // none
    {0x000000, 0x000000, 0x000000, 0x000000},  // outline
    {0x394a50, 0x577277, 0x819796, 0xc7cfcc},  // steel
    {0x2e2f38, 0x4b4e58, 0x70747c, 0xa5a9ac},  // iron
    {0x4d5666, 0x7d8a9c, 0xb0bccb, 0xe9f0f4},  // silver
    {0x7a4830, 0xc07a26, 0xe8a63a, 0xf6d36c},  // gold
    {0x5a2b22, 0x8f4a32, 0xc0704a, 0xe5a37a},  // copper
    {0x3f2620, 0x6b4430, 0x94673f, 0xc09a62},  // wood
    {0x3d2219, 0x643a25, 0x8a5632, 0xb07d4e},  // leather
    {0x3b3c44, 0x5d5f69, 0x868892, 0xb4b6ba},  // stone
    {0x5f5b58, 0x9b968c, 0xd6d1c0, 0xf5f1e4},  // bone
    {0x7d5a35, 0xb88f58, 0xe0c28a, 0xf6e7bd},  // parchment
    {0x4a6a80, 0x86acbf, 0xc0dfe6, 0xf4fdff},  // glass
    {0x19332d, 0x25562e, 0x468232, 0x75a743},  // jade
    {0x4a0f24, 0x8c1b33, 0xcf3a47, 0xf28a82},  // ruby
    {0x16204f, 0x27459a, 0x3f7fd6, 0x94c8f5},  // sapphire
    {0x0f3d33, 0x1c6b48, 0x37a866, 0x8fe3a0},  // emerald
    {0x321650, 0x5f2f8c, 0x9556c4, 0xd3a2ee},  // amethyst
    {0x3f6f86, 0x79b4c6, 0xb5e3ea, 0xf2ffff},  // diamond
    {0x8d5440, 0xc98462, 0xeab38c, 0xfbdcbb},  // skin_light
    {0x73422f, 0xa56b4b, 0xcb936b, 0xe9bf98},  // skin_tan
    {0x40241c, 0x6a3f2e, 0x925f45, 0xb98763},  // skin_dark
    {0x2b4a20, 0x4a7a2c, 0x79a83e, 0xb3d266},  // skin_green
    {0x3d4a45, 0x647468, 0x93a38d, 0xc4cdb0},  // skin_grey
    {0x15141c, 0x262633, 0x3f4054, 0x62667c},  // hair_black
    {0x2e1a14, 0x54311f, 0x7d4e2c, 0xa8754a},  // hair_brown
    {0x7a4f22, 0xb9853a, 0xe3bb5e, 0xf8e6a0},  // hair_blond
    {0x5b1d14, 0x93361b, 0xc85c28, 0xee9250},  // hair_red
    {0x6f7683, 0xa1aab3, 0xd3d9dc, 0xf8fafa},  // hair_white
    {0x561024, 0x982434, 0xd43c42, 0xf27e70},  // red
    {0x6b2a12, 0xb04d1c, 0xe67f2e, 0xf9b95e},  // orange
    {0x7a5518, 0xbf8f26, 0xeecb43, 0xfbf09a},  // yellow
    {0x163a2a, 0x26663a, 0x4a9a48, 0x8fcf64},  // green
    {0x103f4a, 0x1b6f78, 0x36a9a4, 0x86e0cc},  // teal
    {0x1b2452, 0x2c4593, 0x4479cf, 0x8bbcf0},  // blue
    {0x33184f, 0x5b2f84, 0x8c55b8, 0xc493e0},  // purple
    {0x6d1f4c, 0xad3d77, 0xe2719f, 0xf8b3c4},  // pink
    {0x3a2318, 0x5f3b26, 0x875a38, 0xad8157},  // brown
    {0x14131b, 0x24242f, 0x3a3b4a, 0x5a5d70},  // black
    {0x6e7787, 0xa8b2bd, 0xdbe1e4, 0xffffff},  // white
    {0x33353e, 0x565a64, 0x82868e, 0xb5b9bd},  // grey
    {0x1f4a2c, 0x35702f, 0x5c9a3a, 0x95c653},  // grass
    {0x1a4031, 0x2b6b38, 0x4f9740, 0x8dc35a},  // leaf
    {0x43291d, 0x6a452c, 0x8f6641, 0xb48c5e},  // dirt
    {0x8d6a3f, 0xc39d5c, 0xe5c985, 0xf7e9b6},  // sand
    {0x8aa6c4, 0xb9d2e4, 0xe0eff5, 0xffffff},  // snow
    {0x173a6b, 0x2762a8, 0x4393d6, 0x90d0f2},  // water
    {0x5c1519, 0xa8281c, 0xe8611f, 0xfbb040},  // lava
    {0xb3281e, 0xe8611f, 0xfba830, 0xfff3a0},  // fire
    {0x4d231d, 0x7d3b2b, 0xa85a3e, 0xcf8560},  // brick
    {0x5e1d22, 0x9c3a36, 0xd0685a, 0xf0a88e},  // meat
    {0x6b3b1b, 0xa8662a, 0xd99a48, 0xf4cd84},  // bread
    {0x1c5a34, 0x2f8f3f, 0x61c74a, 0xb8f06f},  // slime
}};

// 32 colours that serve every material above.
constexpr std::array<std::uint32_t, 32> kBuiltIn{
    0x17141f, 0x2c2a3a, 0x4b4a5c, 0x747786, 0xa4aab4, 0xd6dce0, 0xfbfcf7, 0x3a211c,
    0x63402c, 0x916540, 0xc0955f, 0xe8c98f, 0x571426, 0x97252f, 0xd24a3c, 0xf18d62,
    0xb0581f, 0xe5952f, 0xf6d157, 0x173b2d, 0x296a37, 0x58a043, 0xa3d25d, 0x15474f,
    0x2a8f8c, 0x1c2656, 0x2d4d9c, 0x4b8ad8, 0x9ad4f0, 0x4d2375, 0x9358b5, 0xe487a8};

struct NamedMaterial {
  std::string_view word;
  Material material;
};
constexpr NamedMaterial kWords[] = {
    {"steel", Material::steel},         {"metal", Material::steel},
    {"metallic", Material::steel},      {"mithril", Material::silver},
    {"iron", Material::iron},           {"lead", Material::iron},
    {"silver", Material::silver},       {"platinum", Material::silver},
    {"gold", Material::gold},           {"golden", Material::gold},
    {"brass", Material::gold},          {"copper", Material::copper},
    {"bronze", Material::copper},       {"wood", Material::wood},
    {"wooden", Material::wood},         {"oak", Material::wood},
    {"leather", Material::leather},     {"stone", Material::stone},
    {"rocky", Material::stone},         {"granite", Material::stone},
    {"cobblestone", Material::stone},   {"bone", Material::bone},
    {"ivory", Material::bone},          {"paper", Material::parchment},
    {"parchment", Material::parchment}, {"glass", Material::glass},
    {"crystal", Material::diamond},     {"diamond", Material::diamond},
    {"jade", Material::jade},           {"emerald", Material::emerald},
    {"ruby", Material::ruby},           {"garnet", Material::ruby},
    {"sapphire", Material::sapphire},   {"amethyst", Material::amethyst},
    {"obsidian", Material::black},      {"red", Material::red},
    {"crimson", Material::red},         {"scarlet", Material::red},
    {"orange", Material::orange},       {"yellow", Material::yellow},
    {"green", Material::green},         {"teal", Material::teal},
    {"cyan", Material::teal},           {"turquoise", Material::teal},
    {"blue", Material::blue},           {"navy", Material::blue},
    {"purple", Material::purple},       {"violet", Material::purple},
    {"magenta", Material::pink},        {"pink", Material::pink},
    {"brown", Material::brown},         {"black", Material::black},
    {"dark", Material::black},          {"white", Material::white},
    {"grey", Material::grey},           {"gray", Material::grey},
    {"sandy", Material::sand},          {"sand", Material::sand},
    {"snowy", Material::snow},          {"snow", Material::snow},
    {"ice", Material::diamond},         {"icy", Material::diamond},
    {"frozen", Material::diamond},      {"lava", Material::lava},
    {"magma", Material::lava},          {"brick", Material::brick},
    {"poison", Material::slime},        {"fiery", Material::fire},
};

// Costs are whole numbers, so that no two compilers order two nearly equal choices differently.
using Cost = std::int64_t;

double chroma(const Oklab& color) {
  return std::sqrt(color.a * color.a + color.b * color.b);
}

Cost to_cost(double value) {
  return static_cast<Cost>(value * 1e6);
}

// Hue tells a material apart more than lightness does, and a dull colour is no substitute for a
// strong one.
Cost distance(const Oklab& target, const Oklab& color) {
  const double l = target.l - color.l;
  const double a = target.a - color.a;
  const double b = target.b - color.b;
  const double loss = std::max(0.0, chroma(target) - chroma(color));
  return to_cost(std::sqrt(l * l + 2.5 * (a * a + b * b)) + 0.5 * loss);
}

// How much the way from one step to the next leaves the hue of the target's way.
Cost bend(const Oklab& target_from, const Oklab& target_to, const Oklab& from, const Oklab& to) {
  const double a = (to.a - from.a) - (target_to.a - target_from.a);
  const double b = (to.b - from.b) - (target_to.b - target_from.b);
  return to_cost(0.6 * std::sqrt(a * a + b * b));
}

struct Shade {
  Rgb color;
  Oklab lab;
};

std::vector<Shade> sorted_by_lightness(const std::vector<Rgb>& colors) {
  std::vector<Shade> shades;
  shades.reserve(colors.size());
  for (const Rgb color : colors) shades.push_back({color, to_oklab(color)});
  std::ranges::sort(shades, [](const Shade& a, const Shade& b) {
    const auto key = [](const Shade& s) {
      return std::pair(static_cast<Cost>(s.lab.l * 1e6), s.color);
    };
    return key(a) < key(b);
  });
  const auto end = std::ranges::unique(shades, {}, &Shade::color).begin();
  shades.erase(end, shades.end());
  return shades;
}

constexpr Cost kRepeatCost = 60000;      // a step that adds no shade
constexpr Cost kOutlineCost = 300000;    // a lit surface in the outline's colour would vanish
constexpr std::size_t kCandidates = 12;  // per step

struct Candidate {
  std::size_t shade = 0;  // in the palette, from dark to light
  Cost own = 0;
  Cost total = 0;        // with the best way to it
  std::size_t from = 0;  // candidate of the step before
};

std::vector<Candidate> candidates_for(const Oklab& target, const std::vector<Shade>& shades,
                                      std::optional<Rgb> avoided) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < shades.size(); ++i) {
    const Cost penalty = shades[i].color == avoided ? kOutlineCost : 0;
    candidates.push_back({.shade = i, .own = distance(target, shades[i].lab) + penalty});
  }
  std::ranges::sort(candidates, {}, [](const Candidate& c) { return std::pair(c.own, c.shade); });
  candidates.resize(std::min(candidates.size(), kCandidates));
  return candidates;
}

// The cheapest path through four steps that never gets darker. Should the candidates of two steps
// leave none, the nearest one is taken.
Ramp nearest_ramp(const Targets& targets, const std::vector<Shade>& shades, Rgb outline) {
  std::array<Oklab, 4> target;
  for (std::size_t i = 0; i < 4; ++i) target.at(i) = to_oklab(hex(targets.at(i)));
  std::array<std::vector<Candidate>, 4> steps;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto avoided = i == 0 ? std::nullopt : std::optional(outline);
    steps.at(i) = candidates_for(target.at(i), shades, avoided);
    for (Candidate& to : steps.at(i)) {
      to.total = to.own;
      if (i == 0) continue;
      Cost best = std::numeric_limits<Cost>::max();
      for (std::size_t j = 0; j < steps.at(i - 1).size(); ++j) {
        const Candidate& from = steps.at(i - 1)[j];
        Cost cost = from.total + bend(target.at(i - 1), target.at(i), shades[from.shade].lab,
                                      shades[to.shade].lab);
        if (from.shade == to.shade) cost += kRepeatCost;
        if (from.shade > to.shade) cost += 10 * kOutlineCost;
        if (cost >= best) continue;
        best = cost;
        to.from = j;
      }
      to.total += best;
    }
  }
  Ramp ramp;
  auto at = static_cast<std::size_t>(std::ranges::min_element(steps[3], {}, &Candidate::total) -
                                     steps[3].begin());
  for (std::size_t i = 4; i-- > 0;) {
    ramp.at(i) = shades[steps.at(i)[at].shade].color;
    at = steps.at(i)[at].from;
  }
  return ramp;
}

double mean_distance(const Targets& targets, const Ramp& ramp) {
  Cost sum = 0;
  for (std::size_t i = 0; i < ramp.size(); ++i)
    sum += distance(to_oklab(hex(targets.at(i))), to_oklab(ramp.at(i)));
  return static_cast<double>(sum) / 4e6;
}

Rgb darkest(const std::vector<Shade>& shades) {
  const auto darkness = [](const Shade& shade) {
    return to_cost(shade.lab.l + 0.3 * chroma(shade.lab));
  };
  return std::ranges::min_element(shades, {}, darkness)->color;
}

}  // namespace

Material find_material(std::string_view word) {
  for (const NamedMaterial& named : kWords)
    if (named.word == word) return named.material;
  return Material::none;
}

RampSet::RampSet(std::span<const Rgb> palette) : colors_(palette.begin(), palette.end()) {
  if (colors_.empty())
    for (const std::uint32_t value : kBuiltIn) colors_.push_back(hex(value));
  const std::vector<Shade> shades = sorted_by_lightness(colors_);
  outline_ = darkest(shades);
  for (std::size_t i = 0; i < kMaterialCount; ++i) {
    ramps_.at(i) = nearest_ramp(kTargets.at(i), shades, outline_);
    misfits_.at(i) = mean_distance(kTargets.at(i), ramps_.at(i));
  }
  ramps_.at(static_cast<std::size_t>(Material::outline)).fill(outline_);
}

}  // namespace dgxp
