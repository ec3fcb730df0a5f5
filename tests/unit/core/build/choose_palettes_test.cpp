#include "core/build/choose_palettes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace dgxp;

namespace {

const Rgb kRed{200, 30, 30};
const Rgb kGreen{30, 200, 30};
const Rgb kBlue{30, 30, 200};

/// Sprites that use palette `more`, which is `base` and two more colours.
struct Fixture {
  ProjectSpec project;
  Inputs inputs;
  Lock lock;
  Palettes palettes;

  Fixture() {
    project.palettes.resize(3);
    project.palettes[0].name = "derived";
    project.palettes[0].from = "more";
    project.palettes[0].map = {{kRed, kBlue}};
    project.palettes[1].name = "more";
    project.palettes[1].from = "base";
    project.palettes[1].extend = 2;
    project.palettes[1].place = {7, 3};
    project.palettes[2].name = "base";
    project.palettes[2].colors = {kRed};
  }
  void add_master(const std::string& id, std::vector<Rgb> colors, Origin origin) {
    MasterSpec master;
    master.id = id;
    master.palette = "more";
    project.masters.push_back(master);
    Image image({static_cast<int>(colors.size()), 1});
    for (std::size_t i = 0; i < colors.size(); ++i) image.pixels[i] = opaque(colors[i]);
    inputs.masters[id].image = image;
    lock.jobs[id].origin = origin;
  }
  std::set<std::string> choose(const FreshMasters& fresh = {}) {
    palettes = *resolve_palettes(project, inputs.files, lock);
    const auto chosen = choose_palettes(project, inputs, fresh, lock, palettes);
    REQUIRE(chosen);
    return *chosen;
  }
};

}  // namespace

TEST_CASE("an extended palette gets its colours from masters, and what derives from it follows") {
  Fixture fixture;
  fixture.add_master("a", {kRed, kGreen}, Origin::generated);
  CHECK(fixture.choose() == std::set<std::string>{"more"});
  CHECK(fixture.palettes.at("more").colors == std::vector<Rgb>{kRed, kGreen});
  CHECK(fixture.palettes.at("derived").colors == std::vector<Rgb>{kBlue, kGreen});
  CHECK(fixture.lock.palettes.at("more").extend == 2);
  CHECK(fixture.lock.palettes.at("more").added == std::vector<Rgb>{kGreen});
  // What stands in the lock is not chosen again, whatever other masters show.
  fixture.add_master("b", {kBlue}, Origin::generated);
  CHECK(fixture.choose().empty());
  CHECK(fixture.palettes.at("more").colors == std::vector<Rgb>{kRed, kGreen});
  // Unless another number is asked for.
  fixture.project.palettes[1].extend = 3;
  CHECK(fixture.choose() == std::set<std::string>{"more"});
  CHECK(fixture.palettes.at("more").colors == std::vector<Rgb>{kRed, kBlue, kGreen});
}

TEST_CASE("a palette without masters waits, with all that derive from it") {
  Fixture fixture;
  CHECK(fixture.choose().empty());
  CHECK(fixture.palettes.size() == 1);
  CHECK(fixture.lock.palettes.empty());
}

TEST_CASE("placeholders decide on colours only where there is nothing else") {
  Fixture fixture;
  fixture.add_master("a", {kGreen}, Origin::placeholder);
  fixture.choose();
  CHECK(fixture.palettes.at("more").colors == std::vector<Rgb>{kRed, kGreen});
  fixture.lock.palettes.clear();
  const Image art({2, 2}, opaque(kBlue));
  fixture.add_master("b", {kRed}, Origin::placeholder);
  fixture.choose({{"b", {.image = &art, .placeholder = false}}});
  CHECK(fixture.palettes.at("more").colors == std::vector<Rgb>{kRed, kBlue});
}

TEST_CASE("colours that were chosen from placeholders are forgotten when art comes, others never") {
  Fixture fixture;
  fixture.add_master("a", {kGreen}, Origin::placeholder);
  fixture.choose();
  forget_placeholder_palettes(fixture.project, fixture.inputs, {}, fixture.lock);
  CHECK(fixture.lock.palettes.contains("more"));
  Fixture with_art = fixture;
  with_art.add_master("b", {kBlue}, Origin::edited);
  forget_placeholder_palettes(with_art.project, with_art.inputs, {"a"}, with_art.lock);
  CHECK(with_art.lock.palettes.contains("more"));
  forget_placeholder_palettes(fixture.project, fixture.inputs, {"a"}, fixture.lock);
  CHECK_FALSE(fixture.lock.palettes.contains("more"));
}

TEST_CASE(
    "a palette file that leaves no room for as many more colours is an error with its place") {
  Fixture fixture;
  fixture.project.palettes[2].colors.assign(255, kRed);
  const auto palettes = resolve_palettes(fixture.project, {}, {});
  REQUIRE_FALSE(palettes);
  CHECK(palettes.error().message ==
        "palette 'more' has 255 colours and could get 2 more, which is more than 256");
  CHECK(palettes.error().place == Place{7, 3});
  CHECK_FALSE(palettes.error().hint.empty());
}

TEST_CASE("an auto palette remembers for how many colours it was chosen") {
  Fixture fixture;
  fixture.project.palettes[1].extend = 0;
  fixture.project.palettes[1].from.reset();
  fixture.project.palettes[1].auto_colors = 2;
  fixture.project.palettes[0].map.clear();
  fixture.add_master("a", {kRed, kGreen, kBlue}, Origin::generated);
  REQUIRE(fixture.choose() == std::set<std::string>{"more"});
  LockedPalette& locked = fixture.lock.palettes.at("more");
  CHECK(locked.auto_colors == 2);
  CHECK(locked.colors.size() == 2);
  CHECK(forget_changed_palettes(fixture.project, fixture.lock).empty());

  SUBCASE("and is chosen again for another number") {
    fixture.project.palettes[1].auto_colors = 3;
    CHECK(forget_changed_palettes(fixture.project, fixture.lock) == std::set<std::string>{"more"});
    CHECK(fixture.choose() == std::set<std::string>{"more"});
    CHECK(fixture.palettes.at("more").colors.size() == 3);
    CHECK(fixture.lock.palettes.at("more").auto_colors == 3);
  }
  SUBCASE("a lock of before is believed unless it has too many") {
    locked.auto_colors = 0;
    fixture.project.palettes[1].auto_colors = 3;
    CHECK(forget_changed_palettes(fixture.project, fixture.lock).empty());
    locked.colors = {kRed, kGreen, kBlue, {1, 1, 1}};
    CHECK(forget_changed_palettes(fixture.project, fixture.lock) == std::set<std::string>{"more"});
  }
  SUBCASE("a palette that is written now has nothing to forget") {
    fixture.project.palettes[1].auto_colors = 0;
    CHECK(forget_changed_palettes(fixture.project, fixture.lock).empty());
  }
}
