#include "watchers/watched_names.hpp"

#include <string_view>

namespace dgxp {

WatchedNames watched_names(const std::set<std::string>& paths) {
  WatchedNames names;
  for (const std::string& path : paths) {
    std::string_view rest = path;
    while (!rest.empty()) {
      const std::size_t slash = rest.rfind('/');
      const bool is_top = slash == std::string_view::npos;
      const std::string_view folder = is_top ? std::string_view{} : rest.substr(0, slash);
      const std::string_view name = is_top ? rest : rest.substr(slash + 1);
      // The folders above were entered with the first file below.
      if (!names[std::string(folder)].insert(std::string(name)).second) break;
      rest = folder;
    }
  }
  return names;
}

}  // namespace dgxp
