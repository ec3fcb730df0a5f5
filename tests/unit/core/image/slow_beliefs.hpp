#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/image/candidate_shares.hpp"
#include "core/image/color_usage.hpp"

// SlowBeliefs, a value at a time: the obvious way.
namespace dgxp::testing {

/// What is believed of one cell's colour. The arrays hold `count` values, the rest is 0.
struct SlowBelief {
  std::size_t count = 0;  ///< 1 .. kCandidates
  std::array<std::uint16_t, kCandidates> color{};
  CandidateShares shown{};  ///< likelihood by what the cell shows, 1 for the likeliest
  CandidateShares share{};  ///< probability with what the neighbours say; sums up to 1
  CandidateShares alone{};  ///< probability if every colour were used as often as the others
  std::array<CandidateShares, 4> told{};  ///< by the left, right, upper and lower neighbour

  std::size_t best() const;
};

/// See ColorBeliefs.
class SlowBeliefs {
 public:
  explicit SlowBeliefs(Size size);

  std::size_t size() const { return cells_.size(); }
  SlowBelief& operator[](std::size_t cell) { return cells_[cell]; }
  const SlowBelief& operator[](std::size_t cell) const { return cells_[cell]; }

  void start(std::size_t cell, const std::array<std::uint16_t, kCandidates>& color,
             std::size_t count);
  void prune(std::size_t cell, float least);
  void believe_shown();
  void propagate(const ColorUsage& usage);
  ColorUsage count_colors(std::size_t colors) const;
  ColorUsage count_usage(const ColorUsage& usage, std::size_t colors) const;

 private:
  static constexpr float kLikely = 1e-2F;

  CandidateShares without(std::size_t cell, std::size_t side) const;
  void tell(const ColorUsage& usage, std::size_t from, std::size_t side, std::size_t to);
  void count_pair(const ColorUsage& before, ColorUsage& usage, std::size_t cell,
                  std::size_t neighbour, std::size_t side) const;

  std::size_t width_;
  std::vector<SlowBelief> cells_;
};

inline constexpr std::size_t kAll = 4;  // no side
inline constexpr std::size_t kLeft = 0;
inline constexpr std::size_t kRight = 1;
inline constexpr std::size_t kUpper = 2;
inline constexpr std::size_t kLower = 3;

inline std::size_t opposite(std::size_t side) {
  return side ^ 1U;
}

/// The first `count` of them as parts of their sum, if that is above 0.
inline CandidateShares slow_normalised(CandidateShares shares, std::size_t count) {
  std::fill(shares.begin() + static_cast<std::ptrdiff_t>(count), shares.end(), 0.0F);
  float sum = 0;
  for (const float share : shares) {
    sum += share;
  }
  for (float& share : shares) {
    share = sum > 0 ? share / sum : share;
  }
  return shares;
}

inline float counted_share(const SlowBelief& belief, std::size_t k) {
  return belief.share[k] + 0.2F * (belief.alone[k] - belief.share[k]);
}

inline std::size_t SlowBelief::best() const {
  return static_cast<std::size_t>(
      std::max_element(share.begin(), share.begin() + static_cast<std::ptrdiff_t>(count)) -
      share.begin());
}

inline SlowBeliefs::SlowBeliefs(Size size)
    : width_(static_cast<std::size_t>(size.width)), cells_(static_cast<std::size_t>(size.area())) {}

inline void SlowBeliefs::start(std::size_t cell,
                               const std::array<std::uint16_t, kCandidates>& color,
                               std::size_t count) {
  SlowBelief& belief = cells_[cell];
  belief = {.count = count, .color = color};
  belief.shown[0] = 1;
  belief.share[0] = 1;
  belief.alone[0] = 1;
  for (CandidateShares& told : belief.told) {
    std::fill_n(told.begin(), count, 1.0F);
  }
}

inline void SlowBeliefs::prune(std::size_t cell, float least) {
  SlowBelief& belief = cells_[cell];
  std::size_t kept = 0;
  for (std::size_t k = 0; k < belief.count; ++k) {
    if (belief.shown[k] < least) {
      continue;
    }
    belief.color[kept] = belief.color[k];
    belief.shown[kept] = belief.shown[k];
    belief.share[kept] = belief.share[k];
    belief.alone[kept] = belief.alone[k];
    for (CandidateShares& told : belief.told) {
      told[kept] = told[k];
    }
    ++kept;
  }
  belief.count = kept;
  if (kept == 1) {
    belief.share[0] = 1;
    belief.alone[0] = 1;
  }
}

inline void SlowBeliefs::believe_shown() {
  for (SlowBelief& belief : cells_) {
    if (belief.count == 1) {
      continue;  // as sure as before
    }
    belief.share = slow_normalised(belief.shown, belief.count);
  }
}

/// What is believed of a cell without what the neighbour on `side` told, but for what is hardly
/// believed.
inline CandidateShares SlowBeliefs::without(std::size_t cell, std::size_t side) const {
  const SlowBelief& belief = cells_[cell];
  CandidateShares all = belief.shown;
  for (std::size_t s = 0; s < kAll; ++s) {
    for (std::size_t k = 0; k < belief.count && s != side; ++k) {
      all[k] *= belief.told[s][k];
    }
  }
  return slow_normalised(all, belief.count);
}

inline void SlowBeliefs::tell(const ColorUsage& usage, std::size_t from, std::size_t side,
                              std::size_t to) {
  SlowBelief& told = cells_[to];
  const SlowBelief& teller = cells_[from];
  if (told.count == 1) {
    return;
  }
  const CandidateShares shares = teller.count == 1 ? CandidateShares{1} : without(from, side);
  CandidateShares message{};
  for (std::size_t k = 0; k < told.count; ++k) {
    for (std::size_t l = 0; l < teller.count; ++l) {
      if (shares[l] > kLikely) {
        message[k] += shares[l] * usage.lift(told.color[k], teller.color[l]);
      }
    }
  }
  told.told[opposite(side)] = slow_normalised(message, told.count);
}

inline void SlowBeliefs::propagate(const ColorUsage& usage) {
  std::size_t x = 0;  // of the next cell: counted, because to divide by the width is slow
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    x = x + 1 < width_ ? x + 1 : 0;
    if (x != 0) {
      tell(usage, i, kRight, i + 1);
    }
    if (i + width_ < cells_.size()) {
      tell(usage, i, kLower, i + width_);
    }
  }
  for (std::size_t i = cells_.size(); i-- > 0;) {
    x = x > 0 ? x - 1 : width_ - 1;
    if (x != 0) {
      tell(usage, i, kLeft, i - 1);
    }
    if (i >= width_) {
      tell(usage, i, kUpper, i - width_);
    }
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].count > 1) {
      cells_[i].share = without(i, kAll);
    }
  }
}

