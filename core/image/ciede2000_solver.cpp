// CIEDE2000 is no metric: it jumps where two hues are opposite, so the triangle inequality cannot
// rule entries out. Boxes of colours are halved again and again; each time the entries that are
// nowhere the nearest drop out (ciede2000_kernel.hpp). The entries that are left in a box of 8
// colours are compared in single floats, and where two are closer than those can tell the metric
// itself decides.
#include "core/image/ciede2000_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/image/candidate_octets.hpp"
#include "core/image/ciede2000_octet.hpp"
#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

class Ciede2000Solver : public CellSolver {
 public:
  Ciede2000Solver(const Palette& palette, SimdLevel level)
      : entries_(solver_entries(palette)),
        octets_(ciede2000_octets(level)),
        all_(all_candidates(entries_.size())) {
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
    const Candidates near = candidates(low);
    CellAnswer answer;
    answer.fill(entries_[near[0]].position);
    if (near.size() == 1) return answer;
    std::array<std::uint8_t, 256> eighths;
    octets_.keep({.low = low}, points_.data(), near, eighths.data());
    for (unsigned i = 0; i < 8; ++i) {
      CandidateList rivals;
      for (std::size_t k = 0; k < near.size(); ++k)
        if ((eighths.data()[k] >> i & 1U) != 0) rivals.add(near[k]);
      solve_eighth(low, i, rivals.view(), answer);
    }
    return answer;
  }

 private:
  /// In the cell at `low`.
  Candidates candidates(Rgb low) const {
    return small_.around(low, [&](const ColorBox& small) {
      return halve(small, middle_.around(low, [&](const ColorBox& middle) {
        return halve(middle, large_.around(low, [&](const ColorBox& large) {
          return halve(large, all_.view());
        }));
      }));
    });
  }

  CandidateOctet halve(const ColorBox& box, Candidates from) const {
    std::array<std::uint8_t, 256> eighths;
    if (from.size() == 1)
      eighths[0] = 255;
    else
      octets_.keep(box, points_.data(), from, eighths.data());
    return CandidateOctet(from, eighths.data());
  }

  /// The i-th box of edge 2 of the cell at `low`.
  void solve_eighth(Rgb low, unsigned i, Candidates rivals, CellAnswer& answer) const {
    const unsigned corner = (i & 4U) << 3U | (i & 2U) << 2U | (i & 1U) << 1U;  // its place
    const Rgb first = cell_color(low, corner);
    std::array<std::uint8_t, 8> winners;
    winners.fill(rivals[0]);
    unsigned unsure = 0;
    if (rivals.size() > 1) unsure = octets_.decide(first, points_.data(), rivals, winners.data());
    for (unsigned j = 0; j < 8; ++j) {
      const unsigned place = corner + ((j & 4U) << 2U | (j & 2U) << 1U | (j & 1U));
      const std::uint8_t winner =
          (unsure >> j & 1U) != 0 ? nearest(cell_color(low, place), rivals) : winners[j];
      answer[place] = entries_[winner].position;
    }
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
  std::vector<LabEntry> points_;
  const Ciede2000Octets& octets_;
  CandidateList all_;
  BoxOctets<32> large_;
  BoxOctets<16> middle_;
  BoxOctets<8> small_;
};

}  // namespace

std::unique_ptr<CellSolver> make_ciede2000_solver(const Palette& palette, SimdLevel level) {
  return std::make_unique<Ciede2000Solver>(palette, level);
}

}  // namespace dgxp
