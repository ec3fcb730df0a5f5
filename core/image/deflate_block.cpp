#include "core/image/deflate_block.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "core/image/huffman_code.hpp"

namespace dgxp {
namespace {

/// One entry of the run-length form of code lengths: symbols 0..15 are lengths, 16 repeats the one
/// before, 17 and 18 repeat 0.
struct LengthRun {
  std::uint8_t symbol = 0;
  std::uint8_t extra = 0;
};

constexpr std::size_t kRunSymbols = 19;
constexpr std::array<std::uint8_t, kRunSymbols> kRunOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                          11, 4,  12, 3, 13, 2, 14, 1, 15};

unsigned run_extra_bits(std::size_t symbol) {
  if (symbol < 16) return 0;
  return symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
}

/// Which of the repeating symbols may be used; leaving one out can shorten the code of the others.
struct RunChoice {
  bool repeat = true;      ///< 16
  bool zeros = true;       ///< 17
  bool many_zeros = true;  ///< 18
};

/// The lengths that a head lists, those of both codes in one row, as stretches of equal ones.
class Stretches {
 public:
  Stretches(std::span<const std::uint8_t> literals, std::span<const std::uint8_t> distances) {
    Stretch* last = list_.data();
    *last = {literals[0], 0};
    for (const auto part : {literals, distances})
      for (const std::uint8_t value : part) {
        if (value != last->value) *++last = {value, 0};
        ++last->count;
      }
    count_ = static_cast<std::size_t>(last - list_.data()) + 1;
  }

  /// Calls `put` with each run.
  template <typename Put>
  void for_each_run(RunChoice choice, Put put) const {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::uint8_t value = list_[i].value;
      std::size_t count = list_[i].count;
      const auto put_repeats = [&](std::uint8_t symbol, std::size_t least, std::size_t most) {
        while (count >= least) {
          const std::size_t part = std::min(count, most);
          put(LengthRun{symbol, static_cast<std::uint8_t>(part - least)});
          count -= part;
        }
      };
      if (value == 0) {
        if (choice.many_zeros) put_repeats(18, 11, 138);
        if (choice.zeros) put_repeats(17, 3, 10);
      } else if (choice.repeat && count >= 4) {
        put(LengthRun{value, 0});
        --count;
        put_repeats(16, 3, 6);
      }
      for (; count > 0; --count) put(LengthRun{value, 0});
    }
  }

 private:
  struct Stretch {
    std::uint8_t value;
    std::uint16_t count;
  };
  std::array<Stretch, kLiteralSymbols + kDistanceSymbols> list_;
  std::size_t count_ = 0;
};

/// The head of a dynamic block.
struct Head {
  RunChoice choice;
  std::array<std::uint8_t, kRunSymbols> run_lengths{};  ///< code lengths of the run symbols
  std::size_t listed_runs = kRunSymbols;                ///< how many of kRunOrder are written
  std::uint64_t bits = 0;
};

Head make_head(const Stretches& stretches, RunChoice choice) {
  Head head{.choice = choice};
  std::array<std::uint32_t, kRunSymbols> counts{};
  stretches.for_each_run(choice, [&](LengthRun run) { ++counts[run.symbol]; });
  huffman_lengths(counts, 7, head.run_lengths);
  while (head.listed_runs > 4 && head.run_lengths[kRunOrder[head.listed_runs - 1]] == 0)
    --head.listed_runs;
  head.bits = 14 + 3 * head.listed_runs;
  for (std::size_t i = 0; i < counts.size(); ++i)
    head.bits += std::uint64_t{counts[i]} * (head.run_lengths[i] + run_extra_bits(i));
  return head;
}

Head best_head(const Stretches& stretches) {
  Head best = make_head(stretches, {});
  for (bool RunChoice::* symbol : {&RunChoice::many_zeros, &RunChoice::zeros, &RunChoice::repeat}) {
    RunChoice choice = best.choice;
    choice.*symbol = false;
    const Head head = make_head(stretches, choice);
    if (head.bits < best.bits) best = head;
  }
  return best;
}

/// Codes of a block and what it costs with them.
struct BlockPlan {
  std::array<std::uint8_t, 288> literals{};
  std::array<std::uint8_t, kDistanceSymbols> distances{};
  std::optional<Head> head;  ///< nothing for the fixed codes
  std::size_t listed_literals = kLiteralSymbols;
  std::size_t listed_distances = kDistanceSymbols;
  std::uint64_t bits = 0;

  Stretches stretches() const {
    return {std::span(literals).first(listed_literals),
            std::span(distances).first(listed_distances)};
  }
};

