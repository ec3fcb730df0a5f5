#include "core/store/beneath.hpp"

#include "temp_project.hpp"

namespace dgxp {
namespace {

using Opener = OsResult<Descriptor> (*)(int, const std::string&, int, mode_t);

/// "ok" or the errno's text, for each way of opening.
std::string try_open(Opener opener, int root, const std::string& path, int flags = O_RDONLY) {
  const auto opened = opener(root, path, flags, 0);
  return opened ? std::string("ok") : std::to_string(opened.error());
}

struct Escapes {
  TempProject outside;
  TempProject project;
  Descriptor root;

  Escapes() {
    outside.put("secret", "s");
    project.put("inside/file", "f");
    std::filesystem::create_symlink(outside.folder(), project.at("out"));
    std::filesystem::create_symlink(outside.at("secret"), project.at("secret"));
    std::filesystem::create_symlink("inside", project.at("alias"));
    std::filesystem::create_symlink("file", project.at("inside/link"));
    root = Descriptor(::open(project.folder().c_str(), O_RDONLY | O_DIRECTORY));
  }
};

void check_escapes(Opener opener) {
  const Escapes e;
  const std::string loop = std::to_string(ELOOP);
  const std::string out = std::to_string(EXDEV);
  const int root = e.root.get();
  CHECK(try_open(opener, root, "inside/file") == "ok");
  CHECK(try_open(opener, root, "inside", O_RDONLY | O_DIRECTORY) == "ok");
  CHECK(try_open(opener, root, ".", O_RDONLY | O_DIRECTORY) == "ok");
  CHECK(try_open(opener, root, "missing") == std::to_string(ENOENT));
  CHECK(try_open(opener, root, "missing/file") == std::to_string(ENOENT));
  CHECK(try_open(opener, root, "inside/file/below") == std::to_string(ENOTDIR));
  CHECK(try_open(opener, root, "out/secret") == loop);
  CHECK(try_open(opener, root, "out", O_RDONLY | O_DIRECTORY) == loop);
  CHECK(try_open(opener, root, "secret") == loop);
  CHECK(try_open(opener, root, "alias/file") == loop);
  CHECK(try_open(opener, root, "inside/link") == loop);
  CHECK(try_open(opener, root, "../" + e.outside.folder().filename().string() + "/secret") == out);
  CHECK(try_open(opener, root, "inside/../../x") == out);
  CHECK(try_open(opener, root, e.outside.at("secret").string()) == out);
}

TEST_CASE("open_beneath follows no link and leaves by no name") {
  check_escapes(open_beneath);
}

TEST_CASE("open_beneath_by_walk refuses the same as the kernel does") {
  check_escapes(open_beneath_by_walk);
}

TEST_CASE("tidy_path keeps what is inside and refuses the rest") {
  CHECK(tidy_path("a/b.png") == "a/b.png");
  CHECK(tidy_path("./a//b/./c/") == "a/b/c");
  CHECK(tidy_path("a..b/..c") == "a..b/..c");
  for (const std::string bad :
       {"", ".", "/", "/a", "..", "a/..", "../a", "a/../b", "a\nb", "a\x7f", "a\x01"}) {
    CAPTURE(bad);
    CHECK(tidy_path(bad) == std::nullopt);
  }
  CHECK(tidy_path(std::string_view("a\0b", 3)) == std::nullopt);
  CHECK(tidy_path(std::string(255, 'a')).has_value());
  CHECK(tidy_path(std::string(256, 'a')) == std::nullopt);
  std::string deep = "a";
  while (deep.size() <= 4000) deep += "/a";
  CHECK(tidy_path(deep) == std::nullopt);
}

TEST_CASE("make_folder_beneath makes what is missing and says which folders changed") {
  const TempProject project;
  project.put("a/file", "");
  const Descriptor root(::open(project.folder().c_str(), O_RDONLY | O_DIRECTORY));
  const auto made = make_folder_beneath(root.get(), "a/b/c");
  REQUIRE(made);
  CHECK(made->changed_parents == std::vector<std::string>{"a", "a/b"});
  CHECK(std::filesystem::is_directory(project.at("a/b/c")));
  const auto again = make_folder_beneath(root.get(), "a/b/c");
  REQUIRE(again);
  CHECK(again->changed_parents.empty());
  const auto blocked = make_folder_beneath(root.get(), "a/file/c");
  REQUIRE(!blocked);
  CHECK(blocked.error() == ENOTDIR);
}

TEST_CASE("make_folder_beneath makes nothing behind a link") {
  const TempProject outside;
  const TempProject project;
  std::filesystem::create_symlink(outside.folder(), project.at("out"));
  const Descriptor root(::open(project.folder().c_str(), O_RDONLY | O_DIRECTORY));
  const auto made = make_folder_beneath(root.get(), "out/new/folder");
  REQUIRE(!made);
  CHECK(made.error() == ELOOP);
  CHECK(outside.names("").empty());
}

}  // namespace
}  // namespace dgxp
