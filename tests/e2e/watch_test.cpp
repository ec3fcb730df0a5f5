// `dgxp watch` as an editor, a game and a shell meet it. Every wait is for a line that it prints.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/small_project.hpp"
#include "tests/support/background_program.hpp"
#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {
namespace {

using nlohmann::json;

/// One of /proc/sys/user, in a user namespace of its own.
struct KernelLimit {
  std::string name;
  std::string value;
};

/// A project that is watched. Every read has a deadline.
class WatchedProject : public SmallProject {
 public:
  explicit WatchedProject(const std::vector<std::string>& more = {}) {
    REQUIRE(run({"build", "--no-fsync"}).status == 0);
    std::vector<std::string> command{DGXP_BINARY, "watch", "--events=jsonl", "--no-fsync"};
    command.insert(command.end(), more.begin(), more.end());
    start(std::move(command));
  }

  /// With a limit of the kernel set for this program alone.
  explicit WatchedProject(const KernelLimit& limit) {
    REQUIRE(run({"build", "--no-fsync"}).status == 0);
    start({"unshare", "-Ur", "sh", "-c",
           "echo " + limit.value + " > /proc/sys/user/" + limit.name + " && exec \"$0\" \"$@\"",
           DGXP_BINARY, "watch", "--events=jsonl", "--no-fsync"});
  }

  BackgroundProgram& watch() { return *watch_; }
  const json& ready() const { return ready_; }

  /// The next event of this kind; those before it are passed over.
  json next(const std::string& kind) {
    for (;;) {
      const std::string line = watch_->read_line();
      REQUIRE_MESSAGE(!line.empty(), "no event '" << kind << "' came in time");
      json event = json::parse(line);
      if (event["event"] == kind) return event;
    }
  }

  /// As editors save: another file takes the place.
  void replace(const std::string& path, const std::string& text) const {
    put(path + ".new", text);
    std::filesystem::rename(folder() / (path + ".new"), folder() / path);
  }

  void remove(const std::string& path) const { std::filesystem::remove(folder() / path); }

  /// What is there is what a build makes of it.
  void check_fresh() const {
    const ProgramResult check = run({"check"});
    CHECK_MESSAGE(check.status == 0, check.out << check.err);
  }

 private:
  void start(std::vector<std::string> command) {
    watch_.emplace(
        ProgramRun{.command = std::move(command), .folder = folder().string(), .environment = {}});
    ready_ = next("ready");
  }

  std::optional<BackgroundProgram> watch_;
  json ready_;
};

std::string with_other_red(std::string palette) {
  return palette.replace(palette.find("9e3038"), 6, "9e3048");
}

}  // namespace

TEST_CASE("watch builds again when a palette is written in place or replaced") {
  WatchedProject project;
  const std::string before = project.get("palettes/ember.hex");
  project.put("palettes/ember.hex", with_other_red(before));
  CHECK(project.next("build_started")["changed"] == json{"palettes/ember.hex"});
  CHECK(project.next("build_finished")["written"].size() >= 2);
  project.check_fresh();

  project.replace("palettes/ember.hex", before);
  CHECK(project.next("build_finished")["written"].size() >= 2);
  project.check_fresh();
}

TEST_CASE("watch shows what is wrong with the manifest and goes on when it is mended") {
  WatchedProject project;
  const std::string before = project.get("assets.yaml");
  project.replace_in("assets.yaml", "palette: ember", "palete: ember");
  const json error = project.next("error");
  CHECK(error["exit"] == 65);
  CHECK(error["diagnostics"][0]["hint"] == "did you mean 'palette'?");

  project.replace("assets.yaml", before + "\n# mended\n");
  CHECK(project.next("build_finished")["exit"] == 0);
  project.check_fresh();
}

TEST_CASE("watch makes an output that was deleted, and a master") {
  WatchedProject project;
  const std::string page = project.get("game/sprites/small.png");
  project.remove("game/sprites/small.png");
  CHECK(project.next("build_finished")["written"] == json{"game/sprites/small.png"});
  CHECK(project.get("game/sprites/small.png") == page);

  project.remove("art/item/coin.png");
  CHECK(project.next("build_finished")["recovered"] == json{"item/coin"});
  project.check_fresh();
}

TEST_CASE("watch takes a master that was edited by hand") {
  WatchedProject project;
  const std::string potion = project.get("art/item/potion.png");
  project.replace("art/item/coin.png", potion);
  CHECK(project.next("build_finished")["written"].size() >= 1);
  CHECK(project.get("art/item/coin.png") == potion);
  project.check_fresh();
}

