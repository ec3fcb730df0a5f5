#include "core/image/chroma_tiles.hpp"

#include <cmath>

#include "core/image/color_octets.hpp"

namespace dgxp {
namespace {

/// (dL / S_L)^2 and its derivatives.
LightTile light_tile(double l, double of_entry) {
  const double apart = of_entry - l;
  const double off = (l + of_entry) / 2 - 50;
  const double square = off * off;
  const double root = std::sqrt(20 + square);
  const double scale = 1 + 0.015 * square / root;
  const double slope = 0.0075 * off * (square + 40) / (root * root * root);
  const double curve = 0.00375 * 20 * (40 - square) / (root * root * root * root * root);
  const double part = apart / scale;
  const double part_slope = -1 / scale - part * slope / scale;
  const double part_curve =
      (2 * slope / scale - part * curve + 2 * part * slope * slope / scale) / scale;
  // What the third derivative is at most where L is so far from that of the entry.
  const double far = std::abs(apart) + static_cast<double>(kLightReach);
  const double third = 0.09 + 0.012 * far + 0.0012 * far * far;
  return {.value = static_cast<float>(part * part),
          .slope = static_cast<float>(2 * part * part_slope),
          .half_curve = static_cast<float>(part_slope * part_slope + part * part_curve),
          .rest = static_cast<float>(third / 6)};
}

}  // namespace

ChromaTiles::ChromaTiles(const OctetEntry& entry, FillChromaBlock fill)
    : entry_(&entry), fill_(fill) {
  for (std::size_t i = 0; i < light_.size(); ++i)
    light_.at(i) = light_tile(static_cast<double>(i) + static_cast<double>(kFirstLight),
                              static_cast<double>(entry.l));
  for (std::size_t i = 0; i < kChromaGrids.size(); ++i) {
    const std::size_t side = kChromaGrids.at(i).side;
    known_.at(i) = std::vector<std::atomic<const ChromaBlock*>>(side * side / 8);
  }
}

const ChromaBlock* ChromaTiles::make(std::size_t grid, std::size_t block) const {
  const ChromaGrid& of = kChromaGrids.at(grid);
  const std::size_t blocks = of.side / ChromaBlock::kSide;  // side by side
  const auto column = static_cast<float>(block % blocks * ChromaBlock::kSide);
  const auto row = static_cast<float>(block / blocks * 2);
  ChromaBlock made;
  fill_(*entry_, of.first_a + (column + 0.5F) * of.spacing, of.first_b + (row + 0.5F) * of.spacing,
        of, made);
  const std::scoped_lock lock(mutex_);
  std::atomic<const ChromaBlock*>& place = known_.at(grid)[block];
  const ChromaBlock* known = place.load(std::memory_order_relaxed);
  if (known != nullptr) return known;  // another thread was faster
  known = &blocks_.emplace_back(made);
  place.store(known, std::memory_order_release);
  return known;
}

}  // namespace dgxp
