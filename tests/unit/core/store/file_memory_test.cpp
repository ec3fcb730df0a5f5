#include "core/store/file_memory.hpp"

#include <doctest/doctest.h>

#include "tests/support/memory_store.hpp"

namespace dgxp {
namespace {

using Now = ChangedFile::Now;

constexpr std::size_t kMost = 1000;

std::string text_of(Store& store, const std::string& path) {
  const auto content = store.read_if_present(path, kMost);
  REQUIRE(content);
  return *content ? std::string(as_text(**content)) : "<absent>";
}

/// A disk, a memory of it, and the store through both. The disk belongs to the store.
struct Remembered {
  FileMemory memory;
  MemoryStore* disk = nullptr;
  std::unique_ptr<Store> store;

  explicit Remembered(std::set<std::string> always_read = {}) {
    auto owned = std::make_unique<MemoryStore>();
    disk = owned.get();
    disk->files["a.hex"] = to_bytes("red");
    store = make_resident_store(std::move(owned), memory, std::move(always_read));
  }
};

}  // namespace

TEST_CASE("a file is read once until somebody looks again; `read` asks the disk") {
  Remembered project;
  CHECK(text_of(*project.store, "a.hex") == "red");
  project.disk->files["a.hex"] = to_bytes("green");
  CHECK(text_of(*project.store, "a.hex") == "red");
  const auto on_disk = project.store->read("a.hex", kMost);
  REQUIRE(on_disk);
  CHECK(as_text(*on_disk) == "green");
  CHECK(project.memory.look_again({"a.hex"}, *project.disk) ==
        std::vector<ChangedFile>{{.path = "a.hex", .now = Now::written}});
  CHECK(text_of(*project.store, "a.hex") == "green");
  CHECK(project.memory.look_again({"a.hex"}, *project.disk).empty());
}

TEST_CASE("a file that was looked for in vain is told of when it comes, goes and is emptied") {
  Remembered project;
  CHECK(text_of(*project.store, "b.hex") == "<absent>");
  project.disk->files["b.hex"] = to_bytes("blue");
  CHECK(project.memory.look_again({"b.hex"}, *project.disk) ==
        std::vector<ChangedFile>{{.path = "b.hex", .now = Now::written}});
  project.disk->files["b.hex"] = {};
  CHECK(project.memory.look_again({"b.hex"}, *project.disk) ==
        std::vector<ChangedFile>{{.path = "b.hex", .now = Now::empty}});
  project.disk->files.erase("b.hex");
  CHECK(project.memory.look_again({"b.hex"}, *project.disk) ==
        std::vector<ChangedFile>{{.path = "b.hex", .now = Now::gone}});
}

TEST_CASE("what is written and delivered is known, and not a change") {
  Remembered project;
  REQUIRE(project.store->write("art/hero.png", as_bytes("pixels")));
  const std::vector<OutputFile> outputs{{.path = "out/all.png", .content = to_bytes("page")}};
  REQUIRE(project.store->deliver(outputs));
  CHECK(project.memory.look_again({"art/hero.png", "out/all.png"}, *project.disk).empty());
  project.disk->files.erase("out/all.png");
  CHECK(project.memory.look_again({"art/hero.png", "out/all.png"}, *project.disk) ==
        std::vector<ChangedFile>{{.path = "out/all.png", .now = Now::gone, .is_output = true}});
}

TEST_CASE("files that others write under the lock are read each time") {
  Remembered project({"a.hex"});
  CHECK(text_of(*project.store, "a.hex") == "red");
  project.disk->files["a.hex"] = to_bytes("green");
  CHECK(text_of(*project.store, "a.hex") == "green");
}

TEST_CASE("nothing is told of files that the project does not have") {
  Remembered project;
  CHECK(text_of(*project.store, "a.hex") == "red");
  project.disk->files["other"] = to_bytes("x");
  CHECK(project.memory.look_again({"other"}, *project.disk).empty());
  project.memory.keep_only({"other"});
  project.disk->files["a.hex"] = to_bytes("green");
  CHECK(project.memory.look_again({"a.hex"}, *project.disk).empty());
  CHECK(project.memory.paths().empty());
}

}  // namespace dgxp
