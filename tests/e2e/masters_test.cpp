// What the verbs that decide about masters say of them, and of which.
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/project_pictures.hpp"

using namespace dgxp;

namespace {

/// As somebody does who draws one pixel in another colour of the palette.
void draw_in(const SmallProject& project, const std::string& path) {
  constexpr Rgba kRed{0x9e, 0x30, 0x38, 255};
  constexpr Rgba kGold{0xf6, 0xda, 0x77, 255};
  Image edited = png_at(project, path);
  edited.at(0, 0) = edited.at(0, 0) == kRed ? kGold : kRed;
  project.put(path, std::string(as_text(encode_png(edited))));
}

}  // namespace

TEST_CASE("recover --refresh of one sprite is silent about the others") {
  const SmallProject project;
  project.replace_in("assets.yaml", "outputs:", "checks: { color_count: { max: 1 } }\noutputs:");
  REQUIRE(project.run({"build"}).status == 0);
  for (const char* path : {"art/item/coin.png", "art/item/potion.png"}) draw_in(project, path);
  project.replace_in("assets.yaml", "gold coin", "bronze coin");
  project.replace_in("assets.yaml", "red potion", "green potion");
  const ProgramResult both = project.run({"recover", "--refresh"});
  CHECK(both.err.find("art/item/coin.png' was edited") != std::string::npos);
  CHECK(both.err.find("art/item/potion.png' was edited") != std::string::npos);
  CHECK(both.err.find("sprite 'item/potion': has ") != std::string::npos);
  const ProgramResult one = project.run({"recover", "--refresh", "item/coin"});
  CHECK(one.status == 0);
  CHECK(one.err.find("art/item/coin.png' was edited") != std::string::npos);
  CHECK(one.err.find("sprite 'item/coin': has ") != std::string::npos);
  CHECK_MESSAGE(one.err.find("potion") == std::string::npos, one.err);
  CHECK_MESSAGE(one.err.find("hero") == std::string::npos, one.err);
  const auto report =
      nlohmann::json::parse(project.run({"recover", "--refresh", "item/coin", "--json"}).out);
  CHECK(report["notes"].size() == 1);
  CHECK(report["findings"].size() == 1);
}

TEST_CASE("adopt --all leaves placeholders out, which are approved by name only") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const std::string lock = project.get("assets.lock");
  ProgramResult all = project.run({"adopt", "--all", "--redraw"});
  CHECK(all.status == 0);
  CHECK(all.out == "");
  CHECK(all.err == "note: 4 placeholders are left out: name them to approve them\n");
  CHECK(project.get("assets.lock") == lock);
  // One that somebody drew in is none any more.
  draw_in(project, "art/item/coin.png");
  CHECK(project.run({"adopt", "item/potion", "hero/*"}).out ==
        "hero/walk/east adopted\nitem/potion adopted\n");
  all = project.run({"adopt", "--all", "--json"});
  CHECK(nlohmann::json::parse(all.out)["adopted"] ==
        nlohmann::json::array({"hero/walk/east", "item/coin", "item/potion"}));
  CHECK(all.err == "note: 1 placeholder is left out: name it to approve it\n");
  const std::string left = project.run({"check", "--no-placeholders"}).out;
  CHECK(left.find("item/sword is a placeholder\n") != std::string::npos);
  CHECK(left.find("is a placeholder") == left.rfind("is a placeholder"));
}
