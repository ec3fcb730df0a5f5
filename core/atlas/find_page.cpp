// The search for the smallest page. Sprites are few and small enough to simply try: a set of page
// widths around the square, the orders and the fits that do well on real sprites, each attempt
// bounded by the best page so far. The number of attempts follows from the number of cells alone,
// so the result does not depend on the machine.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>

#include "core/atlas/max_rects.hpp"
#include "core/atlas/packing.hpp"

namespace dgxp {
namespace {

constexpr std::array kFits{Fit::bottom_left, Fit::contact_point, Fit::best_short_side};
constexpr std::size_t kMostForContact = 300;

enum class Order { height, longer_side, area, width };
constexpr std::array kOrders{Order::height, Order::longer_side, Order::area, Order::width};

using OrderKey = std::tuple<std::int64_t, std::int64_t>;

OrderKey key_of(Size size, Order order) {
  switch (order) {
    case Order::height:
      return {size.height, size.width};
    case Order::longer_side:
      return {std::max(size.width, size.height), std::min(size.width, size.height)};
    case Order::area:
      return {size.area(), size.height};
    case Order::width:
      break;
  }
  return {size.width, size.height};
}

std::vector<int> sorted_by(std::span<const Size> cells, Order order) {
  std::vector<int> sorted(cells.size());
  std::iota(sorted.begin(), sorted.end(), 0);
  std::ranges::stable_sort(sorted, [&](int a, int b) {
    return key_of(cells[static_cast<std::size_t>(a)], order) >
           key_of(cells[static_cast<std::size_t>(b)], order);
  });
  return sorted;
}

/// Finds pages for one set of cells and remembers the best.
class PageSearch {
 public:
  PageSearch(std::span<const Size> cells, const PackRules& rules) : cells_(cells), rules_(rules) {
    for (const Order order : kOrders) orders_.push_back(sorted_by(cells, order));
    for (const Size& cell : cells) {
      area_ += padded(cell).area();
      widest_ = std::max(widest_, cell.width);
      highest_ = std::max(highest_, cell.height);
    }
  }

  std::optional<FoundPage> run() {
    const Size most = largest_page(rules_);
    if (widest_ > most.width || highest_ > most.height || area_ > padded(most).area()) return {};
    if (rules_.power_of_two) {
      try_powers_of_two(most);
    } else {
      try_widths(most);
    }
    if (!best_) try_everything(most);
    return std::move(best_);
  }

 private:
  Size padded(Size size) const {
    return {size.width + rules_.padding, size.height + rules_.padding};
  }

  void try_widths(Size most) {
    const double side = std::sqrt(static_cast<double>(area_));
    const int count = attempts();
    for (int i = 0; i < count; ++i) {
      // 1, then alternately wider and narrower, up to about 1:2.
      const int step = (i + 1) / 2;
      const double stretch = 0.4 * step / std::max(1, count / 2);
      const double ratio = i % 2 == 1 ? 1.0 + stretch : 1.0 / (1.0 + stretch);
      const int width = std::clamp(static_cast<int>(std::ceil(side * ratio)) - rules_.padding,
                                   widest_, most.width);
      try_width(width, most.height);
    }
  }

  void try_width(int width, int max_height) {
    for (const Fit fit : kFits) {
      if (!affordable(fit)) continue;
      // In an open strip the short side of the rest says nothing: only with a page to beat.
      if (fit == Fit::best_short_side && !best_) continue;
      for (const auto& order : orders_) {
        int height = max_height;
        if (best_) {
          const std::int64_t bound = (best_->size.area() - 1) / width;
          height = static_cast<int>(std::min<std::int64_t>(height, bound));
        }
        if (height < highest_ || padded({width, height}).area() < area_) return;
        attempt({width, height}, order, fit);
      }
    }
  }

  // Smallest area first, so the first that holds all is the answer.
  void try_powers_of_two(Size most) {
    std::vector<Size> sizes;
    for (int width = 1; width <= most.width; width *= 2) {
      for (int height = 1; height <= most.height; height *= 2) {
        if (width < widest_ || height < highest_) continue;
        if (padded({width, height}).area() < area_) continue;
        sizes.push_back({width, height});
      }
    }
    std::ranges::sort(sizes, {}, [](Size size) {
      return std::tuple(size.area(), std::max(size.width, size.height), -size.width);
    });
    for (const Size& size : sizes) {
      try_all_ways(size);
      if (best_) return;
    }
  }

  void try_everything(Size most) { try_all_ways(most); }

  void try_all_ways(Size page) {
    for (const Fit fit : kFits) {
      if (!affordable(fit)) continue;
      for (const auto& order : orders_) {
        attempt(page, order, fit);
        if (best_) return;
      }
    }
  }

  bool affordable(Fit fit) const {
    return fit != Fit::contact_point || cells_.size() <= kMostForContact;
  }

  int attempts() const {
    const auto count = static_cast<double>(cells_.size());
    return std::clamp(static_cast<int>(2.0e5 / std::pow(count, 1.4)), 1, 40);
  }

  void attempt(Size page, const std::vector<int>& order, Fit fit) {
    MaxRects room(padded(page));
    std::vector<Point> places(cells_.size());
    Size extent;
    for (const int cell : order) {
      const auto index = static_cast<std::size_t>(cell);
      const Size size = cells_[index];
      const auto place = room.find(padded(size), fit);
      if (!place) return;
      room.occupy({place->x, place->y, padded(size).width, padded(size).height});
      places[index] = *place;
      extent = {std::max(extent.width, place->x + size.width),
                std::max(extent.height, place->y + size.height)};
    }
    const Size found = page_size(extent, rules_);
    if (best_ && rank(found) >= rank(best_->size)) return;
    best_ = FoundPage{.size = found, .places = std::move(places)};
  }

  static std::tuple<std::int64_t, int, int> rank(Size size) {
    return {size.area(), std::max(size.width, size.height), size.height};
  }

  std::span<const Size> cells_;
  PackRules rules_;
  std::vector<std::vector<int>> orders_;
  std::int64_t area_ = 0;  ///< of all cells with their padding
  int widest_ = 0;
  int highest_ = 0;
  std::optional<FoundPage> best_;
};

int floor_power_of_two(int value) {
  int power = 1;
  while (power <= value / 2) power *= 2;
  return power;
}

int ceil_power_of_two(int value) {
  int power = 1;
  while (power < value) power *= 2;
  return power;
}

}  // namespace

Size largest_page(const PackRules& rules) {
  const int side = rules.power_of_two ? floor_power_of_two(rules.max_size) : rules.max_size;
  return {side, side};
}

Size page_size(Size extent, const PackRules& rules) {
  if (!rules.power_of_two) return extent;
  return {ceil_power_of_two(extent.width), ceil_power_of_two(extent.height)};
}

std::optional<FoundPage> find_smallest_page(std::span<const Size> cells, const PackRules& rules) {
  return PageSearch(cells, rules).run();
}

}  // namespace dgxp
