// CIEDE2000 is no metric: it jumps where two hues are opposite, so the triangle inequality cannot
// rule entries out. Bounds over whole boxes do (ciede2000_box.hpp); the entries that are left race
// in single floats, which are off by less than half of kUnsure and a part of the distance, and
// where two are closer than that the metric itself decides.
#include "core/image/ciede2000_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "core/image/candidate_lists.hpp"
#include "core/image/ciede2000_box.hpp"
#include "core/image/ciede2000_lanes.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/lane_race.hpp"

namespace dgxp {
namespace {

constexpr float kUnsure = 2e-4F;
constexpr float kUnsurePart = 2e-5F;     // and of the distance
constexpr float kBoundRounding = 1e-4F;  // of a bound, in parts of it

struct Entry {
  float l = 0;
  float a = 0;
  float b = 0;
  float chroma = 0;
};

/// The colours of a cell.
struct CellLanes {
  LanePoints lab;
  LaneValues chroma;
  bool has_blue = false;  // a colour with b < 0
};

CellLanes make_cell(Rgb low) {
  const CellPoints lab = lab_cell(low);
  CellLanes cell;
  for (std::size_t i = 0; i < kCellLanes; ++i) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      for (std::size_t row = 0; row < 3; ++row)
        cell.lab[row][i][lane] = static_cast<float>(lab[row][kLanes * i + lane]);
      cell.has_blue = cell.has_blue || cell.lab[2][i][lane] < 0;
    }
    const FourFloats a = cell.lab[1][i];
    const FourFloats b = cell.lab[2][i];
    cell.chroma[i] = square_roots(a * a + b * b);
  }
  return cell;
}

/// Squared distances of one entry from the colours of a cell. 0 where its hue is nearly opposite,
/// so that the mean one is uncertain; `is_opposite` then.
struct Distances {
  LaneValues of;
  std::array<FourInts, kCellLanes> opposite{};
  bool is_opposite = false;
};

/// R_T matters for blue hues only: it is below 2e-5 when neither b is negative.
enum class Rotation { no, yes };

