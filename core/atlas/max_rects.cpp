#include "core/atlas/max_rects.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace dgxp {
namespace {

int right(const Rect& rect) {
  return rect.x + rect.width;
}
int bottom(const Rect& rect) {
  return rect.y + rect.height;
}

bool overlap(const Rect& a, const Rect& b) {
  return a.x < right(b) && b.x < right(a) && a.y < bottom(b) && b.y < bottom(a);
}

bool touch(const Rect& a, const Rect& b) {
  return a.x <= right(b) && b.x <= right(a) && a.y <= bottom(b) && b.y <= bottom(a);
}

bool contains(const Rect& outer, const Rect& inner) {
  return outer.x <= inner.x && outer.y <= inner.y && right(outer) >= right(inner) &&
         bottom(outer) >= bottom(inner);
}

int shared(int from_a, int to_a, int from_b, int to_b) {
  return std::max(0, std::min(to_a, to_b) - std::max(from_a, from_b));
}

}  // namespace

MaxRects::MaxRects(Size bin) : bin_(bin) {
  if (bin.width > 0 && bin.height > 0) free_.push_back({0, 0, bin.width, bin.height});
}

std::optional<Point> MaxRects::find(Size size, Fit fit) const {
  using Score = std::tuple<std::int64_t, std::int64_t, int, int>;
  constexpr auto kWorst = std::numeric_limits<std::int64_t>::max();
  Score best{kWorst, kWorst, 0, 0};
  std::optional<Point> place;
  for (const Rect& room : free_) {
    if (size.width > room.width || size.height > room.height) continue;
    Score score;
    if (fit == Fit::bottom_left) {
      score = {room.y, room.x, 0, 0};
    } else if (fit == Fit::best_short_side) {
      const int across = room.width - size.width;
      const int down = room.height - size.height;
      score = {std::min(across, down), std::max(across, down), room.y, room.x};
    } else {
      score = {-contact({room.x, room.y, size.width, size.height}), room.y, room.x, 0};
    }
    if (score >= best) continue;
    best = score;
    place = Point{room.x, room.y};
  }
  return place;
}

std::int64_t MaxRects::contact(Rect rect) const {
  std::int64_t sum = 0;
  if (rect.x == 0) sum += rect.height;
  if (right(rect) == bin_.width) sum += rect.height;
  if (rect.y == 0) sum += rect.width;
  if (bottom(rect) == bin_.height) sum += rect.width;
  for (const Rect& used : used_) {
    if (used.x == right(rect) || right(used) == rect.x)
      sum += shared(used.y, bottom(used), rect.y, bottom(rect));
    if (used.y == bottom(rect) || bottom(used) == rect.y)
      sum += shared(used.x, right(used), rect.x, right(rect));
  }
  return sum;
}

void MaxRects::split(Rect room, Rect used) {
  if (used.x > room.x) pieces_.push_back({room.x, room.y, used.x - room.x, room.height});
  if (right(used) < right(room))
    pieces_.push_back({right(used), room.y, right(room) - right(used), room.height});
  if (used.y > room.y) pieces_.push_back({room.x, room.y, room.width, used.y - room.y});
  if (bottom(used) < bottom(room))
    pieces_.push_back({room.x, bottom(used), room.width, bottom(room) - bottom(used)});
}

void MaxRects::occupy(Rect used) {
  used_.push_back(used);
  pieces_.clear();
  touching_.clear();
  std::size_t kept = 0;
  for (const Rect& room : free_) {
    if (overlap(room, used)) {
      split(room, used);
      continue;
    }
    if (touch(room, used)) touching_.push_back(room);
    free_[kept++] = room;
  }
  free_.resize(kept);
  drop_contained();
}

// Only a piece can have become part of another free rectangle, and as it borders on the rectangle
// just used, so does the one that holds it.
void MaxRects::drop_contained() {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Rect piece = pieces_[i];
    const auto holds = [&](const Rect& other) { return contains(other, piece); };
    if (std::ranges::any_of(touching_, holds)) continue;
    bool inside = false;
    for (std::size_t j = 0; j < pieces_.size() && !inside; ++j) {
      // Of equal pieces the first one stays.
      inside = j != i && contains(pieces_[j], piece) && (pieces_[j] != piece || j < i);
    }
    if (!inside) free_.push_back(piece);
  }
}

}  // namespace dgxp
