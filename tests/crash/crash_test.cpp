// What a build leaves behind when it is killed at any moment, and when the disk does not take it.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/e2e/small_project.hpp"

using namespace dgxp;
namespace fs = std::filesystem;

namespace {

/// The leak check of the address sanitizer cannot run in a process that is traced.
const std::map<std::string, std::string> kTraced{{"ASAN_OPTIONS", "detect_leaks=0"}};

using Tree = std::map<std::string, std::string>;

/// A built project, what it becomes by a change, and the state in between to start from.
struct Rebuild {
  SmallProject origin;
  SmallProject goal;
  Tree before;
  Tree after;

  Rebuild() {
    REQUIRE(origin.run({"build"}).status == 0);
    before = origin.tree();
    change(origin);
    change(goal);
    // The same history as the killed build has: built, changed, built.
    fs::remove_all(goal.folder());
    fs::copy(origin.folder(), goal.folder(), fs::copy_options::recursive);
    REQUIRE(goal.run({"build", "-j1"}).status == 0);
    after = goal.tree();
  }

  /// A palette entry, a prompt and a new sprite: outputs, masters and lock all change.
  static void change(const SmallProject& project) {
    project.replace_in("palettes/ember.hex", "9e3038", "3050a5");
    project.replace_in("assets.yaml", "gold coin", "silver coin");
    project.replace_in("assets.yaml", "potion: \"red potion\"",
                       "potion: \"red potion\", key: \"gold key\"");
  }

  /// A fresh copy of the changed, not yet rebuilt project.
  void restart(const TempProject& copy) const {
    fs::remove_all(copy.folder());
    fs::copy(origin.folder(), copy.folder(), fs::copy_options::recursive);
  }

  /// What is wrong with a tree that a killed build left: "" when every file is whole.
  std::string torn_files(const TempProject& project) const {
    std::string torn;
    for (const auto& [path, content] : project.tree()) {
      const auto old_file = before.find(path);
      const auto new_file = after.find(path);
      const bool is_source = path == "assets.yaml" || path.starts_with("palettes/");
      const bool is_whole = is_source ||
                            (old_file != before.end() && old_file->second == content) ||
                            (new_file != after.end() && new_file->second == content);
      if (!is_whole) torn += path + " ";
    }
    return torn;
  }

  /// Builds again and says what differs from a build that nobody killed.
  std::string unrepaired(const TempProject& project) const {
    const ProgramResult repaired = run_dgxp(project.folder().string(), {"build"});
    if (repaired.status != 0) return "exit " + std::to_string(repaired.status) + repaired.err;
    if (project.tree() != after) return "another tree than that of a clean build";
    for (const auto& entry : fs::directory_iterator(project.at(".dgxp/stage"))) {
      return "litter: " + entry.path().string();
    }
    return "";
  }
};

void start_and_kill(const std::string& folder, std::chrono::microseconds after) {
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(folder.c_str()) != 0) _exit(126);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, 1);
    dup2(null, 2);
    execl(DGXP_BINARY, DGXP_BINARY, "build", static_cast<char*>(nullptr));
    _exit(127);
  }
  // The moment is the thing under test: there is nothing to wait for instead.
  std::this_thread::sleep_for(after);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

int runs_wanted() {
  const char* runs = std::getenv("DGXP_CRASH_RUNS");
  return runs == nullptr ? 25 : std::atoi(runs);
}

bool can_trace() {
  return run_program({.command = {"strace", "-qq", "-o", "/dev/null", "true"}, .folder = "/"})
             .status == 0;
}

bool can_mount() {
  return run_program({.command = {"unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"},
                      .folder = "/"})
             .status == 0;
}

}  // namespace

