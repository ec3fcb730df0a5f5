#include "watchers/change_source.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/unit/core/store/temp_project.hpp"
#include "watchers/inotify_source.hpp"
#include "watchers/polling_source.hpp"

namespace dgxp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// What a source tells until it has told something, within a deadline.
Changes next_of(ChangeSource& source) {
  const auto end = Clock::now() + 10s;
  while (Clock::now() < end) {
    Changes changes = source.take();
    if (!changes.empty()) return changes;
    const std::array<int, 1> descriptors{source.descriptor()};
    wait_for_any(descriptors, source.interval().value_or(100ms));
  }
  return {};
}

struct WatchedFolder : TempProject {
  std::unique_ptr<ChangeSource> source;

  explicit WatchedFolder(bool polls) {
    put("assets.yaml", "one");
    put("palettes/a.hex", "red");
    if (polls) {
      source = make_polling_source(folder(), 10ms);
    } else {
      auto opened = open_inotify_source(folder());
      REQUIRE(opened);
      source = std::move(*opened);
    }
    REQUIRE(source->watch({"assets.yaml", "palettes/a.hex", "art/hero/walk.png"}));
  }
};

}  // namespace

TEST_CASE("a file that is written in place, replaced or removed is told by its path") {
  for (const bool polls : {false, true}) {
    const WatchedFolder project(polls);
    project.put("palettes/a.hex", "green");
    CHECK(next_of(*project.source) == Changes{.paths = {"palettes/a.hex"}});
    project.put("palettes/a.hex.new", "blue and more");
    std::filesystem::rename(project.at("palettes/a.hex.new"), project.at("palettes/a.hex"));
    CHECK(next_of(*project.source) == Changes{.paths = {"palettes/a.hex"}});
    std::filesystem::remove(project.at("assets.yaml"));
    CHECK(next_of(*project.source) == Changes{.paths = {"assets.yaml"}});
  }
}

TEST_CASE("without room for events in the kernel files are looked at, and it is said why") {
  const TempProject project;
  project.put("assets.yaml", "one");
  const OpenedSource opened = open_change_source(
      project.folder(),
      {.open_events = [](const std::filesystem::path&) -> Result<std::unique_ptr<ChangeSource>> {
        return Error{ErrorKind::storage, "there is no room", "make some"};
      }});
  CHECK(opened.name == "polling");
  CHECK(opened.note == "there is no room: files are looked at every 500 ms (make some)");
  REQUIRE(opened.source->watch({"assets.yaml"}));
  project.put("assets.yaml", "another");
  CHECK(next_of(*opened.source) == Changes{.paths = {"assets.yaml"}});
}

TEST_CASE("files that nobody asked for are not told of") {
  const WatchedFolder project(false);
  project.put("palettes/b.hex", "red");
  project.put("notes.txt", "x");
  project.put("assets.yaml", "two");
  CHECK(next_of(*project.source) == Changes{.paths = {"assets.yaml"}});
}

TEST_CASE("a file that somebody is still writing is not told of before it is closed") {
  const WatchedFolder project(false);
  {
    std::ofstream file(project.at("palettes/a.hex"), std::ios::app);
    file << "half" << std::flush;
    CHECK(project.source->take().empty());
  }
  CHECK(next_of(*project.source) == Changes{.paths = {"palettes/a.hex"}});
}

TEST_CASE("a folder that comes makes everything worth a look, and is watched from then on") {
  const WatchedFolder project(false);
  project.put("art/hero/walk.png", "pixels");
  CHECK(next_of(*project.source) == Changes{.paths = {}, .everything = true});
  REQUIRE(project.source->watch({"assets.yaml", "palettes/a.hex", "art/hero/walk.png"}));
  static_cast<void>(project.source->take());
  project.put("art/hero/walk.png", "others");
  CHECK(next_of(*project.source) == Changes{.paths = {"art/hero/walk.png"}});
}

TEST_CASE("a folder that goes makes everything worth a look") {
  const WatchedFolder project(false);
  std::filesystem::remove_all(project.at("palettes"));
  Changes all;
  while (!all.everything) {
    const Changes next = next_of(*project.source);
    REQUIRE_FALSE(next.empty());
    all.add(next);
  }
  CHECK(all.everything);
}

TEST_CASE("more events than the kernel keeps make everything worth a look") {
  const WatchedFolder project(false);
  // The usual limit is 16384; neighbours that are alike are one event, hence two files in turns.
  for (int i = 0; i < 9000; ++i) {
    std::ofstream(project.at("assets.yaml"), std::ios::app) << 'x';
    std::ofstream(project.at("palettes/a.hex"), std::ios::app) << 'x';
  }
  const Changes changes = next_of(*project.source);
  CHECK_FALSE(changes.empty());
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  int most = 0;
  limit >> most;
  if (most > 0 && most < 18000) CHECK(changes.everything);
}

}  // namespace dgxp
