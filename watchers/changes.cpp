#include "watchers/changes.hpp"

#include <utility>

namespace dgxp {

void Changes::add(const Changes& others) {
  everything = everything || others.everything;
  if (!everything) paths.insert(others.paths.begin(), others.paths.end());
  if (everything || paths.size() > kMostPaths) {
    everything = true;
    paths.clear();
  }
}

void Changes::add(std::string path) {
  Changes one;
  one.paths.insert(std::move(path));
  add(one);
}

}  // namespace dgxp
