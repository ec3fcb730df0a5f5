#include "core/image/huffman_code.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dgxp {
namespace {

struct Leaf {
  std::uint32_t count = 0;
  std::uint32_t symbol = 0;
};

/// Depths of the Huffman tree over leaves sorted by count, at the leaves' places. In place, with
/// one array for weights, parents and depths: Moffat, Katajainen, "In-Place Calculation of
/// Minimum-Redundancy Codes", 1995.
std::vector<std::uint32_t> tree_depths(const std::vector<Leaf>& leaves) {
  const std::size_t n = leaves.size();
  std::vector<std::uint32_t> a(n);
  for (std::size_t i = 0; i < n; ++i) a[i] = leaves[i].count;
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
  return a;
}

/// Package-merge: the best lengths under a limit. Larmore, Hirschberg, "A Fast Algorithm for
/// Optimal Length-Limited Huffman Codes", 1990.
std::vector<std::uint32_t> limited_depths(const std::vector<Leaf>& leaves, int limit) {
  struct Item {
    std::uint32_t weight;
    int leaf;  ///< -1 for a package of two items of the level below
  };
  const std::size_t n = leaves.size();
  std::vector<std::vector<Item>> levels(static_cast<std::size_t>(limit));
  for (std::size_t level = 0; level < levels.size(); ++level) {
    std::vector<Item>& items = levels[level];
    const std::size_t packages = level == 0 ? 0 : levels[level - 1].size() / 2;
    std::size_t leaf = 0;
    std::size_t package = 0;
    while (leaf < n || package < packages) {
      std::uint32_t weight = 0;
      if (package < packages)
        weight = levels[level - 1][2 * package].weight + levels[level - 1][2 * package + 1].weight;
      if (leaf < n && (package >= packages || leaves[leaf].count <= weight)) {
        items.push_back({leaves[leaf].count, static_cast<int>(leaf)});
        ++leaf;
      } else {
        items.push_back({weight, -1});
        ++package;
      }
    }
  }
  std::vector<std::uint32_t> depths(n);
  std::size_t taken = 2 * n - 2;
  for (std::size_t level = levels.size(); level-- > 0;) {
    std::size_t packages = 0;
    for (std::size_t i = 0; i < taken; ++i) {
      const int leaf = levels[level][i].leaf;
      if (leaf < 0)
        ++packages;
      else
        ++depths[static_cast<std::size_t>(leaf)];
    }
    taken = 2 * packages;
  }
  return depths;
}

}  // namespace

std::vector<std::uint8_t> huffman_lengths(std::span<const std::uint32_t> counts, int limit) {
  std::vector<std::uint8_t> lengths(counts.size());
  std::vector<Leaf> leaves;
  leaves.reserve(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) leaves.push_back({counts[i], static_cast<std::uint32_t>(i)});
  if (leaves.size() < 2) {
    if (!leaves.empty()) lengths[leaves[0].symbol] = 1;
    return lengths;
  }
  std::ranges::sort(leaves, [](const Leaf& a, const Leaf& b) {
    return a.count != b.count ? a.count < b.count : a.symbol < b.symbol;
  });
  auto depths = tree_depths(leaves);
  if (depths[0] > static_cast<std::uint32_t>(limit)) depths = limited_depths(leaves, limit);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    lengths[leaves[i].symbol] = static_cast<std::uint8_t>(depths[i]);
  return lengths;
}

std::vector<std::uint16_t> huffman_codes(std::span<const std::uint8_t> lengths) {
  constexpr std::size_t kMost = 16;
  std::array<std::uint32_t, kMost> of_length{};
  for (const std::uint8_t length : lengths) ++of_length.at(length);
  of_length[0] = 0;
  std::array<std::uint32_t, kMost> next{};
  for (std::size_t i = 1; i < kMost; ++i) next.at(i) = (next.at(i - 1) + of_length.at(i - 1)) << 1U;
  std::vector<std::uint16_t> codes(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::uint32_t code = next.at(lengths[i])++;
    std::uint32_t turned = 0;
    for (int bit = 0; bit < lengths[i]; ++bit, code >>= 1U) turned = turned << 1U | (code & 1U);
    codes[i] = static_cast<std::uint16_t>(turned);
  }
  return codes;
}

}  // namespace dgxp
