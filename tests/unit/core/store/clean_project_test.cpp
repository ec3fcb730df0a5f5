#include "core/store/clean_project.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/unit/core/store/temp_project.hpp"

using namespace dgxp;

namespace {

void fill(const TempProject& project) {
  for (const char* path :
       {".dgxp/raw/ab/abc", ".dgxp/masters", ".dgxp/stage/x", ".dgxp/lock", ".dgxp/config.yaml",
        ".dgxp/.gitignore", ".dgxp/delivered-assets.yaml", ".dgxp/pending-assets.lock"})
    project.put(path, "x");
}

}  // namespace

TEST_CASE("clean_project leaves what is no cache, and only counts in a dry run") {
  const TempProject project;
  fill(project);
  const auto counted = clean_project(project.folder(), DryRun::yes);
  REQUIRE(counted);
  CHECK(counted->files == 3);
  CHECK(project.get(".dgxp/raw/ab/abc") == "x");
  REQUIRE(clean_project(project.folder(), DryRun::no));
  CHECK(project.names(".dgxp") == std::vector<std::string>{".gitignore", "config.yaml",
                                                           "delivered-assets.yaml", "lock",
                                                           "pending-assets.lock"});
}

TEST_CASE("clean_project makes nothing where nothing was") {
  const TempProject project;
  REQUIRE(clean_project(project.folder(), DryRun::no));
  CHECK(project.names("").empty());
}

TEST_CASE("clean_project waits for another process that works on the project") {
  const TempProject project;
  fill(project);
  const int other = open(project.at(".dgxp/lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(other >= 0);
  REQUIRE(flock(other, LOCK_EX) == 0);
  int waits = 0;
  const auto report = clean_project(project.folder(), DryRun::no, [&] {
    ++waits;
    CHECK(project.get(".dgxp/raw/ab/abc") == "x");
    close(other);
  });
  CHECK(report);
  CHECK(waits == 1);
  CHECK(project.get(".dgxp/raw/ab/abc") == "<absent>");
}
