#include "core/build/checks.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace dgxp {
namespace {

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

/// The lowest row with an opaque pixel, or nothing for an empty frame.
std::optional<int> baseline_of(const Image& frame) {
  for (int y = frame.size.height - 1; y >= 0; --y) {
    for (int x = 0; x < frame.size.width; ++x) {
      if (frame.at(x, y).a != 0) return y;
    }
  }
  return std::nullopt;
}

class SpriteChecker {
 public:
  SpriteChecker(const ChecksSpec& checks, const SpriteSpec& spec, const Sprite& sprite,
                std::vector<Finding>& findings)
      : checks_(checks), spec_(spec), sprite_(sprite), findings_(findings) {}

  void check_palette(const Palettes& palettes) {
    if (checks_.palette == CheckLevel::off || spec_.palette.empty()) return;
    const std::set<Rgb> allowed = allowed_colors(spec_, palettes);
    std::set<Rgb> foreign;
    for_each_frame([&](const SpriteRow&, std::size_t, const Image& frame) {
      for (const Rgba pixel : frame.pixels) {
        if (pixel.a != 0 && !allowed.contains(pixel.rgb())) foreign.insert(pixel.rgb());
      }
    });
    for (const Rgb color : foreign) {
      add(checks_.palette, "palette", fmt::format("{} is not in its palette", to_hex(color)));
    }
  }

  void check_coverage() {
    if (checks_.coverage == CheckLevel::off) return;
    for_each_frame([&](const SpriteRow& row, std::size_t index, const Image& frame) {
      const double coverage = coverage_of(frame);
      if (coverage >= checks_.coverage_min && coverage <= checks_.coverage_max) return;
      add(checks_.coverage, "coverage",
          fmt::format("{} covers {:.0f} % of its frame, {:.0f} to {:.0f} % are wanted",
                      frame_text(row, index), coverage * 100, checks_.coverage_min * 100,
                      checks_.coverage_max * 100));
    });
  }

  void check_baseline() {
    if (checks_.baseline_drift == CheckLevel::off) return;
    for (const SpriteRow& row : sprite_.rows) {
      std::optional<int> lowest;
      std::optional<int> highest;
      for (const Image& frame : row.frames) {
        const std::optional<int> baseline = baseline_of(frame);
        if (!baseline) continue;
        lowest = std::max(lowest.value_or(*baseline), *baseline);
        highest = std::min(highest.value_or(*baseline), *baseline);
      }
      if (!lowest || *lowest - *highest <= checks_.baseline_drift_max) continue;
      add(checks_.baseline_drift, "baseline_drift",
          fmt::format("the feet of '{}' move by {} px between frames, {} are allowed", row.name,
                      *lowest - *highest, checks_.baseline_drift_max));
    }
  }

 private:
  template <typename Visit>
  void for_each_frame(const Visit& visit) const {
    for (const SpriteRow& row : sprite_.rows) {
      for (std::size_t i = 0; i < row.frames.size(); ++i) visit(row, i, row.frames[i]);
    }
  }

  static std::string frame_text(const SpriteRow& row, std::size_t index) {
    return row.name.empty() ? "it" : fmt::format("frame {} of '{}'", index, row.name);
  }

  void add(CheckLevel level, std::string check, const std::string& message) {
    findings_.push_back({.level = level,
                         .check = std::move(check),
                         .sprite = spec_.id,
                         .message = fmt::format("sprite '{}': {}", spec_.id, message),
                         .place = spec_.place});
  }

  const ChecksSpec& checks_;
  const SpriteSpec& spec_;
  const Sprite& sprite_;
  std::vector<Finding>& findings_;
};

}  // namespace

std::vector<Finding> run_checks(const ChecksSpec& checks, std::span<const SpriteSpec> sprites,
                                std::span<const Sprite> made, const Palettes& palettes) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < made.size(); ++i) {
    SpriteChecker checker(checks, sprites[i], made[i], findings);
    checker.check_palette(palettes);
    checker.check_coverage();
    checker.check_baseline();
  }
  return findings;
}

}  // namespace dgxp
