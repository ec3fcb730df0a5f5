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
