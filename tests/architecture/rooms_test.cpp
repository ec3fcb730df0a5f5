// Who may include whom, which room may name which library, and which rooms may touch the world.
// ARCHITECTURE.md tells the same in prose; this file is what holds. A plain scan over the lines is
// enough, because an include stands alone on its line and a banned name is banned in comments too.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace {

/// One file of the tree: its path from the repository's root ('/' between parts) and its text.
struct SourceFile {
  std::string path;
  std::string text;
};

using Rooms = std::set<std::string_view>;

const Rooms kPureCore = {"core/base",      "core/spec",       "core/plan",
                         "core/image",     "core/procedural", "core/atlas",
                         "core/exporters", "core/build",      "core/workflow"};
const Rooms kShell = {"core/store",   "core/worker", "core/backends",
                      "core/service", "cli",         "watchers"};
const Rooms kNobody = {};

/// room -> the rooms whose headers it may name; its own is always allowed.
const std::map<std::string_view, Rooms> kMayInclude = {
    {"core/base", {}},
    {"core/spec", {"core/base"}},
    {"core/plan", {"core/base", "core/spec"}},
    {"core/image", {"core/base", "core/spec"}},
    {"core/procedural", {"core/base", "core/spec", "core/image"}},
    {"core/atlas", {"core/base", "core/spec", "core/image"}},
    {"core/exporters", {"core/base", "core/spec", "core/image", "core/atlas"}},
    {"core/workflow", {"core/base", "core/spec"}},
    {"core/build", kPureCore},
    {"core/worker",
     {"core/base", "core/spec", "core/plan", "core/image", "core/procedural", "core/build"}},
    {"core/backends", {"core/base", "core/spec", "core/image", "core/workflow", "core/worker"}},
    {"core/service", {"core/base", "core/worker"}},
    {"core/store", {"core/base", "core/spec", "core/plan", "core/exporters", "core/build"}},
    {"manifests", {"core/base", "core/spec", "core/workflow"}},
    {"watchers", {"core/base"}},
    {"templates", {}},
    {"cli",
     {"core/base", "core/spec", "core/plan", "core/image", "core/procedural", "core/atlas",
      "core/exporters", "core/workflow", "core/build", "core/worker", "core/backends",
      "core/service", "core/store", "manifests", "watchers", "templates"}},
};

/// prefix of an outside header -> the rooms that may name it.
const std::map<std::string_view, Rooms> kOwner = {
    {"png", {"core/image"}},
    {"libdeflate", {"core/image"}},
    {"libimagequant", {"core/image"}},
    {"zmq", {"core/worker"}},
    {"msgpack", {"core/worker"}},
    {"curl/", {"core/backends"}},
    {"boost/", {"core/backends"}},
    {"openssl/", {"core/backends"}},
    {"yaml-cpp/", {"manifests"}},
    {"CLI/", {"cli"}},
    {"nettle/", {"core/base"}},
    {"nlohmann/",
     {"core/plan", "core/image", "core/exporters", "core/workflow", "core/worker", "core/backends",
      "core/service", "manifests", "cli"}},
    {"iostream", kShell},
    {"fstream", kShell},
    {"cstdio", kShell},
    {"stdio.h", kShell},
    {"csignal", kShell},
    {"signal.h", kShell},
    {"unistd.h", kShell},
    {"fcntl.h", kShell},
    {"dirent.h", kShell},
    {"poll.h", kShell},
    {"sys/inotify.h", {"watchers"}},
    {"sys/", kShell},
    {"linux/", kShell},
    {"arpa/", kShell},
    {"netinet/", kShell},
    {"netdb.h", kShell},
    {"termios.h", kShell},
};

/// Their includes cost seconds and tie every includer to a library: never in a header.
constexpr std::string_view kNotInHeaders[] = {
    "png",    "libdeflate", "libimagequant", "zmq",     "msgpack",  "curl",
    "boost/", "CLI/",       "nlohmann/",     "nettle/", "openssl/", "yaml-cpp/",
};

/// text -> the rooms in which it may stand, anywhere in a line.
const std::map<std::string_view, Rooms> kBannedText = {
    {"png_image_", kNobody},        // the simplified API had most of libpng's recent holes
    {"png_set_quantize", kNobody},  // so had this; libimagequant quantizes
    {"random_device", kNobody},     // same input, same bytes: seeds are arguments
    {"_clock::now", kShell},        // and so is time
    {"getenv", {"cli"}},
};

/// "core/plan" for "core/plan/job.hpp", "cli" for "cli/commands/build.cpp".
std::string_view room_of(std::string_view path) {
  const bool below_core = path.starts_with("core/");
  const auto end = path.find('/', below_core ? std::string_view("core/").size() : 0);
  return path.substr(0, end);
}

/// The name between the quotes or angle brackets of an include line.
struct Include {
  std::string_view name;
  bool quoted = false;
};

