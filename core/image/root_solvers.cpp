// OKLab and HyAB: entries are ruled out for whole boxes by bounds that hold for every colour in
// them (root_box.hpp), the rest race in single floats, and where two are closer than the floats'
// error the metric itself decides. The errors: a root is off by 5e-7, so a difference of two OKLab
// scores (its weights are below 16) by less than 1.2e-5, and of two HyAB distances (500 times the
// difference of two roots) by less than 1.5e-3.
#include "core/image/root_solvers.hpp"

#include <algorithm>
#include <cmath>

#include "core/image/candidate_lists.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/lane_race.hpp"
#include "core/image/root_box.hpp"

namespace dgxp {
namespace {

/// The entries in the metric's own coordinates.
template <typename Metric>
class ExactEntries {
 public:
  explicit ExactEntries(const std::vector<SolverEntry>& entries) {
    for (const SolverEntry& entry : entries) points_.push_back(Metric::point(entry.color));
  }
  /// The first of the nearest ones among `candidates`, which ascend.
  std::uint8_t nearest(Rgb color, Candidates candidates) const {
    const auto point = Metric::point(color);
    std::uint8_t best = candidates[0];
    auto least = Metric::distance(point, points_[best]);
    for (const std::uint8_t i : candidates) {
      const auto distance = Metric::distance(point, points_[i]);
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    return best;
  }

 private:
  std::vector<typename Metric::Point> points_;
};

/// What both metrics do alike. `Space` names the metric, keeps the entries in its coordinates,
/// rules out (`prune`) and races (`race`).
template <typename Space>
class RootSolver : public CellSolver {
 public:
  explicit RootSolver(const Palette& palette)
      : entries_(solver_entries(palette)),
        exact_(entries_),
        space_(entries_),
        all_(all_candidates(entries_.size())) {}

  CellAnswer solve(Rgb low) const override {
    const Candidates of_block =
        lists_.around(low, [&](const ColorBox& block) { return space_.prune(block, all_.view()); });
    CellAnswer answer;
    answer.fill(entries_[of_block[0]].position);
    if (of_block.size() == 1) return answer;
    const CandidateList list = space_.prune({.low = low}, of_block);
    const Candidates rivals = list.view();
    answer.fill(entries_[rivals[0]].position);
    if (rivals.size() == 1) return answer;
    return space_.race(low, rivals).finish(entries_, Space::kUnsure, [&](std::size_t place) {
      return entries_[exact_.nearest(cell_color(low, place), rivals)].position;
    });
  }

 private:
  std::vector<SolverEntry> entries_;
  ExactEntries<typename Space::Metric> exact_;
  Space space_;
  CandidateList all_;
  BoxLists<16> lists_;
};

/// With u = 2 M^T entry the squared distance less that of the colour from black is |entry|^2 - u y,
/// linear in the roots y.
class OklabSpace {
 public:
  using Metric = OklabMetric;
  static constexpr float kUnsure = 2e-5F;

  explicit OklabSpace(const std::vector<SolverEntry>& entries) {
    for (const SolverEntry& entry : entries) {
      const Oklab lab = to_oklab(entry.color);
      Floats3 weights{};
      for (std::size_t k = 0; k < 3; ++k)
        weights[k] = static_cast<float>(
            2 * (kToLab[0][k] * lab.l + kToLab[1][k] * lab.a + kToLab[2][k] * lab.b));
      weights_.push_back(weights);
      norms_.push_back(static_cast<float>(lab.l * lab.l + lab.a * lab.a + lab.b * lab.b));
    }
  }

  CandidateList prune(const ColorBox& colors, Candidates from) const {
    const RootBox box = oklab_box(colors);
    const auto score = [&](std::uint8_t i) { return norms_[i] - sum(weights_[i], box.middle); };
    std::uint8_t leader = from[0];
    for (const std::uint8_t i : from)
      if (score(i) < score(leader)) leader = i;
    CandidateList left;
    for (const std::uint8_t i : from) {
      const Floats3 difference{weights_[i][0] - weights_[leader][0],
                               weights_[i][1] - weights_[leader][1],
                               weights_[i][2] - weights_[leader][2]};
      if (i == leader ||
          score(i) - score(leader) - box.reach(difference) * kRounding <= 2 * kUnsure)
        left.add(i);
    }
    return left;
  }

  LaneRace race(Rgb low, Candidates rivals) const {
    const LanePoints roots = lane_points(low, oklab_lane_shares(), cube_roots<FourFloats>);
    LaneRace race;
    for (const std::uint8_t entry : rivals) {
      const Floats3 w = weights_[entry];
      race.enter(entry, [&](std::size_t i) {
        return norms_[entry] - (w[0] * roots[0][i] + w[1] * roots[1][i] + w[2] * roots[2][i]);
      });
    }
    return race;
  }

 private:
  static constexpr float kRounding = 1.0001F;
  static constexpr double kToLab[3][3]{{0.2104542553, 0.7936177850, -0.0040720468},
                                       {1.9779984951, -2.4285922050, 0.4505937099},
                                       {0.0259040371, 0.7827717662, -0.8086757660}};

