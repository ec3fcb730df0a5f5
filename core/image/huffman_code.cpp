#include "core/image/huffman_code.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace dgxp {
namespace {

/// Count and symbol in one word, so that leaves sort by count and then by symbol.
constexpr unsigned kSymbolBits = 9;
constexpr std::uint32_t kSymbolMask = (1U << kSymbolBits) - 1U;

/// The 16 bits of `code` in the other direction.
std::uint32_t turned_bits(std::uint32_t code) {
  code = (code >> 1U & 0x5555U) | (code & 0x5555U) << 1U;
  code = (code >> 2U & 0x3333U) | (code & 0x3333U) << 2U;
  code = (code >> 4U & 0x0F0FU) | (code & 0x0F0FU) << 4U;
  return (code >> 8U & 0xFFU) | (code & 0xFFU) << 8U;
}

}  // namespace

std::uint32_t HuffmanLeaves::weight(std::size_t leaf) const {
  return *(leaves_.data() + leaf) >> kSymbolBits;
}

/// Depths of the Huffman tree over n sorted leaves, at the leaves' places. In place, with one array
/// for weights, parents and depths: Moffat, Katajainen, "In-Place Calculation of
/// Minimum-Redundancy Codes", 1995.
HuffmanLeaves::Leaves HuffmanLeaves::tree_depths() const {
  const std::size_t n = count_;
  Leaves depths;
  std::uint32_t* const a = depths.data();
  for (std::size_t i = 0; i < n; ++i) a[i] = weight(i);
  a[0] += a[1];
  std::size_t root = 0;
  std::size_t leaf = 2;
  for (std::size_t next = 1; next + 1 < n; ++next) {  // pair the two lightest, n - 1 times
    const auto take = [&] {
      if (leaf >= n || (root < next && a[root] < a[leaf])) {
        const std::uint32_t weight = a[root];
        a[root++] = static_cast<std::uint32_t>(next);
        return weight;
      }
      return a[leaf++];
    };
    const std::uint32_t first = take();
    a[next] = first;
    a[next] = first + take();
  }
  a[n - 2] = 0;
  for (std::size_t next = n - 2; next-- > 0;) a[next] = a[a[next]] + 1;  // parents to depths
  std::size_t available = 1;
  std::size_t used = 0;
  std::uint32_t depth = 0;
  std::ptrdiff_t inner = static_cast<std::ptrdiff_t>(n) - 2;
  std::ptrdiff_t place = static_cast<std::ptrdiff_t>(n) - 1;
  while (available > 0) {  // inner nodes to leaves
    while (inner >= 0 && a[static_cast<std::size_t>(inner)] == depth) {
      ++used;
      --inner;
    }
    while (available > used) {
      a[static_cast<std::size_t>(place--)] = depth;
      --available;
    }
    available = 2 * used;
    ++depth;
    used = 0;
  }
  return depths;
}

/// Package-merge: the best lengths under a limit. Larmore, Hirschberg, "A Fast Algorithm for
/// Optimal Length-Limited Huffman Codes", 1990.
HuffmanLeaves::Leaves HuffmanLeaves::limited_depths(std::size_t limit) const {
  const std::size_t n = count_;
  struct Item {
    std::uint32_t weight;
    bool is_leaf;  ///< else a package of two items of the level below
  };
  constexpr std::size_t kMostLevels = 15;
  using Level = std::array<Item, 2 * kMostSymbols>;
  std::array<Level, kMostLevels> levels;
  std::size_t below = 0;
  for (std::size_t level = 0; level < limit; ++level) {
    Item* const items = levels[level].data();
    const Item* const before = level > 0 ? levels[level - 1].data() : nullptr;
    const std::size_t packages = below / 2;
    std::size_t leaf = 0;
    std::size_t package = 0;
    std::size_t count = 0;
    while (leaf < n || package < packages) {
      std::uint32_t packed = 0;
      if (package < packages) packed = before[2 * package].weight + before[2 * package + 1].weight;
      const bool takes_leaf = leaf < n && (package >= packages || weight(leaf) <= packed);
      items[count++] = takes_leaf ? Item{weight(leaf), true} : Item{packed, false};
      ++(takes_leaf ? leaf : package);
    }
    below = count;
  }
  Leaves depths;
  std::fill_n(depths.begin(), n, 0U);
  std::size_t taken = 2 * n - 2;
  for (std::size_t level = limit; level-- > 0;) {
    // Items are sorted by weight and leaves among them by place, so the first leaves are taken.
    const auto items = std::span(levels[level]).first(taken);
    const auto leaf = static_cast<std::size_t>(
        std::ranges::count_if(items, [](const Item& item) { return item.is_leaf; }));
    for (std::size_t i = 0; i < leaf; ++i) ++depths[i];
    taken = 2 * (taken - leaf);
  }
  return depths;
}

