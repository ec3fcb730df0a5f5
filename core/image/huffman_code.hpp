#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dgxp {

/// The code lengths, 0..limit, that spend the fewest bits on symbols of these counts; 0 for a count
/// of 0. A single used symbol gets length 1. Sure to be the same everywhere: ties go by symbol.
/// Needs at most 2^limit symbols, each counted less than 2^22 times.
std::vector<std::uint8_t> huffman_lengths(std::span<const std::uint32_t> counts, int limit);

/// The canonical codes of these lengths as deflate writes them: the first bit lowest.
std::vector<std::uint16_t> huffman_codes(std::span<const std::uint8_t> lengths);

}  // namespace dgxp
