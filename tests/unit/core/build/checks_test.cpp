#include "core/build/checks.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace dgxp;

namespace {

constexpr Rgb kRed{0xa5, 0x30, 0x30};

Image figure(Point at) {
  Image frame({12, 12});
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 6; ++x) frame.at(at.x + x, at.y + y) = opaque(kRed);
  return frame;
}

/// One sprite of one animation, whose frames a test spoils.
struct Made {
  ProjectSpec project;
  Palettes palettes;
  std::vector<Sprite> sprites;

  explicit Made(std::vector<Image> frames) {
    SpriteSpec spec;
    spec.id = "hero";
    spec.size = {12, 12};
    spec.palette = "ember";
    spec.rows.push_back({.name = "walk",
                         .animation = "walk",
                         .master = "hero/walk",
                         .durations = std::vector<int>(frames.size(), 100)});
    project.sprites.push_back(std::move(spec));
    MasterSpec master;
    master.id = "hero/walk";
    project.masters.push_back(std::move(master));
    palettes["ember"] = Palette{{kRed}};
    sprites.push_back({.id = "hero", .rows = {{.name = "walk", .frames = std::move(frames)}}});
  }
  std::vector<std::string> run(CheckScope scope) const {
    std::vector<std::string> lines;
    for (const Finding& finding : run_checks(project, sprites, palettes, scope))
      lines.push_back((finding.level == CheckLevel::error ? "error: " : "warning: ") +
                      finding.message + " [" + finding.check + "]");
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("rules that the manifest does not name are for lint alone") {
  Made made({figure({3, 3}), figure({3, 6})});
  CHECK(made.run(CheckScope::asked) == Lines{});
  CHECK(made.run(CheckScope::all) ==
        Lines{"warning: sprite 'hero': frame 0 of 'walk': the feet move by 3 px between frames, 1 "
              "are allowed [baseline_drift]"});
  made.project.checks.baseline_drift = CheckLevel::off;
  CHECK(made.run(CheckScope::all) == Lines{});
  made.project.checks.baseline_drift = CheckLevel::error;
  CHECK(made.run(CheckScope::asked).front().starts_with("error: sprite 'hero'"));
}

TEST_CASE("a foreign colour is named once, with the first place it stands at") {
  Made made({figure({3, 3}), figure({3, 3})});
  for (Image& frame : made.sprites[0].rows[0].frames)
    frame.at(4, 5) = frame.at(5, 5) = {1, 2, 3, 255};
  CHECK(made.run(CheckScope::asked) ==
        Lines{"error: sprite 'hero': frame 0 of 'walk': #010203 is not in its palette (at 4,5) "
              "[palette]"});
  const auto findings = run_checks(made.project, made.sprites, made.palettes, CheckScope::asked);
  CHECK(findings[0].frame == 0);
  CHECK(findings[0].at == Point{4, 5});
}

TEST_CASE("soft alpha is told without being asked for, of sprites without a palette too") {
  Made made({figure({3, 3}), figure({3, 3})});
  made.project.sprites[0].palette.clear();
  CHECK(made.run(CheckScope::asked) == Lines{});
  made.sprites[0].rows[0].frames[1].at(4, 5).a = 128;
  CHECK(made.run(CheckScope::asked) ==
        Lines{"warning: sprite 'hero': frame 1 of 'walk': a pixel has an alpha of 128, not 0 or "
              "255 (at 4,5) [soft_alpha]"});
  made.project.checks.soft_alpha = CheckLevel::off;
  CHECK(made.run(CheckScope::all) == Lines{});
}

TEST_CASE("frames with the same flaw are one finding") {
  Made made({Image({12, 12}), figure({3, 3}), Image({12, 12}), Image({12, 12})});
  made.project.checks.canvas = CheckLevel::error;
  CHECK(made.run(CheckScope::asked) ==
        Lines{"error: sprite 'hero': frame 0 of 'walk': shows nothing, as 2 other frames "
              "[canvas]"});
}

TEST_CASE("a tile may cover its frame, whatever the most for figures is") {
  Made made({Image({12, 12}, opaque(kRed))});
  made.project.checks.coverage = CheckLevel::error;
  made.project.checks.coverage_min = 0.1;
  made.project.checks.coverage_max = 0.9;
  CHECK(made.run(CheckScope::asked).size() == 1);
  made.project.masters[0].seamless = true;
  CHECK(made.run(CheckScope::asked) == Lines{});
}

TEST_CASE("a full frame is a flaw of generated figures, not of tiles or drawn pictures") {
  const std::vector<Image> full{Image({12, 12}, opaque(kRed))};
  Made made(full);
  CHECK(made.run(CheckScope::all) ==
        Lines{"warning: sprite 'hero': 'walk': fills its frame: its background is still there "
              "[canvas]"});
  made.project.masters[0].seamless = true;
  CHECK(made.run(CheckScope::all) == Lines{});
  made.project.masters[0].seamless = false;
  made.project.masters[0].drawn_by_hand = true;
  CHECK(made.run(CheckScope::all) == Lines{});
}

TEST_CASE("colours are counted over all frames of a sprite") {
  Made made({figure({3, 3}), figure({3, 3})});
  made.project.checks.palette = CheckLevel::off;
  made.project.checks.colors = CheckLevel::warn;
  made.project.checks.colors_max = 2;
  made.sprites[0].rows[0].frames[0].at(4, 4) = {1, 2, 3, 255};
  CHECK(made.run(CheckScope::asked) == Lines{});
  made.sprites[0].rows[0].frames[1].at(4, 4) = {3, 2, 1, 255};
  CHECK(made.run(CheckScope::asked) ==
        Lines{"warning: sprite 'hero': has 3 colours, 2 are allowed [color_count]"});
}

TEST_CASE("mirrored rows are not reported a second time") {
  Made made({Image({12, 12})});
  made.project.sprites[0].rows[0].mirrored = true;
  CHECK(made.run(CheckScope::all) == Lines{});
}
