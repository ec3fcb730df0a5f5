// Boxes of colours are halved in each channel again and again; each time the entries that are
// nowhere the nearest drop out. The entries that are left in a box of 8 colours are compared in
// single floats (octet_kernel.hpp), and where two are closer than those can tell the metric itself
// decides.
//
// None of this uses that distances obey the triangle inequality: CIEDE2000 does not.
#include "core/image/octet_solver.hpp"

#include <array>
#include <cassert>
#include <vector>

#include "core/image/candidate_octets.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/color_octets.hpp"

namespace dgxp {
namespace {

template <typename Metric>
class OctetSolver : public CellSolver {
 public:
  OctetSolver(const Palette& palette, ColorMetric metric, SimdLevel level)
      : entries_(solver_entries(palette)),
        octets_(color_octets(metric, level)),
        all_(all_candidates(entries_.size())) {
    for (const SolverEntry& entry : entries_) {
      exact_.push_back(Metric::point(entry.color));
      fast_.push_back(octet_entry(entry.color, metric));
    }
  }

  CellSolution solve(Rgb low) const override {
    const Candidates of_16 =
        large_.around(low, [&](const ColorBox& box) { return halve(box, all_.view()); });
    if (of_16.size() == 1) return uniform(of_16[0], 16);
    const Candidates of_8 =
        middle_.around(low, [&](const ColorBox& box) { return halve(box, of_16); });
    if (of_8.size() == 1) return uniform(of_8[0], 8);
    const Candidates of_4 =
        small_.around(low, [&](const ColorBox& box) { return halve(box, of_8); });
    if (of_4.size() == 1) return uniform(of_4[0], 4);
    CellSolution solution;
    std::array<std::uint8_t, 256> eighths;
    octets_.keep({.low = low}, fast_.data(), of_4, eighths.data());
    for (unsigned i = 0; i < 8; ++i) {
      CandidateList rivals;
      for (std::size_t k = 0; k < of_4.size(); ++k)
        rivals.add_if((eighths.data()[k] >> i & 1U) != 0, of_4.data()[k]);
      solve_eighth(low, i, rivals.view(), solution.answer);
    }
    return solution;
  }

 private:
  CellSolution uniform(std::uint8_t entry, int edge) const {
    CellSolution solution{.answer = {}, .edge = edge};
    solution.answer.fill(entries_[entry].position);
    return solution;
  }

  CandidateOctet halve(const ColorBox& box, Candidates from) const {
    std::array<std::uint8_t, 256> eighths;
    octets_.keep(box, fast_.data(), from, eighths.data());
    return CandidateOctet(from, eighths.data());
  }

  /// The i-th box of edge 2 of the cell at `low`.
  void solve_eighth(Rgb low, unsigned i, Candidates rivals, CellAnswer& answer) const {
    const unsigned corner = place_of(i) * 2;
    std::uint8_t* places = answer.data() + corner;
    if (rivals.size() == 1) {
      const std::uint8_t position = entries_[rivals[0]].position;
#pragma GCC unroll 8
      for (unsigned j = 0; j < 8; ++j) places[place_of(j)] = position;
      return;
    }
    const Rgb first = cell_color(low, corner);
    std::array<std::uint8_t, 8> winners;
    const unsigned unsure = octets_.decide(first, fast_.data(), rivals, winners.data());
#pragma GCC unroll 8
    for (unsigned j = 0; j < 8; ++j) {
      const std::uint8_t winner = (unsure >> j & 1U) != 0
                                      ? nearest(cell_color(first, place_of(j)), rivals)
                                      : winners.data()[j];
      places[place_of(j)] = entries_[winner].position;
    }
  }
  /// Of the colour that is one step up where i has the bit of a channel.
  static unsigned place_of(unsigned i) { return (i & 4U) << 2U | (i & 2U) << 1U | (i & 1U); }

  /// By the metric itself, the first of the nearest ones.
  std::uint8_t nearest(Rgb color, Candidates candidates) const {
    const auto point = Metric::point(color);
    std::uint8_t best = candidates[0];
    auto least = Metric::distance(point, exact_[best]);
    for (const std::uint8_t i : candidates) {
      const auto distance = Metric::distance(point, exact_[i]);
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    return best;
  }

  std::vector<SolverEntry> entries_;
  std::vector<typename Metric::Point> exact_;
  std::vector<OctetEntry> fast_;
  const ColorOctets& octets_;
  CandidateList all_;
  BoxOctets<32> large_;
  BoxOctets<16> middle_;
  BoxOctets<8> small_;
};

}  // namespace

std::unique_ptr<CellSolver> make_octet_solver(const Palette& palette, ColorMetric metric,
                                              SimdLevel level) {
  if (metric == ColorMetric::oklab)
    return std::make_unique<OctetSolver<OklabMetric>>(palette, metric, level);
  if (metric == ColorMetric::hyab)
    return std::make_unique<OctetSolver<HyabMetric>>(palette, metric, level);
  assert(metric == ColorMetric::ciede2000);
  return std::make_unique<OctetSolver<Ciede2000Metric>>(palette, metric, level);
}

}  // namespace dgxp
