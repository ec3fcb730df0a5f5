#include "core/atlas/best_fit.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <utility>

namespace dgxp {
namespace {

constexpr int kNoWall = std::numeric_limits<int>::max();
constexpr int kPixel = 10;  // weights count in tenths

/// A level stretch of the tops of what has been placed.
struct Step {
  int x = 0;
  int y = 0;
  int width = 0;
};

/// A gap between higher neighbours; kNoWall where the bin ends.
struct Gap {
  int y = 0;
  int width = 0;
  int left = kNoWall;
  int right = kNoWall;
  bool levels(int top) const { return top == left || top == right; }
};

int distance(int wall, int top) {
  return wall == kNoWall ? kNoWall : std::abs(wall - top);
}

class Skyline {
 public:
  explicit Skyline(int width) : steps_{{0, 0, width}} {}

  void go_to_lowest() {
    const auto lowest = std::ranges::min_element(steps_, {}, &Step::y);
    at_ = static_cast<std::size_t>(lowest - steps_.begin());
  }

  Gap gap() const {
    return {.y = steps_[at_].y,
            .width = steps_[at_].width,
            .left = at_ > 0 ? steps_[at_ - 1].y : kNoWall,
            .right = at_ + 1 < steps_.size() ? steps_[at_ + 1].y : kNoWall};
  }

  /// Gives the gap up to the lower neighbour.
  void raise(int y) {
    steps_[at_].y = y;
    merge();
  }

  /// Puts a rectangle beside the neighbour whose top is nearer to its own; returns its x.
  int place(Size size) {
    const Gap before = gap();
    const Step old = steps_[at_];
    const int top = old.y + size.height;
    const int rest = old.width - size.width;
    const bool is_left = distance(before.left, top) <= distance(before.right, top);
    const Step placed{is_left ? old.x : old.x + rest, top, size.width};
    steps_[at_] = placed;
    if (rest > 0) {
      const Step remaining{is_left ? old.x + size.width : old.x, old.y, rest};
      const auto after = steps_.begin() + static_cast<std::ptrdiff_t>(at_) + (is_left ? 1 : 0);
      steps_.insert(after, remaining);
      if (!is_left) ++at_;
    }
    merge();
    return placed.x;
  }

 private:
  void merge() {
    const auto join_next = [this](std::size_t i) {
      if (i + 1 >= steps_.size() || steps_[i].y != steps_[i + 1].y) return;
      steps_[i].width += steps_[i + 1].width;
      steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    };
    join_next(at_);
    if (at_ > 0) join_next(at_ - 1);
  }

  std::vector<Step> steps_;
  std::size_t at_ = 0;
};

}  // namespace

/// One attempt: what is left, and the choice for each gap.
class BestFitRun {
 public:
  BestFitRun(const BestFit& set, Size bin, const BestFitWeights& weights)
      : set_(set), bin_(bin), weights_(weights), skyline_(bin.width) {
    for (const auto& members : set.members_) left_.push_back(static_cast<int>(members.size()));
    column_at_.assign(static_cast<std::size_t>(bin.width) + 1, -1);
    for (std::size_t i = 0; i < set.columns_.size(); ++i) {
      const BestFit::Column& column = set.columns_[i];
      int count = 0;
      for (int h = column.begin; h < column.end; ++h) count += left_[static_cast<std::size_t>(h)];
      total_ += static_cast<std::size_t>(count);
      columns_.push_back({column, count, column.end - 1});
      active_.push_back(static_cast<int>(i));
      if (column.width <= bin.width)
        column_at_[static_cast<std::size_t>(column.width)] = static_cast<int>(i);
    }
  }

  std::optional<std::vector<Point>> run() {
    std::int64_t waste = bin_.area() - set_.area_;
    if (waste < 0) return std::nullopt;
    std::vector<Point> places(total_);
    for (std::size_t placed = 0; placed < total_;) {
      skyline_.go_to_lowest();
      const Gap gap = skyline_.gap();
      if (gap.width < narrowest()) {
        const int wall = std::min(gap.left, gap.right);
        if (wall == kNoWall) return std::nullopt;
        waste -= std::int64_t{gap.width} * (wall - gap.y);
        if (waste < 0) return std::nullopt;
        skyline_.raise(wall);
        continue;
      }
      const Choice choice = choose(gap);
      const Size size{columns_[choice.column].kind.width, set_.heights_[choice.height]};
      if (gap.y + size.height > bin_.height) return std::nullopt;
      const int member = take(choice);
      places[static_cast<std::size_t>(member)] = {skyline_.place(size), gap.y};
      ++placed;
    }
    return places;
  }

