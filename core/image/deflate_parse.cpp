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
#include "core/image/deflate_chains.hpp"
#include "core/image/deflate_matches.hpp"

namespace dgxp {
namespace {

/// Prices in 1/256 bit.
struct Prices {
  std::array<std::uint32_t, 256> literals{};
  std::array<std::uint32_t, kLongestCopy + 1> lengths{};
  std::array<std::uint32_t, kDistanceSymbols> distances{};
};
constexpr std::uint32_t kBit = 256;

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
  std::uint32_t price;
  DeflateToken token;
};

/// The next shorter length to try, by length. All of them, or of a long copy only the longest of
/// each length symbol, which saves a third of the time.
using LengthSteps = std::array<std::uint16_t, kLongestCopy + 1>;
constexpr LengthSteps make_length_steps(bool all) {
  LengthSteps steps{};
  for (std::size_t length = kShortestCopy; length <= kLongestCopy; ++length) {
    std::size_t shorter = length - 1;
    while (!all && shorter > kShortestCopy &&
           kLengthSymbols[shorter].symbol == kLengthSymbols[length].symbol)
      --shorter;
    steps[length] = static_cast<std::uint16_t>(shorter);
  }
  return steps;
}
constexpr LengthSteps kEachLength = make_length_steps(true);
constexpr LengthSteps kEachLengthSymbol = make_length_steps(false);

/// Offers the copies at a place to the places behind it. Pointers, since this is where most of the
/// time goes.
void offer_copies(const DeflateMatch* list, std::uint32_t longest, const Prices& prices,
                  const LengthSteps& lengths, Step* step) {
  const std::uint32_t price = step->price;
  std::uint32_t nearest_price = std::numeric_limits<std::uint32_t>::max();
  std::uint16_t nearest = 0;
  std::size_t length = list[longest].length;
  // In a long uniform stretch nothing is better than the longest copy, and trying the shorter
  // ones at each place would take most of the time.
  const std::size_t shortest = length == kLongestCopy ? kLongestCopy : kShortestCopy;
  for (std::uint32_t now = longest; now != DeflateMatches::kNone && length >= shortest;) {
    const std::uint32_t distance_price =
        prices.distances[distance_symbol(std::size_t{list[now].distance} + 1)];
    if (distance_price < nearest_price) {
      nearest_price = distance_price;
      nearest = list[now].distance;
    }
    now = list[now].shorter;
    const std::size_t until = now == DeflateMatches::kNone
                                  ? shortest
                                  : std::max<std::size_t>(shortest, list[now].length + 1U);
    for (; length >= until; length = lengths[length]) {
      const std::uint32_t copy = price + nearest_price + prices.lengths[length];
      if (copy < step[length].price)
        step[length] = {copy, {static_cast<std::uint16_t>(length), nearest}};
    }
  }
}

std::vector<DeflateToken> cheapest_path(ByteView data, const DeflateMatches& matches,
                                        const Prices& prices, std::vector<Step>& steps) {
  steps.assign(data.size() + 1, Step{std::numeric_limits<std::uint32_t>::max(), {}});
  Step* step = steps.data();
  const LengthSteps& lengths = data.size() <= kBriefBytes ? kEachLengthSymbol : kEachLength;
  step[0].price = 0;
  for (std::size_t at = 0; at < data.size(); ++at) {
    const std::uint32_t literal = step[at].price + prices.literals[data[at]];
    if (literal < step[at + 1].price) step[at + 1] = {literal, DeflateToken::literal(data[at])};
    if (matches.longest[at] != DeflateMatches::kNone)
      offer_copies(matches.list.data(), matches.longest[at], prices, lengths, step + at);
  }
  std::vector<DeflateToken> path;
  for (std::size_t at = data.size(); at > 0; at -= step[at].token.length)
    path.push_back(step[at].token);
  std::ranges::reverse(path);
  return path;
}

}  // namespace

std::vector<DeflateToken> parse_thoroughly(ByteView data, const SymbolCounts& start) {
  constexpr int kMostRounds = 6;
  const DeflateMatches matches = find_matches(data);
  std::vector<Step> steps;
  std::vector<DeflateToken> best = cheapest_path(data, matches, prices_of(start), steps);
  SymbolCounts counts = count_symbols(best);
  std::uint64_t least = block_cost(counts);
  for (int round = 1; round < kMostRounds; ++round) {
    auto path = cheapest_path(data, matches, prices_of(counts), steps);
    counts = count_symbols(path);
    const std::uint64_t cost = block_cost(counts);
    if (cost >= least) break;
    least = cost;
    best = std::move(path);
  }
  return best;
}

namespace {

struct Copy {
  std::size_t length = 0;
  std::size_t distance = 0;
};

constexpr std::size_t kGoodLength = 24;  // long enough to take without looking further

/// A copy at `at` longer than `to_beat`, among the nearest ones; of length 0 if there is none.
Copy find_copy(ByteView data, const HashChains& chains, std::size_t at, std::size_t to_beat) {
  constexpr int kMostSteps = 16;
  const std::size_t most = std::min(data.size() - at, kLongestCopy);
  if (most < kShortestCopy || to_beat >= most) return {};
  const std::uint8_t* bytes = data.data();
  Copy best{.length = to_beat, .distance = 0};
  std::uint32_t earlier = chains.head(at);
  for (int steps = 0;
       earlier != HashChains::kNone && at - earlier <= kFarthestCopy && steps < kMostSteps;
       earlier = chains.before(earlier), ++steps) {
    if (bytes[earlier + best.length] != bytes[at + best.length]) continue;
    const std::size_t length = common_length(data, earlier, at, most);
    // Three bytes from afar cost more than three literals.
    if (length <= best.length || (length == kShortestCopy && at - earlier > 4096)) continue;
    best = {.length = length, .distance = at - earlier};
    if (length >= kGoodLength || length >= most) break;
  }
  return best.distance > 0 ? best : Copy{};
}

}  // namespace

std::vector<DeflateToken> parse_quickly(ByteView data) {
  HashChains chains(data);
  const std::size_t last_insert = data.size() < kShortestCopy ? 0 : data.size() - kShortestCopy + 1;
  const auto insert = [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < std::min(end, last_insert); ++i) chains.insert(i);
  };
  std::vector<DeflateToken> tokens(data.size());
  DeflateToken* next = tokens.data();
  Copy pending;  // found at the place before
  for (std::size_t at = 0; at < data.size();) {
    const Copy here =
        pending.length >= kGoodLength
            ? Copy{}
            : find_copy(data, chains, at, std::max(pending.length, kShortestCopy - 1));
    insert(at, at + 1);
    if (pending.length > 0 && here.length == 0) {
      *next++ = DeflateToken::copy(pending.length, pending.distance);
      insert(at + 1, at + pending.length - 1);
      at += pending.length - 1;
      pending = {};
      continue;
    }
    if (pending.length > 0) *next++ = DeflateToken::literal(data[at - 1]);
    if (here.length == 0) *next++ = DeflateToken::literal(data[at]);
    pending = here;
    ++at;
  }
  tokens.resize(static_cast<std::size_t>(next - tokens.data()));
  return tokens;
}

}  // namespace dgxp
