#include "core/build/follow_project.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

/// Sprites "a", "b" and "c", each of a master of its name.
ProjectSpec make_project() {
  ProjectSpec project;
  for (const char* id : {"a", "b", "c"}) {
    project.masters.push_back({.id = id, .prompt = "thing"});
    project.sprites.push_back({.id = id, .rows = {{.master = id}}});
  }
  return project;
}

/// Of a build of this project.
BuildMemory make_memory(const ProjectSpec& project) {
  BuildMemory memory;
  memory.inputs.is_complete = true;
  for (const MasterSpec& master : project.masters) {
    memory.jobs.jobs.push_back({.job = {.id = master.id}, .master = &master});
    memory.jobs.rerolls.push_back(7);
    memory.jobs.recoveries.push_back(sha256(master.id));
  }
  for (const SpriteSpec& sprite : project.sprites) {
    memory.sprites.keys.push_back({{sha256(sprite.id), false}});
    memory.sprites.sprites.push_back({.id = sprite.id});
    memory.sprites.findings.push_back({{.sprite = sprite.id, .place = sprite.place}});
  }
  return memory;
}

/// The ids of jobs that need not be made again, each with the master of today.
std::string kept_jobs(const BuildMemory& memory, const ProjectSpec& today) {
  std::string kept;
  for (std::size_t i = 0; i < memory.jobs.jobs.size(); ++i) {
    if (memory.jobs.jobs[i].master == nullptr) continue;
    CHECK(memory.jobs.jobs[i].master == &today.masters[i]);
    CHECK(memory.jobs.rerolls[i] == 7);
    CHECK(memory.jobs.recoveries[i] == sha256(today.masters[i].id));
    kept += memory.jobs.jobs[i].job.id;
  }
  return kept;
}

std::string kept_sprites(const BuildMemory& memory, const ProjectSpec& today) {
  std::string kept;
  for (std::size_t i = 0; i < memory.sprites.sprites.size(); ++i) {
    if (memory.sprites.keys[i].empty()) continue;
    CHECK(memory.sprites.sprites[i].id == today.sprites[i].id);
    CHECK(memory.sprites.findings[i].at(0).place == today.sprites[i].place);
    kept += memory.sprites.sprites[i].id;
  }
  return kept;
}

struct Kept {
  std::string jobs;
  std::string sprites;
  friend bool operator==(const Kept&, const Kept&) = default;
};

Kept kept_after(void (*edit)(ProjectSpec&)) {
  const ProjectSpec before = make_project();
  ProjectSpec today = make_project();
  edit(today);
  BuildMemory memory = make_memory(before);
  memory.exports.resize(1);
  follow_project(memory, before, today);
  // Texts follow from the whole manifest, and files that it did not name were not looked at.
  CHECK(memory.exports.empty());
  CHECK_FALSE(memory.inputs.is_complete);
  return {kept_jobs(memory, today), kept_sprites(memory, today)};
}

}  // namespace

TEST_CASE("what the manifest says as before is kept, wherever it stands now") {
  CHECK(kept_after([](ProjectSpec& today) {
          for (SpriteSpec& sprite : today.sprites) sprite.place = {.line = 9};
          for (MasterSpec& master : today.masters) {
            master.place = {.line = 9};
            master.field_places["prompt"] = {.line = 9};
            master.style.place = {.line = 9};
          }
        }) == Kept{"abc", "abc"});
  CHECK(kept_after([](ProjectSpec& today) {
          std::swap(today.sprites[0], today.sprites[2]);
          today.masters.insert(today.masters.begin(), {.id = "0"});
          today.sprites.insert(today.sprites.begin(), {.id = "0"});
        }) == Kept{"abc", "cba"});
  CHECK(kept_after([](ProjectSpec& today) {
          today.masters.erase(today.masters.begin());
          today.sprites.erase(today.sprites.begin());
        }) == Kept{"bc", "bc"});
}

TEST_CASE("what the manifest says of another thing or otherwise is forgotten") {
  CHECK(kept_after([](ProjectSpec& today) { today.sprites[1].finish.outline = Rgb{}; }) ==
        Kept{"abc", "ac"});
  CHECK(kept_after([](ProjectSpec& today) { today.sprites[1].rows[0].durations = {90}; }) ==
        Kept{"abc", "ac"});
  // The checks of a sprite look at its masters.
  CHECK(kept_after([](ProjectSpec& today) { today.masters[1].seamless = true; }) ==
        Kept{"ac", "ac"});
  CHECK(kept_after([](ProjectSpec& today) { today.masters[1].style.loras.push_back({}); }) ==
        Kept{"ac", "ac"});
  CHECK(kept_after([](ProjectSpec& today) { today.masters[1].style.sampler.written.cfg = true; }) ==
        Kept{"ac", "ac"});
  CHECK(kept_after([](ProjectSpec& today) { today.seed = 2; }) == Kept{"", "abc"});
  CHECK(kept_after([](ProjectSpec& today) { today.checks.colors_max = 2; }) == Kept{"abc", ""});
}

TEST_CASE("what a build that failed has left of its memory is no danger") {
  const ProjectSpec before = make_project();
  const ProjectSpec today = make_project();
  BuildMemory memory = make_memory(before);
  memory.sprites.sprites.clear();
  memory.jobs.jobs.clear();
  follow_project(memory, before, today);
  CHECK(memory.sprites.keys.empty());
  CHECK(kept_jobs(memory, today).empty());
}

TEST_CASE("a project may change again before it was built") {
  const ProjectSpec first = make_project();
  ProjectSpec second = make_project();
  second.masters[1].prompt = "another thing";
  second.masters.push_back({.id = "d"});
  ProjectSpec third = second;
  third.masters[2].prompt = "a third thing";
  BuildMemory memory = make_memory(first);
  follow_project(memory, first, second);
  follow_project(memory, second, third);
  CHECK(kept_jobs(memory, third) == "a");
  CHECK(kept_sprites(memory, third) == "a");
}

}  // namespace dgxp