 private:
  struct ColumnLeft {
    BestFit::Column kind;
    int count = 0;    ///< rectangles left
    int tallest = 0;  ///< index of the greatest height left
  };
  struct Choice {
    std::size_t column = 0;
    std::size_t height = 0;  ///< index
  };

  int narrowest() const { return columns_[static_cast<std::size_t>(active_.front())].kind.width; }

  /// The gap must hold at least the narrowest one.
  Choice choose(const Gap& gap) const {
    Choice best;
    std::int64_t most = std::numeric_limits<std::int64_t>::min();
    const auto consider = [&](std::size_t column, int height, int worth) {
      const int rise = set_.heights_[static_cast<std::size_t>(height)];
      const std::int64_t score =
          worth + std::int64_t{kPixel} * rise + (gap.levels(gap.y + rise) ? weights_.level : 0);
      if (score <= most) return;
      most = score;
      best = {column, static_cast<std::size_t>(height)};
    };
    for (const int active : active_) {
      const auto column = static_cast<std::size_t>(active);
      const ColumnLeft& left = columns_[column];
      if (left.kind.width > gap.width) break;
      const int worth = worth_of(column, gap.width);
      consider(column, left.tallest, worth);
      for (const int wall : {gap.left, gap.right}) {
        const int level = wall == kNoWall ? -1 : find_height(left, wall - gap.y);
        if (level >= 0) consider(column, level, worth);
      }
    }
    return best;
  }

  int worth_of(std::size_t column, int gap) const {
    const int rest = gap - columns_[column].kind.width;
    if (rest == 0) return weights_.exact;
    if (rest < narrowest()) return -weights_.dead;
    const int other = column_at_[static_cast<std::size_t>(rest)];
    if (other < 0) return 0;
    const auto partner = static_cast<std::size_t>(other);
    const int needed = partner == column ? 2 : 1;
    return columns_[partner].count >= needed ? weights_.pair : 0;
  }

  /// The index of a height that is left, or -1.
  int find_height(const ColumnLeft& column, int height) const {
    const auto begin = set_.heights_.begin() + column.kind.begin;
    const auto end = set_.heights_.begin() + column.tallest + 1;
    const auto found = std::lower_bound(begin, end, height);
    if (found == end || *found != height) return -1;
    const auto index = found - set_.heights_.begin();
    return left_[static_cast<std::size_t>(index)] > 0 ? static_cast<int>(index) : -1;
  }

  /// Takes one of the chosen size; they go in the order of the set.
  int take(const Choice& choice) {
    const std::vector<int>& members = set_.members_[choice.height];
    int& left = left_[choice.height];
    const int member = members[members.size() - static_cast<std::size_t>(left)];
    --left;
    ColumnLeft& column = columns_[choice.column];
    if (--column.count == 0) {
      std::erase(active_, static_cast<int>(choice.column));
    } else {
      while (left_[static_cast<std::size_t>(column.tallest)] == 0) --column.tallest;
    }
    return member;
  }

  const BestFit& set_;
  Size bin_;
  BestFitWeights weights_;
  Skyline skyline_;
  std::vector<ColumnLeft> columns_;
  std::vector<int> active_;     ///< columns that have something left
  std::vector<int> column_at_;  ///< by width; -1 = none
  std::vector<int> left_;       ///< by height index
  std::size_t total_ = 0;
};

BestFit::BestFit(std::span<const Size> sizes) {
  std::map<Size, std::vector<int>> by_size;  // by width, then height
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    by_size[sizes[i]].push_back(static_cast<int>(i));
    area_ += sizes[i].area();
  }
  for (auto& [size, members] : by_size) {
    const int next = static_cast<int>(heights_.size());
    if (columns_.empty() || columns_.back().width != size.width)
      columns_.push_back({.width = size.width, .begin = next, .end = next});
    columns_.back().end = next + 1;
    heights_.push_back(size.height);
    members_.push_back(std::move(members));
  }
}

std::optional<std::vector<Point>> BestFit::pack(Size bin, const BestFitWeights& weights) const {
  return BestFitRun(*this, bin, weights).run();
}

}  // namespace dgxp
