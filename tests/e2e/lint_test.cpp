#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/project_pictures.hpp"

using namespace dgxp;

TEST_CASE("lint names sprite, place and rule, and fails only when the manifest says so") {
  const SmallProject project;
  draw_speck(project);
  REQUIRE(project.run({"build"}).status == 0);
  const ProgramResult warned = project.run({"lint", "wand"});
  CHECK(warned.status == 0);
  CHECK(warned.out == "1 finding in 1 of 1 sprite\n");
  CHECK(warned.err.find("warning: sprite 'wand': a pixel stands apart from the figure (at 15,0) "
                        "[strays]") != std::string::npos);
  CHECK(project.run({"lint", "wand", "--strict"}).status == 1);
  CHECK(project.run({"check"}).status == 0);
  project.put("assets.yaml", project.get("assets.yaml") + "checks: { strays: error }\n");
  CHECK(project.run({"lint", "wand"}).status == 1);
  CHECK(project.run({"check"}).status == 1);
  project.replace_in("assets.yaml", "strays: error", "strays: off");
  CHECK(project.run({"lint", "wand"}).out == "1 sprite is clean\n");
  CHECK(project.run({"lint", "no-such"}).status != 0);
}

TEST_CASE("lint speaks JSON and SARIF") {
  const SmallProject project;
  draw_speck(project);
  REQUIRE(project.run({"build"}).status == 0);
  const auto json = nlohmann::json::parse(project.run({"lint", "wand", "--json"}).out);
  CHECK(json["exit"] == 0);
  REQUIRE(json["findings"].size() == 1);
  CHECK(json["findings"][0]["check"] == "strays");
  CHECK(json["findings"][0]["at"] == nlohmann::json::parse("[15, 0]"));
  const auto sarif = nlohmann::json::parse(project.run({"lint", "wand", "--sarif"}).out);
  CHECK(sarif["version"] == "2.1.0");
  const auto& result = sarif["runs"][0]["results"][0];
  CHECK(result["ruleId"] == "strays");
  CHECK(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "assets.yaml");
  CHECK(result["locations"][0]["physicalLocation"]["region"]["startLine"] ==
        json["findings"][0]["line"]);
}

TEST_CASE("check speaks SARIF: findings, files that are out of date, placeholders") {
  const SmallProject project;
  draw_speck(project);
  project.put("assets.yaml", project.get("assets.yaml") + "checks: { strays: warn }\n");
  REQUIRE(project.run({"build"}).status == 0);
  const auto results = [&](std::vector<std::string> arguments, int status) {
    arguments.insert(arguments.begin(), {"check", "--sarif"});
    const ProgramResult said = project.run(arguments);
    CHECK(said.status == status);
    return nlohmann::json::parse(said.out)["runs"][0]["results"];
  };
  const auto rules = [](const nlohmann::json& list) {
    std::map<std::string, int> count;
    for (const auto& result : list) ++count[result["ruleId"].get<std::string>()];
    return count;
  };
  CHECK(rules(results({}, 0)) == std::map<std::string, int>{{"strays", 1}});
  CHECK(rules(results({"--no-placeholders"}, 1)).contains("placeholder"));

  const std::string output = "game/sprites/small.png";
  std::filesystem::remove(project.at(output));
  const auto outdated = results({}, 2);
  CHECK(rules(outdated)["outdated"] == 1);
  const auto& location = outdated.back()["locations"][0]["physicalLocation"];
  CHECK(location["artifactLocation"]["uri"] == output);
  CHECK(!location.contains("region"));
  CHECK(project.run({"check", "--sarif", "--json"}).status == 64);
}

TEST_CASE("palette compare says what each colour becomes, and how far that is") {
  const TempProject folder;
  folder.put("a.hex", "000000\nff0000\n");
  folder.put("b.hex", "000000\nfe0000\nffffff\n");
  const ProgramResult result =
      run_dgxp(folder.folder().string(), {"palette", "compare", "a.hex", "b.hex"});
  CHECK(result.status == 0);
  CHECK(result.out.starts_with("#000000 #000000   0.00\n#ff0000 #fe0000   0."));
  CHECK(result.out.find("1 of 2 colours are the same") != std::string::npos);
  CHECK(run_dgxp(folder.folder().string(), {"palette", "compare", "a.hex"}).status == 64);
}

TEST_CASE("SARIF names files as they are found from where dgxp was started, in URIs") {
  const SmallProject project;
  draw_speck(project);
  REQUIRE(project.run({"build"}).status == 0);
  std::filesystem::rename(project.at("assets.yaml"), project.at("my assets%.yaml"));
  std::filesystem::rename(project.at("assets.lock"), project.at("my assets%.lock"));
  const std::string above = project.folder().parent_path().string();
  const std::string name = project.folder().filename().string();
  const auto uri = [](const std::string& from, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"lint", "wand", "--sarif", "-m", "my assets%.yaml"});
    const auto sarif = nlohmann::json::parse(run_dgxp(from, arguments).out);
    const auto& location = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    return location["artifactLocation"]["uri"].get<std::string>();
  };
  CHECK(uri(project.folder().string(), {}) == "my%20assets%25.yaml");
  CHECK(uri(above, {"-C", name}) == name + "/my%20assets%25.yaml");
  CHECK(uri(above, {"-C", "./" + name + "/art/.."}) == name + "/my%20assets%25.yaml");
  CHECK(uri(project.at("art").string(), {"-C", ".."}) ==
        "file://" + project.folder().string() + "/my%20assets%25.yaml");
}

TEST_CASE("lint of a broken manifest prints SARIF of its problems") {
  const SmallProject project;
  project.replace_in("assets.yaml", "prompt: \"short", "promt: \"short");
  const ProgramResult broken = project.run({"lint", "--sarif"});
  CHECK(broken.status == 65);
  const auto sarif = nlohmann::json::parse(broken.out);
  CHECK(sarif["version"] == "2.1.0");
  const auto& run = sarif["runs"][0];
  CHECK(run["invocations"][0]["executionSuccessful"] == false);
  CHECK(run["invocations"][0]["exitCode"] == 65);
  REQUIRE(run["results"].size() >= 1);
  bool is_told = false;
  for (const auto& result : run["results"]) {
    const auto& location = result["locations"][0]["physicalLocation"];
    CHECK(location["artifactLocation"]["uri"] == "assets.yaml");
    is_told = is_told ||
              (location["region"]["startLine"] == 21 && result["level"] == "error" &&
               result["message"]["text"].get<std::string>().ends_with("did you mean 'prompt'?"));
  }
  CHECK(is_told);

  std::filesystem::remove(project.at("assets.yaml"));
  const ProgramResult none = project.run({"lint", "--sarif"});
  CHECK(none.status == 65);
  const auto without = nlohmann::json::parse(none.out)["runs"][0];
  CHECK(without["results"].empty());
  const auto& told = without["invocations"][0]["toolExecutionNotifications"];
  REQUIRE(told.size() == 1);
  CHECK(told[0]["level"] == "error");
  CHECK(told[0]["message"]["text"].get<std::string>().find("assets.yaml") != std::string::npos);

  const ProgramResult both = project.run({"lint", "--sarif", "--json"});
  CHECK(both.status == 64);
  CHECK(nlohmann::json::parse(both.out)["exit"] == 64);
}