std::uint64_t token_bits(const SymbolCounts& counts, const BlockPlan& plan) {
  std::uint64_t bits = 0;
  const std::uint32_t* literals = counts.literals.data();
  const std::uint8_t* lengths = plan.literals.data();
  for (std::size_t i = 0; i < kLiteralSymbols; ++i) bits += std::uint64_t{literals[i]} * lengths[i];
  for (std::size_t i = 265; i < 285; ++i) bits += std::uint64_t{literals[i]} * ((i - 261) / 4);
  for (std::size_t i = 0; i < kDistanceSymbols; ++i)
    bits += std::uint64_t{counts.distances[i]} * (plan.distances[i] + distance_extra_bits(i));
  return bits;
}

BlockPlan fixed_plan(const SymbolCounts& counts) {
  BlockPlan plan;
  plan.literals.fill(8);
  std::fill(plan.literals.begin() + 144, plan.literals.begin() + 256, std::uint8_t{9});
  std::fill(plan.literals.begin() + 256, plan.literals.begin() + 280, std::uint8_t{7});
  plan.distances.fill(5);
  plan.bits = 3 + token_bits(counts, plan);
  return plan;
}

/// Some decoders cannot read a code of less than two symbols, so the distance code always has two.
void fill_up_distances(std::array<std::uint32_t, kDistanceSymbols>& distances) {
  for (std::size_t i = 0;
       i < 2 && std::ranges::count_if(distances, [](auto n) { return n > 0; }) < 2; ++i)
    if (distances[i] == 0) distances[i] = 1;
}

constexpr int kLongestCode = 15;

/// A plan for `counts` with codes of at most `limit` bits made for `basis`.
BlockPlan dynamic_plan(const SymbolCounts& counts, const SymbolCounts& basis,
                       int limit = kLongestCode) {
  BlockPlan plan;
  auto distances = basis.distances;
  fill_up_distances(distances);
  huffman_lengths(basis.literals, limit, plan.literals);
  huffman_lengths(distances, limit, plan.distances);
  while (plan.listed_literals > 257 && plan.literals[plan.listed_literals - 1] == 0)
    --plan.listed_literals;
  while (plan.listed_distances > 1 && plan.distances[plan.listed_distances - 1] == 0)
    --plan.listed_distances;
  plan.head = make_head(plan.stretches(), {});
  plan.bits = 3 + plan.head->bits + token_bits(counts, plan);
  return plan;
}

/// Evens out neighbouring counts that are nearly the same: their codes then have one length, which
/// the head of the block repeats in few bits.
void smooth(std::span<std::uint32_t> counts) {
  for (std::size_t start = 0; start < counts.size();) {
    std::uint64_t sum = counts[start];
    std::size_t end = start + 1;
    while (end < counts.size() && counts[start] > 0 && counts[end] > 0) {
      const std::uint64_t mean = (sum + (end - start) / 2) / (end - start);
      const std::uint64_t apart = counts[end] > mean ? counts[end] - mean : mean - counts[end];
      if (apart > 1 + mean / 4) break;
      sum += counts[end++];
    }
    const std::size_t count = end - start;
    if (count >= 4)
      std::fill(counts.begin() + static_cast<std::ptrdiff_t>(start),
                counts.begin() + static_cast<std::ptrdiff_t>(end),
                static_cast<std::uint32_t>(std::max<std::uint64_t>(1, (sum + count / 2) / count)));
    start = end;
  }
}

/// The fewest bits in which as many symbols can be told apart.
int least_limit(const SymbolCounts& counts) {
  const auto used = [](const auto& of) {
    return std::ranges::count_if(of, [](std::uint32_t n) { return n > 0; });
  };
  int limit = 1;
  while ((std::ptrdiff_t{1} << limit) < std::max(used(counts.literals), used(counts.distances)))
    ++limit;
  return limit;
}

int longest_code(const BlockPlan& plan) {
  return std::max(std::ranges::max(plan.literals), std::ranges::max(plan.distances));
}

/// In a short block the head is a quarter of all bits. Codes of fewer different lengths, though
/// worse for the tokens, can be described in less, so limits below the longest code are tried too.
BlockPlan best_plan(const SymbolCounts& counts) {
  BlockPlan best = dynamic_plan(counts, counts);
  const int least = least_limit(counts);
  const auto try_limits_below = [&](const BlockPlan& start, const SymbolCounts& basis) {
    int longest = longest_code(start);
    while (longest > least) {
      const BlockPlan plan = dynamic_plan(counts, basis, longest - 1);
      if (plan.bits < best.bits) best = plan;
      longest = longest_code(plan);
    }
  };
  try_limits_below(BlockPlan(best), counts);
  SymbolCounts smoothed = counts;
  smooth(smoothed.literals);
  smooth(smoothed.distances);
  if (smoothed != counts) {
    const BlockPlan plan = dynamic_plan(counts, smoothed);
    if (plan.bits < best.bits) best = plan;
    try_limits_below(plan, smoothed);
  }
  best.bits -= best.head->bits;
  best.head = best_head(best.stretches());
  best.bits += best.head->bits;
  return best;
}

