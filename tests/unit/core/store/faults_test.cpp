// What is left when a process dies, or the disk refuses, at each single call that changes a file.

#include <csignal>
#include <cstring>
#include <functional>
#include <set>

#include <sys/wait.h>

#include "core/base/digest.hpp"
#include "core/store/build_stamp.hpp"
#include "faulty_calls.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

using Tree = std::map<std::string, std::string>;

std::string big(char letter) {
  return std::string(100000, letter);
}

std::vector<OutputFile> old_outputs() {
  return {output("assets/a/hero.png", big('1'), PublishStep::page),
          output("assets/a/hero.dgxp.json", "sheet 1", PublishStep::sheet),
          output("assets/gone.png", "gone", PublishStep::page),
          output("assets/same.png", "same", PublishStep::page),
          output("assets/catalog.json", "catalog 1", PublishStep::catalog)};
}

std::vector<OutputFile> new_outputs() {
  return {output("assets/a/hero.png", big('2'), PublishStep::page),
          output("assets/a/hero.dgxp.json", "sheet 2", PublishStep::sheet),
          output("assets/new/folder/item.png", "item", PublishStep::page),
          output("assets/same.png", "same", PublishStep::page),
          output("assets/catalog.json", "catalog 2", PublishStep::catalog)};
}

Tree tree_of(const std::vector<OutputFile>& outputs, const std::string& master) {
  Tree tree;
  for (const OutputFile& file : outputs) tree[file.path] = std::string(as_text(file.content));
  tree["art/hero.png"] = master;
  return tree;
}

const Tree kOld = tree_of(old_outputs(), "master 1");
const Tree kNew = tree_of(new_outputs(), "master 2");

/// "ok", or the first message: everything that a build asks of the store, in its order.
std::string build(const std::filesystem::path& folder, const std::string& master,
                  const std::vector<OutputFile>& outputs, Sync sync) {
  auto store = open_project(folder, {.sync = sync, .lock_timeout = std::chrono::seconds(5)});
  if (!store) return store.error().message;
  const RawImage raw{sha256(master), to_bytes("raw of " + master), false};
  if (auto kept = (*store)->keep_raw(raw); !kept) return kept.error().message;
  (*store)->keep_recipe(sha256("recipe"), "text of recipe " + master);
  if (auto wrote = (*store)->write("art/hero.png", as_bytes(master)); !wrote) return said(wrote);
  (*store)->remember_raw_of_master("hero", raw.key);
  if (auto report = (*store)->deliver(outputs); !report) return said(report);
  return "ok";
}

struct OldProject : TempProject {
  OldProject() : TempProject(fast_folder()) {
    REQUIRE(build(folder(), "master 1", old_outputs(), Sync::no) == "ok");
  }
  /// With faults in force fsync does not reach the disk, and so costs nothing.
  std::string build_new(Sync sync) const {
    return build(folder(), "master 2", new_outputs(), sync);
  }
};

/// Files that are neither what they were nor what they become, or that nobody asked for.
std::vector<std::string> wrong_files(const TempProject& project) {
  std::vector<std::string> wrong;
  for (const auto& [path, content] : project.tree()) {
    const auto is = [&path = path, &content = content](const Tree& tree) {
      const auto found = tree.find(path);
      return found != tree.end() && found->second == content;
    };
    if (!is(kOld) && !is(kNew)) wrong.push_back(path);
  }
  for (const auto& [path, content] : kOld) {
    if (kNew.contains(path) && project.get(path) == "<absent>") wrong.push_back("lost " + path);
  }
  return wrong;
}

const std::vector<std::string> kNone;

