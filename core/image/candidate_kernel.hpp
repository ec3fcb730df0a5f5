#pragma once

// What judge_candidates.hpp declares, for registers of any width. Most cells have no more than four
// candidates: a register of eight then holds two cells.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/color_lanes.hpp"
#include "core/image/judge_candidates.hpp"
#include "core/image/noise_lanes.hpp"

namespace dgxp {

template <typename Floats>
class CandidateKernel {
 public:
  [[gnu::flatten]] static void judge(const CandidateQuestion& question, CellBelief* beliefs,
                                     const std::uint32_t* cells, std::size_t count,
                                     std::uint8_t* kept) {
    CandidateKernel kernel(question, kept);
    for (std::size_t i = 0; i < count; ++i) {
      kernel.add({.place = i, .cell = cells[i], .belief = beliefs + cells[i]});
    }
    kernel.finish();
  }

 private:
  using Mask = LaneMask<Floats>;
  static constexpr std::size_t kWidth = sizeof(Floats) / sizeof(float);
  static constexpr std::size_t kQuads = kWidth / kLanes;

  /// Four candidates of a cell.
  struct Quad {
    std::size_t place = 0;  ///< of the cell among those that are asked for
    std::uint32_t cell = 0;
    CellBelief* belief = nullptr;
    std::size_t first = 0;  ///< of the candidates

    const std::uint16_t* colors() const { return belief->color.data() + first; }
    FourFloats own() const { return load_lanes(belief->share.data() + first); }
  };
  using Quads = std::array<Quad, kQuads>;

  /// A quad for each cell, or all quads of one cell.
  enum class Filling { few, many };
  template <Filling kFilling>
  static constexpr std::size_t kRegisters = kFilling == Filling::few ? 1 : kCandidates / kWidth;
  template <Filling kFilling>
  using Row = std::array<Floats, kRegisters<kFilling>>;

  /// Candidates of cells that are judged together.
  template <Filling kFilling>
  struct Group {
    std::array<Quads, kRegisters<kFilling>> quads{};
    Row<kFilling> cost;
    Row<kFilling> shown;
    std::array<Mask, kRegisters<kFilling>> is_near;  ///< no lane is of a candidate that is not
  };
  /// One step for all of them and then the next: in each step of one group every operation waits
  /// for the one before, but what it does to several can go on at once.
  template <Filling kFilling>
  struct Groups {
    std::array<Group<kFilling>, 16> all{};
    std::size_t count = 0;

    Group<kFilling>& next() { return all.data()[count]; }
    bool is_full() const { return count == all.size(); }
  };

  CandidateKernel(const CandidateQuestion& question, std::uint8_t* kept)
      : question_(question), kept_(kept), common_(*question.common), others_(*question.others) {}

  void add(Quad cell) {
    if (cell.belief->count > kLanes) {
      for (Quads& quads : many_.next().quads) {
        for (Quad& quad : quads) {
          quad = cell;
          cell.first += kLanes;
        }
      }
      ++many_.count;
      if (many_.is_full()) judge_groups(many_);
    } else {
      few_.next().quads[0].data()[waiting_] = cell;
      waiting_ = (waiting_ + 1) % kQuads;
      few_.count += waiting_ == 0 ? 1 : 0;
      if (few_.is_full()) judge_groups(few_);
    }
  }
  void finish() {
    if (waiting_ > 0) {
      Quads& quads = few_.next().quads[0];
      quads[kQuads - 1] = quads[0];  // judged twice, to the same end
      ++few_.count;
    }
    judge_groups(few_);
    judge_groups(many_);
  }

