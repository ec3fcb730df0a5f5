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
