#include "core/image/huffman_code.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <vector>

#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

using Counts = std::vector<std::uint32_t>;

std::uint64_t cost(const Counts& counts, const std::vector<std::uint8_t>& lengths) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) bits += std::uint64_t{counts[i]} * lengths[i];
  return bits;
}

/// The sum of all merged weights is the cost of a Huffman code.
std::uint64_t huffman_cost(const Counts& counts) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> weights;
  for (const std::uint32_t count : counts)
    if (count > 0) weights.push(count);
  std::uint64_t sum = 0;
  while (weights.size() > 1) {
    const std::uint64_t first = weights.top();
    weights.pop();
    const std::uint64_t both = first + weights.top();
    weights.pop();
    weights.push(both);
    sum += both;
  }
  return sum;
}

/// The least cost of any complete code of at most `limit` bits, by trying all: leaves of ascending
/// depth go to descending counts; `open` nodes are free at `depth`.
std::uint64_t best_cost(const Counts& descending, std::size_t used, std::uint64_t open, int depth,
                        int limit) {
  if (used == descending.size()) return 0;
  if (depth > limit || open == 0) return std::numeric_limits<std::uint32_t>::max();
  std::uint64_t best = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t here = 0;
  for (std::uint64_t leaves = 0; leaves <= open && used + leaves <= descending.size(); ++leaves) {
    if (leaves > 0)
      here += std::uint64_t{descending[used + leaves - 1]} * static_cast<unsigned>(depth);
    best = std::min(
        best, here + best_cost(descending, used + leaves, 2 * (open - leaves), depth + 1, limit));
  }
  return best;
}

/// 2^15 for a complete code.
std::uint32_t kraft_sum(const std::vector<std::uint8_t>& lengths) {
  std::uint32_t sum = 0;
  for (const std::uint8_t length : lengths)
    if (length > 0) sum += 1U << (15U - length);
  return sum;
}

}  // namespace

TEST_CASE("huffman_lengths costs as little as a Huffman tree") {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    Counts counts(static_cast<std::size_t>(2 + random.below(200)));
    for (std::uint32_t& count : counts)
      count = random.below(3) == 0 ? 0U : static_cast<std::uint32_t>(1 + random.below(1 + round));
    counts[0] = counts[1] = 1;
    const auto lengths = huffman_lengths(counts, 15);
    REQUIRE(cost(counts, lengths) == huffman_cost(counts));
    REQUIRE(kraft_sum(lengths) == 1U << 15U);
  }
}

TEST_CASE("limited lengths are complete and the best under their limit") {
  Random random(2);
  for (int round = 0; round < 60; ++round) {
    Counts counts(static_cast<std::size_t>(3 + random.below(6)));
    std::uint32_t weight = 1;
    for (std::uint32_t& count : counts) {
      count = weight;
      weight = weight * 2 + static_cast<std::uint32_t>(random.below(2));
    }
    const int limit = 3 + random.below(2);
    const auto lengths = huffman_lengths(counts, limit);
    REQUIRE(*std::ranges::max_element(lengths) <= limit);
    REQUIRE(kraft_sum(lengths) == 1U << 15U);
    Counts descending(counts.rbegin(), counts.rend());
    REQUIRE(cost(counts, lengths) == best_cost(descending, 0, 1, 0, limit));
  }
}

TEST_CASE("counts like Fibonacci numbers stay within 15 bits") {
  Counts counts{1, 1};
  while (counts.size() < 30)
    counts.push_back(counts[counts.size() - 1] + counts[counts.size() - 2]);
  const auto lengths = huffman_lengths(counts, 15);
  CHECK(*std::ranges::max_element(lengths) == 15);
  CHECK(kraft_sum(lengths) == 1U << 15U);
}

TEST_CASE("one symbol gets one bit and none gets nothing") {
  CHECK(huffman_lengths(Counts{0, 7, 0}, 15) == std::vector<std::uint8_t>{0, 1, 0});
  CHECK(huffman_lengths(Counts{0, 0}, 15) == std::vector<std::uint8_t>{0, 0});
}

TEST_CASE("huffman_codes gives the example of RFC 1951") {
  const std::vector<std::uint8_t> lengths{3, 3, 3, 3, 3, 2, 4, 4};
  // 010 011 100 101 110 00 1110 1111, the first bit lowest
  CHECK(huffman_codes(lengths) ==
        std::vector<std::uint16_t>{0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111});
}
