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
    const CandidateKernel kernel(question, beliefs, cells, kept);
    std::size_t waiting = 0;
    std::array<std::size_t, kQuads> few{};
    for (std::size_t i = 0; i < count; ++i) {
      if (beliefs[cells[i]].count > kLanes) {
        kernel.judge_many(i);
        continue;
      }
      few.data()[waiting++] = i;
      if (waiting == kQuads) {
        kernel.judge_few(few);
        waiting = 0;
      }
    }
    if (waiting > 0) {
      few.data()[kQuads - 1] = few.data()[0];  // judged twice, to the same end
      kernel.judge_few(few);
    }
  }

 private:
  using Mask = LaneMask<Floats>;
  static constexpr std::size_t kWidth = sizeof(Floats) / sizeof(float);
  static constexpr std::size_t kQuads = kWidth / kLanes;

  /// Four candidates of a cell.
  struct Quad {
    std::size_t place = 0;  ///< of the cell among those that are asked for
    std::uint32_t cell = 0;
    std::size_t first = 0;  ///< of the candidates
    CellBelief* belief = nullptr;

    const std::uint16_t* colors() const { return belief->color.data() + first; }
    FourFloats own() const { return load_lanes(belief->share.data() + first); }
  };
  using Quads = std::array<Quad, kQuads>;
  /// A register of each cell, or all registers of one cell.
  enum class Filling { few, many };
  template <Filling kFilling>
  static constexpr std::size_t kRegisters = kFilling == Filling::few ? 1 : kCandidates / kWidth;

  CandidateKernel(const CandidateQuestion& question, CellBelief* beliefs,
                  const std::uint32_t* cells, std::uint8_t* kept)
      : question_(question),
        beliefs_(beliefs),
        cells_(cells),
        kept_(kept),
        common_(*question.common),
        others_(*question.others) {}

  Quad quad(std::size_t place, std::size_t first) const {
    const std::uint32_t cell = cells_[place];
    return {.place = place, .cell = cell, .first = first, .belief = beliefs_ + cell};
  }

  void judge_few(const std::array<std::size_t, kQuads>& places) const {
    std::array<Quads, 1> quads;
    for (std::size_t q = 0; q < kQuads; ++q) quads[0][q] = quad(places[q], 0);
    judge_registers<Filling::few>(quads);
  }
  void judge_many(std::size_t place) const {
    std::array<Quads, kRegisters<Filling::many>> quads;
    for (std::size_t r = 0; r < quads.size(); ++r) {
      for (std::size_t q = 0; q < kQuads; ++q) {
        quads[r][q] = quad(place, (r * kQuads + q) * kLanes);
      }
    }
    judge_registers<Filling::many>(quads);
  }

  template <Filling kFilling>
  void judge_registers(const std::array<Quads, kRegisters<kFilling>>& quads) const {
    using Row = std::array<Floats, kRegisters<kFilling>>;
    Row cost;
    std::array<Mask, kRegisters<kFilling>> is_near;
    for (std::size_t r = 0; r < quads.size(); ++r) {
      is_near[r] = are_candidates(quads[r]);
      cost[r] = is_near[r] ? noise_cost(quads[r]) : Floats{} + kBeyond;
    }
    const Floats least = least_of<kFilling>(cost);
    Row shown;
    for (std::size_t r = 0; r < quads.size(); ++r) {
      is_near[r] &= cost[r] - least < question_.far;
      shown[r] = plain_exp_lanes(is_near[r] ? least - cost[r] : Floats{} - kBeyond);
    }
    const Floats sum = sum_of<kFilling>(shown);
    for (std::size_t r = 0; r < quads.size(); ++r) {
      store(shown[r] / sum, quads[r], &CellBelief::alone);
    }
    if (question_.usage != nullptr) {
      for (std::size_t r = 0; r < quads.size(); ++r) {
        cost[r] = is_near[r] ? with_usage(cost[r], quads[r]) : Floats{} + kBeyond;
      }
      const Floats likeliest = least_of<kFilling>(cost);
      for (std::size_t r = 0; r < quads.size(); ++r) {
        shown[r] = plain_exp_lanes(likeliest - cost[r]);
      }
    }
    for (std::size_t q = 0; q < kQuads; ++q) kept_[quads[0][q].place] = 0;
    for (std::size_t r = 0; r < quads.size(); ++r) {
      store(shown[r], quads[r], &CellBelief::shown);
      is_near[r] &= shown[r] >= question_.least_shown;
      keep(lane_bits(is_near[r]), quads[r]);
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
  static Floats least_of(const std::array<Floats, kRegisters<kFilling>>& row) {
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
  static Floats sum_of(const std::array<Floats, kRegisters<kFilling>>& row) {
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
  CellBelief* beliefs_;
  const std::uint32_t* cells_;
  std::uint8_t* kept_;
  NoiseLanes<Floats> common_;
  NoiseLanes<Floats> others_;
};

}  // namespace dgxp
