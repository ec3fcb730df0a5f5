#include "core/image/cell_solver.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <set>

#include "core/image/ciede2000_solver.hpp"
#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

using Vector = std::array<double, 3>;

double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// RGB in whole numbers. Of two entries the difference of squared distances is linear in the
/// colour, so over a cell it is least at a corner.
class RgbSolver : public CellSolver {
 public:
  explicit RgbSolver(const Palette& palette) : entries_(solver_entries(palette)) {
    for (const SolverEntry& entry : entries_) {
      const Rgb c = entry.color;
      norms_.push_back(c.r * c.r + c.g * c.g + c.b * c.b);
    }
  }

  CellAnswer solve(Rgb low) const override {
    const std::size_t leader = nearest_entry(low);
    CellAnswer answer;
    answer.fill(entries_[leader].position);
    std::array<int, kCellColors> best;
    scores(leader, low, best);
    // Entries come in ascending position, so an equal score wins only from before the leader.
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (i == leader || is_behind(i, leader, low)) continue;
      std::array<int, kCellColors> score;
      scores(i, low, score);
      for (std::size_t place = 0; place < kCellColors; ++place) {
        const bool wins = score[place] < best[place] ||
                          (score[place] == best[place] && entries_[i].position < answer[place]);
        if (!wins) continue;
        best[place] = score[place];
        answer[place] = entries_[i].position;
      }
    }
    return answer;
  }

 private:
  /// Squared distance less that of the colour from black: enough to compare entries.
  int score(std::size_t entry, int r, int g, int b) const {
    const Rgb c = entries_[entry].color;
    return norms_[entry] - 2 * (r * c.r + g * c.g + b * c.b);
  }
  void scores(std::size_t entry, Rgb low, std::array<int, kCellColors>& out) const {
    const Rgb c = entries_[entry].color;
    const int first = score(entry, low.r, low.g, low.b);
    for (int place = 0; place < static_cast<int>(kCellColors); ++place)
      out[static_cast<std::size_t>(place)] =
          first - 2 * ((place >> 4) * c.r + (place >> 2 & 3) * c.g + (place & 3) * c.b);
  }
  std::size_t nearest_entry(Rgb low) const {
    std::size_t leader = 0;
    int least = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const int now = score(i, low.r + 2, low.g + 2, low.b + 2);
      if (now >= least) continue;
      least = now;
      leader = i;
    }
    return leader;
  }
  /// Whether `entry` is nowhere in the cell nearer than `leader`, nor equal at a lower position.
  bool is_behind(std::size_t entry, std::size_t leader, Rgb low) const {
    const Rgb e = entries_[entry].color;
    const Rgb l = entries_[leader].color;
    const auto least = [](int delta, int from) {
      return 2 * delta * (delta > 0 ? from : from + 3);
    };
    const int margin = norms_[entry] - norms_[leader] + least(l.r - e.r, low.r) +
                       least(l.g - e.g, low.g) + least(l.b - e.b, low.b);
    return margin > 0 || (margin == 0 && entry > leader);
  }

  std::vector<SolverEntry> entries_;
  std::vector<int> norms_;
};

/// The entry nearest to a colour among `entries`, by the metric itself.
template <typename Metric>
std::uint8_t decide(Rgb color, const std::vector<SolverEntry>& entries) {
  const auto point = Metric::point(color);
  std::uint8_t best = entries[0].position;
  auto least = Metric::distance(point, Metric::point(entries[0].color));
  for (const SolverEntry& entry : entries) {
    const auto distance = Metric::distance(point, Metric::point(entry.color));
    if (distance >= least) continue;
    least = distance;
    best = entry.position;
  }
  return best;
}

template <typename Metric>
CellAnswer finish(const CellRace& race, Rgb low, const std::vector<SolverEntry>& entries,
                  double unsure) {
  CellAnswer answer;
  for (std::size_t place = 0; place < kCellColors; ++place)
    answer[place] = race.second[place] - race.best[place] > unsure
                        ? entries[race.winner[place]].position
                        : decide<Metric>(cell_color(low, place), entries);
  return answer;
}

/// OKLab is linear in the cube roots y of the cone responses, so with u = 2 M^T entry the squared
/// distance less that of the colour from black is |entry|^2 - u y, linear in y; and the roots of a
/// cell lie in a box from those of its darkest to those of its lightest colour.
class OklabSolver : public CellSolver {
 public:
  explicit OklabSolver(const Palette& palette) : entries_(solver_entries(palette)) {
    for (const SolverEntry& entry : entries_) {
      const Oklab lab = to_oklab(entry.color);
      const Vector point{lab.l, lab.a, lab.b};
      Vector weights{};
      for (std::size_t i = 0; i < 3; ++i)
        weights[i] =
            2 * (kToLab[0][i] * point[0] + kToLab[1][i] * point[1] + kToLab[2][i] * point[2]);
      weights_.push_back(weights);
      norms_.push_back(dot(point, point));
    }
  }