template <Rotation kRotation>
void measure(const CellLanes& cell, const Entry& q, Distances& distances) {
  static const TurnTable& table = turn_table();
  FourInts any_opposite{};
  for (std::size_t i = 0; i < kCellLanes; ++i) {
    const FourFloats b = cell.lab[2][i];
    const FourFloats stretch = stretch_of((cell.chroma[i] + q.chroma) / 2);
    const FourFloats pa = stretch * cell.lab[1][i];
    const FourFloats qa = stretch * q.a;
    const FourFloats pc = square_roots(pa * pa + b * b);
    const FourFloats qc = square_roots(qa * qa + q.b * q.b);
    const FourFloats both = pc * qc;
    const FourFloats x = pa * qc + qa * pc;
    const FourFloats y = b * qc + q.b * pc;
    const FourFloats length = square_roots(x * x + y * y);  // 2 both cos(angle / 2)
    const FourInts has_hue = both > 1e-7F;
    const FourInts opposite =
        has_hue &
        (length < smaller(larger(0.001F * (pc + qc), all_lanes(0.005F)), all_lanes(0.03F)) * both);
    const FourFloats inverse = has_hue & ~opposite ? 1.0F / length : FourFloats{};
    const HueLanes hue{.cos = x * inverse, .sin = y * inverse};
    const FourFloats off = (cell.lab[0][i] + q.l) / 2 - 50.0F;
    const FourFloats root = square_roots(20.0F + off * off);
    const FourFloats part_l = (q.l - cell.lab[0][i]) * root / (root + 0.015F * off * off);
    const FourFloats chroma = (pc + qc) / 2;
    const FourFloats scale_c = 1.0F + 0.045F * chroma;
    const FourFloats scale_h = 1.0F + 0.015F * chroma * hue_weight(hue);
    const FourFloats scale = 1.0F / (scale_c * scale_h);
    const FourFloats part_c = (qc - pc) * scale_h * scale;
    const FourFloats half_h = (pa * q.b - b * qa) * inverse * scale_c * scale;
    FourFloats square = part_l * part_l + part_c * part_c + 4 * both * half_h * half_h;
    if constexpr (kRotation == Rotation::yes)
      square -= 4 * seventh_share_root(chroma) * turn_of_hue(hue, table) * part_c *
                square_roots(both) * half_h;
    // Whatever the mean hue is, and so S_H and R_T: the hue difference is 2 sqrt(both).
    const FourFloats widest = 1.0F + 0.015F * kMostHueWeight * chroma;
    const FourFloats part = chroma * (1.0F / 25.0F);
    const FourFloats turn = smaller(part * part * part, all_lanes(1.0F));
    const FourFloats least =
        part_l * part_l +
        (1.0F - 0.867F * turn) * (part_c * part_c + 3.9F * both / (widest * widest));
    distances.of[i] = opposite ? least : larger(square, FourFloats{});
    distances.opposite[i] = opposite;
    any_opposite |= opposite;
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    distances.is_opposite = distances.is_opposite || any_opposite[lane] != 0;
}

class Ciede2000Solver : public CellSolver {
 public:
  explicit Ciede2000Solver(const Palette& palette)
      : entries_(solver_entries(palette)), all_(all_candidates(entries_.size())) {
    for (const SolverEntry& entry : entries_) {
      const Lab lab = to_lab(entry.color);
      exact_.push_back(lab);
      points_.push_back({.l = static_cast<float>(lab.l),
                         .a = static_cast<float>(lab.a),
                         .b = static_cast<float>(lab.b),
                         .chroma = static_cast<float>(std::hypot(lab.a, lab.b))});
    }
  }

  CellAnswer solve(Rgb low) const override {
    const Candidates near = parts_.around(low, [&](const ColorBox& part) {
      return prune(part,
                   blocks_.around(
                       low, [&](const ColorBox& block) { return prune(block, all_.view()).list; }))
          .list;
    });
    CellAnswer answer;
    answer.fill(entries_[near[0]].position);
    if (near.size() == 1) return answer;
    const Pruned left = prune({.low = low}, near);
    const Candidates rivals = left.list.view();
    answer.fill(entries_[rivals[0]].position);
    if (rivals.size() == 1) return answer;
    return race(low, left).finish(
        entries_,
        [](FourFloats best, FourFloats second) {
          const FourFloats nearer = square_roots(best);
          return square_roots(second) - nearer > kUnsure + kUnsurePart * nearer;
        },
        [&](std::size_t place) {
          return entries_[nearest(cell_color(low, place), rivals)].position;
        });
  }

 private:
  /// Candidates in a box, and how near each may be somewhere in it.
  struct Pruned {
    CandidateList list;
    std::array<float, 256> least;
  };

  /// All that somewhere in the box may be as near as the one that is never far.
  Pruned prune(const ColorBox& colors, Candidates from) const {
    const LabBox box = make_lab_box(colors);
    Pruned left;
    std::array<float, 256> least;
    float limit = std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < from.size(); i += kLanes) {
      LabLanes four;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const Entry& entry = points_[from[std::min(i + lane, from.size() - 1)]];
        four.l[lane] = entry.l;
        four.a[lane] = entry.a;
        four.b[lane] = entry.b;
        four.chroma[lane] = entry.chroma;
      }
      const DistanceBounds bounds = ciede2000_bounds(box, four);
      for (std::size_t lane = 0; lane < kLanes && i + lane < from.size(); ++lane) {
        least[i + lane] = bounds.low[lane];
        limit = std::min(limit, bounds.high[lane]);
      }
    }
    limit = with_doubt(limit);
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (least[i] > limit) continue;
      left.least[left.list.view().size()] = least[i];
      left.list.add(from[i]);
    }
    return left;
  }

  /// What is farther than this is surely farther than `distance`.
  static float with_doubt(float distance) {
    return distance * (1 + 2 * kBoundRounding) + 4 * kUnsure;
  }

  /// The nearest first: most others are then ruled out by how far the winners are.
  LaneRace race(Rgb low, const Pruned& left) const {
    const CellLanes cell = make_cell(low);
    const Candidates rivals = left.list.view();
    std::array<std::uint8_t, 256> order;
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(rivals.size());
    std::iota(order.begin(), end, std::uint8_t{0});
    std::sort(order.begin(), end,
              [&](std::uint8_t a, std::uint8_t b) { return left.least[a] < left.least[b]; });
    LaneRace race;
    for (auto next = order.begin(); next != end; ++next) {
      if (next != order.begin() && left.least[*next] > with_doubt(std::sqrt(race.farthest())))
        break;
      enter(race, cell, rivals[*next]);
    }
    return race;
  }

  void enter(LaneRace& race, const CellLanes& cell, std::uint8_t entry) const {
    Distances distances;
    if (cell.has_blue || points_[entry].b < 0)
      measure<Rotation::yes>(cell, points_[entry], distances);
    else
      measure<Rotation::no>(cell, points_[entry], distances);
    race.enter(entry, [&](std::size_t lanes) { return distances.of[lanes]; });
    if (!distances.is_opposite) return;
    // A second time, so that such an entry is not sure to win, nor are those that are near to it.
    race.enter(entry, [&](std::size_t lanes) {
      return distances.opposite[lanes] ? distances.of[lanes]
                                       : all_lanes(std::numeric_limits<float>::infinity());
    });
  }

  /// By the metric itself, the first of the nearest ones.
  std::uint8_t nearest(Rgb color, Candidates candidates) const {
    const Lab lab = to_lab(color);
    std::uint8_t best = candidates[0];
    double least = std::numeric_limits<double>::infinity();
    for (const std::uint8_t i : candidates) {
      const double distance = ciede2000(lab, exact_[i]);
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    return best;
  }

  std::vector<SolverEntry> entries_;
  std::vector<Lab> exact_;
  std::vector<Entry> points_;
  CandidateList all_;
  BoxLists<16> blocks_;
  BoxLists<8> parts_;  // of their block's candidates
};

}  // namespace

const TurnTable& turn_table() {
  static const TurnTable kTable = [] {
    TurnTable table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      const double tangent = static_cast<double>(i) / (kTurnSteps / 2) - 1;
      const double off = 2 * std::atan(tangent) * 180 / std::numbers::pi / 25;
      table.at(i) = static_cast<float>(std::sin(std::numbers::pi / 3 * std::exp(-off * off)));
    }
    return table;
  }();
  return kTable;
}

std::unique_ptr<CellSolver> make_ciede2000_solver(const Palette& palette) {
  return std::make_unique<Ciede2000Solver>(palette);
}

}  // namespace dgxp
