#include "core/image/cell_solver.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <set>

#include "core/image/candidate_lists.hpp"
#include "core/image/octet_solver.hpp"

namespace dgxp {
namespace {

/// RGB in whole numbers. Of two entries the difference of squared distances is linear in the
/// colour, so over a cell it is least at a corner.
class RgbSolver : public CellSolver {
 public:
  explicit RgbSolver(const Palette& palette)
      : entries_(solver_entries(palette)), all_(all_candidates(entries_.size())) {
    for (const SolverEntry& entry : entries_) {
      const Rgb c = entry.color;
      norms_.push_back(c.r * c.r + c.g * c.g + c.b * c.b);
    }
  }

  CellSolution solve(Rgb low) const override {
    const Candidates of_block =
        lists_.around(low, [&](const ColorBox& block) { return prune(block, all_.view()); });
    CellSolution solution;
    CellAnswer& answer = solution.answer;
    answer.fill(entries_[of_block[0]].position);
    if (of_block.size() == 1) {
      solution.edge = 16;
      return solution;
    }
    const CandidateList list = prune({.low = low}, of_block);
    const Candidates rivals = list.view();
    answer.fill(entries_[rivals[0]].position);
    if (rivals.size() == 1) {
      solution.edge = 4;
      return solution;
    }
    std::array<int, kCellColors> best;
    scores(rivals[0], low, best);
    for (std::size_t rival = 1; rival < rivals.size(); ++rival) {
      const std::uint8_t i = rivals[rival];
      std::array<int, kCellColors> score;
      scores(i, low, score);
      for (std::size_t place = 0; place < kCellColors; ++place) {
        // Rivals ascend, so an equal score leaves the first.
        const bool wins = score[place] < best[place];
        best[place] = wins ? score[place] : best[place];
        answer[place] = wins ? entries_[i].position : answer[place];
      }
    }
    return solution;
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
  /// The entry nearest to the middle and all that are not behind it everywhere in the box.
  CandidateList prune(const ColorBox& box, Candidates from) const {
    const int half = box.edge / 2;
    std::uint8_t leader = from[0];
    int least = std::numeric_limits<int>::max();
    for (const std::uint8_t i : from) {
      const int now = score(i, box.low.r + half, box.low.g + half, box.low.b + half);
      if (now >= least) continue;
      least = now;
      leader = i;
    }
    CandidateList left;
    for (const std::uint8_t i : from)
      if (i == leader || !is_behind(i, leader, box)) left.add(i);
    return left;
  }
  /// Whether `entry` is nowhere in the box nearer than `leader`, nor equal at a lower position.
  bool is_behind(std::size_t entry, std::size_t leader, const ColorBox& box) const {
    const Rgb e = entries_[entry].color;
    const Rgb l = entries_[leader].color;
    const auto least = [&](int delta, int from) {
      return 2 * delta * (delta > 0 ? from : from + box.edge - 1);
    };
    const int margin = norms_[entry] - norms_[leader] + least(l.r - e.r, box.low.r) +
                       least(l.g - e.g, box.low.g) + least(l.b - e.b, box.low.b);
    return margin > 0 || (margin == 0 && entry > leader);
  }

  std::vector<SolverEntry> entries_;
  std::vector<int> norms_;
  CandidateList all_;
  BoxLists<16> lists_;
};

}  // namespace

std::vector<SolverEntry> solver_entries(const Palette& palette) {
  std::vector<SolverEntry> entries;
  std::set<Rgb> seen;
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    if (seen.insert(palette.colors[i]).second)
      entries.push_back({palette.colors[i], static_cast<std::uint8_t>(i)});
  return entries;
}

std::unique_ptr<CellSolver> make_cell_solver(const Palette& palette, ColorMetric metric,
                                             SimdLevel level) {
  assert(!palette.colors.empty() && palette.colors.size() <= 256);
  switch (metric) {
    case ColorMetric::oklab:
    case ColorMetric::hyab:
    case ColorMetric::ciede2000:
      return make_octet_solver(palette, metric, level);
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return std::make_unique<RgbSolver>(palette);
}

}  // namespace dgxp
