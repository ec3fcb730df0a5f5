#include "core/build/resolve_palettes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/image/follow_palette.hpp"
#include "core/image/palette_file.hpp"

namespace dgxp {
namespace {

const LockedPalette* find_locked(const Lock& lock, const std::string& name) {
  const auto found = lock.palettes.find(name);
  return found == lock.palettes.end() ? nullptr : &found->second;
}

Error at_palette(const PaletteSpec& spec, std::string message, std::string hint = {}) {
  return {.kind = ErrorKind::manifest,
          .message = std::move(message),
          .hint = std::move(hint),
          .place = spec.place};
}

Result<Palette> recolored(const PaletteSpec& spec, const Palette& base,
                          const LockedPalette* locked) {
  Palette palette = base;
  for (const auto& [from, to] : spec.map) {
    const std::optional<int> position =
        locked == nullptr ? base.find(from) : find_position(from, base, *locked);
    if (!position) {
      return at_palette(spec,
                        fmt::format("palette '{}' replaces {}, which is not in palette '{}'",
                                    spec.name, to_hex(from), *spec.from),
                        "use a colour of that palette on the left side");
    }
    palette.colors[static_cast<std::size_t>(*position)] = to;
  }
  return palette;
}

Result<std::optional<Palette>> given_colors(const PaletteSpec& spec,
                                            const std::map<std::string, Bytes>& files,
                                            const Lock& lock, const Palettes& done) {
  using Given = std::optional<Palette>;
  const auto as_given = [](Palette palette) { return Given(std::move(palette)); };
  if (spec.auto_colors > 0) return Given(Palette{});
  if (spec.file) {
    const auto content = files.find(*spec.file);
    if (content == files.end()) {
      return at_palette(spec, fmt::format("file '{}' does not exist", *spec.file));
    }
    return parse_palette(*spec.file, content->second)
        .map(as_given)
        .map_error([&](const Error& error) { return at_palette(spec, error.message, error.hint); });
  }
  if (!spec.from) return Given(Palette{spec.colors});
  const auto base = done.find(*spec.from);
  if (base == done.end()) return Given{};
  return recolored(spec, base->second, find_locked(lock, *spec.from)).map(as_given);
}

/// One palette whose base, if it has one, is in `done`. Nothing when it has to wait for its
/// masters.
Result<std::optional<Palette>> resolve_one(const PaletteSpec& spec,
                                           const std::map<std::string, Bytes>& files,
                                           const Lock& lock, const Palettes& done) {
  const LockedPalette* locked = find_locked(lock, spec.name);
  auto palette = own_colors(spec, files, lock, done);
  if (!palette || !*palette) return palette;
  if (spec.auto_colors > 0) {
    if (locked == nullptr || locked->colors.empty()) return std::optional<Palette>{};
    (*palette)->colors = locked->colors;
  }
  if (spec.extend > 0) {
    const bool is_chosen = locked != nullptr && locked->extend == spec.extend &&
                           locked->added.size() <= static_cast<std::size_t>(spec.extend);
    if (!is_chosen) return std::optional<Palette>{};
    for (const Rgb color : locked->added)
      if (!(*palette)->find(color)) (*palette)->colors.push_back(color);
  }
  return palette;
}

}  // namespace

Result<std::optional<Palette>> own_colors(const PaletteSpec& spec,
                                          const std::map<std::string, Bytes>& files,
                                          const Lock& lock, const Palettes& done) {
  auto palette = given_colors(spec, files, lock, done);
  if (!palette || !*palette || spec.extend == 0) return palette;
  const std::size_t own = (*palette)->colors.size();
  if (own + static_cast<std::size_t>(spec.extend) <= kMostPaletteColors) return palette;
  return at_palette(spec,
                    fmt::format("palette '{}' has {} colours and could get {} more, which is more "
                                "than {}",
                                spec.name, own, spec.extend, kMostPaletteColors),
                    "a palette has at most 256 colours: make 'extend' less");
}

Result<Palettes> resolve_palettes(const ProjectSpec& project,
                                  const std::map<std::string, Bytes>& files, const Lock& lock) {
  Palettes done;
  // A palette may stand above its base in the manifest: each round resolves one more link.
  for (std::size_t round = 0; round <= project.palettes.size(); ++round) {
    const std::size_t before = done.size();
    for (const PaletteSpec& spec : project.palettes) {
      if (done.contains(spec.name)) continue;
      auto palette = resolve_one(spec, files, lock, done);
      if (!palette) return palette.error();
      if (*palette) done.emplace(spec.name, std::move(**palette));
    }
    if (done.size() == before) break;
  }
  return done;
}

}  // namespace dgxp
