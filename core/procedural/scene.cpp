#include "core/procedural/scene.hpp"

#include <algorithm>
#include <vector>

namespace dgxp {

Motion read_motion(std::string_view animation, int frames) {
  struct Named {
    std::string_view word;
    Motion motion;
  };
  constexpr Named kNamed[] = {
      {"idle", Motion::idle},           {"walk", Motion::walk},       {"run", Motion::walk},
      {"move", Motion::walk},           {"fly", Motion::walk},        {"hop", Motion::walk},
      {"attack", Motion::attack},       {"hit", Motion::attack},      {"slash", Motion::attack},
      {"swing", Motion::attack},        {"shoot", Motion::attack},    {"cast", Motion::attack},
      {"celebrate", Motion::celebrate}, {"cheer", Motion::celebrate}, {"win", Motion::celebrate},
      {"victory", Motion::celebrate},   {"jump", Motion::celebrate},  {"dance", Motion::celebrate},
      {"hurt", Motion::hurt},           {"damage", Motion::hurt},     {"death", Motion::death},
      {"die", Motion::death},           {"dead", Motion::death}};
  for (const Named& named : kNamed)
    if (named.word == animation) return named.motion;
  return frames > 1 ? Motion::idle : Motion::still;
}

Material Scene::pick(SplitMix& random, std::initializer_list<Material> from) const {
  constexpr double kTolerance = 0.05;
  const auto misfit = [&](Material material) { return ramps->misfit(material); };
  const double best = misfit(*std::ranges::min_element(from, {}, misfit));
  std::vector<Material> fitting;
  for (const Material material : from)
    if (misfit(material) <= best + kTolerance) fitting.push_back(material);
  // One draw, whatever the palette is, so that what follows does not change with it.
  return fitting[random.next() % fitting.size()];
}

}  // namespace dgxp
