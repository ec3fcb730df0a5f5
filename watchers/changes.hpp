#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace dgxp {

/// Paths that may hold something else than before, relative to the project's folder. Only a hint:
/// whoever acts on them compares contents.
struct Changes {
  std::set<std::string> paths;
  bool everything = false;  ///< events were lost, or folders came or went: look at all files

  bool empty() const { return paths.empty() && !everything; }
  /// Takes in the others. More than kMostPaths become `everything`.
  void add(const Changes& others);
  void add(std::string path);

  static constexpr std::size_t kMostPaths = 4096;
  friend bool operator==(const Changes&, const Changes&) = default;
};

}  // namespace dgxp