/// True when the child was killed, false when it came to its end.
bool dies_in_child(const FaultPlan& plan, const std::function<void()>& task) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    {
      const Faults faults(plan);
      task();
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void check_kill_at_every_call(FaultPlan::Kind kind) {
  long at = 1;
  for (; at < 1000; ++at) {
    const OldProject project;
    const bool killed =
        dies_in_child({.kind = kind, .at = at}, [&] { (void)project.build_new(Sync::yes); });
    CAPTURE(at);
    REQUIRE(wrong_files(project) == kNone);
    REQUIRE(project.build_new(Sync::no) == "ok");
    REQUIRE(project.tree() == kNew);
    REQUIRE(project.names(".dgxp/stage") == kNone);
    if (!killed) break;
  }
  // The loop really went over the whole build and ended by itself.
  CHECK(at > 40);
  CHECK(at < 1000);
}

TEST_CASE("killed before any call that changes a file: nothing torn, and the next build repairs") {
  check_kill_at_every_call(FaultPlan::Kind::kill);
}

TEST_CASE("killed in the middle of any write: nothing torn, and the next build repairs") {
  check_kill_at_every_call(FaultPlan::Kind::tear);
}

TEST_CASE("killed before any call, then built as before: no file of the killed build stays") {
  long at = 1;
  for (; at < 1000; ++at) {
    const OldProject project;
    const bool killed = dies_in_child({.kind = FaultPlan::Kind::kill, .at = at},
                                      [&] { (void)project.build_new(Sync::yes); });
    CAPTURE(at);
    REQUIRE(build(project.folder(), "master 1", old_outputs(), Sync::no) == "ok");
    REQUIRE(project.tree() == kOld);
    if (!killed) break;
  }
  CHECK(at > 40);
  CHECK(at < 1000);
}

/// A file that was brought to disk whose close then failed: its content may be lost.
bool failed_to_close_output(const std::vector<NotedCall>& calls) {
  std::set<std::uint64_t> synced;
  for (const NotedCall& call : calls) {
    if (call.name == "fsync" && call.regular) synced.insert(call.inode);
    if (call.name == "close" && call.skipped) return synced.contains(call.inode);
  }
  return false;
}

void check_failure_at_every_call(FaultPlan::Kind kind, int code) {
  long at = 1;
  int refused = 0;
  int bad_closes = 0;
  for (; at < 1000; ++at) {
    const OldProject project;
    long made = 0;
    std::string answer;
    bool bad_close = false;
    {
      const Faults faults({.kind = kind, .at = at, .code = code});
      answer = project.build_new(Sync::yes);
      made = faults.count();
      bad_close = failed_to_close_output(faults.calls());
    }
    bad_closes += bad_close ? 1 : 0;
    CAPTURE(at);
    CAPTURE(answer);
    REQUIRE(wrong_files(project) == kNone);
    if (answer == "ok") {
      REQUIRE_FALSE(bad_close);
      REQUIRE(project.tree() == kNew);
    } else {
      ++refused;
      REQUIRE(answer.starts_with("cannot "));
      REQUIRE(answer.find(std::strerror(code)) != std::string::npos);
    }
    REQUIRE(project.build_new(Sync::no) == "ok");
    REQUIRE(project.tree() == kNew);
    REQUIRE(project.names(".dgxp/stage") == kNone);
    if (made < at) break;
  }
  CHECK(at > 40);
  CHECK(at < 1000);
  CHECK(refused > 20);
  CHECK(bad_closes > 3);
}

TEST_CASE("one failing call gives an error with path and reason or does no harm") {
  SUBCASE("disk full") {
    check_failure_at_every_call(FaultPlan::Kind::fail, ENOSPC);
  }
  SUBCASE("I/O error") {
    check_failure_at_every_call(FaultPlan::Kind::fail, EIO);
  }
  SUBCASE("over quota") {
    check_failure_at_every_call(FaultPlan::Kind::fail, EDQUOT);
  }
}

TEST_CASE("a disk that fails for good from any call on: old or new files, and an error") {
  SUBCASE("disk full") {
    check_failure_at_every_call(FaultPlan::Kind::fail_all, ENOSPC);
  }
  SUBCASE("read-only") {
    check_failure_at_every_call(FaultPlan::Kind::fail_all, EROFS);
  }
}

TEST_CASE("a failed delivery leaves nothing in the stage") {
  const OldProject project;
  const auto store = project.open();
  {
    // The fifth call lies among the writes to the stage.
    const Faults faults({.kind = FaultPlan::Kind::fail, .at = 5, .code = ENOSPC});
    const auto report = store->deliver(new_outputs());
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::storage);
    CHECK(said(report).ends_with("': No space left on device"));
  }
  CHECK(project.names(".dgxp/stage") == kNone);
  CHECK(project.tree() == kOld);
}

TEST_CASE("every file is synced before its rename, and every changed folder after the last one") {
  const OldProject project;
  const Faults faults({});
  REQUIRE(project.build_new(Sync::yes) == "ok");
  std::set<std::uint64_t> synced;
  std::set<std::uint64_t> open_folders;
  std::set<std::string> renamed;
  const std::set<std::string> caches = {sha256("master 2").hex(), "recipes", "masters"};
  for (const NotedCall& call : faults.calls()) {
    if (call.name == "fsync") {
      synced.insert(call.inode);
      open_folders.erase(call.inode);
    }
    if (call.name == "renameat" && !caches.contains(call.target)) {
      CAPTURE(call.target);
      CHECK(synced.contains(call.inode));
      open_folders.insert(call.folder);
      renamed.insert(call.target);
    }
    if (call.name == "unlinkat" && call.target == "gone.png") open_folders.insert(call.folder);
  }
  CHECK(renamed == std::set<std::string>{"hero.png", "hero.dgxp.json", "item.png", "catalog.json",
                                         "delivered"});
  CHECK(open_folders.empty());
  // The folders made on the way are entries of folders, too.
  for (const char* folder : {"assets", "assets/new", "assets/new/folder"}) {
    CAPTURE(folder);
    CHECK(synced.contains(project.status(folder).st_ino));
  }
}

