// Boxes of colours are halved in each channel again and again; each time the entries that are
// nowhere the nearest drop out. The entries that are left in a box of 8 colours are compared in
// single floats (octet_kernel.hpp), and where two are closer than those can tell the metric itself
// decides. For CIEDE2000 polynomials (chroma_tiles.hpp) stand in for most of the formula: they
// halve the boxes of edge 8 and decide most colours of the cells that are left.
//
// None of this uses that distances obey the triangle inequality: CIEDE2000 does not.
#include "core/image/octet_solver.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <deque>
#include <mutex>
#include <vector>

#include "core/image/candidate_octets.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/color_octets.hpp"

namespace dgxp {
namespace {

constexpr int kTileEdge = 8;  // of boxes that tiles are for
// With more candidates the kernels without tiles are as fast, since they skip what is far away.
constexpr std::size_t kMostByTiles = 8;
constexpr std::uint32_t kFewCells = 3000;  // for which tiles are not worth their making

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
      fast_.back().position = entry.position;
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
    if (solve_by_tiles(low, of_4, solution.answer)) return solution;
    std::array<std::uint8_t, 256> eighths;
    octets_.keep({.low = low}, fast_.data(), of_4, eighths.data());
    for (unsigned i = 0; i < 8; ++i) {
      const CandidateList rivals = rivals_of(i, of_4, eighths.data());
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
    keep(box, from, eighths.data());
    return CandidateOctet(from, eighths.data());
  }

  void keep(const ColorBox& box, Candidates from, std::uint8_t* eighths) const {
    const bool by_tiles = box.edge == kTileEdge && from.size() <= kMostByTiles && has_tiles();
    if (!by_tiles || !octets_.keep_near(box, fast_.data(), from, eighths))
      octets_.keep(box, fast_.data(), from, eighths);
  }

  /// Tiles are shared by many cells: for a few they are not worth their making. Which way is taken
  /// makes no difference to what is found, so counts of several threads may well be lost.
  bool has_tiles() const {
    if (octets_.fill == nullptr || cells_.load(std::memory_order_relaxed) < kFewCells) return false;
    std::call_once(tiles_made_, [&] {
      for (OctetEntry& entry : fast_) entry.tiles = &tiles_.emplace_back(entry, octets_.fill);
    });
    return true;
  }

  /// By tiles. False when there are none for this cell.
  bool solve_by_tiles(Rgb low, Candidates from, CellAnswer& answer) const {
    TileAnswer by_tiles;
    const std::uint32_t cells = cells_.load(std::memory_order_relaxed);
    cells_.store(cells + 1, std::memory_order_relaxed);
    if (from.size() > kMostByTiles || !has_tiles() ||
        !octets_.solve_near(low, fast_.data(), from, by_tiles))
      return false;
    answer = by_tiles.positions;
    for (unsigned i = 0; by_tiles.open != 0; ++i, by_tiles.open >>= 1U) {
      // The lowest bit of each byte; the multiplication brings them side by side.
      const std::uint64_t bits = by_tiles.open & 0x0101010101010101U;
      if (bits == 0) continue;
      by_tiles.open ^= bits;
      const auto colors = static_cast<unsigned>(bits * 0x0102040810204080U >> 56U);
      const CandidateList rivals = rivals_of(i, from, by_tiles.eighths.data());
      decide(low, i, colors, rivals.view(), answer);
    }
    return true;
  }

  static CandidateList rivals_of(unsigned eighth, Candidates from, const std::uint8_t* eighths) {
    CandidateList rivals;
    for (std::size_t k = 0; k < from.size(); ++k)
      rivals.add_if((eighths[k] >> eighth & 1U) != 0, from.data()[k]);
    return rivals;
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
    decide(low, i, 255, rivals, answer);
  }
  /// The colours of that box whose bits are set.
  void decide(Rgb low, unsigned i, unsigned colors, Candidates rivals, CellAnswer& answer) const {
    const unsigned corner = place_of(i) * 2;
    const Rgb first = cell_color(low, corner);
    std::array<std::uint8_t, 8> winners;
    const unsigned unsure = octets_.decide(first, fast_.data(), rivals, winners.data());
    for (; colors != 0; colors &= colors - 1) {
      const auto j = static_cast<unsigned>(std::countr_zero(colors));
      const std::uint8_t winner = (unsure >> j & 1U) != 0
                                      ? nearest(cell_color(first, place_of(j)), rivals)
                                      : winners.data()[j];
      answer[corner + place_of(j)] = entries_[winner].position;
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
  mutable std::vector<OctetEntry> fast_;
  mutable std::atomic<std::uint32_t> cells_ = 0;  ///< that had several candidates, about
  mutable std::once_flag tiles_made_;
  mutable std::deque<ChromaTiles> tiles_;
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
