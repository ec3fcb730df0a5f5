#include "core/store/project_store.hpp"

#include <memory>
#include <thread>

#include "core/store/log_table.hpp"
#include "core/store/project_files.hpp"
#include "core/store/raw_file.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

std::string text_of(const Result<Bytes>& content) {
  return content ? std::string(as_text(*content)) : content.error().message;
}

std::unique_ptr<Store> open_with(const TempProject& project, ProjectLogs& logs) {
  auto store = open_project(project.folder(), {.sync = Sync::no, .logs = &logs});
  REQUIRE(store);
  return std::move(*store);
}

RawImage some_raw(const std::string& name, std::size_t size = 1000) {
  Bytes png;
  for (std::size_t i = 0; i < size; ++i) png.push_back(static_cast<std::uint8_t>(i * 7));
  return {sha256(name), png, false};
}

TEST_CASE("open_project makes a private folder that git ignores and touches nothing else") {
  const TempProject project;
  project.put(".gitignore", "mine\n");
  const auto store = project.open();
  CHECK(project.get(".dgxp/.gitignore") == "*\n");
  CHECK(project.get(".gitignore") == "mine\n");
  CHECK(project.names("") == std::vector<std::string>{".dgxp", ".gitignore"});
}

TEST_CASE("open_project names the folder that is not there") {
  const auto store = open_project("no/such/folder", {});
  CHECK(said(store) == "cannot open folder 'no/such/folder': No such file or directory");
}

TEST_CASE("messages name a file as the user would, and escape what a terminal would obey") {
  const auto message = [](const std::filesystem::path& folder, const std::string& path) {
    const auto files = ProjectFiles::open(folder);
    REQUIRE(files);
    return files->failure("read", path, ENOENT).message;
  };
  CHECK(message("", "art/a.png") == "cannot read 'art/a.png': No such file or directory");
  CHECK(message(".", "art/a.png") == "cannot read 'art/a.png': No such file or directory");
  CHECK(message("./", "art/a.png") == "cannot read 'art/a.png': No such file or directory");
  CHECK(message("/", "art/a.png") == "cannot read '/art/a.png': No such file or directory");
  CHECK(message(".", "a\x1b[31m") == "cannot read 'a\\x1b[31m': No such file or directory");
}

TEST_CASE("read gives the bytes or says which file and why") {
  const TempProject project;
  project.put("a/b.txt", "hello");
  project.put("folder/x", "");
  REQUIRE(::mkfifo(project.at("pipe").c_str(), 0600) == 0);
  const auto store = project.open();
  const auto message = [&](const std::string& path) {
    return project.anonymous(text_of(store->read(path, 5)));
  };
  CHECK(message("a/b.txt") == "hello");
  CHECK(message("./a//b.txt") == "hello");
  CHECK(message("a/c.txt") == "cannot read 'P/a/c.txt': No such file or directory");
  CHECK(message("folder") == "cannot read 'P/folder': Is a directory");
  CHECK(message("pipe") == "cannot read 'P/pipe': it is not a regular file");
  CHECK(message("../x") == "cannot read '../x': it is not a path inside the project's folder");
  CHECK(message("/etc/passwd") ==
        "cannot read '/etc/passwd': it is not a path inside the project's folder");
  const auto large = store->read("a/b.txt", 4);
  CHECK(project.anonymous(said(large)) == "cannot read 'P/a/b.txt': it is larger than 4 bytes");
  CHECK(large.error().kind == ErrorKind::input);
  CHECK(store->read("a/c.txt", 4).error().kind == ErrorKind::storage);
}

TEST_CASE("read_if_present tells an absent file from one that cannot be read") {
  const TempProject project;
  project.put("file", "x");
  std::filesystem::create_symlink("file", project.at("link"));
  const auto store = project.open();
  const auto absent = store->read_if_present("no/such", 10);
  REQUIRE(absent);
  CHECK_FALSE(absent->has_value());
  const auto below_file = store->read_if_present("file/below", 10);
  REQUIRE(below_file);
  CHECK_FALSE(below_file->has_value());
  const auto present = store->read_if_present("file", 10);
  REQUIRE(present);
  CHECK(*present == to_bytes("x"));
  CHECK(project.anonymous(said(store->read_if_present("link", 10))) ==
        "cannot read 'P/link': it is, or lies behind, a symbolic link, and those are not followed");
}

