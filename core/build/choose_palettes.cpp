#include "core/build/choose_palettes.hpp"

#include <utility>
#include <vector>

#include "core/image/auto_palette.hpp"
#include "core/image/extend_palette.hpp"

namespace dgxp {
namespace {

bool is_placeholder(const MasterSpec& master, const Lock& lock) {
  const auto locked = lock.jobs.find(master.id);
  return locked != lock.jobs.end() && locked->second.origin == Origin::placeholder;
}

class PaletteChooser {
 public:
  PaletteChooser(const ProjectSpec& project, const Inputs& inputs, const FreshMasters& fresh,
                 Lock& lock, Palettes& palettes)
      : project_(project), inputs_(inputs), fresh_(fresh), lock_(lock), palettes_(palettes) {}

  /// A palette may come from one that is chosen itself, hence the rounds.
  Result<std::set<std::string>> run() {
    std::set<std::string> chosen;
    for (bool again = true; again;) {
      again = false;
      for (const PaletteSpec& spec : project_.palettes) {
        if (!is_chosen(spec) || palettes_.contains(spec.name)) continue;
        if (auto done = choose(spec); !done) return done.error();
        if (palettes_.contains(spec.name)) again = chosen.insert(spec.name).second || again;
      }
    }
    return chosen;
  }

 private:
  std::vector<const Image*> images_of(const PaletteSpec& spec) const {
    std::vector<const Image*> art;
    std::vector<const Image*> placeholders;
    for (const MasterSpec& master : project_.masters) {
      if (master.palette != spec.name) continue;
      const auto fresh = fresh_.find(master.id);
      const auto present = inputs_.masters.find(master.id);
      if (fresh != fresh_.end()) {
        (fresh->second.placeholder ? placeholders : art).push_back(fresh->second.image);
      } else if (present != inputs_.masters.end()) {
        (is_placeholder(master, lock_) ? placeholders : art).push_back(&present->second.image);
      }
    }
    return art.empty() ? placeholders : art;
  }

  Result<Done> choose(const PaletteSpec& spec) {
    const std::vector<const Image*> images = images_of(spec);
    auto own = own_colors(spec, inputs_.files, lock_, palettes_);
    if (!own) return own.error();
    if (!*own || images.empty()) return Done{};
    LockedPalette chosen;
    if (spec.extend > 0) {
      chosen.colors = extend_palette(**own, images, spec.extend).colors;
      chosen.extend = spec.extend;
      chosen.added.assign(
          chosen.colors.begin() + static_cast<std::ptrdiff_t>((*own)->colors.size()),
          chosen.colors.end());
    } else {
      auto palette = make_auto_palette(images, spec.auto_colors);
      if (!palette) return palette.error();
      chosen.colors = std::move(palette->colors);
    }
    LockedPalette& locked = lock_.palettes[spec.name];
    // What masters of before were drawn in stays until outputs are made of them.
    if (locked.colors.empty()) locked.colors = std::move(chosen.colors);
    locked.auto_colors = spec.auto_colors;
    locked.extend = chosen.extend;
    locked.added = std::move(chosen.added);
    auto all = resolve_palettes(project_, inputs_.files, lock_);
    if (!all) return all.error();
    palettes_ = std::move(*all);
    return Done{};
  }

  const ProjectSpec& project_;
  const Inputs& inputs_;
  const FreshMasters& fresh_;
  Lock& lock_;
  Palettes& palettes_;
};

}  // namespace

bool is_chosen(const PaletteSpec& spec) {
  return spec.auto_colors > 0 || spec.extend > 0;
}

Result<std::set<std::string>> choose_palettes(const ProjectSpec& project, const Inputs& inputs,
                                              const FreshMasters& fresh, Lock& lock,
                                              Palettes& palettes) {
  return PaletteChooser(project, inputs, fresh, lock, palettes).run();
}

std::set<std::string> forget_changed_palettes(const ProjectSpec& project, Lock& lock) {
  std::set<std::string> forgotten;
  for (const PaletteSpec& spec : project.palettes) {
    const auto locked = lock.palettes.find(spec.name);
    if (spec.auto_colors == 0 || locked == lock.palettes.end()) continue;
    const int chosen = locked->second.auto_colors;
    const bool has_more = std::ssize(locked->second.colors) > spec.auto_colors;
    if (chosen == 0 ? !has_more : chosen == spec.auto_colors) continue;
    lock.palettes.erase(locked);
    forgotten.insert(spec.name);
  }
  return forgotten;
}

void forget_placeholder_palettes(const ProjectSpec& project, const Inputs& inputs,
                                 const std::set<std::string>& redrawn, Lock& lock) {
  for (const PaletteSpec& spec : project.palettes) {
    if (!is_chosen(spec) || !lock.palettes.contains(spec.name)) continue;
    bool becomes_art = false;
    bool has_placeholder = false;
    bool has_art = false;
    for (const MasterSpec& master : project.masters) {
      if (master.palette != spec.name) continue;
      becomes_art = becomes_art || redrawn.contains(master.id);
      if (!inputs.masters.contains(master.id)) continue;
      (is_placeholder(master, lock) ? has_placeholder : has_art) = true;
    }
    if (becomes_art && has_placeholder && !has_art) lock.palettes.erase(spec.name);
  }
}

}  // namespace dgxp
