#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "core/atlas/max_rects.hpp"
#include "core/atlas/packing.hpp"

namespace dgxp {
namespace {

Size cell_at(std::span<const Size> cells, int cell) {
  return cells[static_cast<std::size_t>(cell)];
}

Size padded(Size size, const PackRules& rules) {
  return {size.width + rules.padding, size.height + rules.padding};
}

/// A page that is being filled to the brim, unit by unit.
class Filling {
 public:
  Filling(std::span<const Size> cells, const PackRules& rules)
      : cells_(cells), rules_(rules), room_(padded(largest_page(rules), rules)) {}

  /// Places what the page does not have yet of `unit`; leaves the page as it was when that fails.
  bool add(const Unit& unit) {
    std::vector<int> missing;
    for (const int cell : unit) {
      if (!page_.places.contains(cell)) missing.push_back(cell);
    }
    std::ranges::sort(missing, {}, [&](int cell) {
      const Size size = cell_at(cells_, cell);
      return std::tuple(-size.height, -size.width, cell);
    });
    std::optional<MaxRects> before;
    if (missing.size() > 1) before = room_;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (place(missing[i])) continue;
      if (i > 0) room_ = *std::move(before);
      for (std::size_t j = 0; j < i; ++j) page_.places.erase(missing[j]);
      return false;
    }
    return true;
  }

  PackedPage finished() && {
    Size extent;
    for (const auto& [cell, at] : page_.places) {
      const Size size = cell_at(cells_, cell);
      extent = {std::max(extent.width, at.x + size.width),
                std::max(extent.height, at.y + size.height)};
    }
    page_.size = page_size(extent, rules_);
    return std::move(page_);
  }

 private:
  bool place(int cell) {
    const Size size = padded(cell_at(cells_, cell), rules_);
    const auto at = room_.find(size, Fit::best_short_side);
    if (!at) return false;
    room_.occupy({at->x, at->y, size.width, size.height});
    page_.places.emplace(cell, *at);
    return true;
  }

  std::span<const Size> cells_;
  PackRules rules_;
  MaxRects room_;
  PackedPage page_;
};

std::optional<PackedPage> one_page(std::span<const Size> cells, std::span<const Unit> units,
                                   const std::vector<int>& chosen, const PackRules& rules) {
  std::set<int> wanted;
  for (const int unit : chosen) {
    const Unit& members = units[static_cast<std::size_t>(unit)];
    wanted.insert(members.begin(), members.end());
  }
  std::vector<Size> sizes;
  for (const int cell : wanted) sizes.push_back(cell_at(cells, cell));
  const auto found = find_smallest_page(sizes, rules);
  if (!found) return std::nullopt;
  PackedPage page{.size = found->size, .places = {}};
  std::size_t next = 0;
  for (const int cell : wanted)
    page.places.emplace_hint(page.places.end(), cell, found->places[next++]);
  return page;
}

}  // namespace

std::vector<int> largest_first(std::span<const Size> cells, std::span<const Unit> units) {
  std::vector<std::int64_t> areas;
  for (const Unit& unit : units) {
    std::int64_t area = 0;
    for (const int cell : unit) area += cell_at(cells, cell).area();
    areas.push_back(area);
  }
  std::vector<int> order(units.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](int unit) { return areas[static_cast<std::size_t>(unit)]; });
  return order;
}

bool fits_page(const Unit& unit, std::span<const Size> cells, const PackRules& rules) {
  return Filling(cells, rules).add(unit);
}

Packing pack_fresh(std::span<const Size> cells, std::span<const Unit> units,
                   const PackRules& rules) {
  Packing packing;
  packing.page_of.assign(units.size(), 0);
  std::vector<int> remaining = largest_first(cells, units);
  while (!remaining.empty()) {
    const int number = static_cast<int>(packing.pages.size());
    if (auto last = one_page(cells, units, remaining, rules)) {
      for (const int unit : remaining) packing.page_of[static_cast<std::size_t>(unit)] = number;
      packing.pages.push_back(*std::move(last));
      break;
    }
    Filling page(cells, rules);
    std::vector<int> left;
    for (const int unit : remaining) {
      const auto index = static_cast<std::size_t>(unit);
      if (page.add(units[index])) {
        packing.page_of[index] = number;
      } else {
        left.push_back(unit);
      }
    }
    packing.pages.push_back(std::move(page).finished());
    // Each unit fits an empty page, so every page takes at least one.
    remaining = std::move(left);
  }
  return packing;
}

}  // namespace dgxp