TEST_CASE("kill -9 at random moments of a rebuild: no torn file, and the next build repairs all") {
  const Rebuild rebuild;
  const TempProject copy;
  rebuild.restart(copy);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(run_dgxp(copy.folder().string(), {"build"}).status == 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  std::mt19937 random(1);
  for (int run = 0; run < runs_wanted(); ++run) {
    rebuild.restart(copy);
    start_and_kill(copy.folder().string(),
                   std::chrono::microseconds(random() % (whole.count() * 5 / 4)));
    REQUIRE(rebuild.torn_files(copy) == "");
    REQUIRE(rebuild.unrepaired(copy) == "");
  }
}

TEST_CASE("kill -9 at each mutating system call of a rebuild: the same") {
  if (!can_trace()) {
    MESSAGE("SKIPPED: strace cannot trace here");
    return;
  }
  const Rebuild rebuild;
  const TempProject copy;
  int killed = 0;
  for (const char* call :
       {"write", "pwrite64", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir",
        "mkdirat", "fsync", "fdatasync", "ftruncate", "linkat", "openat2", "flock"}) {
    for (int n = 1; n < 400; ++n) {
      rebuild.restart(copy);
      const ProgramResult result = run_program(
          {.command = {"strace", "-f", "-qq", "-o", "/dev/null", "-e",
                       std::string("inject=") + call + ":signal=SIGKILL:when=" + std::to_string(n),
                       DGXP_BINARY, "build", "-j1"},
           .folder = copy.folder().string(),
           .environment = kTraced});
      if (result.status == 0) break;
      ++killed;
      INFO(call, " number ", n);
      REQUIRE(rebuild.torn_files(copy) == "");
      REQUIRE(rebuild.unrepaired(copy) == "");
    }
  }
  CHECK(killed > 50);
}

TEST_CASE("a failing system call is exit 74 naming the path, with the old outputs whole") {
  if (!can_trace()) {
    MESSAGE("SKIPPED: strace cannot trace here");
    return;
  }
  const Rebuild rebuild;
  const TempProject copy;
  int refused = 0;
  for (const auto& [call, error] : std::map<std::string, std::string>{
           {"fsync", "EIO"}, {"renameat", "EROFS"}, {"renameat2", "EROFS"}, {"rename", "EROFS"}}) {
    for (int n = 1; n < 100; ++n) {
      rebuild.restart(copy);
      const ProgramResult result = run_program(
          {.command = {"strace", "-f", "-qq", "-o", "/dev/null", "-e",
                       "inject=" + call + ":error=" + error + ":when=" + std::to_string(n),
                       DGXP_BINARY, "build", "-j1"},
           .folder = copy.folder().string(),
           .environment = kTraced});
      if (result.status == 0) break;
      ++refused;
      INFO(call, " number ", n, ": ", result.err);
      REQUIRE(result.status == 74);
      REQUIRE(result.err.find("error: cannot ") != std::string::npos);
      REQUIRE(rebuild.torn_files(copy) == "");
      REQUIRE(rebuild.unrepaired(copy) == "");
    }
  }
  CHECK(refused > 5);
}

TEST_CASE("a full disk is exit 74 naming the path, whatever is left of it") {
  if (!can_mount()) {
    MESSAGE("SKIPPED: no file system can be mounted here");
    return;
  }
  const Rebuild rebuild;
  const TempProject copy;
  int refused = 0;
  // Grown page by page until the rebuild fits; the tree is copied out before the mount goes.
  for (int kib = 200; kib < 4000; kib += 16) {
    fs::remove_all(copy.folder());
    fs::create_directories(copy.folder());
    const std::string script = "mount -t tmpfs -o size=" + std::to_string(kib) +
                               "k tmpfs /mnt && "
                               "cp -r " +
                               rebuild.origin.folder().string() +
                               "/. /mnt 2>/dev/null || exit 99; "
                               "cd /mnt && " +
                               DGXP_BINARY +
                               " build; status=$?; "
                               "cp -r /mnt/. " +
                               copy.folder().string() + "; exit $status";
    const ProgramResult result =
        run_program({.command = {"unshare", "--mount", "sh", "-c", script}, .folder = "/"});
    if (result.status == 99) continue;  // too small even for the project itself
    if (result.status == 0) break;
    ++refused;
    INFO(kib, " KiB: ", result.err);
    REQUIRE(result.status == 74);
    REQUIRE(result.err.find("No space left on device") != std::string::npos);
    REQUIRE(rebuild.torn_files(copy) == "");
    REQUIRE(rebuild.unrepaired(copy) == "");
  }
  CHECK(refused > 0);
}

TEST_CASE("a read-only folder is exit 74 naming the path, before any job is drawn") {
  if (!can_mount()) {
    MESSAGE("SKIPPED: no file system can be mounted here");
    return;
  }
  const Rebuild rebuild;
  const TempProject copy;
  rebuild.restart(copy);
  for (const char* folder : {"game/sprites", "art", "."}) {
    const std::string path = copy.at(folder).string();
    const ProgramResult result = run_program(
        {.command = {"unshare", "--mount", "sh", "-c",
                     "mount --bind " + path + " " + path + " && mount -o remount,ro,bind " + path +
                         " && cd " + copy.folder().string() + " && " + DGXP_BINARY + " build"},
         .folder = "/"});
    INFO(folder, ": ", result.err);
    CHECK(result.status == 74);
    CHECK(result.err.find("Read-only file system") != std::string::npos);
    CHECK(rebuild.torn_files(copy) == "");
  }
  CHECK(rebuild.unrepaired(copy) == "");
}

TEST_CASE("SIGINT and SIGTERM end a build with 130 and 143, soon and without litter") {
  const Rebuild rebuild;
  const TempProject copy;
  for (const int signal : {SIGINT, SIGTERM}) {
    rebuild.restart(copy);
    fs::remove_all(copy.at("art"));
    const ProgramResult result =
        run_program({.command = {"timeout", "--foreground", "--preserve-status", "--signal",
                                 std::to_string(signal), "0.02", DGXP_BINARY, "build", "-j1"},
                     .folder = copy.folder().string()});
    const bool ended_first = result.status == 0;
    CHECK((ended_first || result.status == 128 + signal));
    CHECK(rebuild.torn_files(copy) == "");
  }
}