  template <Filling kFilling>
  void judge_groups(Groups<kFilling>& groups) const {
    const auto each = [&](auto step) {
      for (std::size_t i = 0; i < groups.count; ++i) step(groups.all.data()[i]);
    };
    each([&](Group<kFilling>& group) { ask_noise(group); });
    each([&](Group<kFilling>& group) { judge_alone(group); });
    if (question_.usage != nullptr) {
      each([&](Group<kFilling>& group) { add_usage(group); });
      each([&](Group<kFilling>& group) { judge_shown(group); });
    }
    each([&](Group<kFilling>& group) { keep_likely(group); });
    groups.count = 0;
  }

  template <Filling kFilling>
  void ask_noise(Group<kFilling>& group) const {
    for (std::size_t r = 0; r < kRegisters<kFilling>; ++r) {
      group.is_near[r] = are_candidates(group.quads[r]);
      group.cost[r] = group.is_near[r] ? noise_cost(group.quads[r]) : Floats{} + kBeyond;
    }
  }
  template <Filling kFilling>
  void judge_alone(Group<kFilling>& group) const {
    const Floats least = least_of<kFilling>(group.cost);
    for (std::size_t r = 0; r < kRegisters<kFilling>; ++r) {
      group.is_near[r] &= group.cost[r] - least < question_.far;
      group.shown[r] =
          plain_exp_lanes(group.is_near[r] ? least - group.cost[r] : Floats{} - kBeyond);
    }
    const Floats sum = sum_of<kFilling>(group.shown);
    for (std::size_t r = 0; r < kRegisters<kFilling>; ++r) {
      store(group.shown[r] / sum, group.quads[r], &CellBelief::alone);
    }
  }
  template <Filling kFilling>
  void add_usage(Group<kFilling>& group) const {
    for (std::size_t r = 0; r < kRegisters<kFilling>; ++r) {
      group.cost[r] =
          group.is_near[r] ? with_usage(group.cost[r], group.quads[r]) : Floats{} + kBeyond;
    }
  }
  template <Filling kFilling>
  void judge_shown(Group<kFilling>& group) const {
    const Floats least = least_of<kFilling>(group.cost);
    for (std::size_t r = 0; r < kRegisters<kFilling>; ++r) {
      group.shown[r] = plain_exp_lanes(least - group.cost[r]);
    }
  }
  template <Filling kFilling>
  void keep_likely(Group<kFilling>& group) const {
    for (const Quad& quad : group.quads[0]) kept_[quad.place] = 0;
    for (std::size_t r = 0; r < kRegisters<kFilling>; ++r) {
      store(group.shown[r], group.quads[r], &CellBelief::shown);
      group.is_near[r] &= group.shown[r] >= question_.least_shown;
      keep(lane_bits(group.is_near[r]), group.quads[r]);
    }
  }

  /// What `value` gives of each quad.
  template <typename Value>
  static Floats each_quad(const Quads& quads, Value value) {
    if constexpr (kQuads == 2) {
      return joined(value(quads[0]), value(quads[1]));
    } else {
      return value(quads[0]);
    }
  }

  static Mask are_candidates(const Quads& quads) {
    const Floats count = each_quad(quads, [](const Quad& quad) {
      return all_lanes(static_cast<float>(quad.belief->count) - static_cast<float>(quad.first));
    });
    return make_lanes<Floats>([](std::size_t lane) { return static_cast<float>(lane % kLanes); }) <
           count;
  }

  Floats noise_cost(const Quads& quads) const {
    const SeenCells& cells = question_.cells;
    const auto of_cells = [&](const float* values) {
      return each_quad(quads, [&](const Quad& quad) { return all_lanes(values[quad.cell]); });
    };
    const Floats light = of_cells(cells.light) * cells.brightness;
    const auto index = [&](std::size_t lane) {
      return quads[lane / kLanes].colors()[lane % kLanes];
    };
    const Mask is_common = make_lanes<Mask>([&](std::size_t lane) {
                             return std::int32_t{index(lane)};
                           }) == question_.most_common;
    const auto noise = NoiseLanes<Floats>::of_both(is_common, common_, others_);
    return noise.cost(
        noise.rest({of_cells(cells.seen[0]), of_cells(cells.seen[1]), of_cells(cells.seen[2])},
                   look_up_colors<Floats>(cells.colors, index), light));
  }

