#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// A cell is a picture with its extrusion; sizes are in pixels.
struct PackRules {
  int max_size = 0;  ///< of a page's side
  int padding = 0;   ///< between cells, not at the border of a page
  bool power_of_two = false;
};

/// One page: where each cell has its top left corner.
struct PackedPage {
  Size size;
  std::map<int, Point> places;  ///< cell -> corner
  friend bool operator==(const PackedPage&, const PackedPage&) = default;
};

/// Cells that must stand on one page. A cell may belong to several units; when these are on
/// different pages, it is drawn on each.
using Unit = std::vector<int>;

struct Packing {
  std::vector<PackedPage> pages;
  std::vector<int> page_of;  ///< by unit
  friend bool operator==(const Packing&, const Packing&) = default;
};

/// The largest page that the rules allow.
Size largest_page(const PackRules& rules);

/// The size of a page whose cells reach to `extent` (right and lower edge).
Size page_size(Size extent, const PackRules& rules);

/// The page of least area found for all `cells` (the more square one of equals), places as in
/// `cells`; nothing when they do not fit one page.
struct FoundPage {
  Size size;
  std::vector<Point> places;
};
std::optional<FoundPage> find_smallest_page(std::span<const Size> cells, const PackRules& rules);

/// The numbers of the units, those of the largest area first, equals in their order.
std::vector<int> largest_first(std::span<const Size> cells, std::span<const Unit> units);

/// Whether one page holds the unit alone.
bool fits_page(const Unit& unit, std::span<const Size> cells, const PackRules& rules);

/// Packs without regard to what was before. Each unit must fit a page (fits_page).
Packing pack_fresh(std::span<const Size> cells, std::span<const Unit> units,
                   const PackRules& rules);

}  // namespace dgxp
