#include "core/store/table_cache.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/store/clean_project.hpp"
#include "temp_project.hpp"

using namespace dgxp;
namespace fs = std::filesystem;

namespace {

Digest key_of(int number) {
  return sha256(std::to_string(number));
}

std::size_t tables_in(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder / ".dgxp" / "tables"))
    count += entry.is_regular_file() ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("a table comes back, and the next one under its key replaces it") {
  const TempProject project;
  fs::create_directories(project.folder() / ".dgxp");
  CHECK(!find_table(project.folder(), key_of(1)));
  REQUIRE(keep_table(project.folder(), key_of(1), to_bytes("first")));
  REQUIRE(keep_table(project.folder(), key_of(2), to_bytes("other")));
  REQUIRE(keep_table(project.folder(), key_of(1), to_bytes("second")));
  CHECK(find_table(project.folder(), key_of(1)) == to_bytes("second"));
  CHECK(find_table(project.folder(), key_of(2)) == to_bytes("other"));
  CHECK(!find_table(project.folder(), key_of(3)));
}

TEST_CASE("there are never more tables than are allowed, and clean removes them") {
  const TempProject project;
  fs::create_directories(project.folder() / ".dgxp");
  for (int i = 0; i < 40; ++i) {
    REQUIRE(keep_table(project.folder(), key_of(i), to_bytes("x")));
    CHECK(tables_in(project.folder()) <= kMostTables + 1);
    CHECK(find_table(project.folder(), key_of(i)));
  }
  REQUIRE(clean_project(project.folder(), DryRun::no));
  CHECK(!fs::exists(project.folder() / ".dgxp" / "tables"));
}

TEST_CASE("a project is found from its folders, and nowhere else") {
  const TempProject project;
  const fs::path inner = project.folder() / "art" / "npcs";
  fs::create_directories(inner);
  const auto outside = find_project_folder(inner);
  CHECK((!outside || *outside != project.folder()));
  fs::create_directories(project.folder() / ".dgxp");
  CHECK(find_project_folder(inner) == fs::absolute(project.folder()).lexically_normal());
  CHECK(find_project_folder(project.folder()) == find_project_folder(inner));
}

TEST_CASE("a link in the place of the tables is not followed") {
  const TempProject project;
  const TempProject elsewhere;
  fs::create_directories(project.folder() / ".dgxp");
  fs::create_directory_symlink(elsewhere.folder(), project.folder() / ".dgxp" / "tables");
  CHECK(!keep_table(project.folder(), key_of(1), to_bytes("x")));
  CHECK(fs::is_empty(elsewhere.folder()));
  CHECK(!find_table(project.folder(), key_of(1)));
}
