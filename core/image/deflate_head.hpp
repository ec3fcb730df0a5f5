#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/image/deflate_bits.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// Code lengths of a block by symbol, 0 for one that has no code. 286 and 287 exist in the fixed
/// code only.
struct BlockCodes {
  std::array<std::uint8_t, 288> literals{};
  std::array<std::uint8_t, kDistanceSymbols> distances{};
};

/// The symbols of an alphabet that have a code, ascending, and how often each occurs.
template <std::size_t Most>
struct CodedSymbols {
  std::array<std::uint16_t, Most> symbols;
  std::array<std::uint32_t, Most> counts;
  std::size_t size = 0;

  /// Those that occur, without a branch for each.
  void add_used(std::span<const std::uint32_t, Most> all) {
    std::uint16_t* const symbol = symbols.data();
    std::uint32_t* const count = counts.data();
    const std::uint32_t* const from = all.data();
    std::size_t used = 0;
    for (std::size_t i = 0; i < Most; ++i) {
      symbol[used] = static_cast<std::uint16_t>(i);
      count[used] = from[i];
      used += from[i] > 0 ? 1U : 0U;
    }
    size = used;
  }
  void add(std::size_t symbol, std::uint32_t count) {
    symbols[size] = static_cast<std::uint16_t>(symbol);
    counts[size++] = count;
  }
  std::span<const std::uint16_t> used() const { return std::span(symbols).first(size); }
  /// As many as the head of a block lists: up to the last that has a code.
  std::size_t listed() const { return symbols[size - 1] + std::size_t{1}; }
};
struct BlockSymbols {
  CodedSymbols<kLiteralSymbols> literals;    ///< the end of the block among them
  CodedSymbols<kDistanceSymbols> distances;  ///< at least two
};

/// The lengths that a head lists, those of both codes in one row, as stretches of equal ones.
class LengthStretches {
 public:
  LengthStretches(const BlockSymbols& symbols, const BlockCodes& codes);

 private:
  friend class BlockHead;
  struct Stretch {
    std::uint16_t value;
    std::uint16_t count;
  };
  void add(std::uint8_t value, std::size_t count);

  std::array<Stretch, kLiteralSymbols + kDistanceSymbols> list_;
  std::size_t size_ = 0;
};

/// The head of a dynamic block: how its codes are described.
class BlockHead {
 public:
  /// No head has fewer bits.
  static constexpr std::uint64_t kLeastBits = 14 + 3 * 4;

  /// With all the symbols that repeat a length.
  explicit BlockHead(const LengthStretches& stretches) : BlockHead(stretches, Choice{}) {}
  /// Leaving some of them out where that shortens the code of the others.
  static BlockHead best(const LengthStretches& stretches);

  std::uint64_t bits() const { return bits_; }
  void write(BitWriter& writer, const BlockSymbols& symbols, const BlockCodes& codes) const;

 private:
  static constexpr std::size_t kRunSymbols = 19;
  /// Which of the repeating symbols may be used.
  struct Choice {
    bool repeat = true;      ///< 16
    bool zeros = true;       ///< 17
    bool many_zeros = true;  ///< 18
  };
  BlockHead(const LengthStretches& stretches, Choice choice);
  template <typename Put>
  static void for_each_run(const LengthStretches& stretches, Choice choice, Put put);

  Choice choice_;
  std::array<std::uint8_t, kRunSymbols> run_lengths_{};  ///< code lengths of the run symbols
  std::size_t listed_runs_ = kRunSymbols;                ///< in the order of RFC 1951
  std::uint64_t bits_ = 0;
};

}  // namespace dgxp
