#include "core/image/color_beliefs.hpp"

#include <algorithm>

#include "core/image/float_lanes.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kAll = 4;  // no side
constexpr std::size_t kLeft = 0;
constexpr std::size_t kRight = 1;
constexpr std::size_t kUpper = 2;
constexpr std::size_t kLower = 3;
constexpr float kAloneShare = 0.2F;  // in the count of colours
constexpr float kNegligible = 1e-4F;

constexpr std::size_t opposite(std::size_t side) {
  return side ^ 1U;
}

/// All of a cell's values at once; those beyond its count are 0.
struct AllShares {
  FourFloats low;
  FourFloats high;
};
static_assert(kCandidates == 2 * kLanes);

AllShares load_shares(const CandidateShares& shares) {
  return {load_lanes(shares.data()), load_lanes(shares.data() + kLanes)};
}

/// The first `count` values, and 0.
AllShares first_shares(const CandidateShares& shares, std::size_t count) {
  const auto first = static_cast<std::int32_t>(count);
  const AllShares all = load_shares(shares);
  return {FourInts{0, 1, 2, 3} < first ? all.low : FourFloats{},
          FourInts{4, 5, 6, 7} < first ? all.high : FourFloats{}};
}

CandidateShares normalised(AllShares all) {
  CandidateShares shares;
  store_lanes(all.low, shares.data());
  store_lanes(all.high, shares.data() + kLanes);
  float sum = 0;
  for (const float share : shares) {
    sum += share;
  }
  if (sum > 0) {
    store_lanes(all.low / sum, shares.data());
    store_lanes(all.high / sum, shares.data() + kLanes);
  }
  return shares;
}

/// The candidates of a cell that are worth a look.
struct Likely {
  std::array<std::uint16_t, kCandidates> color;
  CandidateShares share;
  std::size_t count = 0;
};

Likely likely_of(const CellBelief& belief, const CandidateShares& shares) {
  Likely likely;
  for (std::size_t k = 0; k < belief.count; ++k) {
    likely.color[likely.count] = belief.color[k];
    likely.share[likely.count] = shares[k];
    likely.count += shares[k] > kNegligible ? 1 : 0;
  }
  return likely;
}

/// What is believed makes what is common more common from round to round, and of similar colours
/// only a few are left. A part of what cells show by themselves holds against that: a smoothed
/// expectation maximisation (compare Silverman, Jones, Wilson, Nychka 1990).
float counted_share(const CellBelief& belief, std::size_t k) {
  return belief.share[k] + kAloneShare * (belief.alone[k] - belief.share[k]);
}

}  // namespace

std::size_t CellBelief::best() const {
  return static_cast<std::size_t>(
      std::max_element(share.begin(), share.begin() + static_cast<std::ptrdiff_t>(count)) -
      share.begin());
}

ColorBeliefs::ColorBeliefs(Size size)
    : width_(static_cast<std::size_t>(size.width)), cells_(static_cast<std::size_t>(size.area())) {}

void ColorBeliefs::start(std::size_t cell, const std::array<std::uint16_t, kCandidates>& color,
                         std::size_t count) {
  CellBelief& belief = cells_[cell];
  belief = {.count = count, .color = color};
  belief.shown[0] = 1;
  belief.share[0] = 1;
  belief.alone[0] = 1;
  for (CandidateShares& told : belief.told) {
    std::fill_n(told.begin(), count, 1.0F);
  }
}

void ColorBeliefs::prune(std::size_t cell, float least) {
  CellBelief& belief = cells_[cell];
  std::size_t kept = 0;
  for (std::size_t k = 0; k < belief.count; ++k) {
    if (belief.shown[k] < least) {
      continue;
    }
    if (kept == k) {  // most often all are kept
      ++kept;
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

bool ColorBeliefs::are_sure() const {
  return std::ranges::all_of(cells_, [](const CellBelief& belief) { return belief.count == 1; });
}

void ColorBeliefs::believe_shown() {
  for (CellBelief& belief : cells_) {
    if (belief.count == 1) {
      continue;  // as sure as before
    }
    belief.share = normalised(first_shares(belief.shown, belief.count));
  }
}

/// What is believed of a cell without what the neighbour on `side` told.
CandidateShares ColorBeliefs::without(std::size_t cell, std::size_t side) const {
  const CellBelief& belief = cells_[cell];
  AllShares all = first_shares(belief.shown, belief.count);
  for (std::size_t s = 0; s < kAll; ++s) {
    if (s != side) {
      const AllShares told = load_shares(belief.told[s]);
      all.low *= told.low;
      all.high *= told.high;
    }
  }
  return normalised(all);
}

void ColorBeliefs::tell(const ColorUsage& usage, std::size_t from, std::size_t side,
                        std::size_t to) {
  CellBelief& told = cells_[to];
  if (told.count == 1) {
    return;
  }
  const CellBelief& teller = cells_[from];
  CandidateShares& message = told.told[opposite(side)];
  if (teller.count == 1) {
    for (std::size_t k = 0; k < told.count; ++k) {
      message[k] = usage.lift(told.color[k], teller.color[0]);
    }
  } else {
    const Likely likely = likely_of(teller, without(from, side));
    for (std::size_t k = 0; k < told.count; ++k) {
      float sum = 0;
      for (std::size_t l = 0; l < likely.count; ++l) {
        sum += likely.share[l] * usage.lift(told.color[k], likely.color[l]);
      }
      message[k] = sum;
    }
  }
  message = normalised(first_shares(message, told.count));
}

void ColorBeliefs::propagate(const ColorUsage& usage) {
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

void ColorBeliefs::count_pair(const ColorUsage& before, ColorUsage& usage, std::size_t cell,
                              std::size_t neighbour, std::size_t side) const {
  const CellBelief& a = cells_[cell];
  const CellBelief& b = cells_[neighbour];
  if (a.count == 1 || b.count == 1) {
    const CellBelief& open = a.count == 1 ? b : a;
    const CellBelief& sure = a.count == 1 ? a : b;
    for (std::size_t k = 0; k < open.count; ++k) {
      usage.add_pair(open.color[k], sure.color[0], open.share[k]);
    }
    return;
  }
  const Likely first = likely_of(a, without(cell, side));
  const Likely second = likely_of(b, without(neighbour, opposite(side)));
  std::array<CandidateShares, kCandidates> both;
  float sum = 0;
  for (std::size_t k = 0; k < first.count; ++k) {
    for (std::size_t l = 0; l < second.count; ++l) {
      both[k][l] = first.share[k] * second.share[l] * before.lift(first.color[k], second.color[l]);
      sum += both[k][l];
    }
  }
  for (std::size_t k = 0; k < first.count; ++k) {
    for (std::size_t l = 0; l < second.count; ++l) {
      if (both[k][l] > 0) {
        usage.add_pair(first.color[k], second.color[l], both[k][l] / sum);
      }
    }
  }
}

ColorUsage ColorBeliefs::count_colors(std::size_t colors) const {
  ColorUsage usage(colors, ColorUsage::Pairs::no);
  ColorUsage::CellCounter counter(usage);
  for (const CellBelief& belief : cells_) {
    for (std::size_t k = 0; k < belief.count; ++k) {
      counter.add(belief.color[k], counted_share(belief, k));
    }
  }
  counter.finish();
  usage.finish();
  return usage;
}

ColorUsage ColorBeliefs::count_usage(const ColorUsage& before, std::size_t colors) const {
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

}  // namespace dgxp
