#include "core/build/checks.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/image/follow_palette.hpp"
#include "core/image/lint_motion.hpp"
#include "core/image/lint_pixels.hpp"

namespace dgxp {
namespace {

constexpr std::array<CheckRule, 13> kRules{{
    {"palette", "every pixel has a colour of the sprite's palette"},
    {"coverage", "frames are neither too empty nor too full"},
    {"baseline_drift", "feet stand on one line in all frames of an animation"},
    {"centre_drift", "a figure stays in the middle through all frames of an animation"},
    {"color_count", "a sprite has no more colours than allowed"},
    {"soft_alpha", "every pixel is opaque or transparent"},
    {"canvas", "no frame is empty, and the background of a figure is gone"},
    {"mixels", "all pixels of a sprite have one size"},
    {"strays", "no single pixel stands apart from the figure"},
    {"outline", "an outline has no gaps"},
    {"flicker", "no surface changes its shade for a single frame"},
    {"loop_seam", "a loop comes back to its first frame without a jump"},
    {"tile_seam", "opposite edges of a seamless tile meet"},
}};

/// Every colour the finished sprite may show.
std::set<Rgb> allowed_colors(const SpriteSpec& spec, const Palettes& palettes) {
  std::set<Rgb> allowed;
  for (const std::string& name : {spec.palette, spec.variant_palette}) {
    const auto palette = palettes.find(name);
    if (palette == palettes.end()) continue;
    allowed.insert(palette->second.colors.begin(), palette->second.colors.end());
  }
  for (const auto& [from, to] : spec.recolor) allowed.insert(to);
  return allowed;
}

double coverage_of(const Image& frame) {
  const auto opaque = std::ranges::count_if(frame.pixels, [](Rgba p) { return p.a != 0; });
  return static_cast<double>(opaque) / static_cast<double>(frame.size.area());
}

using FrameRule = std::optional<Flaw> (*)(const Image&);

/// The checks of one sprite.
class SpriteChecker {
 public:
  SpriteChecker(const ChecksSpec& checks, CheckScope scope, const SpriteSpec& spec,
                const Sprite& sprite, std::vector<Finding>& findings)
      : checks_(checks), scope_(scope), spec_(spec), sprite_(sprite), findings_(findings) {}

  void check_palette(const Palettes& palettes) {
    if (checks_.palette == CheckLevel::off || spec_.palette.empty()) return;
    if (!sprite_.guessed.empty()) add_to_sprite(checks_.palette, "palette", guess_message());
    std::set<Rgb> known = allowed_colors(spec_, palettes);
    for (std::size_t row = 0; row < sprite_.rows.size(); ++row) {
      const std::vector<Image>& frames = sprite_.rows[row].frames;
      for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto strange = [&](Rgb color) { return !known.contains(color); };
        if (std::ranges::none_of(colors_of(frames[i]), strange)) continue;
        for (int y = 0; y < frames[i].size.height; ++y)
          for (int x = 0; x < frames[i].size.width; ++x) {
            const Rgba pixel = frames[i].at(x, y);
            if (pixel.a == 0 || !known.insert(pixel.rgb()).second) continue;
            add(checks_.palette, "palette", row,
                {.frame = static_cast<int>(i),
                 .at = Point{x, y},
                 .message = fmt::format("{} is not in its palette", to_hex(pixel.rgb()))});
          }
      }
    }
  }

  /// What a palette cuts off is not in the frames any more.
  void check_cut_alpha() {
    if (checks_.soft_alpha == CheckLevel::off || sprite_.cut == 0) return;
    add_to_sprite(
        checks_.soft_alpha, "soft_alpha",
        fmt::format("{} drawn with an alpha between 0 and 255: from 128 on they are made "
                    "opaque, below transparent",
                    sprite_.cut == 1 ? "1 pixel is" : fmt::format("{} pixels are", sprite_.cut)));
  }

  void check_color_count() {
    if (checks_.colors == CheckLevel::off) return;
    std::set<Rgb> colors;
    for (const SpriteRow& row : sprite_.rows)
      for (const Image& frame : row.frames) {
        const std::vector<Rgb> shown = colors_of(frame);
        colors.insert(shown.begin(), shown.end());
      }
    if (static_cast<int>(colors.size()) <= checks_.colors_max) return;
    add_to_sprite(checks_.colors, "color_count",
                  fmt::format("has {} colours, {} are allowed", colors.size(), checks_.colors_max));
  }

