#include <sys/inotify.h>

#include "core/base/digest.hpp"
#include "core/store/project_store.hpp"
#include "core/store/record_log.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

using Tree = std::map<std::string, std::string>;

std::vector<OutputFile> hero_outputs(const std::string& version) {
  return {output("assets/sprites.dgxp-catalog.json", "catalog " + version, PublishStep::catalog),
          output("assets/a/hero.dgxp.json", "sheet " + version, PublishStep::sheet),
          output("assets/sprites.rs", "extra", PublishStep::extra),
          output("assets/a/hero.png", "page " + version, PublishStep::page)};
}

DeliveryReport delivered(Store& store, const std::vector<OutputFile>& files) {
  auto report = store.deliver(files);
  REQUIRE_MESSAGE(report, said(report));
  return *std::move(report);
}

/// What a watcher of the folder sees, as "name of event + file name", in order.
class Watch {
 public:
  explicit Watch(const std::vector<std::filesystem::path>& folders)
      : queue_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    constexpr std::uint32_t kWrites = IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE |
                                      IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
    for (const auto& folder : folders) {
      REQUIRE(::inotify_add_watch(queue_, folder.c_str(), kWrites) >= 0);
    }
  }
  ~Watch() { ::close(queue_); }
  std::vector<std::string> events() const {
    std::vector<std::string> seen;
    alignas(inotify_event) char room[16384];
    for (ssize_t size = 0; (size = ::read(queue_, room, sizeof room)) > 0;) {
      for (const char* at = room; at < room + size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);
        seen.push_back(name_of(event->mask) + " " + event->name);
        at += sizeof *event + event->len;
      }
    }
    return seen;
  }

 private:
  static std::string name_of(std::uint32_t mask) {
    if ((mask & IN_MOVED_TO) != 0) return "moved in";
    if ((mask & IN_DELETE) != 0) return "deleted";
    return "event " + std::to_string(mask);
  }
  int queue_;
};

TEST_CASE("deliver writes all files and reports them sorted") {
  const TempProject project;
  const auto store = project.open(Sync::yes);
  const DeliveryReport report = delivered(*store, hero_outputs("1"));
  CHECK(report.written == std::vector<std::string>{"assets/a/hero.dgxp.json", "assets/a/hero.png",
                                                   "assets/sprites.dgxp-catalog.json",
                                                   "assets/sprites.rs"});
  CHECK(report.removed.empty());
  CHECK(report.kept.empty());
  CHECK(report.unchanged == 0);
  CHECK(project.tree() == Tree{{"assets/a/hero.dgxp.json", "sheet 1"},
                               {"assets/a/hero.png", "page 1"},
                               {"assets/sprites.dgxp-catalog.json", "catalog 1"},
                               {"assets/sprites.rs", "extra"}});
  CHECK(project.names(".dgxp/stage").empty());
}

TEST_CASE("deliver does not touch what has not changed, and writes nothing when nothing has") {
  const TempProject project;
  const auto store = project.open();
  delivered(*store, hero_outputs("1"));
  const auto page = project.status("assets/a/hero.png");
  const auto folder = project.status("assets/a");
  const auto log = project.status(".dgxp/delivered");
  const DeliveryReport report = delivered(*store, hero_outputs("1"));
  CHECK(report.written.empty());
  CHECK(report.unchanged == 4);
  CHECK(same_file_state(page, project.status("assets/a/hero.png")));
  CHECK(same_file_state(folder, project.status("assets/a")));
  CHECK(same_file_state(log, project.status(".dgxp/delivered")));
}

TEST_CASE("a watcher sees pages, sheets, catalogue and extras moved in, then removals, no more") {
  const TempProject project;
  const auto store = project.open(Sync::yes);
  auto before = hero_outputs("1");
  before.push_back(output("assets/a/gone.png", "g", PublishStep::page));
  before.push_back(output("assets/old.json", "o", PublishStep::sheet));
  delivered(*store, before);
  const Watch watch({project.at("assets"), project.at("assets/a")});
  auto after = hero_outputs("2");
  after.push_back(output("assets/a/item.png", "i", PublishStep::page));
  delivered(*store, after);
  CHECK(watch.events() == std::vector<std::string>{"moved in hero.png", "moved in item.png",
                                                   "moved in hero.dgxp.json",
                                                   "moved in sprites.dgxp-catalog.json",
                                                   "deleted gone.png", "deleted old.json"});
}

TEST_CASE("deliver removes what it once made and no longer makes") {
  const TempProject project;
  delivered(*project.open(), {output("a/1", "one"), output("a/2", "two"), output("b/3", "three")});
  const DeliveryReport report = delivered(*project.open(), {output("a/1", "one")});
  CHECK(report.removed == std::vector<std::string>{"a/2", "b/3"});
  CHECK(project.tree() == Tree{{"a/1", "one"}});
  CHECK(delivered(*project.open(), {output("a/1", "one")}).removed.empty());
}

