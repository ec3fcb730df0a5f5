// Small file systems of their own, mounted in a private namespace, where that is allowed.

#include <fstream>
#include <functional>

#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/store/project_store.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

using Tree = std::map<std::string, std::string>;

void write_to(const char* path, const std::string& text) {
  std::ofstream(path) << text;
}

/// A namespace in which mounts are ours: as root at once, else as root of a user namespace.
bool enter_mount_namespace() {
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) return false;
  if (user != 0) {
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    write_to("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_memory(const std::filesystem::path& folder, const std::string& options) {
  std::filesystem::create_directories(folder);
  return ::mount("none", folder.c_str(), "tmpfs", 0, options.c_str()) == 0;
}

constexpr const char* kNotAllowed = "not allowed";

/// What `task` says in a child that may mount; "not allowed" where the machine does not let it.
std::string say_in_namespace(const std::function<std::string()>& task) {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string answer = enter_mount_namespace() ? task() : kNotAllowed;
    const bool sent = ::write(ends[1], answer.data(), answer.size()) == ssize_t(answer.size());
    ::_exit(sent ? 0 : 1);
  }
  ::close(ends[1]);
  std::string answer;
  char room[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], room, sizeof room)) > 0;) {
    answer.append(room, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  if (answer == kNotAllowed) MESSAGE("skipped: this machine does not allow mounts here");
  return answer;
}

std::string state_of(const TempProject& project, const Tree& old_tree, const Tree& new_tree) {
  const Tree tree = project.tree("assets");
  if (tree == old_tree) return "old";
  if (tree == new_tree) return "new";
  std::string names;
  for (const auto& [path, content] : tree) {
    names += " " + path + "(" + std::to_string(content.size()) + ")";
  }
  return "mixed:" + names;
}

std::string deliver_in(const TempProject& project, const std::vector<OutputFile>& files) {
  const auto store = open_project(project.folder(), {});
  if (!store) return project.anonymous(said(store));
  return project.anonymous(said((*store)->deliver(files)));
}

TEST_CASE("a full disk gives an error with path and reason, old files whole, and no litter") {
  const TempProject project;
  const std::vector<OutputFile> before = {output("assets/a.png", std::string(30000, '1'))};
  const std::vector<OutputFile> after = {output("assets/a.png", std::string(90000, '2')),
                                         output("assets/b.png", std::string(90000, '3'))};
  const Tree old_tree = {{"assets/a.png", std::string(30000, '1')}};
  const Tree new_tree = {{"assets/a.png", std::string(90000, '2')},
                         {"assets/b.png", std::string(90000, '3')}};
  // Pages of a tmpfs: from far too small for the delivery to large enough, page by page.
  const std::string said_there = say_in_namespace([&]() -> std::string {
    std::map<std::string, int> outcomes;
    for (int kib = 80; kib <= 320; kib += 4) {
      if (!mount_memory(project.folder(), "size=" + std::to_string(kib) + "k")) return kNotAllowed;
      std::string outcome = deliver_in(project, before);
      if (outcome == "ok") outcome += " then " + deliver_in(project, after);
      outcome += ", " + state_of(project, old_tree, new_tree);
      outcome += project.names(".dgxp/stage").empty() ? "" : ", litter";
      ++outcomes[outcome];
      ::umount2(project.folder().c_str(), MNT_DETACH);
    }
    std::string transcript;
    for (const auto& [outcome, count] : outcomes) transcript += outcome + "\n";
    return transcript;
  });
  if (said_there == kNotAllowed) return;
  CHECK(said_there ==
        "ok then cannot write 'P/.dgxp/delivered': No space left on device, old\n"
        "ok then cannot write 'P/assets/a.png': No space left on device, old\n"
        "ok then cannot write 'P/assets/b.png': No space left on device, old\n"
        "ok then ok, new\n");
}

TEST_CASE("a read-only folder is noticed before anything is made") {
  const TempProject project;
  const std::string said_there = say_in_namespace([&]() -> std::string {
    {
      const auto store = project.open();
    }
    if (!mount_memory(project.at("assets"), "size=1m")) return kNotAllowed;
    project.put("assets/a.png", "old");
    if (::mount("none", project.at("assets").c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) !=
        0) {
      return kNotAllowed;
    }
    const auto store = open_project(project.folder(), {});
    const std::vector<std::string> folders = {"art", "assets/sprites"};
    return project.anonymous(said((*store)->check_writable(folders))) + "\n" +
           project.anonymous(
               said((*store)->deliver(std::vector<OutputFile>{output("assets/a.png", "new")}))) +
           "\n" + project.get("assets/a.png");
  });
  if (said_there == kNotAllowed) return;
  CHECK(said_there ==
        "cannot write to folder 'P/assets/sprites': Read-only file system\n"
        "cannot write 'P/assets/a.png': Read-only file system\n"
        "old");
}

TEST_CASE("an assets folder on another file system sees a copy, its rename and a touch") {
  const TempProject project;
  const std::string said_there = say_in_namespace([&]() -> std::string {
    if (!mount_memory(project.at("assets"), "size=1m")) return kNotAllowed;
    const int queue = ::inotify_init1(IN_NONBLOCK);
    ::inotify_add_watch(queue, project.at("assets").c_str(),
                        IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_ATTRIB);
    const std::string answer = deliver_in(project, {output("assets/a.png", "new")});
    std::string events;
    alignas(inotify_event) char room[4096];
    const ssize_t size = ::read(queue, room, sizeof room);
    for (const char* at = room; at < room + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      const std::string name = event->name;
      const bool temporary = name.starts_with(".dgxp-") && name.ends_with(".tmp");
      events += (event->mask & IN_CREATE) != 0     ? " create"
                : (event->mask & IN_MOVED_TO) != 0 ? " move"
                : (event->mask & IN_ATTRIB) != 0   ? " touch"
                                                   : " delete";
      events += temporary ? ":temporary" : ":" + name;
      at += sizeof *event + event->len;
    }
    return answer + events + " " + project.get("assets/a.png");
  });
  if (said_there == kNotAllowed) return;
  CHECK(said_there == "ok create:temporary touch:temporary move:a.png touch:a.png new");
}

TEST_CASE("a delivery into many folders does not run out of descriptors") {
  const TempProject project(fast_folder());
  std::vector<OutputFile> files;
  for (int i = 0; i < 600; ++i) files.push_back(output("a/" + std::to_string(i) + "/f", "x"));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit limit{256, 256};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::_exit(deliver_in(project, files) == "ok" ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(project.tree().size() == 600);
}

TEST_CASE("four builds at once and a reader: nobody ever sees half a file, all end well") {
  const TempProject project(fast_folder());
  constexpr int kBuilders = 4;
  constexpr int kRounds = 12;
  const auto page = [](char letter) { return std::string(200000, letter); };
  REQUIRE(deliver_in(project, {output("assets/a.png", page('a'))}) == "ok");
  std::vector<pid_t> children;
  for (int builder = 0; builder < kBuilders; ++builder) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      bool good = true;
      for (int round = 0; round < kRounds; ++round) {
        const char letter = static_cast<char>('a' + (builder * kRounds + round) % 26);
        const auto store = open_project(project.folder(), {.sync = Sync::no});
        good = good && store &&
               (*store)->deliver(std::vector<OutputFile>{output("assets/a.png", page(letter))});
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  int torn = 0;
  int seen = 0;
  int ended = 0;
  bool all_good = true;
  while (ended < kBuilders) {
    const std::string content = project.get("assets/a.png");
    const bool whole = content.size() == 200000 && content == page(content[0]);
    torn += whole ? 0 : 1;
    ++seen;
    int status = 0;
    if (::waitpid(-1, &status, WNOHANG) > 0) {
      ++ended;
      all_good = all_good && status == 0;
    }
  }
  CHECK(torn == 0);
  CHECK(seen > 5);  // it did look while they wrote, however slow the machine
  CHECK(all_good);
  CHECK(project.names(".dgxp/stage").empty());
}

}  // namespace
}  // namespace dgxp