BlockPlan plan_block(SymbolCounts counts, BlockCare care) {
  counts.literals[kEndOfBlock] = 1;
  const BlockPlan fixed = fixed_plan(counts);
  const BlockPlan dynamic =
      care == BlockCare::full ? best_plan(counts) : dynamic_plan(counts, counts);
  return dynamic.bits < fixed.bits ? dynamic : fixed;
}

void write_head(BitWriter& writer, const BlockPlan& plan) {
  writer.put(static_cast<std::uint32_t>(plan.listed_literals - 257), 5);
  writer.put(static_cast<std::uint32_t>(plan.listed_distances - 1), 5);
  writer.put(static_cast<std::uint32_t>(plan.head->listed_runs - 4), 4);
  for (std::size_t i = 0; i < plan.head->listed_runs; ++i)
    writer.put(plan.head->run_lengths[kRunOrder[i]], 3);
  const auto codes = huffman_codes(plan.head->run_lengths);
  plan.stretches().for_each_run(plan.head->choice, [&](LengthRun run) {
    writer.put(codes[run.symbol], plan.head->run_lengths[run.symbol]);
    writer.put(run.extra, run_extra_bits(run.symbol));
  });
}

void write_tokens(BitWriter& writer, std::span<const DeflateToken> tokens, const BlockPlan& plan) {
  const auto literal_codes = huffman_codes(plan.literals);
  const auto distance_codes = huffman_codes(plan.distances);
  const std::uint16_t* literals = literal_codes.data();
  const std::uint8_t* literal_bits = plan.literals.data();
  for (const DeflateToken token : tokens) {
    if (token.is_literal()) {
      writer.put(literals[token.value], literal_bits[token.value]);
      continue;
    }
    const LengthSymbol length = kLengthSymbols[token.length];
    const unsigned bits = literal_bits[length.symbol];
    writer.put(literals[length.symbol] | std::uint32_t{length.extra} << bits,
               bits + length.extra_bits);
    const std::size_t symbol = distance_symbol(token.distance());
    const unsigned extra_bits = distance_extra_bits(symbol);
    const unsigned distance_bits = plan.distances[symbol];
    writer.put(distance_codes[symbol] | distance_extra(token.distance(), extra_bits)
                                            << distance_bits,
               distance_bits + extra_bits);
  }
  writer.put(literals[kEndOfBlock], literal_bits[kEndOfBlock]);
}

void write_stored(BitWriter& writer, ByteView raw, bool is_last) {
  constexpr std::size_t kMost = 65535;
  do {
    const ByteView part = raw.first(std::min(raw.size(), kMost));
    raw = raw.subspan(part.size());
    writer.put(is_last && raw.empty() ? 1 : 0, 3);
    Bytes& bytes = writer.aligned_bytes();
    const auto size = static_cast<std::uint16_t>(part.size());
    bytes.insert(bytes.end(),
                 {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8U),
                  static_cast<std::uint8_t>(~size), static_cast<std::uint8_t>(~size >> 8U)});
    bytes.insert(bytes.end(), part.begin(), part.end());
  } while (!raw.empty());
}

}  // namespace

void SymbolCounts::add(const SymbolCounts& other) {
  for (std::size_t i = 0; i < literals.size(); ++i) literals[i] += other.literals[i];
  for (std::size_t i = 0; i < distances.size(); ++i) distances[i] += other.distances[i];
}

SymbolCounts count_symbols(std::span<const DeflateToken> tokens) {
  SymbolCounts counts;
  for (const DeflateToken token : tokens) counts.add(token);
  return counts;
}

std::uint64_t block_cost(const SymbolCounts& counts, BlockCare care) {
  return plan_block(counts, care).bits;
}

void write_block(BitWriter& writer, std::span<const DeflateToken> tokens, ByteView raw,
                 bool is_last, BlockCare care) {
  const BlockPlan plan = plan_block(count_symbols(tokens), care);
  const std::uint64_t stored_bits = 8 * (raw.size() + 5 * (raw.size() / 65535 + 1));
  if (stored_bits <= plan.bits) {
    write_stored(writer, raw, is_last);
    return;
  }
  writer.put((is_last ? 1U : 0U) | (plan.head ? 2U : 1U) << 1U, 3);
  if (plan.head) write_head(writer, plan);
  write_tokens(writer, tokens, plan);
}

}  // namespace dgxp
