#include "core/image/deflate_parse.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>

#include "core/image/deflate_block.hpp"

namespace dgxp {
namespace {

/// Earlier places that begin with the same three bytes, the nearest first.
class HashChains {
 public:
  explicit HashChains(ByteView data)
      : data_(data),
        hash_bits_(std::clamp(static_cast<unsigned>(std::bit_width(data.size())), 8U, 15U)),
        heads_(std::size_t{1} << hash_bits_, kNone),
        before_(data.size(), kNone) {}

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t head(std::size_t at) const { return heads_[hash(at)]; }
  std::uint32_t before(std::uint32_t at) const { return before_[at]; }
  /// `at` + 3 must lie within the data.
  void insert(std::size_t at) {
    std::uint32_t& newest = heads_[hash(at)];
    before_[at] = newest;
    newest = static_cast<std::uint32_t>(at);
  }

 private:
  std::size_t hash(std::size_t at) const {
    const std::uint32_t bytes = std::uint32_t{data_[at]} | std::uint32_t{data_[at + 1]} << 8U |
                                std::uint32_t{data_[at + 2]} << 16U;
    return (bytes * 0x9E3779B1U) >> (32U - hash_bits_);
  }

  ByteView data_;
  unsigned hash_bits_;
  std::vector<std::uint32_t> heads_;
  std::vector<std::uint32_t> before_;
};

std::uint64_t eight_bytes(ByteView data, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, data.data() + at, sizeof word);
  return word;
}

std::size_t common_length(ByteView data, std::size_t earlier, std::size_t at, std::size_t most) {
  std::size_t length = 0;
  while (length + 8 <= most) {
    const std::uint64_t apart =
        eight_bytes(data, earlier + length) ^ eight_bytes(data, at + length);
    if (apart == 0) {
      length += 8;
      continue;
    }
    if constexpr (std::endian::native == std::endian::little)
      return length + static_cast<std::size_t>(std::countr_zero(apart)) / 8;
    else
      return length + static_cast<std::size_t>(std::countl_zero(apart)) / 8;
  }
  while (length < most && data[earlier + length] == data[at + length]) ++length;
  return length;
}

/// A copy that is possible at a place. Of copies with one distance symbol only the longest counts.
struct Candidate {
  std::uint16_t length = 0;
  std::uint16_t distance = 0;  ///< less one
  std::uint8_t symbol = 0;
};

/// All candidates of all places, each place's from the longest to the shortest.
struct Candidates {
  std::vector<Candidate> list;
  std::vector<std::uint32_t> starts;  ///< one more than places

