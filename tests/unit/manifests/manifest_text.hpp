#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "manifests/load_manifest.hpp"

namespace dgxp::test {

/// A manifest that is good, up to and without its sprites.
inline const std::string kHead =
    "dgxp: 1\n"
    "project: { name: pond }\n"
    "palettes: { reed: [\"#111111\", \"#222222\"], dusk: [\"#333333\", \"#444444\"] }\n"
    "defaults: { palette: reed }\n";

inline ManifestResult load(std::string_view text) {
  return load_manifest("assets.yaml", as_bytes(text));
}

/// All diagnostics as people see them.
inline std::string problems_of(std::string_view text) {
  return format_diagnostics(load(text).diagnostics, 1000);
}

inline std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline std::string read_good(const std::string& name) {
  return read_file(std::string(DGXP_SOURCE_DIR) + "/tests/corpus/good/" + name);
}

}  // namespace dgxp::test
