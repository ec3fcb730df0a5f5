#include "core/procedural/ramps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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
    {0x7a4841, 0xbe772b, 0xde9e41, 0xe8c170},  // gold
    {0x5a2b22, 0x8f4a32, 0xc0704a, 0xe5a37a},  // copper
    {0x3f2620, 0x6b4430, 0x94673f, 0xc09a62},  // wood
    {0x3d2219, 0x643a25, 0x8a5632, 0xb07d4e},  // leather
    {0x3b3c44, 0x5d5f69, 0x868892, 0xb4b6ba},  // stone
    {0x6b6152, 0xa39a80, 0xd4ccae, 0xf5f0dc},  // bone
    {0x7d5a35, 0xb88f58, 0xe0c28a, 0xf6e7bd},  // parchment
    {0x4a6a80, 0x86acbf, 0xc0dfe6, 0xf4fdff},  // glass
    {0x19332d, 0x25562e, 0x468232, 0x75a743},  // jade
    {0x4a0f24, 0x8c1b33, 0xcf3a47, 0xf28a82},  // ruby
    {0x16204f, 0x27459a, 0x3f7fd6, 0x94c8f5},  // sapphire
    {0x0f3d33, 0x1c6b48, 0x37a866, 0x8fe3a0},  // emerald
    {0x321650, 0x5f2f8c, 0x9556c4, 0xd3a2ee},  // amethyst
    {0x3f6f86, 0x79b4c6, 0xb5e3ea, 0xf2ffff},  // diamond
    {0x8d5440, 0xc98462, 0xeab38c, 0xfbdcbb},  // skin_light
    {0x6d3d2a, 0xa6683f, 0xcf945f, 0xecc08d},  // skin_tan
    {0x3c2018, 0x653725, 0x8c5638, 0xb37d56},  // skin_dark
    {0x2b4a20, 0x4a7a2c, 0x79a83e, 0xb3d266},  // skin_green
    {0x3d4a45, 0x647468, 0x93a38d, 0xc4cdb0},  // skin_grey
    {0x15141c, 0x262633, 0x3f4054, 0x62667c},  // hair_black
    {0x2e1a14, 0x54311f, 0x7d4e2c, 0xa8754a},  // hair_brown
    {0x7a4f22, 0xb9853a, 0xe3bb5e, 0xf8e6a0},  // hair_blond
    {0x5b1d14, 0x93361b, 0xc85c28, 0xee9250},  // hair_red
    {0x6f7683, 0xa1aab3, 0xd3d9dc, 0xf8fafa},  // hair_white
    {0x4f1020, 0x8a1f2d, 0xc53a3a, 0xec7a5c},  // red
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

// Hue tells a material apart more than lightness does.
Cost distance(const Oklab& a, const Oklab& b) {
  const double l = a.l - b.l;
  const double x = a.a - b.a;
  const double y = a.b - b.b;
  return static_cast<Cost>(std::sqrt(l * l + 2.5 * (x * x + y * y)) * 1e6 + 0.5);
}

struct Shade {
  Rgb color;
  Oklab lab;
};

std::vector<Shade> sorted_by_lightness(const std::vector<Rgb>& colors) {
  std::vector<Shade> shades;
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

constexpr Cost kRepeatCost = 60000;    // a step that adds no shade
constexpr Cost kOutlineCost = 300000;  // a lit surface in the outline's colour would vanish

// The cheapest ascending path through four steps (a step may stay on its shade).
Ramp nearest_ramp(const Targets& targets, const std::vector<Shade>& shades, Rgb outline) {
  const std::size_t count = shades.size();
  std::array<std::vector<Cost>, 4> cost;
  std::array<std::vector<std::size_t>, 4> from;
  for (std::size_t step = 0; step < 4; ++step) {
    const Oklab target = to_oklab(hex(targets.at(step)));
    cost.at(step).resize(count);
    from.at(step).resize(count);
    std::size_t best = 0;  // of the shades darker than `i` in the step before
    for (std::size_t i = 0; i < count; ++i) {
      Cost own = distance(target, shades[i].lab);
      if (step > 0 && shades[i].color == outline) own += kOutlineCost;
      if (step > 0) {
        const auto& before = cost.at(step - 1);
        if (i > 0 && before[i - 1] < before[best]) best = i - 1;
        const bool stays = i == 0 || before[i] + kRepeatCost < before[best];
        from.at(step)[i] = stays ? i : best;
        own += stays ? before[i] + kRepeatCost : before[best];
      }
      cost.at(step)[i] = own;
    }
  }
  Ramp ramp;
  auto at = static_cast<std::size_t>(std::ranges::min_element(cost[3]) - cost[3].begin());
  for (std::size_t step = 4; step-- > 0;) {
    ramp.at(step) = shades[at].color;
    at = from.at(step)[at];
  }
  return ramp;
}

Rgb darkest(const std::vector<Shade>& shades) {
  const auto darkness = [](const Shade& shade) {
    const double chroma = std::sqrt(shade.lab.a * shade.lab.a + shade.lab.b * shade.lab.b);
    return static_cast<Cost>((shade.lab.l + 0.3 * chroma) * 1e6);
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
  for (std::size_t i = 0; i < kMaterialCount; ++i)
    ramps_.at(i) = nearest_ramp(kTargets.at(i), shades, outline_);
  ramps_.at(static_cast<std::size_t>(Material::outline)).fill(outline_);
}

}  // namespace dgxp