  std::span<const Candidate> at(std::size_t place) const {
    return std::span(list).subspan(starts[place], starts[place + 1] - starts[place]);
  }
};

Candidates find_candidates(ByteView data) {
  // Sprites are searched in full; larger data may cost a bounded number of steps.
  const std::size_t most_steps =
      std::clamp<std::size_t>((std::size_t{1} << 21U) / (data.size() + 1), 32, 400);
  Candidates found;
  found.starts.reserve(data.size() + 1);
  HashChains chains(data);
  for (std::size_t at = 0; at < data.size(); ++at) {
    found.starts.push_back(static_cast<std::uint32_t>(found.list.size()));
    const std::size_t most = std::min(data.size() - at, kLongestCopy);
    if (most < kShortestCopy) continue;
    std::array<std::uint16_t, kDistanceSymbols> longest{};
    const std::size_t first = found.list.size();
    std::size_t steps = 0;
    for (std::uint32_t earlier = chains.head(at);
         earlier != HashChains::kNone && at - earlier <= kFarthestCopy && steps < most_steps;
         earlier = chains.before(earlier), ++steps) {
      const std::size_t symbol = distance_symbol(at - earlier);
      const std::size_t to_beat = longest[symbol];
      if (to_beat == most || data[earlier + to_beat] != data[at + to_beat]) continue;
      const std::size_t length = common_length(data, earlier, at, most);
      if (length < kShortestCopy || length <= to_beat) continue;
      const Candidate candidate{static_cast<std::uint16_t>(length),
                                static_cast<std::uint16_t>(at - earlier - 1),
                                static_cast<std::uint8_t>(symbol)};
      const auto known =
          std::find_if(found.list.begin() + static_cast<std::ptrdiff_t>(first), found.list.end(),
                       [&](const Candidate& c) { return c.symbol == symbol; });
      if (known == found.list.end())
        found.list.push_back(candidate);
      else
        *known = candidate;
      longest[symbol] = candidate.length;
      if (length == most) break;
    }
    std::sort(found.list.begin() + static_cast<std::ptrdiff_t>(first), found.list.end(),
              [](const Candidate& a, const Candidate& b) {
                return a.length != b.length ? a.length > b.length : a.distance < b.distance;
              });
    chains.insert(at);
  }
  found.starts.push_back(static_cast<std::uint32_t>(found.list.size()));
  return found;
}

/// Prices in 1/256 bit.
struct Prices {
  std::array<std::uint32_t, 256> literals{};
  std::array<std::uint32_t, kLongestCopy + 1> lengths{};
  std::array<std::uint32_t, kDistanceSymbols> distances{};
};
constexpr std::uint32_t kBit = 256;

Prices fixed_prices() {
  Prices prices;
  for (std::size_t i = 0; i < 256; ++i) prices.literals[i] = (i < 144 ? 8 : 9) * kBit;
  for (std::size_t i = kShortestCopy; i <= kLongestCopy; ++i)
    prices.lengths[i] =
        ((kLengthSymbols[i].symbol < 280 ? 7U : 8U) + kLengthSymbols[i].extra_bits) * kBit;
  for (std::size_t i = 0; i < kDistanceSymbols; ++i)
    prices.distances[i] = (5 + distance_extra_bits(i)) * kBit;
  return prices;
}

/// log2(value) * 256 in whole numbers, rounded down, so that it is the same everywhere.
std::uint32_t log2_price(std::uint64_t value) {
  const auto whole = static_cast<std::uint32_t>(std::bit_width(value)) - 1;
  std::uint64_t mantissa = whole > 30 ? value >> (whole - 30U) : value << (30U - whole);  // 1..2
  std::uint32_t result = whole;
  for (int bit = 0; bit < 8; ++bit) {
    mantissa = mantissa * mantissa >> 30U;
    result <<= 1U;
    if (mantissa >= std::uint64_t{1} << 31U) {
      mantissa >>= 1U;
      result |= 1U;
    }
  }
  return result;
}

/// The information in a symbol; one that does not occur costs as if it occurred half a time.
std::uint32_t symbol_price(std::uint64_t total, std::uint32_t count) {
  const std::uint32_t log_total = log2_price(std::max<std::uint64_t>(total, 1));
  if (count == 0) return log_total + kBit;
  return log_total - log2_price(count);
}

Prices prices_of(const SymbolCounts& counts) {
  std::uint64_t literals = 1;  // the end of the block
  for (const std::uint32_t count : counts.literals) literals += count;
  std::uint64_t distances = 0;
  for (const std::uint32_t count : counts.distances) distances += count;
  Prices prices;
  for (std::size_t i = 0; i < 256; ++i)
    prices.literals[i] = symbol_price(literals, counts.literals[i]);
  std::array<std::uint32_t, kLiteralSymbols> of_symbol{};
  for (std::size_t i = 257; i < kLiteralSymbols; ++i)
    of_symbol[i] = symbol_price(literals, counts.literals[i]);
  for (std::size_t i = kShortestCopy; i <= kLongestCopy; ++i)
    prices.lengths[i] = of_symbol[kLengthSymbols[i].symbol] + kLengthSymbols[i].extra_bits * kBit;
  for (std::size_t i = 0; i < kDistanceSymbols; ++i)
    prices.distances[i] =
        symbol_price(distances, counts.distances[i]) + distance_extra_bits(i) * kBit;
  return prices;
}

/// The cheapest way to each place.
struct Step {
  std::uint32_t price = std::numeric_limits<std::uint32_t>::max();
  DeflateToken token;
};

std::vector<DeflateToken> cheapest_path(ByteView data, const Candidates& candidates,
                                        const Prices& prices, std::vector<Step>& steps) {
  steps.assign(data.size() + 1, Step{});
  steps[0].price = 0;
  for (std::size_t at = 0; at < data.size(); ++at) {
    const std::uint32_t price = steps[at].price;
    const std::uint32_t literal = price + prices.literals[data[at]];
    if (literal < steps[at + 1].price) steps[at + 1] = {literal, DeflateToken::literal(data[at])};
    const auto here = candidates.at(at);
    if (here.empty()) continue;
    std::uint32_t nearest_price = std::numeric_limits<std::uint32_t>::max();
    std::uint16_t nearest = 0;
    auto next = here.begin();
    // In a long uniform stretch nothing is better than the longest copy, and trying the shorter
    // ones at each place would take most of the time.
    const std::size_t shortest = here.front().length == kLongestCopy ? kLongestCopy : kShortestCopy;
    for (std::size_t length = here.front().length; length >= shortest; --length) {
      for (; next != here.end() && next->length >= length; ++next)
        if (prices.distances[next->symbol] < nearest_price) {
          nearest_price = prices.distances[next->symbol];
          nearest = next->distance;
        }
      const std::uint32_t copy = price + prices.lengths[length] + nearest_price;
      if (copy < steps[at + length].price)
        steps[at + length] = {copy, {static_cast<std::uint16_t>(length), nearest}};
    }
  }
  std::vector<DeflateToken> path;
  for (std::size_t at = data.size(); at > 0; at -= steps[at].token.length)
    path.push_back(steps[at].token);
  std::ranges::reverse(path);
  return path;
}

}  // namespace

