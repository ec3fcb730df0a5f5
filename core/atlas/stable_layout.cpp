// Adding a sprite should not move the others: a diff of an atlas, and the memory of whoever looks
// at it, live from that. The layout of the last build is the lock's; here it is checked, kept where
// it holds, and given up as a whole when it has become a waste.
#include "core/atlas/stable_layout.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "core/atlas/max_rects.hpp"

namespace dgxp {
namespace {

constexpr int kBucket = 64;

Size cell_at(std::span<const Size> cells, int cell) {
  return cells[static_cast<std::size_t>(cell)];
}

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/// A page under way: its cells, found quickly by place, and its free room once it is asked for.
class StablePage {
 public:
  explicit StablePage(const PackRules& rules) : rules_(rules) {}

  bool has(int cell) const { return page_.places.contains(cell); }

  /// Whether the cell can stand there; then it does.
  bool keep(int cell, Size size, Point at) {
    const Size most = largest_page(rules_);
    if (at.x < 0 || at.y < 0) return false;
    if (at.x > most.width - size.width || at.y > most.height - size.height) return false;
    const Rect rect = padded(at, size);
    if (overlaps(rect)) return false;
    add(cell, size, at);
    return true;
  }

  /// Finds the place that lets the page grow least, first in its longer side.
  bool place(int cell, Size size) {
    const auto at = find_least_growth(size);
    if (!at) return false;
    add(cell, size, *at);
    return true;
  }

  /// What rewind() needs to take back the cells that were placed since.
  struct Mark {
    std::size_t count = 0;
    Size extent;
    std::optional<MaxRects> room;
  };
  Mark mark() const { return {.count = added_.size(), .extent = extent_, .room = room_}; }

  void rewind(Mark mark) {
    while (added_.size() > mark.count) {
      const auto [cell, rect] = added_.back();
      added_.pop_back();
      page_.places.erase(cell);
      each_bucket(rect, [&](std::pair<int, int> bucket) { buckets_[bucket].pop_back(); });
    }
    extent_ = mark.extent;
    room_ = std::move(mark.room);
  }

  PackedPage finished() && {
    page_.size = page_size(extent_, rules_);
    return std::move(page_);
  }

 private:
  Rect padded(Point at, Size size) const {
    return {at.x, at.y, size.width + rules_.padding, size.height + rules_.padding};
  }

  template <typename Visit>
  static void each_bucket(const Rect& rect, Visit visit) {
    for (int y = rect.y / kBucket; y <= (rect.y + rect.height - 1) / kBucket; ++y)
      for (int x = rect.x / kBucket; x <= (rect.x + rect.width - 1) / kBucket; ++x)
        visit(std::pair(x, y));
  }

  bool overlaps(const Rect& rect) const {
    bool found = false;
    each_bucket(rect, [&](std::pair<int, int> bucket) {
      const auto in_bucket = buckets_.find(bucket);
      if (found || in_bucket == buckets_.end()) return;
      found = std::ranges::any_of(in_bucket->second,
                                  [&](const Rect& other) { return overlap(rect, other); });
    });
    return found;
  }

  void add(int cell, Size size, Point at) {
    const Rect rect = padded(at, size);
    each_bucket(rect, [&](std::pair<int, int> bucket) { buckets_[bucket].push_back(rect); });
    if (room_) room_->occupy(rect);
    added_.emplace_back(cell, rect);
    page_.places.emplace(cell, at);
    extent_ = grown(at, size);
  }

  Size grown(Point at, Size size) const {
    return {std::max(extent_.width, at.x + size.width),
            std::max(extent_.height, at.y + size.height)};
  }

  std::optional<Point> find_least_growth(Size size) {
    if (!room_) {
      const Size most = largest_page(rules_);
      room_.emplace(padded({}, most).size());
      for (const auto& [cell, rect] : added_) room_->occupy(rect);
    }
    const Size needed = padded({}, size).size();
    using Score = std::tuple<int, int, int, int, int, int>;
    std::optional<Score> best;
    for (const Rect& room : room_->free_rects()) {
      if (needed.width > room.width || needed.height > room.height) continue;
      const Size extent = grown({room.x, room.y}, size);
      const Size page = page_size(extent, rules_);
      const Score score{page.width + page.height,
                        std::max(page.width, page.height),
                        extent.width + extent.height,
                        std::max(extent.width, extent.height),
                        room.y,
                        room.x};
      if (!best || score < *best) best = score;
    }
    if (!best) return std::nullopt;
    return Point{std::get<5>(*best), std::get<4>(*best)};
  }

  PackRules rules_;
  PackedPage page_;
  Size extent_;
  std::vector<std::pair<int, Rect>> added_;  ///< cells and their room, padding included
  std::map<std::pair<int, int>, std::vector<Rect>> buckets_;
  std::optional<MaxRects> room_;
};

class StablePacking {
 public:
  StablePacking(std::span<const Size> cells, std::span<const Unit> units, const PackRules& rules)
      : cells_(cells), units_(units), rules_(rules) {}

