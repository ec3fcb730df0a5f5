// Every manifest of tests/corpus/manifests is wrong, and the real program has to say so.
#include <algorithm>

#include "tests/e2e/small_project.hpp"

using namespace dgxp;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> malformed_manifests() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(DGXP_SOURCE_DIR "/tests/corpus/manifests")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// Sanitizers keep freed memory and shadow pages: what they take says nothing about the program.
constexpr bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

/// What is wrong with the answer to one malformed manifest; "" when nothing is.
std::string faults_of(const ProgramResult& result, const TempProject& folder) {
  std::string faults;
  if (result.status != 65) faults += "exit " + std::to_string(result.status) + "; ";
  if (!result.out.empty()) faults += "something on stdout; ";
  if (std::ranges::count(result.err, '\n') > 24) faults += "more than 24 lines; ";
  if (result.err.find("assets.yaml:") == std::string::npos) faults += "no place; ";
  if (result.err.find("error: ") == std::string::npos) faults += "no error; ";
  if (result.err.find("hint: ") == std::string::npos) faults += "no hint; ";
  if (result.err.find('\x1b') != std::string::npos) faults += "raw control characters; ";
  if (!is_sanitized() && result.cpu_seconds > 2) faults += "more than 2 s; ";
  if (!is_sanitized() && result.peak_memory_kib > 200 * 1024) faults += "more than 200 MB; ";
  if (folder.tree().size() != 1 || fs::exists(folder.at(".dgxp"))) faults += "something written; ";
  return faults;
}

}  // namespace

TEST_CASE("every malformed manifest is exit 65 with place and hint, and nothing is written") {
  const auto manifests = malformed_manifests();
  CHECK(manifests.size() >= 60);
  for (const fs::path& manifest : manifests) {
    const TempProject folder;
    fs::copy_file(manifest, folder.at("assets.yaml"));
    const ProgramResult result = run_dgxp(folder.folder().string(), {"build"});
    INFO(manifest.filename().string(), "\n", result.err.substr(0, 2000));
    CHECK(faults_of(result, folder) == "");
  }
}

struct CostlyManifest {
  std::string name;
  std::string text;
};

const std::string kHead =
    "dgxp: 1\n"
    "project: { name: pond }\n"
    "palettes: { reed: [\"#111111\", \"#222222\"] }\n"
    "defaults: { palette: reed, size: [16, 16] }\n";

/// `count` lines, made from their numbers.
template <typename Line>
std::string lines(int count, Line line) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line(std::to_string(i));
  return text;
}

/// A name of 60 letters that is near to none of another letter.
std::string long_name(char letter, const std::string& number) {
  return std::string(60 - number.size(), letter) + number;
}

/// Manifests of less than a megabyte whose parts meet as often as they can.
std::vector<CostlyManifest> costly_manifests() {
  const auto words = lines(9000, [](const auto& i) { return "          v" + i + ": w\n"; });
  const std::string matrix = "templates:\n  t:\n    prompt: x\n    matrix:\n";
  return {
      {"recolours that are too many, in two layers",
       kHead + matrix + "      recolor:\n        c:\n" +
           lines(8000, [](const auto& i) { return "          a" + i + ": {}\n"; }) + "sprites:\n" +
           lines(400,
                 [](const auto& i) {
                   return "  \"s" + i +
                          "-{c}\": { extends: t, matrix: { recolor: { c: { b: {} } } } }\n";
                 })},
      {"words of an axis, in two layers",
       kHead + matrix + "      generate:\n        c:\n" + words + "sprites:\n" +
           lines(400,
                 [](const auto& i) {
                   return "  \"s" + i +
                          "-{c}\": { extends: t, matrix: { generate: { c: { b: w } } } }\n";
                 })},
      {"a matrix that no sprite can use",
       kHead + matrix + "      generate:\n        c:\n" + words +
           "      recolor: { d: {} }\nsprites:\n" +
           lines(9000, [](const auto& i) { return "  \"s" + i + "-{c}\": { extends: t }\n"; })},
      {"a template of unknown fields",
       kHead + "templates:\n  t:\n" +
           lines(30'000, [](const auto& i) { return "    f" + i + ": 1\n"; }) + "sprites:\n" +
           lines(9000, [](const auto& i) { return "  s" + i + ": { prompt: x, extends: t }\n"; })},
      {"unknown templates",
       kHead + "templates:\n" +
           lines(1000,
                 [](const auto& i) { return "  " + long_name('a', i) + ": { size: [8, 8] }\n"; }) +
           "sprites:\n" +
           lines(1000,
                 [](const auto& i) {
                   return "  s" + i + ": { prompt: x, extends: " + long_name('b', i) + " }\n";
                 })},
      {"patterns without sprites",
       kHead + "sprites:\n" +
           lines(9000,
                 [](const auto& i) { return "  " + long_name('a', i) + ": { prompt: x }\n"; }) +
           "atlases:\n  one:\n    include:\n" +
           lines(1000, [](const auto& i) { return "      - " + long_name('b', i) + "\n"; })},
      {"sprites recoloured from one large picture",
       kHead + "sprites:\n" +
           lines(
               100,
               [](const auto& i) {
                 return "  \"s" + i +
                        "-{c}\": { source: s.png, size: [1024, 1024], matrix: { recolor: { c: { " +
                        lines(64, [](const auto& j) { return "v" + j + ": {}, "; }) + "} } } }\n";
               })},
  };
}

TEST_CASE("what a manifest makes meet many times is refused as quickly") {
  for (const auto& [name, text] : costly_manifests()) {
    CHECK(text.size() < 1'000'000);
    const TempProject folder;
    folder.put("assets.yaml", text);
    const ProgramResult result = run_dgxp(folder.folder().string(), {"build"});
    INFO(name, "\n", result.err.substr(0, 1000));
    CHECK(faults_of(result, folder) == "");
  }
}

TEST_CASE("a manifest truncated at any byte builds, or is exit 65 and nothing is written") {
  const std::string whole = kSmallManifest;
  // `plan` reads the manifest as `build` does, and draws nothing for the cuts that are whole.
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const TempProject folder;
    folder.put("assets.yaml", whole.substr(0, size));
    folder.put("palettes/ember.hex", kEmberPalette);
    const ProgramResult result = run_dgxp(folder.folder().string(), {"plan"});
    INFO("cut at ", size, "\n", result.err);
    CHECK((result.status == 0 || result.status == 65));
    CHECK(std::ranges::count(result.err, '\n') <= 24);
    CHECK_FALSE(fs::exists(folder.at(".dgxp")));
  }
}

TEST_CASE("a broken lock is exit 65 with its place, and is not overwritten") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const std::string lock = project.get("assets.lock");
  project.put("assets.lock", "<<<<<<< ours\n" + lock);
  const ProgramResult result = project.run({"build"});
  CHECK(result.status == 65);
  CHECK(result.err.find("assets.lock:1:1") != std::string::npos);
  CHECK(project.get("assets.lock") == "<<<<<<< ours\n" + lock);
}
