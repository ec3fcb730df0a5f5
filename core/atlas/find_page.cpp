// The search for the smallest page. Sprites are few and small enough to simply try: page widths
// around the square, filled by best fit with weights drawn from where they do well on real
// sprites, and by MaxRects in a few orders, each attempt bounded by the best page so far. The
// number of attempts follows from the number of cells alone, and the draws from a fixed seed, so
// the result does not depend on the machine.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>

#include "core/atlas/best_fit.hpp"
#include "core/atlas/max_rects.hpp"
#include "core/atlas/packing.hpp"

namespace dgxp {
namespace {

constexpr std::array kFits{Fit::bottom_left, Fit::contact_point, Fit::best_short_side};

/// Up to so many cells every order and fit is worth its time; beyond, order by height has won on
/// all sets of sprites that were measured.
constexpr std::size_t kFew = 300;

/// A linear congruential generator: the same numbers everywhere.
class Draws {
 public:
  /// least <= drawn < least + count
  int draw(int least, int count) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return least + static_cast<int>((state_ >> 33U) % static_cast<std::uint64_t>(count));
  }
  BestFitWeights weights() {
    return {.exact = draw(180, 130),
            .pair = draw(0, 120),
            .level = draw(40, 160),
            .dead = draw(0, 220)};
  }

 private:
  std::uint64_t state_ = 4217;
};

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
    for (const Order order : kOrders) {
      if (order == Order::height || cells.size() <= kFew)
        orders_.push_back(sorted_by(cells, order));
    }
    std::vector<Size> rooms;
    for (const Size& cell : cells) {
      rooms.push_back(padded(cell));
      area_ += rooms.back().area();
      widest_ = std::max(widest_, cell.width);
      highest_ = std::max(highest_, cell.height);
    }
    best_fit_.emplace(rooms);
  }

  std::optional<FoundPage> run() {
    const Size most = largest_page(rules_);
    if (widest_ > most.width || highest_ > most.height || area_ > padded(most).area()) return {};
    if (rules_.power_of_two) {
      try_powers_of_two(most);
    } else {
      try_widths(most);
      try_draws(most);
    }
    if (!best_) try_all_ways(most);
    return std::move(best_);
  }

 private:
  Size padded(Size size) const {
    return {size.width + rules_.padding, size.height + rules_.padding};
  }

  int page_width(double ratio, Size most) const {
    const double side = std::sqrt(static_cast<double>(area_)) * ratio;
    return std::clamp(static_cast<int>(std::ceil(side)) - rules_.padding, widest_, most.width);
  }

  /// How high a page may be to be better than the best one; 0 when it cannot.
  int height_to_beat(int width, Size most) const {
    std::int64_t height = most.height;
    if (best_) height = std::min(height, (best_->size.area() - 1) / width);
    if (height < highest_ || padded({width, static_cast<int>(height)}).area() < area_) return 0;
    return static_cast<int>(height);
  }

  void try_widths(Size most) {
    const int count = attempts(20'000, 1, 12);
    for (int i = 0; i < count; ++i) {
      // 1, then alternately wider and narrower, up to about 1:2.
      const int step = (i + 1) / 2;
      const double stretch = 0.4 * step / std::max(1, count / 2);
      try_width(page_width(i % 2 == 1 ? 1.0 + stretch : 1.0 / (1.0 + stretch), most), most);
    }
  }

  void try_width(int width, Size most) {
    for (const Fit fit : kFits) {
      if (!affordable(fit)) continue;
      // In an open strip the short side of the rest says nothing: only with a page to beat.
      if (fit == Fit::best_short_side && !best_) continue;
      for (const auto& order : orders_) {
        const int height = height_to_beat(width, most);
        if (height == 0) return;
        attempt({width, height}, order, fit);
      }
    }
  }

  void try_draws(Size most) {
    Draws draws;
    const int count = attempts(1'000'000, 20, 1000);
    for (int i = 0; i < count; ++i) {
      const int width = page_width(draws.draw(800, 401) / 1000.0, most);
      const BestFitWeights weights = draws.weights();
      const int height = height_to_beat(width, most);
      if (height > 0) attempt({width, height}, weights);
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

  void try_all_ways(Size page) {
    Draws draws;
    for (int i = attempts(200'000, 10, 200); i > 0 && !best_; --i) attempt(page, draws.weights());
    for (const Fit fit : kFits) {
      for (const auto& order : orders_) {
        if (!best_ && affordable(fit)) attempt(page, order, fit);
      }
    }
  }

  bool affordable(Fit fit) const { return fit != Fit::contact_point || cells_.size() <= kFew; }

  /// So many attempts that together they place about `cells`.
  int attempts(int cells, int least, int most) const {
    return std::clamp(cells / static_cast<int>(cells_.size()), least, most);
  }

  void attempt(Size page, const std::vector<int>& order, Fit fit) {
    MaxRects room(padded(page));
    std::vector<Point> places(cells_.size());
    for (const int cell : order) {
      const auto index = static_cast<std::size_t>(cell);
      const Size size = padded(cells_[index]);
      const auto place = room.find(size, fit);
      if (!place) return;
      room.occupy({place->x, place->y, size.width, size.height});
      places[index] = *place;
    }
    keep_if_best(std::move(places));
  }

  void attempt(Size page, const BestFitWeights& weights) {
    if (auto places = best_fit_->pack(padded(page), weights)) keep_if_best(*std::move(places));
  }

  void keep_if_best(std::vector<Point> places) {
    Size extent;
    for (std::size_t i = 0; i < places.size(); ++i) {
      extent = {std::max(extent.width, places[i].x + cells_[i].width),
                std::max(extent.height, places[i].y + cells_[i].height)};
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
  std::optional<BestFit> best_fit_;
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