  void keep_wanted(const WantedPlaces& wanted) {
    std::map<int, StablePage> by_number;
    std::vector<std::optional<int>> homes(units_.size());
    for (std::size_t unit = 0; unit < units_.size(); ++unit) {
      for (const auto& [cell, want] : wanted[unit]) {
        std::optional<int>& home = homes[unit];
        if (want.page < 0 || (home && *home != want.page)) continue;
        StablePage& page = by_number.try_emplace(want.page, rules_).first->second;
        if (page.has(cell) || page.keep(cell, cell_at(cells_, cell), want.at)) home = want.page;
      }
    }
    // Pages that have lost all their cells leave a gap in the numbers.
    std::map<int, int> renumbered;
    std::map<int, bool> in_use;
    for (const auto& home : homes) {
      if (home) in_use[*home] = true;
    }
    for (const auto& [number, used] : in_use) {
      renumbered[number] = static_cast<int>(pages_.size());
      pages_.push_back(std::move(by_number.at(number)));
    }
    for (const auto& home : homes)
      homes_.push_back(home ? std::optional(renumbered.at(*home)) : std::nullopt);
  }

  bool nothing_kept() const { return pages_.empty(); }

  /// False when a page cannot take all of a unit that it has a part of.
  bool place_others() {
    const std::vector<int> order = largest_first(cells_, units_);
    for (const int unit : order) {
      const auto& home = homes_[static_cast<std::size_t>(unit)];
      if (home && !place_unit(unit, *home)) return false;
    }
    std::vector<int> left;
    for (const int unit : order) {
      if (!homes_[static_cast<std::size_t>(unit)] && !place_somewhere(unit)) left.push_back(unit);
    }
    add_pages(left);
    return true;
  }

  Packing finished() && {
    Packing packing;
    for (StablePage& page : pages_) packing.pages.push_back(std::move(page).finished());
    for (PackedPage& page : more_pages_) packing.pages.push_back(std::move(page));
    for (const auto& home : homes_) packing.page_of.push_back(home.value_or(0));
    return packing;
  }

 private:
  bool place_unit(int unit, int number) {
    StablePage& page = pages_[static_cast<std::size_t>(number)];
    std::vector<int> missing;
    for (const int cell : units_[static_cast<std::size_t>(unit)]) {
      if (!page.has(cell)) missing.push_back(cell);
    }
    std::ranges::sort(missing, {}, [&](int cell) {
      const Size size = cell_at(cells_, cell);
      return std::tuple(-size.height, -size.width, cell);
    });
    StablePage::Mark before;
    if (missing.size() > 1) before = page.mark();
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (page.place(missing[i], cell_at(cells_, missing[i]))) continue;
      if (i > 0) page.rewind(std::move(before));
      return false;
    }
    return true;
  }

  bool place_somewhere(int unit) {
    for (std::size_t number = 0; number < pages_.size(); ++number) {
      if (!place_unit(unit, static_cast<int>(number))) continue;
      homes_[static_cast<std::size_t>(unit)] = static_cast<int>(number);
      return true;
    }
    return false;
  }

  void add_pages(const std::vector<int>& left) {
    if (left.empty()) return;
    std::vector<Unit> units;
    for (const int unit : left) units.push_back(units_[static_cast<std::size_t>(unit)]);
    Packing more = pack_fresh(cells_, units, rules_);
    for (std::size_t i = 0; i < left.size(); ++i)
      homes_[static_cast<std::size_t>(left[i])] = static_cast<int>(pages_.size()) + more.page_of[i];
    more_pages_ = std::move(more.pages);
  }

  std::span<const Size> cells_;
  std::span<const Unit> units_;
  PackRules rules_;
  std::vector<StablePage> pages_;
  std::vector<PackedPage> more_pages_;
  std::vector<std::optional<int>> homes_;  ///< by unit
};

std::int64_t area_of(const Packing& packing) {
  std::int64_t area = 0;
  for (const PackedPage& page : packing.pages) area += page.size.area();
  return area;
}

bool exceeds_bound(std::int64_t area, std::int64_t fresh) {
  return area * 20 > fresh * 27;  // 1.35
}

/// No packing can be better than this.
bool is_surely_good(const Packing& packing, std::span<const Size> cells, const PackRules& rules) {
  std::int64_t sum = 0;
  for (const PackedPage& page : packing.pages) {
    for (const auto& [cell, at] : page.places) sum += cell_at(cells, cell).area();
  }
  // A cell that stands on two pages might stand on one after a fresh packing.
  if (packing.pages.size() > 1) {
    sum = 0;
    for (const Size& cell : cells) sum += cell.area();
  }
  const std::int64_t page = largest_page(rules).area();
  const auto least_pages = static_cast<std::size_t>((sum + page - 1) / page);
  return packing.pages.size() <= std::max<std::size_t>(1, least_pages) &&
         !exceeds_bound(area_of(packing), sum);
}

}  // namespace

Packing pack_stable(std::span<const Size> cells, std::span<const Unit> units,
                    const WantedPlaces& wanted, const PackRules& rules) {
  StablePacking stable(cells, units, rules);
  stable.keep_wanted(wanted);
  if (stable.nothing_kept() || !stable.place_others()) return pack_fresh(cells, units, rules);
  Packing packing = std::move(stable).finished();
  if (is_surely_good(packing, cells, rules)) return packing;
  Packing fresh = pack_fresh(cells, units, rules);
  if (packing.pages.size() > fresh.pages.size() || exceeds_bound(area_of(packing), area_of(fresh)))
    return fresh;
  return packing;
}

}  // namespace dgxp