TEST_CASE("after any edits of the manifest watch leaves what a build from nothing makes") {
  WatchedProject project;
  const std::string manifest = project.get("assets.yaml");
  const std::vector<std::pair<std::string, std::string>> edits{
      {"sprites:", "# moved down\nsprites:"},
      {"duration: 120", "duration: 90"},
      {"walk: { frames: 2", "walk: { frames: 3"},
      {"mirror: { west: east }", "mirror: {}"},
      {"young knight, red cape", "old knight"},
      {"#dfa345", "#e8b08a"},
      {"size: [16, 16]", "size: [16, 16]\n  finish: { outline: \"1a1423\" }"},
      {"coin: \"gold coin\", ", ""},
      {"coin: \"gold coin\"", "key: \"gold key\", coin: \"gold coin\""},
      {"\noutputs:", "\nchecks: { coverage: { max: 0.01, level: warn } }\noutputs:"},
      {"\noutputs:", "\natlases: { some: { include: [item/*] } }\noutputs:"},
      {"seed: 7", "seed: 8"},
      {"item/{name}:", "item/{name}:\n    recover: { despeckle: 0 }"},
      {"project: ", "project:\n "}};
  testing::Random random(5);
  std::string last = manifest;
  for (int round = 0; round < 40; ++round) {
    std::string text = manifest;
    for (const auto& [from, to] : edits) {
      const std::size_t at = text.find(from);
      if (random.below(6) == 0 && at != std::string::npos) text.replace(at, from.size(), to);
    }
    if (text == last) continue;
    last = text;
    CAPTURE(text);
    project.replace("assets.yaml", text);
    project.next("build_finished");
    project.check_fresh();
  }
}

TEST_CASE("watch takes a master that was edited while nothing could be built") {
  WatchedProject project;
  const std::string lock = project.get("assets.lock");
  const std::string potion = project.get("art/item/potion.png");
  project.replace("assets.lock", "<<<<<<< ours\n" + lock);
  project.next("error");
  project.replace("art/item/coin.png", potion);
  project.next("error");
  project.replace("assets.lock", lock);
  CHECK(project.next("build_finished")["written"].size() >= 2);
  project.check_fresh();
  // The same for a file that no build could read.
  project.replace("art/item/coin.png", "no picture");
  project.next("error");
  project.replace("art/item/coin.png", potion);
  project.next("build_finished");
  project.check_fresh();
  // What a build made is not what stands there when it is edited next.
  project.remove("art/item/coin.png");
  CHECK(project.next("build_finished")["recovered"] == json{"item/coin"});
  project.replace("art/item/potion.png", project.get("art/item/coin.png"));
  CHECK(project.next("build_finished")["written"].size() >= 2);
  project.check_fresh();
}

TEST_CASE("watch does not build because of what it writes itself, nor for the same bytes") {
  WatchedProject project;
  project.put("palettes/ember.hex", with_other_red(project.get("palettes/ember.hex")));
  project.next("build_finished");
  project.replace("palettes/ember.hex", project.get("palettes/ember.hex"));
  project.replace_in("assets.yaml", "seed: 7", "seed: 8");
  // The next build is that of the manifest: no other came between.
  CHECK(project.next("build_started")["changed"] == json{"assets.yaml"});
}

TEST_CASE("watch waits for a file that an editor is about to write") {
  WatchedProject project;
  const std::string before = project.get("palettes/ember.hex");
  project.remove("palettes/ember.hex");
  project.put("palettes/ember.hex", with_other_red(before));
  // Gone for a moment is no error: the next event is not one.
  CHECK(json::parse(project.watch().read_line())["event"] == "build_started");
  CHECK(json::parse(project.watch().read_line())["event"] == "build_finished");
}

TEST_CASE("watch sees a folder that comes back") {
  WatchedProject project;
  std::filesystem::rename(project.folder() / "palettes", project.folder() / "away");
  CHECK(project.next("error")["exit"] == 65);
  project.put("away/ember.hex", with_other_red(project.get("away/ember.hex")));
  std::filesystem::rename(project.folder() / "away", project.folder() / "palettes");
  CHECK(project.next("build_finished")["exit"] == 0);
  project.check_fresh();
}

TEST_CASE("after any edits watch leaves what a build from nothing makes") {
  WatchedProject project;
  const std::string coin = project.get("art/item/coin.png");
  const std::string potion = project.get("art/item/potion.png");
  const std::string palette = project.get("palettes/ember.hex");
  const auto last = [&] { CHECK(project.next("build_finished")["exit"] == 0); };
  testing::Random random(11);
  for (int round = 0; round < 24; ++round) {
    switch (random.below(6)) {
      case 0:
        project.replace("art/item/coin.png",
                        project.get("art/item/coin.png") == coin ? potion : coin);
        break;
      case 1:
        project.replace("palettes/ember.hex", project.get("palettes/ember.hex") == palette
                                                  ? with_other_red(palette)
                                                  : palette);
        break;
      case 2:
        project.remove("art/hero/walk-east.png");
        break;
      case 3:
        project.remove("game/sprites/sprites.dgxp-catalog.json");
        break;
      case 4:
        project.put("assets.yaml", project.get("assets.yaml") + "# again\n");
        break;
      default:
        project.remove("assets.lock");
        break;
    }
    last();
    project.check_fresh();
  }
  const auto watched = project.tree("game");
  std::filesystem::remove_all(project.folder() / "game");
  while (project.tree("game") != watched) last();
  project.watch().send_signal(SIGINT);
  CHECK(project.watch().wait().status == 130);
  std::filesystem::remove_all(project.folder() / "game");
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.tree("game") == watched);
}