  static float sum(const Floats3& weights, const Floats3& roots) {
    return weights[0] * roots[0] + weights[1] * roots[1] + weights[2] * roots[2];
  }

  std::vector<Floats3> weights_;
  std::vector<float> norms_;
};

/// |dL| changes by as much as L does at most, and a distance from an entry in a and b by as much as
/// the colour moves there. Between two entries only the share of the move that brings one nearer
/// than the other counts: their directions' difference, and how far the nearer's circle bends.
class HyabSpace {
 public:
  using Metric = HyabMetric;
  static constexpr float kUnsure = 3e-3F;

  explicit HyabSpace(const std::vector<SolverEntry>& entries) {
    for (const SolverEntry& entry : entries) {
      const Lab lab = to_lab(entry.color);
      points_.push_back(
          {static_cast<float>(lab.l), static_cast<float>(lab.a), static_cast<float>(lab.b)});
    }
  }

  CandidateList prune(const ColorBox& colors, Candidates from) const {
    const RootBox box = lab_box(colors);
    const Floats3 y = box.middle;
    const Floats3 middle{116 * y[1] - 16, 500 * (y[0] - y[1]), 200 * (y[1] - y[2])};
    const float reach_l = box.reach({0, 116, 0});
    const float reach_a = box.reach({500, -500, 0});
    const float reach_b = box.reach({0, 200, -200});
    const float reach_ab = std::sqrt(reach_a * reach_a + reach_b * reach_b);
    std::array<Offset, 256> offsets;
    std::uint8_t leader = from[0];
    Offset l = offset(middle, points_[leader]);
    for (std::size_t place = 0; place < from.size(); ++place) {
      const Offset now = offset(middle, points_[from[place]]);
      offsets.data()[place] = now;
      if (now.distance() >= l.distance()) continue;
      l = now;
      leader = from[place];
    }
    const float bend = l.ab > 0 ? reach_ab / (2 * l.ab) : 2.0F;
    CandidateList left;
    for (std::size_t place = 0; place < from.size(); ++place) {
      const std::uint8_t i = from[place];
      const Offset& e = offsets.data()[place];
      const float turn_a = e.to_a - l.to_a;
      const float turn_b = e.to_b - l.to_b;
      const float turn = std::min(2.0F, std::sqrt(turn_a * turn_a + turn_b * turn_b) + bend);
      const auto ahead = [&](float at) {
        return std::abs(at - points_[i][0]) - std::abs(at - points_[leader][0]);
      };
      const float margin = std::min(ahead(middle[0] - reach_l), ahead(middle[0] + reach_l)) +
                           (e.ab - l.ab) - turn * reach_ab;
      if (i == leader || margin <= 2 * kUnsure) left.add(i);
    }
    return left;
  }

  LaneRace race(Rgb low, Candidates rivals) const {
    const LanePoints roots = lane_points(low, lab_lane_shares(), lab_roots);
    LanePoints lab;
    for (std::size_t i = 0; i < kCellLanes; ++i) {
      lab[0][i] = 116.0F * roots[1][i] - 16.0F;
      lab[1][i] = 500.0F * (roots[0][i] - roots[1][i]);
      lab[2][i] = 200.0F * (roots[1][i] - roots[2][i]);
    }
    LaneRace race;
    for (const std::uint8_t entry : rivals) {
      const Floats3 p = points_[entry];
      race.enter(entry, [&](std::size_t i) {
        const FourFloats a = lab[1][i] - p[1];
        const FourFloats b = lab[2][i] - p[2];
        return absolute(lab[0][i] - p[0]) + square_roots(a * a + b * b);
      });
    }
    return race;
  }

 private:
  /// From the middle of a box to an entry.
  struct Offset {
    float l;
    float ab;
    float to_a;  ///< direction, of length 1; 0 where there is none
    float to_b;
    float distance() const { return l + ab; }
  };
  static Offset offset(const Floats3& from, const Floats3& to) {
    const float a = from[1] - to[1];
    const float b = from[2] - to[2];
    const float ab = std::sqrt(a * a + b * b);
    const float scale = ab > 0 ? 1 / ab : 0;
    return {std::abs(from[0] - to[0]), ab, a * scale, b * scale};
  }
  static FourFloats lab_roots(FourFloats t) {
    constexpr auto kStart = static_cast<float>(kLabCurveStart);
    constexpr auto kSlope = static_cast<float>(kLabCurveSlope / 116.0);
    return t > kStart ? cube_roots(t) : kSlope * t + 16.0F / 116.0F;
  }

  std::vector<Floats3> points_;
};

}  // namespace

std::unique_ptr<CellSolver> make_oklab_solver(const Palette& palette) {
  return std::make_unique<RootSolver<OklabSpace>>(palette);
}
std::unique_ptr<CellSolver> make_hyab_solver(const Palette& palette) {
  return std::make_unique<RootSolver<HyabSpace>>(palette);
}

}  // namespace dgxp
