#pragma once

#include <string>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/base/geometry.hpp"

namespace dgxp {

enum class AtlasLayout { packed, grid };

struct AtlasSpec {
  std::string name;  ///< also the sheet's file name
  Place place;
  std::vector<std::string> sprites;  ///< ids, in the order of the manifest, no duplicates
  AtlasLayout layout = AtlasLayout::packed;
  Size cell;            ///< for grid; {0,0} = the largest frame
  int max_size = 2048;  ///< of a page's side, pixels
  int padding = 2;      ///< transparent pixels between neighbours
  int extrude = 1;      ///< pixels of copied edge around each frame
  bool power_of_two = false;
};

}  // namespace dgxp
