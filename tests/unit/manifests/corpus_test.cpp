#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <doctest/doctest.h>

#include "manifests/load_manifest.hpp"
#include "tests/unit/manifests/manifest_text.hpp"

// Every file of tests/corpus/manifests is wrong in the way its name says. What is said about each
// stands in expected.txt; DGXP_UPDATE_GOLDEN=1 rewrites it.

namespace dgxp {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(DGXP_SOURCE_DIR) / "tests/corpus/manifests";

std::vector<fs::path> malformed_manifests() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kCorpus)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// The words of the YAML library are its own and change with its version.
std::string without_library_words(std::string text) {
  constexpr std::string_view kOurs = "this is not YAML:";
  for (std::size_t at = text.find(kOurs); at != std::string::npos; at = text.find(kOurs, at + 1)) {
    const std::size_t start = at + kOurs.size();
    text.replace(start, text.find('\n', start) - start, " ...");
  }
  return text;
}

/// What every answer to a malformed manifest keeps to; "" when it does.
std::string faults_of(const ManifestResult& result) {
  std::string faults;
  if (result.project) faults += "accepted; ";
  if (!has_errors(result.diagnostics)) faults += "no error; ";
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.place.line < 1 || diagnostic.place.column < 1) faults += "no place; ";
    if (diagnostic.hint.empty()) faults += "no hint; ";
    if (diagnostic.message.empty()) faults += "no message; ";
    if (diagnostic.length < 1) faults += "no length; ";
  }
  const std::string text = format_diagnostics(result.diagnostics);
  if (std::ranges::count(text, '\n') > 24) faults += "more than 24 lines; ";
  if (!std::ranges::is_sorted(result.diagnostics, {}, &Diagnostic::place)) faults += "unsorted; ";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7f) faults += "control characters; ";
  }
  return faults;
}

TEST_CASE("every malformed manifest is refused with a place and a hint in few lines") {
  const auto files = malformed_manifests();
  CHECK(files.size() >= 150);
  std::string said;
  for (const fs::path& file : files) {
    const ManifestResult result = test::load(test::read_file(file.string()));
    INFO(file.filename().string());
    CHECK(faults_of(result) == "");
    said += "== " + file.stem().string() + "\n" +
            without_library_words(format_diagnostics(result.diagnostics));
  }
  const std::string golden = (kCorpus / "expected.txt").string();
  if (std::getenv("DGXP_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << said;
  CHECK(said == test::read_file(golden));
}

TEST_CASE("a manifest truncated at any byte loads or is refused with a place") {
  const std::string whole = test::read_good("full.yaml");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const ManifestResult result = test::load(whole.substr(0, size));
    const std::string faults = result.project ? "" : faults_of(result);
    if (!faults.empty()) FAIL("cut at ", size, ": ", faults);
  }
}

/// A few random edits: bytes replaced, removed, doubled, lines moved.
std::string mutate(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  static constexpr std::string_view kBytes = "{}[]:,#&*!|>'\"%@`-?\n\t 0123456789abz\x01\xff";
  for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text[at] = kBytes[below(kBytes.size())];
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), 1 + below(40)));
        break;
      default:
        text.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
    }
  }
  return text;
}

TEST_CASE("a mutated manifest loads or is refused with a place") {
  std::mt19937 random(1);
  const std::string whole = test::read_good("full.yaml");
  for (int i = 0; i < 2000; ++i) {
    const std::string text = mutate(whole, random);
    const ManifestResult result = test::load(text);
    const std::string faults = result.project ? "" : faults_of(result);
    if (!faults.empty()) FAIL(faults, "\n", text);
  }
}

}  // namespace
}  // namespace dgxp