TEST_CASE("read ends although the file grows all the time") {
  const TempProject project;
  project.put("log", "start");
  const auto store = project.open();
  std::jthread writer([&](const std::stop_token& stop) {
    std::ofstream file(project.at("log"), std::ios::app);
    const std::string block(4096, 'x');
    for (int i = 0; i < 20000 && !stop.stop_requested(); ++i) file << block << std::flush;
  });
  for (int i = 0; i < 50; ++i) {
    const auto content = store->read("log", 100000);
    CHECK((content ? content->size() <= 100000 : content.error().kind == ErrorKind::input));
  }
}

TEST_CASE("write replaces a file as a whole and makes its folders") {
  const TempProject project;
  const auto store = project.open(Sync::yes);
  const auto first = store->write("art/deep/hero.png", as_bytes("one"));
  REQUIRE(first);
  CHECK(*first);
  const auto second = store->write("art/deep/hero.png", as_bytes("two"));
  REQUIRE(second);
  CHECK(*second);
  CHECK(project.tree() == std::map<std::string, std::string>{{"art/deep/hero.png", "two"}});
  CHECK(project.names(".dgxp/stage").empty());
}

TEST_CASE("write does not touch a file that holds these bytes already") {
  const TempProject project;
  const auto store = project.open();
  REQUIRE(store->write("lock", as_bytes("same")));
  const auto before = project.status("lock");
  const auto again = store->write("lock", as_bytes("same"));
  REQUIRE(again);
  CHECK_FALSE(*again);
  CHECK(same_file_state(before, project.status("lock")));
}

TEST_CASE("write keeps the permissions of the file that it replaces") {
  const TempProject project;
  project.put("tool", "old");
  REQUIRE(::chmod(project.at("tool").c_str(), 0751) == 0);
  const auto store = project.open();
  REQUIRE(store->write("tool", as_bytes("new")));
  CHECK((project.status("tool").st_mode & 0777) == 0751);
}

TEST_CASE("write refuses links, folders and ways out, and changes nothing") {
  const TempProject outside;
  outside.put("file", "theirs");
  const TempProject project;
  std::filesystem::create_symlink(outside.folder(), project.at("out"));
  std::filesystem::create_symlink(outside.at("file"), project.at("link"));
  std::filesystem::create_symlink(outside.at("new"), project.at("dangling"));
  std::filesystem::create_directory(project.at("folder"));
  const auto store = project.open();
  const std::string link = "it is, or lies behind, a symbolic link, and those are not followed";
  const auto message = [&](const std::string& path) {
    return project.anonymous(said(store->write(path, as_bytes("x"))));
  };
  CHECK(message("out/file") == "cannot write 'P/out/file': " + link);
  CHECK(message("out/new") == "cannot write 'P/out/new': " + link);
  CHECK(message("link") == "cannot write 'P/link': " + link);
  CHECK(message("dangling") == "cannot write 'P/dangling': " + link);
  CHECK(message("folder") == "cannot write 'P/folder': Is a directory");
  CHECK(message("../x") == "cannot write '../x': it is not a path inside the project's folder");
  CHECK(outside.tree() == std::map<std::string, std::string>{{"file", "theirs"}});
  CHECK(project.names(".dgxp/stage").empty());
}

TEST_CASE("a raw image comes back with its flag, also in the next process") {
  const TempProject project;
  RawImage raw = some_raw("key");
  raw.placeholder = true;
  REQUIRE(project.open()->keep_raw(raw));
  const auto found = project.open()->find_raw(raw.key);
  REQUIRE(found);
  CHECK(found->key == raw.key);
  CHECK(found->png == raw.png);
  CHECK(found->placeholder);
  CHECK_FALSE(project.open()->find_raw(sha256("other")));
}

