#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dgxp {

/// The code lengths, 0..limit, that spend the fewest bits on symbols of these counts; 0 for a count
/// of 0. A single used symbol gets length 1. Sure to be the same everywhere: ties go by symbol.
/// Needs at most 2^limit and 288 symbols, each counted less than 2^22 times, and a limit of at most
/// 15.
std::vector<std::uint8_t> huffman_lengths(std::span<const std::uint32_t> counts, int limit);
/// The same into `lengths`, which is as long: nothing is allocated where thousands are tried.
void huffman_lengths(std::span<const std::uint32_t> counts, int limit,
                     std::span<std::uint8_t> lengths);

/// The canonical codes of these lengths as deflate writes them: the first bit lowest.
std::vector<std::uint16_t> huffman_codes(std::span<const std::uint8_t> lengths);

}  // namespace dgxp
