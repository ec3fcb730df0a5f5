#include "core/image/color_beliefs.hpp"

#include <algorithm>
#include <bit>
#include <ranges>

#include "core/image/float_lanes.hpp"

namespace dgxp {
namespace {

// Sides are 0 .. 3: left, right, upper, lower.
constexpr std::size_t kRight = 1;
constexpr std::size_t kLower = 3;
constexpr std::size_t kAll = 4;  // no side
constexpr std::size_t kRowsAtOnce = 4;
constexpr float kAloneShare = 0.2F;  // in the count of colours
constexpr float kNegligible = 1e-2F;

constexpr std::size_t opposite(std::size_t side) {
  return side ^ 1U;
}

/// Shares of candidates, and a bit for each that is worth a look.
struct Likely {
  CandidateLanes lanes;  ///< 0 for those that are not
  CandidateShares share;
  std::uint32_t bits;
};

Likely likely_of(const CandidateLanes& all) {
  const FourInts low = all.low > kNegligible;
  const FourInts high = all.high > kNegligible;
  Likely likely{.lanes = {low ? all.low : FourFloats{}, high ? all.high : FourFloats{}},
                .share = {},
                .bits = lane_bits(low) | lane_bits(high) << kLanes};
  store_shares(likely.lanes, likely.share);
  return likely;
}

/// Calls `visit` with the place of each bit, from the lowest on.
template <typename Visit>
void each_bit(std::uint32_t bits, Visit visit) {
  for (; bits != 0; bits &= bits - 1) {
    visit(static_cast<std::size_t>(std::countr_zero(bits)));
  }
}

/// What is believed makes what is common more common from round to round, and of similar colours
/// only a few are left. A part of what cells show by themselves holds against that: a smoothed
/// expectation maximisation (compare Silverman, Jones, Wilson, Nychka 1990).
float counted_share(const CellBelief& belief, std::size_t k) {
  return belief.share[k] + kAloneShare * (belief.alone[k] - belief.share[k]);
}

}  // namespace

std::size_t CellBelief::best() const {
  return place_of_greatest(first_of(load_shares(share), count, -1.0F));
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
}

void ColorBeliefs::keep(std::size_t cell, std::uint32_t bits) {
  CellBelief& belief = cells_[cell];
  if (bits == (1U << belief.count) - 1) {  // most often all are kept
    return;
  }
  std::size_t kept = 0;
  each_bit(bits, [&](std::size_t k) {
    belief.color[kept] = belief.color[k];
    belief.shown[kept] = belief.shown[k];
    belief.share[kept] = belief.share[k];
    belief.alone[kept] = belief.alone[k];
    if (!told_.empty()) {
      for (CandidateShares& told : told_[place_[cell]]) {
        told[kept] = told[k];
      }
    }
    ++kept;
  });
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
    store_shares(first_normalised(load_shares(belief.shown), belief.count), belief.share);
  }
}

/// Makes room for what the cells in doubt are told; nothing yet.
void ColorBeliefs::listen() {
  if (!place_.empty()) {
    return;
  }
  place_.reserve(cells_.size());
  std::uint32_t doubtful = 0;
  for (const CellBelief& belief : cells_) {
    place_.push_back(doubtful);
    doubtful += belief.count > 1 ? 1 : 0;
  }
  CandidateShares nothing;
  nothing.fill(1.0F);
  told_.resize(doubtful, Told{nothing, nothing, nothing, nothing});
  link_doubtful();
}

/// A cell can tell what it heard once all cells before it have told it. Some rows at a time, each a
/// cell behind the one above: so the cells that follow one another here do not wait for one
/// another.
void ColorBeliefs::link_doubtful() {
  const std::size_t height = cells_.size() / width_;
  const auto link = [&](std::size_t cell, std::size_t behind, std::size_t side) {
    if (cells_[cell].count > 1 || cells_[behind].count > 1) {
      links_.push_back(
          {static_cast<std::uint32_t>(cell), static_cast<std::uint32_t>(behind), side});
    }
  };
  for (std::size_t top = 0; top < height; top += kRowsAtOnce) {
    const std::size_t rows = std::min(kRowsAtOnce, height - top);
    for (std::size_t step = 0; step < width_ + rows - 1; ++step) {
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t x = step - row;
        if (x >= width_) continue;  // before the row's first cell, too
        const std::size_t cell = (top + row) * width_ + x;
        if (x + 1 < width_) link(cell, cell + 1, kRight);
        if (cell + width_ < cells_.size()) link(cell, cell + width_, kLower);
      }
    }
  }
}

/// What is believed of a cell without what the neighbour on `side` told.
CandidateLanes ColorBeliefs::without(std::size_t cell, std::size_t side) const {
  const CellBelief& belief = cells_[cell];
  CandidateLanes all = load_shares(belief.shown);
  if (!told_.empty()) {
    const Told& all_told = told_[place_[cell]];
    for (std::size_t s = 0; s < kAll; ++s) {
      if (s != side) {
        const CandidateLanes told = load_shares(all_told[s]);
        all.low *= told.low;
        all.high *= told.high;
      }
    }
  }
  return first_normalised(all, belief.count);
}

void ColorBeliefs::tell(const ColorUsage& usage, std::size_t from, std::size_t side,
                        std::size_t to) {
  const CellBelief& told = cells_[to];
  if (told.count == 1) {
    return;
  }
  const CellBelief& teller = cells_[from];
  CandidateLanes message{};
  const auto add = [&](std::uint16_t color, float share) {
    message.low += share * usage.lifts(told.color.data(), color);
    if (told.count > kLanes) {
      message.high += share * usage.lifts(told.color.data() + kLanes, color);
    }
  };
  if (teller.count == 1) {
    add(teller.color[0], 1.0F);
  } else {
    const Likely likely = likely_of(without(from, side));
    each_bit(likely.bits, [&](std::size_t l) { add(teller.color[l], likely.share[l]); });
  }
  store_shares(first_normalised(message, told.count), told_[place_[to]][opposite(side)]);
}

void ColorBeliefs::propagate(const ColorUsage& usage) {
  listen();
  std::erase_if(links_, [this](const Link& link) {
    return cells_[link.cell].count == 1 && cells_[link.behind].count == 1;
  });
  for (const Link& link : links_) {
    tell(usage, link.cell, link.side, link.behind);
  }
  for (const Link& link : links_ | std::views::reverse) {
    tell(usage, link.behind, opposite(link.side), link.cell);
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].count > 1) {
      store_shares(without(i, kAll), cells_[i].share);
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
  const Likely first = likely_of(without(cell, side));
  const Likely second = likely_of(without(neighbour, opposite(side)));
  std::array<CandidateShares, kCandidates> both;
  float sum = 0;
  each_bit(first.bits, [&](std::size_t k) {
    const auto weigh = [&](FourFloats shares, std::size_t from) {
      const FourFloats weights =
          first.share[k] * shares * before.lifts(b.color.data() + from, a.color[k]);
      store_lanes(weights, both[k].data() + from);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sum += weights[lane];
      }
    };
    weigh(second.lanes.low, 0);
    if (second.bits >> kLanes != 0) {
      weigh(second.lanes.high, kLanes);
    }
  });
  if (sum <= 0) {
    return;
  }
  const float scale = 1 / sum;
  each_bit(first.bits, [&](std::size_t k) {
    each_bit(second.bits,
             [&](std::size_t l) { usage.add_pair(a.color[k], b.color[l], both[k][l] * scale); });
  });
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