  CellAnswer solve(Rgb low) const override {
    const Box box = cone_box(low);
    const std::size_t leader = nearest_entry(box);
    std::vector<std::size_t> rivals;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (i != leader && least_margin(i, leader, box) <= kUnsure) rivals.push_back(i);
    CellAnswer answer;
    answer.fill(entries_[leader].position);
    if (rivals.empty()) return answer;

    rivals.push_back(leader);
    const CellPoints points = cell_points(low, oklab_shares(), fast_cbrt);
    CellRace race;
    for (const std::size_t i : rivals) {
      const Vector& w = weights_[i];
      for (std::size_t place = 0; place < kCellColors; ++place)
        race.enter(place, i,
                   norms_[i] - (w[0] * points[0][place] + w[1] * points[1][place] +
                                w[2] * points[2][place]));
    }
    return finish<OklabMetric>(race, low, entries_, kUnsure);
  }

 private:
  /// Above what the metric's whole-number coordinates and the fast roots can be off.
  static constexpr double kUnsure = 1e-6;
  static constexpr std::array<Vector, 3> kToLab{{{0.2104542553, 0.7936177850, -0.0040720468},
                                                 {1.9779984951, -2.4285922050, 0.4505937099},
                                                 {0.0259040371, 0.7827717662, -0.8086757660}}};

  struct Box {
    Vector low;
    Vector high;
  };
  static Box cone_box(Rgb low) {
    const Rgb high = cell_color(low, kCellColors - 1);
    Box box;
    for (std::size_t row = 0; row < 3; ++row) {
      box.low[row] = fast_cbrt(oklab_shares().sum(row, low));
      box.high[row] = fast_cbrt(oklab_shares().sum(row, high));
    }
    return box;
  }
  std::size_t nearest_entry(const Box& box) const {
    const Vector middle{(box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2,
                        (box.low[2] + box.high[2]) / 2};
    std::size_t leader = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const double now = norms_[i] - dot(weights_[i], middle);
      if (now >= least) continue;
      least = now;
      leader = i;
    }
    return leader;
  }
  /// The least by which `entry` is farther than `leader` anywhere in the box.
  double least_margin(std::size_t entry, std::size_t leader, const Box& box) const {
    double margin = norms_[entry] - norms_[leader];
    for (std::size_t i = 0; i < 3; ++i) {
      const double slope = weights_[leader][i] - weights_[entry][i];
      margin += slope * (slope > 0 ? box.low[i] : box.high[i]);
    }
    return margin;
  }

  std::vector<SolverEntry> entries_;
  std::vector<Vector> weights_;
  std::vector<double> norms_;
};

/// HyAB obeys the triangle inequality: what is farther from the middle of the cell than the leader
/// by more than twice the cell's radius is farther everywhere in it.
class HyabSolver : public CellSolver {
 public:
  explicit HyabSolver(const Palette& palette) : entries_(solver_entries(palette)) {
    for (const SolverEntry& entry : entries_) points_.push_back(to_lab(entry.color));
  }

  CellAnswer solve(Rgb low) const override {
    const CellPoints cell = lab_cell(low);
    const auto point = [&](std::size_t place) {
      return Lab{cell[0][place], cell[1][place], cell[2][place]};
    };
    const Lab middle = point(42);  // (2, 2, 2)
    double radius = 0;
    for (std::size_t place = 0; place < kCellColors; ++place)
      radius = std::max(radius, HyabMetric::distance(middle, point(place)));
    std::vector<double> distances;
    for (const Lab& entry : points_) distances.push_back(HyabMetric::distance(middle, entry));
    const auto leader = std::ranges::min_element(distances);
    const double limit = *leader + 2 * radius + kUnsure;

    CellRace race;
    std::size_t rivals = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) rivals += distances[i] <= limit ? 1U : 0U;
    if (rivals == 1) {
      CellAnswer answer;
      answer.fill(entries_[static_cast<std::size_t>(leader - distances.begin())].position);
      return answer;
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (distances[i] > limit) continue;
      for (std::size_t place = 0; place < kCellColors; ++place)
        race.enter(place, i, HyabMetric::distance(point(place), points_[i]));
    }
    return finish<HyabMetric>(race, low, entries_, kUnsure);
  }

 private:
  static constexpr double kUnsure = 1e-6;

  std::vector<SolverEntry> entries_;
  std::vector<Lab> points_;
};

}  // namespace

CellRace::CellRace() {
  best.fill(std::numeric_limits<double>::infinity());
  second.fill(std::numeric_limits<double>::infinity());
}

std::vector<SolverEntry> solver_entries(const Palette& palette) {
  std::vector<SolverEntry> entries;
  std::set<Rgb> seen;
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    if (seen.insert(palette.colors[i]).second)
      entries.push_back({palette.colors[i], static_cast<std::uint8_t>(i)});
  return entries;
}

std::unique_ptr<CellSolver> make_cell_solver(const Palette& palette, ColorMetric metric) {
  assert(!palette.colors.empty() && palette.colors.size() <= 256);
  switch (metric) {
    case ColorMetric::oklab:
      return std::make_unique<OklabSolver>(palette);
    case ColorMetric::hyab:
      return std::make_unique<HyabSolver>(palette);
    case ColorMetric::ciede2000:
      return make_ciede2000_solver(palette);
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return std::make_unique<RgbSolver>(palette);
}

}  // namespace dgxp