  void check_row(std::size_t row, const MasterSpec* master) {
    check_coverage(row, master != nullptr && master->seamless);
    const RowSpec& spec = spec_.rows[row];
    if (spec.mirrored) return;
    check_frames(row, "soft_alpha", checks_.soft_alpha, find_soft_alpha);
    check_frames(row, "canvas", checks_.canvas, find_empty_canvas);
    if (master != nullptr && !master->drawn_by_hand && !master->seamless &&
        master->recover.background != Background::none)
      check_frames(row, "canvas", checks_.canvas, find_full_canvas);
    check_frames(row, "mixels", checks_.mixels, find_mixed_pixels);
    check_frames(row, "strays", checks_.strays, find_stray_pixels);
    check_frames(row, "outline", checks_.outline, find_outline_gaps);
    if (master != nullptr && master->seamless)
      check_frames(row, "tile_seam", checks_.tile_seam, find_tile_seam);
    check_motion(row);
  }

 private:
  /// Colours of masters that the palette never had: what is shown is a guess.
  std::string guess_message() const {
    constexpr std::size_t kShown = 4;
    std::string names;
    std::size_t shown = 0;
    for (const Rgb color : sprite_.guessed) {
      if (shown++ == kShown) break;
      names += (names.empty() ? "" : ", ") + to_hex(color);
    }
    if (sprite_.guessed.size() > kShown) {
      names += fmt::format(" and {} more", sprite_.guessed.size() - kShown);
    }
    return fmt::format("{} not in palette '{}', the nearest colour is used", names, spec_.palette);
  }

  CheckLevel level_of(std::optional<CheckLevel> asked) const {
    return asked.value_or(scope_ == CheckScope::all ? CheckLevel::warn : CheckLevel::off);
  }

  /// A tile covers its frame.
  void check_coverage(std::size_t row, bool is_tile) {
    if (checks_.coverage == CheckLevel::off) return;
    const std::vector<Image>& frames = sprite_.rows[row].frames;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const double coverage = coverage_of(frames[i]);
      const double most = is_tile ? 1 : checks_.coverage_max;
      if (coverage >= checks_.coverage_min && coverage <= most) continue;
      add(checks_.coverage, "coverage", row,
          {.frame = static_cast<int>(i),
           .message = fmt::format("covers {:.0f} % of its frame, {:.0f} to {:.0f} % are wanted",
                                  coverage * 100, checks_.coverage_min * 100, most * 100)});
    }
  }