  /// With what the use of colours costs in the picture and around the cells.
  Floats with_usage(Floats cost, const Quads& quads) const {
    const Floats share = each_quad(quads, [&](const Quad& quad) {
      return question_.usage->shares(quad.colors(), quad.own());
    });
    cost -= plain_log_lanes(share);
    if (question_.local == nullptr) return cost;
    const auto counted = [&](FourFloats LocalCounts<FourFloats>::* part) {
      return each_quad(quads, [&](const Quad& quad) {
        return question_.local->counts(quad.cell, quad.colors()).*part;
      });
    };
    const LocalCounts<Floats> counts{.colors = counted(&LocalCounts<FourFloats>::colors),
                                     .all = counted(&LocalCounts<FourFloats>::all)};
    const Floats own = each_quad(quads, [](const Quad& quad) { return quad.own(); });
    return cost + LocalUsage::costs(counts, own, share);
  }

  /// The value of one lane of each quad, in all its lanes.
  template <int kLane>
  static Floats spread(Floats x) {
    if constexpr (kQuads == 2) {
      return __builtin_shufflevector(x, x, kLane, kLane, kLane, kLane, kLane + 4, kLane + 4,
                                     kLane + 4, kLane + 4);
    } else {
      return __builtin_shufflevector(x, x, kLane, kLane, kLane, kLane);
    }
  }
  /// The first quad in all others, and the other way round.
  static Floats other_quads(Floats x) {
    return __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3);
  }

  template <Filling kFilling>
  static Floats least_of(const Row<kFilling>& row) {
    Floats least = row[0];
    if constexpr (kRegisters<kFilling> == 2) {
      least = smaller(least, row[1]);
    } else if constexpr (kFilling == Filling::many) {
      least = smaller(least, other_quads(least));
    }
    return smaller(smaller(spread<0>(least), spread<1>(least)),
                   smaller(spread<2>(least), spread<3>(least)));
  }

  static Floats with_quad(Floats sum, Floats x) {
    return sum + spread<0>(x) + spread<1>(x) + spread<2>(x) + spread<3>(x);
  }
  /// One after the other, in order.
  template <Filling kFilling>
  static Floats sum_of(const Row<kFilling>& row) {
    const Floats first = with_quad(Floats{}, row[0]);
    if constexpr (kRegisters<kFilling> == 2) {
      return with_quad(first, row[1]);
    } else if constexpr (kFilling == Filling::many) {
      const Floats all = with_quad(first, other_quads(row[0]));  // in the first quad
      return __builtin_shufflevector(all, all, 0, 1, 2, 3, 0, 1, 2, 3);
    } else {
      return first;
    }
  }

  static void store(Floats values, const Quads& quads, CandidateShares CellBelief::* shares) {
    for (std::size_t q = 0; q < kQuads; ++q) {
      std::memcpy((quads[q].belief->*shares).data() + quads[q].first,
                  reinterpret_cast<const float*>(&values) + q * kLanes, sizeof(FourFloats));
    }
  }
  void keep(std::uint32_t bits, const Quads& quads) const {
    for (std::size_t q = 0; q < kQuads; ++q) {
      const std::uint32_t of_quad = bits >> q * kLanes & 15U;
      kept_[quads[q].place] |= static_cast<std::uint8_t>(of_quad << quads[q].first);
    }
  }

  static constexpr float kBeyond = 1e30F;  // cost of what is no candidate

  const CandidateQuestion& question_;
  std::uint8_t* kept_;
  Groups<Filling::few> few_;
  Groups<Filling::many> many_;
  std::size_t waiting_ = 0;  ///< cells of the next group of cells of few candidates
  NoiseLanes<Floats> common_;
  NoiseLanes<Floats> others_;
};

}  // namespace dgxp
