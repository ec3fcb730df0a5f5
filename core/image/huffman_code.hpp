#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace dgxp {

/// The code lengths, 0..limit, that spend the fewest bits on symbols of these counts; 0 for a count
/// of 0. A single used symbol gets length 1. Sure to be the same everywhere: ties go by symbol.
/// Needs at most 2^limit and 288 symbols, each counted less than 2^22 times, and a limit of at most
/// 15.
std::vector<std::uint8_t> huffman_lengths(std::span<const std::uint32_t> counts, int limit);

/// The used symbols of an alphabet, sorted once, for code lengths under one limit after another:
/// nothing is allocated where thousands are tried. The same needs as huffman_lengths.
class HuffmanLeaves {
 public:
  explicit HuffmanLeaves(std::span<const std::uint32_t> counts);
  /// Where the symbols that are used are known, ascending.
  HuffmanLeaves(std::span<const std::uint16_t> symbols, std::span<const std::uint32_t> counts);

  /// Writes the lengths of the used symbols, and only these, into `lengths`.
  void lengths(int limit, std::span<std::uint8_t> lengths) const;

 private:
  static constexpr std::size_t kMostSymbols = 288;
  using Leaves = std::array<std::uint32_t, kMostSymbols>;

  std::uint32_t weight(std::size_t leaf) const;
  void sort_leaves();
  void make_tree();
  Leaves tree_depths() const;
  Leaves limited_depths(std::size_t limit) const;

  Leaves leaves_;  ///< count and symbol, ascending
  Leaves depths_;  ///< at the leaves' places, without a limit
  std::size_t count_ = 0;
};

/// The canonical codes of these lengths as deflate writes them: the first bit lowest. The second
/// writes those of `symbols`, ascending, which must be all that have a length, into `codes`.
std::vector<std::uint16_t> huffman_codes(std::span<const std::uint8_t> lengths);
void huffman_codes(std::span<const std::uint16_t> symbols, std::span<const std::uint8_t> lengths,
                   std::span<std::uint16_t> codes);

}  // namespace dgxp
