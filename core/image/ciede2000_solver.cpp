// CIEDE2000 is no metric: it jumps where two hues are opposite, so the triangle inequality cannot
// rule entries out. Two bounds do. With C the mean chroma, the chroma and hue parts together are
//
//   x^2 + y^2 + R x y >= (1 - |R| / 2) (x^2 + y^2) >= (1 - |R| / 2) |d(a,b)|^2 / (1 + 0.045 C')^2
//
// since S_H <= S_C (the hue weight is at most 1.93 and 0.015 * 1.93 < 0.045), since stretching a
// only moves points apart, and C' <= C + 6.4; and S_L <= 1 + 0.015 |L - 50|. R matters for blue
// hues only: it is below 2e-5 when neither b is negative.
#include "core/image/ciede2000_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

struct Point {
  Lab lab;
  double chroma = 0;
};

Point make_point(const Lab& lab) {
  return {.lab = lab, .chroma = std::sqrt(lab.a * lab.a + lab.b * lab.b)};
}

/// C^7 / (C^7 + 25^7)
double seventh_share(double chroma) {
  const double cube = chroma * chroma * chroma;
  const double power = cube * cube * chroma;
  return power / (power + 6103515625.0);
}

/// How far a set of points reaches around the one that stands for it.
struct Reach {
  double l = 0;
  double ab = 0;
};

/// A lower bound of the squared distance of `entry` from any point within `reach` of `middle`.
double lower_bound(const Point& middle, const Point& entry, Reach reach) {
  const double delta_l = std::max(0.0, std::abs(middle.lab.l - entry.lab.l) - reach.l);
  const double scale_l =
      1 + 0.015 * (std::abs((middle.lab.l + entry.lab.l) / 2 - 50) + reach.l / 2);
  const double delta_a = middle.lab.a - entry.lab.a;
  const double delta_b = middle.lab.b - entry.lab.b;
  const double apart = std::max(0.0, std::sqrt(delta_a * delta_a + delta_b * delta_b) - reach.ab);
  const double chroma = (middle.chroma + entry.chroma + reach.ab) / 2 + 6.4;
  const double scale_c = 1 + 0.045 * chroma;
  const bool has_turn = middle.lab.b - reach.ab < 0 || entry.lab.b < 0;
  const double half_turn =
      has_turn ? std::sqrt(seventh_share(chroma)) * std::numbers::sqrt3 / 2 : 1e-5;
  const double part_l = delta_l / scale_l;
  const double part_ab = apart / scale_c;
  return (part_l * part_l + (1 - half_turn) * part_ab * part_ab) * (1 - 1e-9);
}

struct Direction {
  double cos = 1;
  double sin = 0;
};

double hue_weight(Direction h) {
  const double cos2 = h.cos * h.cos - h.sin * h.sin;
  const double sin2 = 2 * h.cos * h.sin;
  const double cos3 = h.cos * cos2 - h.sin * sin2;
  const double sin3 = h.sin * cos2 + h.cos * sin2;
  const double cos4 = cos2 * cos2 - sin2 * sin2;
  const double sin4 = 2 * cos2 * sin2;
  // cos and sin of 30, 6 and 63 degrees
  return 1 - 0.17 * (h.cos * 0.8660254037844387 + h.sin * 0.5) + 0.24 * cos2 +
         0.32 * (cos3 * 0.9945218953682733 - sin3 * 0.10452846326765347) -
         0.20 * (cos4 * 0.4539904997395468 + sin4 * 0.8910065241883679);
}

double rotation(Direction h, double chroma) {
  if (h.sin > 0.17) return 0;  // below 1e-6
  double hue = std::atan2(h.sin, h.cos) * 180 / std::numbers::pi;
  if (hue < 0) hue += 360;
  const double off = (hue - 275) / 25;
  const double turn = 60 * std::exp(-off * off) * std::numbers::pi / 180;
  return -2 * std::sqrt(seventh_share(chroma)) * std::sin(turn);
}

