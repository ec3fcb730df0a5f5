#include "core/image/deflate_parse.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>

#include "core/image/deflate_block.hpp"
#include "core/image/deflate_chains.hpp"
#include "core/image/deflate_matches.hpp"

namespace dgxp {
namespace {

/// Prices in 1/256 bit.
struct Prices {
  std::array<std::uint32_t, 256> literals;
  std::array<std::uint32_t, kLongestCopy + 1> lengths;
  std::array<std::uint32_t, kDistanceSymbols> distances;
};
constexpr std::uint32_t kBit = 256;

/// log2(value) * 256 in whole numbers, rounded down, so that it is the same everywhere.
constexpr std::uint32_t log2_price(std::uint64_t value) {
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

constexpr std::size_t kFewCounts = 512;
constexpr std::array<std::uint32_t, kFewCounts> make_log2_prices() {
  std::array<std::uint32_t, kFewCounts> prices{};
  for (std::size_t i = 1; i < kFewCounts; ++i) prices[i] = log2_price(i);
  return prices;
}
constexpr auto kLog2Prices = make_log2_prices();

/// The information in each symbol of an alphabet of `total` uses; one that does not occur costs as
/// if it occurred half a time.
class SymbolPrices {
 public:
  explicit SymbolPrices(std::uint64_t total)
      : log_total_(log2_price(std::max<std::uint64_t>(total, 1))) {}
  std::uint32_t operator()(std::uint32_t count) const {
    if (count == 0) return log_total_ + kBit;
    return log_total_ - (count < kFewCounts ? kLog2Prices[count] : log2_price(count));
  }

 private:
  std::uint32_t log_total_;
};

Prices prices_of(const SymbolCounts& counts) {
  const std::uint64_t literals = std::accumulate(counts.literals.begin(), counts.literals.end(),
                                                 std::uint64_t{1});  // the end of the block
  const std::uint64_t distances =
      std::accumulate(counts.distances.begin(), counts.distances.end(), std::uint64_t{0});
  Prices prices;
  const SymbolPrices of_literal(literals);
  std::transform(counts.literals.begin(), counts.literals.begin() + kEndOfBlock,
                 prices.literals.begin(), of_literal);
  // Lengths of one symbol stand side by side.
  std::size_t symbol = kEndOfBlock;
  std::uint32_t price = 0;
  for (std::size_t i = kShortestCopy; i <= kLongestCopy; ++i) {
    if (kLengthSymbols[i].symbol != symbol) {
      symbol = kLengthSymbols[i].symbol;
      price = of_literal(counts.literals[symbol]) + kLengthSymbols[i].extra_bits * kBit;
    }
    prices.lengths[i] = price;
  }
  const SymbolPrices of_distance(distances);
  for (std::size_t i = 0; i < kDistanceSymbols; ++i)
    prices.distances[i] = of_distance(counts.distances[i]) + distance_extra_bits(i) * kBit;
  return prices;
}

/// The cheapest way to a place: its price, and the last token on it. In one word, so that the
/// cheaper of two is taken without a branch, which nothing could predict.
class Step {
 public:
  Step() = default;
  Step(std::uint32_t price, DeflateToken token)
      : word_(std::uint64_t{price} << 32U | std::uint32_t{token.length} << 16U | token.value) {}

  std::uint32_t price() const { return static_cast<std::uint32_t>(word_ >> 32U); }
  std::size_t length() const { return word_ >> 16U & 0xFFFFU; }
  DeflateToken token() const {
    return {static_cast<std::uint16_t>(word_ >> 16U), static_cast<std::uint16_t>(word_)};
  }
  void offer(Step other) { word_ = other.price() < price() ? other.word_ : word_; }

 private:
  std::uint64_t word_ = ~std::uint64_t{0};
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
constexpr std::size_t kLastOwnSymbol = 10;
constexpr LengthSteps kEachLength = make_length_steps(true);
constexpr LengthSteps kEachLengthSymbol = make_length_steps(false);

/// Offers the copies at a place to the places behind it. Pointers, since this is where most of the
/// time goes.
void offer_copies(std::span<const DeflateMatch> matches, const Prices& prices,
                  const LengthSteps& lengths, Step* step) {
  const DeflateMatch* const first = matches.data();
  const DeflateMatch* match = first + matches.size() - 1;
  std::uint32_t nearest_price = std::numeric_limits<std::uint32_t>::max();
  std::uint16_t nearest = 0;
  std::size_t length = match->length;
  // In a long uniform stretch nothing is better than the longest copy, and trying the shorter
  // ones at each place would take most of the time.
  const std::size_t shortest = length == kLongestCopy ? kLongestCopy : kShortestCopy;
  const std::uint32_t* const length_prices = prices.lengths.data();
  const std::uint32_t* const distance_prices = prices.distances.data();
  const std::uint16_t* const next_length = lengths.data();
  for (; length >= shortest; --match) {
    if (distance_prices[match->symbol] < nearest_price) {
      nearest_price = distance_prices[match->symbol];
      nearest = match->distance;
    }
    const std::size_t until =
        match == first ? shortest : std::max<std::size_t>(shortest, match[-1].length + 1U);
    const std::uint32_t price = step->price() + nearest_price;
    const auto offer = [step, length_prices, price, nearest](std::size_t of) {
      step[of].offer({price + length_prices[of], {static_cast<std::uint16_t>(of), nearest}});
    };
    // Up to kLastOwnSymbol each length has a symbol of its own, and no table is needed.
    for (; length > kLastOwnSymbol && length >= until; length = next_length[length]) offer(length);
    for (; length >= until; --length) offer(length);
  }
}

/// The tokens of the cheapest way. `steps` is for one more than the bytes.
std::vector<DeflateToken> cheapest_path(ByteView data, const DeflateMatches& matches,
                                        const Prices& prices, std::span<Step> steps) {
  std::ranges::fill(steps, Step());
  Step* const step = steps.data();
  const std::uint8_t* const bytes = data.data();
  const LengthSteps& lengths = data.size() <= kBriefBytes ? kEachLengthSymbol : kEachLength;
  step[0] = Step(0, {});
  for (std::size_t at = 0; at < data.size(); ++at) {
    step[at + 1].offer(
        {step[at].price() + prices.literals[bytes[at]], DeflateToken::literal(bytes[at])});
    if (const auto copies = matches.at(at); !copies.empty())
      offer_copies(copies, prices, lengths, step + at);
  }
  std::size_t count = 0;
  for (std::size_t at = data.size(); at > 0; at -= step[at].length()) ++count;
  std::vector<DeflateToken> path(count);
  for (std::size_t at = data.size(); at > 0; at -= step[at].length())
    path[--count] = step[at].token();
  return path;
}

}  // namespace

std::vector<DeflateToken> parse_thoroughly(ByteView data, const SymbolCounts& start) {
  constexpr int kMostRounds = 6;
  const DeflateMatches matches = find_matches(data);
  std::vector<Step> steps(data.size() + 1);
  std::vector<DeflateToken> best = cheapest_path(data, matches, prices_of(start), steps);
  SymbolCounts counts = count_symbols(best);
  std::uint64_t least = block_cost(counts);
  for (int round = 1; round < kMostRounds; ++round) {
    auto path = cheapest_path(data, matches, prices_of(counts), steps);
    const SymbolCounts now = count_symbols(path);
    if (now == counts) break;  // the same prices would give the same path again
    counts = now;
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
Copy find_copy(ByteView data, const HashChains& chains, std::size_t chain, std::size_t at,
               std::size_t to_beat) {
  constexpr int kMostSteps = 16;
  constexpr std::size_t kFarForThree = 4096;  // three bytes from afar cost more than three literals
  const std::size_t most = std::min(data.size() - at, kLongestCopy);
  if (to_beat >= most) return {};
  const std::uint8_t* bytes = data.data();
  Copy best{.length = to_beat, .distance = 0};
  const std::uint8_t* tail = bytes + best.length - 1;
  auto wanted = word_at<std::uint16_t>(tail + at);
  const std::uint32_t* const before = chains.before();
  std::uint32_t earlier = chains.head(chain);
  for (int steps = 0;
       earlier != HashChains::kNone && at - earlier <= kFarthestCopy && steps < kMostSteps;
       earlier = before[earlier], ++steps) {
    if (word_at<std::uint16_t>(tail + earlier) != wanted) continue;
    const std::size_t length = common_length(bytes + earlier, bytes + at, most);
    if (length <= best.length || (length == kShortestCopy && at - earlier > kFarForThree)) continue;
    best = {.length = length, .distance = at - earlier};
    if (length >= kGoodLength || length >= most) break;
    tail = bytes + best.length - 1;
    wanted = word_at<std::uint16_t>(tail + at);
  }
  return best.distance > 0 ? best : Copy{};
}

/// One pass with lazy matching, in steps, so that it can begin and end anywhere. What it finds at a
/// place depends on nothing but the 32 KiB before it, the bytes of the longest copy behind it, and
/// the copy that was found one place before.
class QuickParse {
 public:
  explicit QuickParse(ByteView data)
      : data_(data),
        chains_(data),
        insert_end_(data.size() < kShortestCopy ? 0 : data.size() - kShortestCopy + 1) {}

  /// Goes on at `at`, as if all before had been parsed and no copy were pending.
  void begin_at(std::size_t at) {
    at_ = at;
    pending_ = {};
    const std::size_t first = at > kFarthestCopy ? at - kFarthestCopy : 0;
    for (std::size_t i = first; i < std::min(at, insert_end_); ++i)
      chains_.insert(chains_.chain_of(i), i);
  }
  std::size_t at() const { return at_; }
  bool is_at_end() const { return at_ >= data_.size(); }
  /// Nothing that was found so far has a say in what comes.
  bool is_clean() const { return pending_.length == 0; }

  /// Takes one step and puts what is settled by it to `next`; comes back with what follows.
  DeflateToken* step(DeflateToken* next) {
    Copy here;
    if (at_ < insert_end_) {
      const std::size_t chain = chains_.chain_of(at_);
      if (pending_.length < kGoodLength)
        here = find_copy(data_, chains_, chain, at_, std::max(pending_.length, kShortestCopy - 1));
      chains_.insert(chain, at_);
    }
    if (pending_.length > 0 && here.length == 0) {
      *next++ = DeflateToken::copy(pending_.length, pending_.distance);
      const std::size_t end = at_ + pending_.length - 1;
      while (++at_ < std::min(end, insert_end_)) chains_.insert(chains_.chain_of(at_), at_);
      at_ = end;
      pending_ = {};
      return next;
    }
    if (pending_.length > 0) *next++ = DeflateToken::literal(data_.data()[at_ - 1]);
    if (here.length == 0) *next++ = DeflateToken::literal(data_.data()[at_]);
    pending_ = here;
    ++at_;
    return next;
  }

 private:
  ByteView data_;
  HashChains chains_;
  std::size_t insert_end_;
  std::size_t at_ = 0;
  Copy pending_;  // found at the place before
};

/// Where two of a size differ: the first place, and the one behind the last.
struct Difference {
  std::size_t begin = 0;
  std::size_t end = 0;
};
Difference find_difference(ByteView a, ByteView b) {
  // Whole blocks first: of a page of a megabyte most is the same.
  constexpr std::size_t kBlock = 4096;
  const auto same = [&](std::size_t from, std::size_t count) {
    return std::ranges::equal(a.subspan(from, count), b.subspan(from, count));
  };
  std::size_t begin = 0;
  while (begin + kBlock <= a.size() && same(begin, kBlock)) begin += kBlock;
  while (begin < a.size() && a[begin] == b[begin]) ++begin;
  std::size_t end = a.size();
  if (begin == end) return {.begin = end, .end = end};
  while (end >= begin + kBlock && same(end - kBlock, kBlock)) end -= kBlock;
  while (a[end - 1] == b[end - 1]) --end;
  return {.begin = begin, .end = end};
}

/// Further than what is looked at behind a place.
constexpr std::size_t kLookAhead = 2 * kLongestCopy;

}  // namespace

std::vector<DeflateToken> parse_quickly(ByteView data) {
  std::vector<DeflateToken> tokens(data.size());
  DeflateToken* next = tokens.data();
  QuickParse parse(data);
  while (!parse.is_at_end()) next = parse.step(next);
  tokens.resize(static_cast<std::size_t>(next - tokens.data()));
  return tokens;
}

std::vector<DeflateToken> parse_quickly_after(ByteView data, const ParsedData& before) {
  if (data.size() != before.data.size()) return parse_quickly(data);
  const Difference difference = find_difference(data, before.data);
  if (difference.begin == data.size()) return before.tokens;
  // Behind a copy nothing is pending. The last one that cannot have seen the difference:
  std::size_t kept = 0;
  std::size_t begin = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < before.tokens.size(); ++i) {
    at += before.tokens[i].length;
    if (at + kLookAhead > difference.begin) break;
    if (before.tokens[i].is_literal()) continue;
    kept = i + 1;
    begin = at;
  }
  std::vector<DeflateToken> tokens(before.tokens.begin(),
                                   before.tokens.begin() + static_cast<std::ptrdiff_t>(kept));
  // From here on both parses go the same way once they meet behind a copy.
  const std::size_t same_from = difference.end + kFarthestCopy + kLookAhead;
  QuickParse parse(data);
  parse.begin_at(begin);
  std::size_t old = kept;
  std::size_t old_at = begin;
  std::array<DeflateToken, 2> settled;
  while (!parse.is_at_end()) {
    tokens.insert(tokens.end(), settled.data(), parse.step(settled.data()));
    if (parse.at() < same_from || !parse.is_clean()) continue;
    while (old_at < parse.at()) old_at += before.tokens[old++].length;
    if (old_at != parse.at() || before.tokens[old - 1].is_literal()) continue;
    tokens.insert(tokens.end(), before.tokens.begin() + static_cast<std::ptrdiff_t>(old),
                  before.tokens.end());
    break;
  }
  return tokens;
}

}  // namespace dgxp
