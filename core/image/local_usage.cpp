// Frequencies near a cell, used as they are, make the more frequent of two similar colours ever
// more frequent from round to round. That a colour hardly occurs near a cell is safe to say, and is
// most of what can be learned; so only that counts.
#include "core/image/local_usage.hpp"

#include <algorithm>
#include <numeric>

#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLeastSide = 4;  // cells
constexpr std::size_t kMostBlocks = 4096;
constexpr int kPasses = 2;  // of a blur over three blocks along each axis

std::size_t ceiling(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

/// Adds `count` values, each to one sum.
void add_to(float* sums, const float* values, std::size_t count) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    store_lanes(load_lanes(sums + i) + load_lanes(values + i), sums + i);
  }
  for (; i < count; ++i) {
    sums[i] += values[i];
  }
}

}  // namespace

LocalUsage::LocalUsage(Size cells, std::size_t colors)
    : width_(static_cast<std::size_t>(cells.width)), side_(kLeastSide), colors_(colors) {
  const auto height = static_cast<std::size_t>(cells.height);
  while (ceiling(width_, side_) * ceiling(height, side_) > kMostBlocks) {
    side_ *= 2;
  }
  across_ = ceiling(width_, side_);
  down_ = ceiling(height, side_);
  blocks_.reserve(width_ * height);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width_; ++x) {
      blocks_.push_back(static_cast<std::uint32_t>(y / side_ * across_ + x / side_));
    }
  }
}

/// Adds to each block both neighbours along one axis: `step` floats apart, in lines of `period`.
void LocalUsage::blur(std::size_t step, std::size_t period) {
  const std::vector<float> before = counts_;
  for (std::size_t begin = 0; begin < counts_.size(); begin += period) {
    const std::size_t end = begin + period;
    add_to(counts_.data() + begin, before.data() + begin + step, end - begin - step);
    add_to(counts_.data() + begin + step, before.data() + begin, end - begin - step);
  }
}

void LocalUsage::count(const ColorBeliefs& beliefs) {
  counts_.assign(across_ * down_ * colors_, 0.0F);
  for (std::size_t i = 0; i < beliefs.size(); ++i) {
    const CellBelief& belief = beliefs[i];
    float* block = &counts_[block_of(i) * colors_];
    for (std::size_t k = 0; k < belief.count; ++k) {
      block[belief.color[k]] += belief.share[k];
    }
  }
  for (int pass = 0; pass < kPasses; ++pass) {
    blur(colors_, across_ * colors_);
    blur(across_ * colors_, counts_.size());
  }
  totals_.clear();
  for (auto block = counts_.begin(); block != counts_.end();) {
    const auto end = block + static_cast<std::ptrdiff_t>(colors_);
    totals_.push_back(std::accumulate(block, end, 0.0F));
    block = end;
  }
}

float LocalUsage::cost(std::size_t cell, std::uint16_t color, float own, float share) const {
  const std::size_t block = block_of(cell);
  const float count = std::max(0.0F, counts_[block * colors_ + color] - kOwnWeight * own);
  const float near = (count + kPriorCells * share) / (totals_[block] - kOwnWeight + kPriorCells);
  return near >= share ? 0.0F : plain_log(share / near);
}

}  // namespace dgxp
