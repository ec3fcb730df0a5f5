#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/atlas/packing.hpp"

namespace dgxp {

/// Where the last layout had a cell. It comes from a file and may be nonsense.
struct WantedPlace {
  int page = 0;
  Point at;
};

/// By unit: its cells that the last layout knows.
using WantedPlaces = std::vector<std::map<int, WantedPlace>>;

/// Keeps every cell that is wanted at a place it can have and puts the others into free room, or
/// lets a page grow. Packs all anew when that fails, needs more pages than a fresh packing or more
/// than 1.35 times its area. Packing its own result again changes nothing.
Packing pack_stable(std::span<const Size> cells, std::span<const Unit> units,
                    const WantedPlaces& wanted, const PackRules& rules);

}  // namespace dgxp
