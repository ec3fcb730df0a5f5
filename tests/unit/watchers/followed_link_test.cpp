#include "watchers/followed_link.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "tests/unit/core/store/temp_project.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

bool tells(FollowedLink& link) {
  const auto end = Clock::now() + 10s;
  while (Clock::now() < end) {
    if (link.take()) return true;
    wait_for_any(link.descriptors(), link.interval().value_or(100ms));
  }
  return false;
}

}  // namespace

TEST_CASE("a link is followed over other links to the end, and round in a circle not for ever") {
  const TempProject project;
  project.put("far/real.yaml", "one");
  fs::create_symlink("far/real.yaml", project.at("middle.yaml"));
  fs::create_symlink(fs::absolute(project.at("middle.yaml")), project.at("link.yaml"));
  CHECK(follow_link(project.at("link.yaml")) ==
        std::vector<fs::path>{
            fs::absolute(project.at("middle.yaml")),
            fs::absolute(project.at("middle.yaml")).parent_path() / "far/real.yaml"});
  CHECK(follow_link(project.at("far/real.yaml")).empty());
  fs::create_symlink("circle", project.at("circle"));
  CHECK(follow_link(project.at("circle")).size() == 40);
}

TEST_CASE("what changes behind a link is told of, with events and without") {
  for (const bool polls : {false, true}) {
    const TempProject project;
    project.put("far/real.yaml", "one");
    fs::create_symlink("far/real.yaml", project.at("middle.yaml"));
    fs::create_symlink("middle.yaml", project.at("link.yaml"));
    SourceOptions options;
    if (polls) options.poll = 10ms;
    FollowedLink link(project.at("link.yaml"), options);
    REQUIRE(link.look());
    CHECK(!link.take());
    project.put("far/real.yaml", "two and more");
    CHECK(tells(link));
    fs::create_symlink("other.yaml", project.at("new"));
    fs::rename(project.at("new"), project.at("middle.yaml"));
    CHECK(tells(link));
    REQUIRE(link.look());
    project.put("other.yaml", "another");
    CHECK(tells(link));
  }
}

}  // namespace dgxp