inline void SlowBeliefs::count_pair(const ColorUsage& before, ColorUsage& usage, std::size_t cell,
                                    std::size_t neighbour, std::size_t side) const {
  const SlowBelief& a = cells_[cell];
  const SlowBelief& b = cells_[neighbour];
  if (a.count == 1 || b.count == 1) {
    const SlowBelief& open = a.count == 1 ? b : a;
    const SlowBelief& sure = a.count == 1 ? a : b;
    for (std::size_t k = 0; k < open.count; ++k) {
      usage.add_pair(open.color[k], sure.color[0], open.share[k]);
    }
    return;
  }
  const CandidateShares first = without(cell, side);
  const CandidateShares second = without(neighbour, opposite(side));
  std::array<CandidateShares, kCandidates> both{};
  float sum = 0;
  for (std::size_t k = 0; k < a.count; ++k) {
    for (std::size_t l = 0; l < b.count; ++l) {
      if (first[k] > kLikely && second[l] > kLikely) {
        both[k][l] = first[k] * second[l] * before.lift(a.color[k], b.color[l]);
      }
      sum += both[k][l];
    }
  }
  const float scale = 1 / sum;
  for (std::size_t k = 0; k < a.count; ++k) {
    for (std::size_t l = 0; l < b.count; ++l) {
      if (both[k][l] > 0) {
        usage.add_pair(a.color[k], b.color[l], both[k][l] * scale);
      }
    }
  }
}

inline ColorUsage SlowBeliefs::count_colors(std::size_t colors) const {
  ColorUsage usage(colors, ColorUsage::Pairs::no);
  ColorUsage::CellCounter counter(usage);
  for (const SlowBelief& belief : cells_) {
    for (std::size_t k = 0; k < belief.count; ++k) {
      counter.add(belief.color[k], counted_share(belief, k));
    }
  }
  counter.finish();
  usage.finish();
  return usage;
}

inline ColorUsage SlowBeliefs::count_usage(const ColorUsage& before, std::size_t colors) const {
  ColorUsage usage(colors);
  ColorUsage::CellCounter counter(usage);
  std::size_t behind = 0;  // x of the cell behind cell i
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    behind = behind + 1 < width_ ? behind + 1 : 0;
    for (std::size_t k = 0; k < cells_[i].count; ++k) {
      counter.add(cells_[i].color[k], counted_share(cells_[i], k));
    }
    if (behind != 0) {
      count_pair(before, usage, i, i + 1, kRight);
    }
    if (i + width_ < cells_.size()) {
      count_pair(before, usage, i, i + width_, kLower);
    }
  }
  counter.finish();
  usage.finish();
  return usage;
}

}  // namespace dgxp::testing