/// ciede2000 without angles: the mean hue is the direction of the sum of two unit vectors. Within
/// 1e-5 of it.
double fast_ciede2000(const Point& p, const Point& q) {
  const double stretch = 1.5 - 0.5 * std::sqrt(seventh_share((p.chroma + q.chroma) / 2));
  const double pa = stretch * p.lab.a;
  const double qa = stretch * q.lab.a;
  const double pc = std::sqrt(pa * pa + p.lab.b * p.lab.b);
  const double qc = std::sqrt(qa * qa + q.lab.b * q.lab.b);
  const double both = pc * qc;
  Direction hue;
  double delta_hue = 0;
  if (both > 1e-9) {
    const double x = pa * qc + qa * pc;
    const double y = p.lab.b * qc + q.lab.b * pc;
    const double length = std::sqrt(x * x + y * y);
    if (length < 1e-3 * both) return ciede2000(p.lab, q.lab);  // hues are opposite
    hue = {.cos = x / length, .sin = y / length};
    delta_hue = std::sqrt(std::max(0.0, 2 * (both - pa * qa - p.lab.b * q.lab.b)));
    if (pa * q.lab.b < p.lab.b * qa) delta_hue = -delta_hue;
  }
  const double chroma = (pc + qc) / 2;
  const double off = (p.lab.l + q.lab.l) / 2 - 50;
  const double part_l = (q.lab.l - p.lab.l) / (1 + 0.015 * off * off / std::sqrt(20 + off * off));
  const double part_c = (qc - pc) / (1 + 0.045 * chroma);
  const double part_h = delta_hue / (1 + 0.015 * chroma * hue_weight(hue));
  return std::sqrt(part_l * part_l + part_c * part_c + part_h * part_h +
                   rotation(hue, chroma) * part_c * part_h);
}

class Ciede2000Solver : public CellSolver {
 public:
  explicit Ciede2000Solver(const Palette& palette) : entries_(solver_entries(palette)) {
    for (const SolverEntry& entry : entries_) points_.push_back(make_point(to_lab(entry.color)));
  }

  CellAnswer solve(Rgb low) const override {
    const Cell cell = make_cell(low);
    const std::size_t leader = likely_nearest(cell.points[kMiddle]);
    CellRace race;
    double farthest = 0;
    for (std::size_t place = 0; place < kCellColors; ++place) {
      race.enter(place, leader, fast_ciede2000(cell.points[place], points_[leader]));
      farthest = std::max(farthest, race.best[place]);
    }
    farthest += kUnsure;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (i == leader) continue;
      if (lower_bound(cell.points[kMiddle], points_[i], cell.reach) > farthest * farthest) continue;
      run(race, cell, i);
    }
    return finish(race, low);
  }

 private:
  static constexpr double kUnsure = 1e-4;
  static constexpr std::size_t kMiddle = 42;  // (2, 2, 2)

  struct Cell {
    std::array<Point, kCellColors> points;
    Reach reach;  ///< around the middle
  };

  static Cell make_cell(Rgb low) {
    const CellPoints lab = lab_cell(low);
    Cell cell;
    for (std::size_t i = 0; i < kCellColors; ++i)
      cell.points[i] = make_point({lab[0][i], lab[1][i], lab[2][i]});
    const Lab& middle = cell.points[kMiddle].lab;
    for (const Point& point : cell.points) {
      const double a = point.lab.a - middle.a;
      const double b = point.lab.b - middle.b;
      cell.reach.l = std::max(cell.reach.l, std::abs(point.lab.l - middle.l));
      cell.reach.ab = std::max(cell.reach.ab, std::sqrt(a * a + b * b));
    }
    return cell;
  }

  std::size_t likely_nearest(const Point& point) const {
    std::size_t leader = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const double now = lower_bound(point, points_[i], {});
      if (now >= least) continue;
      least = now;
      leader = i;
    }
    return leader;
  }

  void run(CellRace& race, const Cell& cell, std::size_t entry) const {
    for (std::size_t place = 0; place < kCellColors; ++place) {
      const double limit = race.best[place] + kUnsure;
      if (lower_bound(cell.points[place], points_[entry], {}) > limit * limit) continue;
      race.enter(place, entry, fast_ciede2000(cell.points[place], points_[entry]));
    }
  }

  CellAnswer finish(const CellRace& race, Rgb low) const {
    CellAnswer answer;
    for (std::size_t place = 0; place < kCellColors; ++place)
      answer[place] = race.second[place] - race.best[place] > kUnsure
                          ? entries_[race.winner[place]].position
                          : decide(cell_color(low, place));
    return answer;
  }

  /// By the metric itself.
  std::uint8_t decide(Rgb color) const {
    const Lab lab = to_lab(color);
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const double distance = ciede2000(lab, points_[i].lab);
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    return entries_[best].position;
  }

  std::vector<SolverEntry> entries_;
  std::vector<Point> points_;
};

}  // namespace

std::unique_ptr<CellSolver> make_ciede2000_solver(const Palette& palette) {
  return std::make_unique<Ciede2000Solver>(palette);
}

}  // namespace dgxp