std::optional<Include> parse_include(std::string_view line) {
  const auto skip_blanks = [&] {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  };
  skip_blanks();
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(std::string_view("include").size());
  skip_blanks();
  if (!line.starts_with('"') && !line.starts_with('<')) return std::nullopt;
  const bool quoted = line.front() == '"';
  const auto end = line.find(quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{line.substr(1, end - 1), quoted};
}

template <typename Table>
const Rooms* find_by_prefix(const Table& table, std::string_view name) {
  // From the end: of two prefixes that fit, the longer one counts.
  const auto reversed = std::views::reverse(table);
  const auto found = std::ranges::find_if(
      reversed, [&](const auto& entry) { return name.starts_with(entry.first); });
  return found == reversed.end() ? nullptr : &found->second;
}

/// What is wrong with this include, or "".
std::string judge_include(std::string_view path, const Include& include) {
  const auto room = room_of(path);
  std::string refusal = std::string(room) + " may not include " + std::string(include.name);
  if (include.quoted) {
    const auto target = room_of(include.name);
    if (!kMayInclude.contains(target)) {
      return std::string(include.name) + " is not a path from the root into a room";
    }
    return target == room || kMayInclude.at(room).contains(target) ? "" : refusal;
  }
  const Rooms* owners = find_by_prefix(kOwner, include.name);
  if (owners != nullptr && !owners->contains(room)) return refusal;
  const bool heavy = std::ranges::any_of(
      kNotInHeaders, [&](std::string_view prefix) { return include.name.starts_with(prefix); });
  if (heavy && path.ends_with(".hpp")) {
    return "no header may include " + std::string(include.name);
  }
  return "";
}

/// `std::filesystem::path` is a name and welcome everywhere; every other use touches the disk.
bool calls_filesystem(std::string_view line) {
  constexpr std::string_view kSpace = "std::filesystem";
  for (auto at = line.find(kSpace); at != std::string_view::npos; at = line.find(kSpace, at + 1)) {
    const auto rest = line.substr(at + kSpace.size());
    if (rest.starts_with(';')) return true;  // an alias or a using directive hides the calls
    if (rest.starts_with("::") && !rest.starts_with("::path")) return true;
  }
  return false;
}

std::vector<std::string> judge_line(std::string_view path, std::string_view line) {
  const auto room = room_of(path);
  std::vector<std::string> wrongs;
  if (const auto include = parse_include(line)) {
    if (auto wrong = judge_include(path, *include); !wrong.empty()) wrongs.push_back(wrong);
  }
  if (!kShell.contains(room) && calls_filesystem(line)) {
    wrongs.push_back(std::string(room) + " may not touch files: std::filesystem beyond path");
  }
  for (const auto& [text, rooms] : kBannedText) {
    if (line.find(text) != std::string_view::npos && !rooms.contains(room)) {
      wrongs.push_back(std::string(room) + " may not use " + std::string(text));
    }
  }
  return wrongs;
}

std::string judge_file(const SourceFile& file) {
  if (!kMayInclude.contains(room_of(file.path))) {
    return file.path + ": lies in no room; give '" + std::string(room_of(file.path)) +
           "' a row in tests/architecture/rooms_test.cpp and ARCHITECTURE.md\n";
  }
  std::string report;
  std::size_t number = 0;
  std::string_view text = file.text;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    for (const auto& wrong : judge_line(file.path, text.substr(0, end))) {
      report += file.path + ":" + std::to_string(number) + ": " + wrong + "\n";
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return report;
}

/// "Palette" for "class Palette {" and "struct Palette : Base {"; "" for any other line, forward
/// declarations and specialisations among them.
std::string_view defined_type(std::string_view line) {
  if (line.find('{') == std::string_view::npos) return "";
  for (const std::string_view keyword : {"enum class ", "enum ", "struct ", "class "}) {
    if (!line.starts_with(keyword)) continue;
    line.remove_prefix(keyword.size());
    if (line.starts_with("[[nodiscard]] ")) line.remove_prefix(line.find(' ') + 1);
    const auto end = line.find_first_of(" :{<");
    return line[end] == '<' ? "" : line.substr(0, end);
  }
  return "";
}

/// All rooms share one namespace. Two headers that define a type of one name compile, link, and
/// run with the destructor of either.
std::string find_homonyms(std::span<const SourceFile> files) {
  std::map<std::string_view, std::string_view> homes;
  std::string report;
  for (const auto& file : files) {
    if (!file.path.ends_with(".hpp")) continue;
    std::string_view text = file.text;
    while (!text.empty()) {
      const auto end = text.find('\n');
      const auto type = defined_type(text.substr(0, end));
      if (const auto [home, is_new] = homes.try_emplace(type, file.path);
          !type.empty() && !is_new) {
        report += file.path + ": " + std::string(type) + " is also defined in " +
                  std::string(home->second) + "\n";
      }
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }
  return report;
}

/// Every broken rule, one line each ("core/plan/bad.cpp:1: core/plan may not include
/// yaml-cpp/yaml.h"), in the order of the files and their lines; "" when all hold.
std::string report_broken_rules(std::span<const SourceFile> files) {
  std::string report;
  for (const auto& file : files) report += judge_file(file);
  return report + find_homonyms(files);
}

/// Every .hpp and .cpp below the rooms' folders of the tree at `root`, sorted by path.
std::vector<SourceFile> read_sources(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<SourceFile> files;
  for (const auto* top : {"cli", "core", "manifests", "watchers", "templates"}) {
    if (!fs::exists(fs::path(root) / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files.push_back({fs::relative(entry.path(), root).generic_string(),
                       std::string(std::istreambuf_iterator<char>(in), {})});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string judge(const std::string& path, const std::string& text) {
  const SourceFile file{path, text};
  return report_broken_rules({&file, 1});
}

}  // namespace

TEST_CASE("every include and every outside name of the tree stands in a room that may have it") {
  const auto files = read_sources(DGXP_SOURCE_DIR);
  REQUIRE(files.size() > 20);
  CHECK(report_broken_rules(files) == "");
}

TEST_CASE("a room that includes a library of another room is named with file and line") {
  CHECK(judge("core/plan/bad.cpp", "#include <string>\n#include <yaml-cpp/yaml.h>\n") ==
        "core/plan/bad.cpp:2: core/plan may not include yaml-cpp/yaml.h\n");
}

TEST_CASE("an include that points up is named, one that points down is not") {
  CHECK(judge("core/atlas/a.cpp", "#include \"core/image/image.hpp\"\n") == "");
  CHECK(judge("core/image/a.cpp", "#include \"core/atlas/pack_atlas.hpp\"\n") ==
        "core/image/a.cpp:1: core/image may not include core/atlas/pack_atlas.hpp\n");
  CHECK(judge("core/base/a.hpp", "  #  include\t\"core/spec/lock.hpp\"\n") ==
        "core/base/a.hpp:1: core/base may not include core/spec/lock.hpp\n");
}

TEST_CASE("an include that is not written from the root is named") {
  CHECK(judge("cli/commands/build.cpp", "#include \"../run.hpp\"\n") ==
        "cli/commands/build.cpp:1: ../run.hpp is not a path from the root into a room\n");
}

TEST_CASE("a library header in a header of its own room is named") {
  CHECK(judge("core/image/png_codec.cpp", "#include <png.h>\n") == "");
  CHECK(judge("core/image/png_codec.hpp", "#include <png.h>") ==
        "core/image/png_codec.hpp:1: no header may include png.h\n");
}

TEST_CASE("pure rooms that reach for files, time, chance or the environment are named") {
  const std::string text =
      "#include <filesystem>\n"
      "#include <fstream>\n"
      "std::filesystem::path name;\n"
      "bool there = std::filesystem::exists(name);\n"
      "namespace fs = std::filesystem;\n"
      "auto now = std::chrono::steady_clock::now();\n"
      "auto seed = std::random_device{}();\n"
      "auto home = std::getenv(\"HOME\");\n";
  CHECK(judge("core/plan/bad.cpp", text) ==
        "core/plan/bad.cpp:2: core/plan may not include fstream\n"
        "core/plan/bad.cpp:4: core/plan may not touch files: std::filesystem beyond path\n"
        "core/plan/bad.cpp:5: core/plan may not touch files: std::filesystem beyond path\n"
        "core/plan/bad.cpp:6: core/plan may not use _clock::now\n"
        "core/plan/bad.cpp:7: core/plan may not use random_device\n"
        "core/plan/bad.cpp:8: core/plan may not use getenv\n");
  CHECK(judge("core/store/good.cpp", "#include <fstream>\nauto there = fs::exists(name);\n") == "");
}

TEST_CASE("the parts of libpng that are banned everywhere are named even in their own room") {
  CHECK(judge("core/image/bad.cpp", "png_image_begin_read_from_memory(&i, p, n);\n") ==
        "core/image/bad.cpp:1: core/image may not use png_image_\n");
  CHECK(judge("core/image/bad.cpp", "png_set_quantize(png, colors, n, m, nullptr, 1);") ==
        "core/image/bad.cpp:1: core/image may not use png_set_quantize\n");
}

TEST_CASE("a file in a folder that is no room is named") {
  CHECK(judge("core/sounds/beep.cpp", "") ==
        "core/sounds/beep.cpp: lies in no room; give 'core/sounds' a row in "
        "tests/architecture/rooms_test.cpp and ARCHITECTURE.md\n");
}

TEST_CASE("a type of one name in two headers is named") {
  const std::vector<SourceFile> files = {
      {"cli/project.hpp", "struct Frame;\nstruct Files {\n};\nstruct Frame { int a; };\n"},
      {"core/plan/frame.hpp", "class [[nodiscard]] Frame final : public Base {\n"},
      {"core/plan/frame.cpp", "struct Files {\n"},
      {"core/store/files.hpp", "template <typename T>\nstruct Files {};\nstruct Files<int> {};\n"},
  };
  CHECK(report_broken_rules(files) ==
        "core/plan/frame.hpp: Frame is also defined in cli/project.hpp\n"
        "core/store/files.hpp: Files is also defined in cli/project.hpp\n");
}