TEST_CASE("deliver keeps a file that the user changed, says so once and then forgets it") {
  const TempProject project;
  delivered(*project.open(), {output("1", "one"), output("2", "two"), output("3", "three")});
  project.put("2", "my own");
  std::filesystem::remove(project.at("3"));
  const DeliveryReport report = delivered(*project.open(), {output("1", "one")});
  CHECK(report.removed.empty());
  CHECK(report.kept == std::vector<std::string>{"2"});
  CHECK(project.tree() == Tree{{"1", "one"}, {"2", "my own"}});
  CHECK(delivered(*project.open(), {output("1", "one")}).kept.empty());
}

TEST_CASE("deliver never removes what it did not make, nor anything after .dgxp was deleted") {
  const TempProject project;
  project.put("assets/theirs.png", "t");
  delivered(*project.open(), {output("assets/1", "one"), output("assets/2", "two")});
  std::filesystem::remove_all(project.at(".dgxp"));
  const DeliveryReport report = delivered(*project.open(), {output("assets/1", "one")});
  CHECK(report.removed.empty());
  CHECK(project.tree() ==
        Tree{{"assets/1", "one"}, {"assets/2", "two"}, {"assets/theirs.png", "t"}});
}

TEST_CASE("deliver does not remove through a link that took the place of a folder") {
  const TempProject outside;
  outside.put("2", "two");
  const TempProject project;
  delivered(*project.open(), {output("1", "one"), output("a/2", "two")});
  std::filesystem::remove_all(project.at("a"));
  std::filesystem::create_symlink(outside.folder(), project.at("a"));
  const DeliveryReport report = delivered(*project.open(), {output("1", "one")});
  CHECK(report.removed.empty());
  CHECK(report.kept == std::vector<std::string>{"a/2"});
  CHECK(outside.get("2") == "two");
}

TEST_CASE("a damaged delivery log removes less, never more") {
  const TempProject project;
  delivered(*project.open(), {output("1", "one"), output("2", "two"), output("3", "three")});
  project.put("4", "four");
  const std::string log = project.get(".dgxp/delivered");
  for (std::size_t size = 0; size < log.size(); size += 7) {
    project.put(".dgxp/delivered", log.substr(0, size));
    const DeliveryReport report = delivered(*project.open(), {output("1", "one")});
    CHECK(project.get("1") == "one");
    CHECK(project.get("4") == "four");
    const auto gone = [&](const std::string& path) {
      return std::ranges::find(report.removed, path) != report.removed.end();
    };
    CHECK(gone("2") == (project.get("2") == "<absent>"));
    CHECK(gone("3") == (project.get("3") == "<absent>"));
    project.put("2", "two");
    project.put("3", "three");
  }
}

TEST_CASE("a log that names paths outside of the project removes nothing there") {
  const TempProject outside;
  outside.put("file", "x");
  const TempProject project;
  {
    const auto store = project.open();
  }
  const std::string way_out = "../" + outside.folder().filename().string() + "/file";
  project.put(".dgxp/delivered", encode_log("delivered", {{sha256("x"), way_out},
                                                          {sha256("x"), outside.at("file")},
                                                          {sha256("y"), "inside"}}));
  project.put("inside", "y");
  const DeliveryReport report = delivered(*project.open(), {});
  CHECK(report.removed == std::vector<std::string>{"inside"});
  CHECK(outside.get("file") == "x");
}

TEST_CASE("deliver refuses all when one output cannot be, and changes nothing") {
  const TempProject project;
  std::filesystem::create_directories(project.at("assets/folder.png"));
  std::filesystem::create_symlink("x", project.at("link"));
  const auto store = project.open();
  const auto message = [&](const std::string& path) {
    const std::vector<OutputFile> files = {output("assets/good.png", "x", PublishStep::page),
                                           output(path, "y")};
    return project.anonymous(said(store->deliver(files)));
  };
  CHECK(message("assets/folder.png") == "cannot write 'P/assets/folder.png': Is a directory");
  CHECK(message("assets/good.png") == "cannot write 'P/assets/good.png': two outputs go there");
  CHECK(message("./assets//good.png") == "cannot write 'P/assets/good.png': two outputs go there");
  CHECK(message(".dgxp/lock") == "cannot write 'P/.dgxp/lock': the folder is not for outputs");
  CHECK(message("x/.git/hooks/y") ==
        "cannot write 'P/x/.git/hooks/y': the folder is not for outputs");
  CHECK(message("link").starts_with("cannot write 'P/link': it is, or lies behind, a symbolic"));
  CHECK(message("assets/good.png/x") ==
        "cannot write 'P/assets/good.png/x': it lies below another output");
  CHECK(project.tree().empty());
  CHECK(project.names(".dgxp/stage").empty());
}

TEST_CASE("open_project removes what a killed process left behind, and no more") {
  const TempProject project;
  delivered(*project.open(), {output("assets/1", "one")});
  project.put(".dgxp/stage/123-4", "half");
  project.put("assets/.dgxp-123-4.tmp", "half");
  project.put("assets/dgxp-1.tmp", "theirs");
  project.put("elsewhere/.dgxp-1.tmp", "theirs");
  {
    const auto store = project.open();
  }
  CHECK(project.tree() == Tree{{"assets/1", "one"},
                               {"assets/dgxp-1.tmp", "theirs"},
                               {"elsewhere/.dgxp-1.tmp", "theirs"}});
  CHECK(project.names(".dgxp/stage").empty());
}

}  // namespace
}  // namespace dgxp