TEST_CASE("a raw image with any damage counts as absent") {
  const RawImage raw = some_raw("key", 2000);
  const Bytes whole = encode_raw_file(raw);
  REQUIRE(decode_raw_file(raw.key, whole));
  for (std::size_t i = 0; i < whole.size(); i += i < 100 ? 1 : 97) {
    Bytes damaged = whole;
    damaged[i] ^= 0x10;
    REQUIRE_FALSE(decode_raw_file(raw.key, damaged));
    damaged.resize(i);
    REQUIRE_FALSE(decode_raw_file(raw.key, damaged));
  }
  Bytes longer = whole;
  longer.push_back(0);
  CHECK_FALSE(decode_raw_file(raw.key, longer));
  CHECK_FALSE(decode_raw_file(sha256("another key"), whole));
}

TEST_CASE("the head of a raw image says what is there, and is refused with any damage of its own") {
  RawImage raw = some_raw("key", 2000);
  raw.placeholder = true;
  const Bytes whole = encode_raw_file(raw);
  const Bytes head(whole.begin(), whole.begin() + kRawHeadBytes);
  const auto found = decode_raw_head(raw.key, head, whole.size());
  REQUIRE(found);
  CHECK(found->placeholder);
  for (std::size_t bit = 0; bit < 8 * head.size(); ++bit) {
    Bytes damaged = head;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    REQUIRE_FALSE(decode_raw_head(raw.key, damaged, whole.size()));
  }
  for (const std::size_t size :
       {std::size_t{0}, head.size() - 1, whole.size() - 1, whole.size() + 1})
    CHECK_FALSE(decode_raw_head(raw.key, head, size));
  CHECK_FALSE(decode_raw_head(raw.key, ByteView(head).first(95), whole.size()));
  CHECK_FALSE(decode_raw_head(sha256("another key"), head, whole.size()));
}

TEST_CASE("a damaged raw image on disk is absent, and keeping it again repairs it") {
  const TempProject project;
  const RawImage raw = some_raw("key");
  const auto store = project.open();
  REQUIRE(store->keep_raw(raw));
  const std::string path = raw_file_path(raw.key);
  std::string content = project.get(path);
  content[500] = static_cast<char>(content[500] ^ 1);
  project.put(path, content);
  CHECK_FALSE(store->find_raw(raw.key));
  CHECK(store->look_for_raw(raw.key));  // its head is whole
  project.put(path, content.substr(0, 600));
  CHECK_FALSE(store->look_for_raw(raw.key));
  REQUIRE(store->keep_raw(raw));
  CHECK(store->find_raw(raw.key));
}

TEST_CASE("the raw image of a master and the text of a recipe are remembered") {
  const TempProject project;
  const RawImage first = some_raw("first");
  const RawImage second = some_raw("second");
  {
    const auto store = project.open();
    REQUIRE(store->keep_raw(first));
    REQUIRE(store->keep_raw(second));
    store->remember_raw_of_master("hero/walk", first.key);
    store->remember_raw_of_master("hero/idle", first.key);
    store->remember_raw_of_master("hero/walk", second.key);
    store->keep_recipe(sha256("r"), "{\"a\": \"\\n\"}\n");
  }
  const auto store = project.open();
  CHECK(store->raw_of_master("hero/walk") == second.key);
  CHECK(store->raw_of_master("hero/idle") == first.key);
  CHECK_FALSE(store->raw_of_master("hero"));
  CHECK(store->find_recipe(sha256("r")) == "{\"a\": \"\\n\"}\n");
  CHECK_FALSE(store->find_recipe(sha256("s")));
}