std::vector<DeflateToken> parse_thoroughly(ByteView data) {
  const int most_rounds = data.size() <= 8192 ? 12 : 3;
  const Candidates candidates = find_candidates(data);
  std::vector<Step> steps;
  std::vector<DeflateToken> best = cheapest_path(data, candidates, fixed_prices(), steps);
  SymbolCounts counts = count_symbols(best);
  std::uint64_t least = block_cost(counts);
  int rounds_without_gain = 0;
  for (int round = 0; round < most_rounds && rounds_without_gain < 2; ++round) {
    auto path = cheapest_path(data, candidates, prices_of(counts), steps);
    counts = count_symbols(path);
    const std::uint64_t cost = block_cost(counts);
    ++rounds_without_gain;
    if (cost >= least) continue;
    least = cost;
    best = std::move(path);
    rounds_without_gain = 0;
  }
  return best;
}

std::vector<DeflateToken> parse_quickly(ByteView data) {
  constexpr int kMostSteps = 24;
  constexpr std::size_t kGoodLength = 32;  // long enough to take without looking further
  struct Copy {
    std::size_t length = 0;
    std::size_t distance = 0;
  };
  HashChains chains(data);
  const auto best_copy = [&](std::size_t at, std::size_t to_beat) {
    Copy best{.length = to_beat, .distance = 0};
    const std::size_t most = std::min(data.size() - at, kLongestCopy);
    if (most < kShortestCopy) return Copy{};
    int steps = 0;
    for (std::uint32_t earlier = chains.head(at);
         earlier != HashChains::kNone && at - earlier <= kFarthestCopy && steps < kMostSteps;
         earlier = chains.before(earlier), ++steps) {
      if (best.length >= most) break;
      if (data[earlier + best.length] != data[at + best.length]) continue;
      const std::size_t length = common_length(data, earlier, at, most);
      // Three bytes from afar cost more than three literals.
      if (length <= best.length || (length == kShortestCopy && at - earlier > 4096)) continue;
      best = {length, at - earlier};
      if (length >= kGoodLength) break;
    }
    return best.distance > 0 ? best : Copy{};
  };
  const auto insert = [&](std::size_t at) {
    if (at + kShortestCopy <= data.size()) chains.insert(at);
  };
  std::vector<DeflateToken> tokens;
  Copy pending;  // found at the place before
  for (std::size_t at = 0; at < data.size();) {
    const Copy here = pending.length >= kGoodLength
                          ? Copy{}
                          : best_copy(at, std::max(pending.length, kShortestCopy - 1));
    insert(at);
    if (pending.length > 0 && here.length == 0) {
      tokens.push_back(DeflateToken::copy(pending.length, pending.distance));
      for (std::size_t i = at + 1; i < at + pending.length - 1; ++i) insert(i);
      at += pending.length - 1;
      pending = {};
      continue;
    }
    if (pending.length > 0) tokens.push_back(DeflateToken::literal(data[at - 1]));
    if (here.length == 0) tokens.push_back(DeflateToken::literal(data[at]));
    pending = here;
    ++at;
  }
  return tokens;
}

}  // namespace dgxp