TEST_CASE("watch ends with 130 or 143 when it is told to") {
  for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    WatchedProject project;
    project.watch().send_signal(signal);
    const ProgramResult end = project.watch().wait();
    CHECK(end.status == status);
    CHECK(end.out == "{\"event\":\"ended\"}\n");
  }
}

TEST_CASE("watch without events of the kernel looks in turns") {
  WatchedProject project(std::vector<std::string>{"--poll", "20"});
  project.put("palettes/ember.hex", with_other_red(project.get("palettes/ember.hex")));
  CHECK(project.next("build_finished")["written"].size() >= 2);
  project.check_fresh();
}

TEST_CASE("watch looks in turns when the kernel has no room for its events") {
  const SmallProject plain;
  const bool may_limit = run_program({.command = {"unshare", "-Ur", "sh", "-c",
                                                  "echo 9 > /proc/sys/user/max_inotify_watches"},
                                      .folder = plain.folder().string(),
                                      .environment = {}})
                             .status == 0;
  if (!may_limit) {
    MESSAGE("this system lets nobody set limits of his own: not tried");
    return;
  }
  for (const KernelLimit& limit : {KernelLimit{.name = "max_inotify_instances", .value = "0"},
                                   KernelLimit{.name = "max_inotify_watches", .value = "1"}}) {
    CAPTURE(limit.name);
    WatchedProject project(limit);
    CHECK(project.ready()["source"] == "polling");
    project.put("palettes/ember.hex", with_other_red(project.get("palettes/ember.hex")));
    CHECK(project.next("build_finished")["written"].size() >= 2);
    project.check_fresh();
    project.watch().send_signal(SIGINT);
    const ProgramResult end = project.watch().wait();
    CHECK(end.err.find("raise it with `sysctl fs.inotify.") != std::string::npos);
  }
}

TEST_CASE("watch sees changes of a manifest that is a link, and of where it leads") {
  WatchedProject project;
  const std::string before = project.get("assets.yaml");
  project.put("real/one.yaml", before);
  std::filesystem::create_symlink("real/one.yaml", project.folder() / "link");
  std::filesystem::rename(project.folder() / "link", project.folder() / "assets.yaml");
  project.put("palettes/ember.hex", with_other_red(project.get("palettes/ember.hex")));
  CHECK(project.next("build_started")["changed"] == json{"palettes/ember.hex"});
  project.next("build_finished");

  project.put("real/one.yaml", before + "\n# again\n");
  CHECK(project.next("build_started")["changed"] == json{"assets.yaml"});
  CHECK(project.next("build_finished")["exit"] == 0);
  project.put("real/two.yaml", before + "\n# other\n");
  std::filesystem::create_symlink("real/two.yaml", project.folder() / "link");
  std::filesystem::rename(project.folder() / "link", project.folder() / "assets.yaml");
  CHECK(project.next("build_started")["changed"] == json{"assets.yaml"});
  CHECK(project.next("build_finished")["exit"] == 0);
  project.replace_in("real/two.yaml", "# other", "# third");
  CHECK(project.next("build_started")["changed"] == json{"assets.yaml"});
  project.check_fresh();
}

TEST_CASE("watch ends with 0 when standard input does, if asked") {
  WatchedProject project;
  // Standard input of this test's programs is at its end from the beginning.
  const ProgramResult end = project.run({"watch", "--exit-on-stdin-eof"});
  CHECK(end.status == 0);
}

TEST_CASE("watch that cannot begin says so in an event of one line") {
  const SmallProject project;
  for (const char* style : {"--json", "--events=jsonl"}) {
    const ProgramResult missing = project.run({"watch", style, "no.yaml"});
    CHECK(missing.status == 65);
    CHECK(std::ranges::count(missing.out, '\n') == 1);
    const auto event = json::parse(missing.out);
    CHECK(event["event"] == "error");
    CHECK(event["exit"] == 65);
    CHECK(event["message"] == "there is no manifest 'no.yaml'");
    const ProgramResult astray = project.run({"watch", style, "--worker", "localhost:5555"});
    CHECK(json::parse(astray.out)["exit"] == 64);
  }
}

TEST_CASE("watch refuses a manifest that is not there") {
  const SmallProject project;
  const ProgramResult watch = project.run({"watch", "other.yaml"});
  CHECK(watch.status == 65);
  CHECK(watch.err.starts_with("error: there is no manifest 'other.yaml'\n"));
}

TEST_CASE("watch says that a build starts once, also when a file is missing for a while") {
  WatchedProject project;
  std::filesystem::rename(project.folder() / "palettes/ember.hex", project.folder() / "gone.hex");
  CHECK(json::parse(project.watch().read_line())["event"] == "build_started");
  CHECK(json::parse(project.watch().read_line())["exit"] == 65);
  std::filesystem::rename(project.folder() / "gone.hex", project.folder() / "palettes/ember.hex");
  CHECK(json::parse(project.watch().read_line())["event"] == "build_started");
  CHECK(json::parse(project.watch().read_line())["event"] == "build_finished");
}

}  // namespace dgxp