  /// One finding a row: that of the first frame, and how many frames have the same.
  void check_frames(std::size_t row, std::string_view rule, std::optional<CheckLevel> asked,
                    FrameRule find) {
    const CheckLevel level = level_of(asked);
    if (level == CheckLevel::off) return;
    std::optional<Flaw> first;
    std::size_t others = 0;
    const std::vector<Image>& frames = sprite_.rows[row].frames;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      auto flaw = find(frames[i]);
      if (!flaw) continue;
      if (first) {
        ++others;
        continue;
      }
      flaw->frame = static_cast<int>(i);
      first = std::move(flaw);
    }
    if (!first) return;
    if (others > 0)
      first->message += fmt::format(", as {} other {}", others, others == 1 ? "frame" : "frames");
    add(level, rule, row, *first);
  }

  void check_motion(std::size_t row) {
    const std::vector<Image>& frames = sprite_.rows[row].frames;
    if (frames.size() < 2) return;
    const MotionDrift drift = measure_drift(frames);
    const CheckLevel baseline = level_of(checks_.baseline_drift);
    if (baseline != CheckLevel::off && drift.baseline > checks_.baseline_drift_max)
      add(baseline, "baseline_drift", row,
          {.frame = drift.baseline_frame,
           .message = fmt::format("the feet move by {} px between frames, {} are allowed",
                                  drift.baseline, checks_.baseline_drift_max)});
    const CheckLevel centre = level_of(checks_.centre_drift);
    if (centre != CheckLevel::off && drift.centre > checks_.centre_drift_max)
      add(centre, "centre_drift", row,
          {.frame = drift.centre_frame,
           .message = fmt::format("the figure wanders by {:.1f} px sideways, {} are allowed",
                                  drift.centre, checks_.centre_drift_max)});
    const RowSpec& spec = spec_.rows[row];
    const bool loops = spec.loop && spec.playback == Playback::forward;
    add_if(level_of(checks_.flicker), "flicker", row, find_flicker(frames, loops));
    if (loops) add_if(level_of(checks_.loop_seam), "loop_seam", row, find_loop_seam(frames));
  }

  void add_if(CheckLevel level, std::string_view rule, std::size_t row,
              const std::optional<Flaw>& flaw) {
    if (flaw && level != CheckLevel::off) add(level, rule, row, *flaw);
  }

  void add(CheckLevel level, std::string_view rule, std::size_t row, const Flaw& flaw) {
    const std::string& name = sprite_.rows[row].name;
    std::string message = flaw.message;
    if (sprite_.rows[row].frames.size() > 1)
      message = fmt::format("frame {} of '{}': {}", flaw.frame, name, message);
    else if (!name.empty())
      message = fmt::format("'{}': {}", name, message);
    if (flaw.at) message += fmt::format(" (at {},{})", flaw.at->x, flaw.at->y);
    add_to_sprite(level, rule, message);
    findings_.back().row = name;
    findings_.back().frame = flaw.frame;
    findings_.back().at = flaw.at;
  }

  void add_to_sprite(CheckLevel level, std::string_view rule, const std::string& message) {
    findings_.push_back({.level = level,
                         .check = std::string(rule),
                         .sprite = spec_.id,
                         .message = fmt::format("sprite '{}': {}", spec_.id, message),
                         .place = spec_.place});
  }

  const ChecksSpec& checks_;
  CheckScope scope_;
  const SpriteSpec& spec_;
  const Sprite& sprite_;
  std::vector<Finding>& findings_;
};

/// What to do about colours that a palette has not.
std::string hint_of(const PaletteSpec& spec) {
  constexpr std::string_view kElse = "draw with its colours, or say `checks: { palette: warn }`";
  const bool is_auto = spec.auto_colors > 0;
  if (!is_auto && spec.extend == 0) {
    return fmt::format("add them to palette '{}' or give it 'extend: N', {}", spec.name, kElse);
  }
  const int number = is_auto ? spec.auto_colors : spec.extend;
  if (number >= 256) return fmt::format("palette '{}' can have no more: {}", spec.name, kElse);
  return fmt::format(
      "'{}: {}' of palette '{}' chose colours once: make it larger and they are chosen anew from "
      "all pictures, {}",
      is_auto ? "auto" : "extend", number, spec.name, kElse);
}

/// For what was known, too: where the colours of a palette come from is not among what that
/// follows from.
void add_hints(const std::vector<PaletteSpec>& palettes, const std::string& name,
               std::span<Finding> findings) {
  for (Finding& finding : findings) {
    if (finding.check != "palette") continue;
    const auto palette = std::ranges::find(palettes, name, &PaletteSpec::name);
    if (palette != palettes.end()) finding.hint = hint_of(*palette);
  }
}

}  // namespace

std::span<const CheckRule> check_rules() {
  return kRules;
}

std::vector<Finding> run_checks(const ProjectSpec& project, std::span<const Sprite> made,
                                const Palettes& palettes, CheckScope scope,
                                const KnownFindings& known) {
  std::unordered_map<std::string_view, const MasterSpec*> masters;
  masters.reserve(project.masters.size());
  for (const MasterSpec& master : project.masters) masters[master.id] = &master;
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const SpriteSpec& spec = project.sprites[i];
    const std::size_t before = findings.size();
    if (i < known.size() && known[i] != nullptr) {
      findings.insert(findings.end(), known[i]->begin(), known[i]->end());
    } else {
      SpriteChecker checker(project.checks, scope, spec, made[i], findings);
      checker.check_palette(palettes);
      checker.check_cut_alpha();
      checker.check_color_count();
      for (std::size_t row = 0; row < spec.rows.size(); ++row) {
        const auto master = masters.find(spec.rows[row].master);
        checker.check_row(row, master == masters.end() ? nullptr : master->second);
      }
    }
    add_hints(project.palettes, spec.palette, std::span(findings).subspan(before));
  }
  return findings;
}

}  // namespace dgxp