HuffmanLeaves::HuffmanLeaves(std::span<const std::uint32_t> counts) {
  assert(counts.size() <= kMostSymbols);
  std::uint32_t* leaf = leaves_.data();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    *leaf = counts[i] << kSymbolBits | static_cast<std::uint32_t>(i);
    leaf += counts[i] > 0 ? 1 : 0;
  }
  count_ = static_cast<std::size_t>(leaf - leaves_.data());
  make_tree();
}

HuffmanLeaves::HuffmanLeaves(std::span<const std::uint16_t> symbols,
                             std::span<const std::uint32_t> counts)
    : count_(symbols.size()) {
  assert(counts.size() <= kMostSymbols);
  std::ranges::transform(symbols, leaves_.begin(), [&](std::uint16_t symbol) {
    return counts[symbol] << kSymbolBits | symbol;
  });
  make_tree();
}

/// By count and then by symbol, as they come. Of a sprite's leaves nearly all are rare: these are
/// dealt out by their counts, and only the others are compared.
void HuffmanLeaves::sort_leaves() {
  constexpr std::size_t kRare = 64;
  std::array<std::uint16_t, kRare + 1> place{};  // behind the leaves of lower counts
  const std::uint32_t* const leaves = leaves_.data();
  const auto bucket_of = [&](std::size_t leaf) {
    return std::min<std::size_t>(leaves[leaf] >> kSymbolBits, kRare);
  };
  for (std::size_t i = 0; i < count_; ++i) ++place.data()[bucket_of(i)];
  std::uint16_t begin = 0;
  for (std::uint16_t& behind : place) {
    const std::uint16_t size = behind;
    behind = begin;
    begin = static_cast<std::uint16_t>(begin + size);
  }
  Leaves sorted;
  for (std::size_t i = 0; i < count_; ++i) sorted.data()[place.data()[bucket_of(i)]++] = leaves[i];
  std::copy_n(sorted.begin(), count_, leaves_.begin());
  std::sort(leaves_.begin() + place[kRare - 1],
            leaves_.begin() + static_cast<std::ptrdiff_t>(count_));
}

void HuffmanLeaves::make_tree() {
  if (count_ < 2) {
    depths_[0] = 1;
    return;
  }
  sort_leaves();
  depths_ = tree_depths();
}

void HuffmanLeaves::lengths(int limit, std::span<std::uint8_t> lengths) const {
  const bool is_within = count_ == 0 || depths_[0] <= static_cast<std::uint32_t>(limit);
  const auto put = [&](const Leaves& depths) {
    for (std::size_t i = 0; i < count_; ++i)
      lengths[leaves_[i] & kSymbolMask] = static_cast<std::uint8_t>(depths[i]);
  };
  if (is_within)
    put(depths_);
  else
    put(limited_depths(static_cast<std::size_t>(limit)));
}

std::vector<std::uint8_t> huffman_lengths(std::span<const std::uint32_t> counts, int limit) {
  std::vector<std::uint8_t> lengths(counts.size());
  HuffmanLeaves(counts).lengths(limit, lengths);
  return lengths;
}

void huffman_codes(std::span<const std::uint16_t> symbols, std::span<const std::uint8_t> lengths,
                   std::span<std::uint16_t> codes) {
  constexpr std::size_t kLengths = 16;
  std::array<std::uint32_t, kLengths> of_length{};
  for (const std::uint16_t symbol : symbols) ++of_length[lengths[symbol]];
  std::array<std::uint32_t, kLengths> next{};
  for (std::size_t i = 1; i < kLengths; ++i) next[i] = (next[i - 1] + of_length[i - 1]) << 1U;
  for (const std::uint16_t symbol : symbols) {
    const std::uint8_t length = lengths[symbol];
    codes[symbol] = static_cast<std::uint16_t>(turned_bits(next[length]++) >> (16U - length));
  }
}

std::vector<std::uint16_t> huffman_codes(std::span<const std::uint8_t> lengths) {
  std::vector<std::uint16_t> symbols;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    if (lengths[i] > 0) symbols.push_back(static_cast<std::uint16_t>(i));
  std::vector<std::uint16_t> codes(lengths.size());
  huffman_codes(symbols, lengths, codes);
  return codes;
}

}  // namespace dgxp
