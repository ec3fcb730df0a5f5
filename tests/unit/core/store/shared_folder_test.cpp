#include "core/store/shared_folder.hpp"

#include "temp_project.hpp"

using namespace dgxp;

namespace {

std::string outcome(const TempProject& project, const std::string& path) {
  const auto content = read_shared_file(project.at("shared"), path, 10);
  return project.anonymous(content ? "read " + std::string(as_text(*content))
                                   : content.error().message);
}

}  // namespace

TEST_CASE("read_shared_file reads a file below its folder, named relative or absolute") {
  const TempProject project;
  project.put("shared/out/a.png", "picture");
  CHECK(outcome(project, "out/a.png") == "read picture");
  CHECK(outcome(project, "./out//a.png") == "read picture");
  CHECK(outcome(project, project.at("shared/out/a.png").string()) == "read picture");
}

TEST_CASE("read_shared_file reads nothing outside its folder") {
  const TempProject project;
  project.put("secret", "secret");
  project.put("shared-too/secret", "secret");
  project.put("shared/large", "01234567890");
  std::filesystem::create_symlink("../secret", project.at("shared/link"));
  std::filesystem::create_symlink("..", project.at("shared/up"));
  REQUIRE(mkfifo(project.at("shared/pipe").c_str(), 0600) == 0);
  CHECK(outcome(project, "../secret") == "'../secret' is not below 'P/shared'");
  CHECK(outcome(project, "/etc/passwd") == "'/etc/passwd' is not below 'P/shared'");
  CHECK(outcome(project, project.at("shared-too/secret").string()) ==
        "'P/shared-too/secret' is not below 'P/shared'");
  CHECK(outcome(project, project.at("shared").string() + "/../secret") ==
        "'P/shared/../secret' is not below 'P/shared'");
  for (const std::string path : {"link", "up/secret", "pipe", "large", "missing", "", "."}) {
    CHECK_MESSAGE(!outcome(project, path).starts_with("read "), path);
  }
  CHECK(outcome(project, "large") == "'large' is larger than 10 bytes");
  CHECK(outcome(project, std::string("a\0b", 3)).find("is not below") != std::string::npos);
}