TEST_CASE("files for another file system are copied beside their target, renamed and touched") {
  const OldProject project;
  {
    const Faults faults({.kind = FaultPlan::Kind::other_fs});
    REQUIRE(project.build_new(Sync::yes) == "ok");
    std::set<std::uint64_t> synced;
    for (const NotedCall& call : faults.calls()) {
      if (call.name == "fsync") synced.insert(call.inode);
      if (call.name == "renameat" && call.target == "item.png") CHECK(synced.contains(call.inode));
    }
  }
  CHECK(project.tree() == kNew);
  CHECK(project.names(".dgxp/stage") == kNone);
}

TEST_CASE("killed while copying to another file system: the next open removes the litter") {
  // The folder is not in the delivery log: only write() was there.
  const TempProject project(fast_folder());
  {
    const auto store = project.open();
  }
  std::set<std::string> litter;
  long at = 1;
  for (; at < 200; ++at) {
    const auto task = [&] {
      const auto store = project.open(Sync::yes);
      (void)!store->write("art/hero.png", as_bytes(std::to_string(at)));
    };
    // other_fs and kill in one: a child that renames across and dies at the call.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      {
        const Faults faults({.kind = FaultPlan::Kind::other_fs, .at = at});
        task();
      }
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    for (const std::string& name : project.names("art")) litter.insert(name.substr(0, 5));
    {
      const auto store = project.open();
    }
    for (const std::string& name : project.names("art")) REQUIRE(name == "hero.png");
    if (!WIFSIGNALED(status)) break;
  }
  CHECK(litter.contains(".dgxp"));
  CHECK(at > 10);
  CHECK(at < 200);
}

TEST_CASE("on a kernel without openat2 everything works, and links are refused as well") {
  const TempProject outside(fast_folder());
  const OldProject project;
  std::filesystem::create_symlink(outside.folder(), project.at("out"));
  const Faults faults({.kind = FaultPlan::Kind::no_openat2});
  REQUIRE(project.build_new(Sync::yes) == "ok");
  CHECK(project.tree() == kNew);
  const auto store = project.open();
  CHECK(project.anonymous(said(store->write("out/x", as_bytes("x")))) ==
        "cannot write 'P/out/x': it is, or lies behind, a symbolic link, and those are not "
        "followed");
  CHECK(outside.names("") == kNone);
  CHECK(store->raw_of_master("hero"));
}

TEST_CASE("a lock file that is replaced between open and flock is not taken for the lock") {
  const TempProject project(fast_folder());
  {
    const auto store = project.open();
  }
  SUBCASE("the lock file alone") {
    Faults faults({});
    faults.before_next_flock([&] { std::filesystem::remove(project.at(".dgxp/lock")); });
    const auto store = project.open();
    CHECK_FALSE(open_project(project.folder(), {.lock_timeout = std::chrono::seconds(0)}));
  }
  SUBCASE("the whole private folder") {
    Faults faults({});
    faults.before_next_flock([&] { std::filesystem::remove_all(project.at(".dgxp")); });
    const auto store = project.open();
    CHECK_FALSE(open_project(project.folder(), {.lock_timeout = std::chrono::seconds(0)}));
    CHECK(project.get(".dgxp/.gitignore") == "*\n");
  }
}

TEST_CASE("a stamp whose writing fails or is cut short never says up to date wrongly") {
  const Digest question = sha256("q");
  for (long at = 1; at < 100; ++at) {
    const TempProject project(fast_folder());
    project.put("file", "one");
    REQUIRE(write_stamp(project.folder(), {question, {"file"}}));
    project.put("file", "two");
    const bool killed = dies_in_child({.kind = FaultPlan::Kind::tear, .at = at}, [&] {
      (void)!write_stamp(project.folder(), {question, {"file"}});
    });
    project.put("file", "six");
    REQUIRE_FALSE(is_up_to_date(project.folder(), question));
    project.put("file", "two");
    if (!killed) {
      CHECK(is_up_to_date(project.folder(), question));
      CHECK(at > 3);
      break;
    }
  }
}

}  // namespace
}  // namespace dgxp