TEST_CASE("logs that outlive a store say what is on the disk, whoever wrote or deleted it") {
  const TempProject project;
  ProjectLogs logs;
  const auto open_again = [&] { return open_with(project, logs); };
  const RawImage first = some_raw("first");
  const RawImage second = some_raw("second");
  const auto raw_of_hero = [](Store& store) { return store.raw_of_master("hero"); };
  {
    const auto store = open_again();
    REQUIRE(store->keep_raw(first));
    REQUIRE(store->keep_raw(second));
    store->remember_raw_of_master("hero", first.key);
    store->keep_recipe(sha256("r"), "draw");
  }
  CHECK(raw_of_hero(*open_again()) == first.key);
  project.open()->remember_raw_of_master("hero", second.key);
  CHECK(raw_of_hero(*open_again()) == second.key);
  open_again()->remember_raw_of_master("hero", first.key);
  CHECK(raw_of_hero(*project.open()) == first.key);

  // The same size, and the first of two records is damaged.
  project.open()->keep_recipe(sha256("s"), "paint");
  std::string log = project.get(".dgxp/recipes");
  log[log.find("draw")] = 'D';
  project.put(".dgxp/recipes", log);
  CHECK_FALSE(open_again()->find_recipe(sha256("r")));
  CHECK(open_again()->find_recipe(sha256("s")) == "paint");

  std::filesystem::remove(project.at(".dgxp/masters"));
  CHECK_FALSE(open_again()->raw_of_master("hero"));
  open_again()->remember_raw_of_master("hero", second.key);
  CHECK(raw_of_hero(*project.open()) == second.key);
}

TEST_CASE("logs that outlive a store do not remember what could not be written") {
  const TempProject project;
  ProjectLogs logs;
  const auto open_again = [&] { return open_with(project, logs); };
  const auto log = project.at(".dgxp/masters");
  open_again();
  project.put(".dgxp/masters", "damaged, so it will be replaced\n");
  {
    const auto store = open_again();
    CHECK_FALSE(store->raw_of_master("hero"));
    std::filesystem::rename(log, project.at("aside"));
    std::filesystem::create_directories(log / "in the way");
    store->remember_raw_of_master("hero", some_raw("first").key);
    std::filesystem::remove_all(log);
    std::filesystem::rename(project.at("aside"), log);
  }
  CHECK_FALSE(open_again()->raw_of_master("hero"));
}

TEST_CASE("a log of masters does not grow without end") {
  const TempProject project;
  const auto store = project.open();
  for (int i = 0; i < 1000; ++i) {
    store->remember_raw_of_master("hero", sha256(std::to_string(i)));
  }
  const std::string log = project.get(".dgxp/masters");
  CHECK(std::ranges::count(log, '\n') < 150);
}

TEST_CASE("a store opened for reading makes nothing, waits for nothing and writes nothing") {
  const TempProject project;
  project.put("file", "x");
  {
    auto opened = open_project_read_only(project.folder());
    REQUIRE(opened);
    const auto& store = *opened;
    const std::string why = "the project was opened for reading only";
    CHECK(text_of(store->read("file", 10)) == "x");
    CHECK(project.anonymous(said(store->write("a", as_bytes("b")))) ==
          "cannot write 'P/a': " + why);
    CHECK(said(store->keep_raw(some_raw("key"))).ends_with(why));
    const std::vector<OutputFile> files = {output("o", "p")};
    CHECK(project.anonymous(said(store->deliver(files))) == "cannot write 'P/o': " + why);
    store->remember_raw_of_master("hero", sha256("1"));
    store->keep_recipe(sha256("r"), "text");
    CHECK_FALSE(store->find_recipe(sha256("r")));
    CHECK_FALSE(store->find_raw(sha256("1")));
  }
  CHECK(project.names("") == std::vector<std::string>{"file"});
  const auto writer = project.open();
  REQUIRE(writer->keep_raw(some_raw("key")));
  const auto reader = open_project_read_only(project.folder());
  REQUIRE(reader);
  CHECK((*reader)->find_raw(sha256("key")));
}

TEST_CASE("check_writable asks the nearest folder that exists") {
  const TempProject project;
  project.put("assets/file", "x");
  const auto store = project.open();
  const auto ask = [&](const std::vector<std::string>& folders) {
    return project.anonymous(said(store->check_writable(folders)));
  };
  CHECK(ask({"", ".", "assets", "assets/new/deep", "new"}) == "ok");
  CHECK(ask({"assets", "assets/file/x"}) ==
        "cannot write to folder 'P/assets/file/x': Not a directory");
  CHECK(ask({"../x"}) ==
        "cannot write to folder '../x': it is not a path inside the project's folder");
  CHECK_FALSE(std::filesystem::exists(project.at("new")));
  CHECK_FALSE(std::filesystem::exists(project.at("assets/new")));
}

}  // namespace
}  // namespace dgxp
