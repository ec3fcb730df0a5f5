#include "core/image/deflate_block.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/image/huffman_code.hpp"

namespace dgxp {
namespace {

using Lengths = std::vector<std::uint8_t>;

/// One entry of the run-length form of code lengths: symbols 0..15 are lengths, 16 repeats the one
/// before, 17 and 18 repeat 0.
struct LengthRun {
  std::uint8_t symbol = 0;
  std::uint8_t extra = 0;
};

constexpr std::array<std::uint8_t, 19> kRunOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
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

/// Calls `put` with each run.
template <typename Put>
void for_each_run(std::span<const std::uint8_t> lengths, RunChoice choice, Put put) {
  const auto put_repeats = [&](std::size_t& count, std::uint8_t symbol, std::size_t least,
                               std::size_t most) {
    while (count >= least) {
      const std::size_t part = std::min(count, most);
      put(LengthRun{symbol, static_cast<std::uint8_t>(part - least)});
      count -= part;
    }
  };
  for (std::size_t i = 0; i < lengths.size();) {
    const std::uint8_t value = lengths[i];
    std::size_t count = 1;
    while (i + count < lengths.size() && lengths[i + count] == value) ++count;
    i += count;
    if (value == 0) {
      if (choice.many_zeros) put_repeats(count, 18, 11, 138);
      if (choice.zeros) put_repeats(count, 17, 3, 10);
    } else if (choice.repeat && count >= 4) {
      put(LengthRun{value, 0});
      put_repeats(--count, 16, 3, 6);
    }
    for (; count > 0; --count) put(LengthRun{value, 0});
  }
}

/// The head of a dynamic block.
struct Head {
  RunChoice choice;
  Lengths run_lengths;          ///< code lengths of the 19 run symbols
  std::size_t listed_runs = 0;  ///< how many of kRunOrder are written
  std::uint64_t bits = 0;
};

Head make_head(std::span<const std::uint8_t> lengths, RunChoice choice) {
  Head head{.choice = choice, .run_lengths = {}};
  std::array<std::uint32_t, 19> counts{};
  for_each_run(lengths, choice, [&](LengthRun run) { ++counts[run.symbol]; });
  head.run_lengths = huffman_lengths(counts, 7);
  head.listed_runs = kRunOrder.size();
  while (head.listed_runs > 4 && head.run_lengths[kRunOrder.at(head.listed_runs - 1)] == 0)
    --head.listed_runs;
  head.bits = 14 + 3 * head.listed_runs;
  for (std::size_t i = 0; i < counts.size(); ++i)
    head.bits += std::uint64_t{counts.at(i)} * (head.run_lengths[i] + run_extra_bits(i));
  return head;
}

Head best_head(std::span<const std::uint8_t> lengths) {
  std::optional<Head> best;
  for (unsigned bits = 0; bits < 8; ++bits) {
    Head head = make_head(
        lengths,
        {.repeat = (bits & 1U) == 0, .zeros = (bits & 2U) == 0, .many_zeros = (bits & 4U) == 0});
    if (!best || head.bits < best->bits) best = std::move(head);
  }
  return *std::move(best);
}

std::uint64_t token_bits(const SymbolCounts& counts, const Lengths& literals,
                         const Lengths& distances) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kLiteralSymbols; ++i)
    bits += std::uint64_t{counts.literals[i]} * literals[i];
  for (std::size_t i = 265; i < 285; ++i)
    bits += std::uint64_t{counts.literals[i]} * ((i - 261) / 4);
  for (std::size_t i = 0; i < kDistanceSymbols; ++i)
    bits += std::uint64_t{counts.distances[i]} * (distances[i] + distance_extra_bits(i));
  return bits;
}

/// Codes of a block and what it costs with them.
struct Plan {
  Lengths literals;
  Lengths distances;
  std::optional<Head> head;  ///< nothing for the fixed codes
  std::size_t listed_literals = 0;
  std::size_t listed_distances = 0;
  std::uint64_t bits = 0;
};

Plan fixed_plan(const SymbolCounts& counts) {
  Plan plan{.literals = Lengths(288, 8), .distances = Lengths(kDistanceSymbols, 5), .head = {}};
  std::fill(plan.literals.begin() + 144, plan.literals.begin() + 256, std::uint8_t{9});
  std::fill(plan.literals.begin() + 256, plan.literals.begin() + 280, std::uint8_t{7});
  plan.bits = 3 + token_bits(counts, plan.literals, plan.distances);
  return plan;
}

/// Some decoders cannot read a code of less than two symbols, so the distance code always has two.
void fill_up_distances(std::array<std::uint32_t, kDistanceSymbols>& distances) {
  for (std::size_t i = 0;
       i < 2 && std::ranges::count_if(distances, [](auto n) { return n > 0; }) < 2; ++i)
    if (distances.at(i) == 0) distances.at(i) = 1;
}

/// The lengths that the head lists: those of both codes in one row.
Lengths listed_lengths(const Plan& plan) {
  Lengths all(plan.literals.begin(),
              plan.literals.begin() + static_cast<std::ptrdiff_t>(plan.listed_literals));
  all.insert(all.end(), plan.distances.begin(),
             plan.distances.begin() + static_cast<std::ptrdiff_t>(plan.listed_distances));
  return all;
}

enum class Care { quick, full };

/// A plan for `counts` with codes made for `basis`.
Plan dynamic_plan(const SymbolCounts& counts, const SymbolCounts& basis, Care care) {
  Plan plan{.literals = huffman_lengths(basis.literals, 15), .distances = {}, .head = {}};
  auto distances = basis.distances;
  fill_up_distances(distances);
  plan.distances = huffman_lengths(distances, 15);
  plan.listed_literals = kLiteralSymbols;
  while (plan.listed_literals > 257 && plan.literals[plan.listed_literals - 1] == 0)
    --plan.listed_literals;
  plan.listed_distances = kDistanceSymbols;
  while (plan.listed_distances > 1 && plan.distances[plan.listed_distances - 1] == 0)
    --plan.listed_distances;
  const Lengths all = listed_lengths(plan);
  plan.head = care == Care::full ? best_head(all) : make_head(all, {});
  plan.bits = 3 + plan.head->bits + token_bits(counts, plan.literals, plan.distances);
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

Plan best_plan(SymbolCounts counts) {
  counts.literals[kEndOfBlock] = 1;
  Plan best = fixed_plan(counts);
  SymbolCounts smoothed = counts;
  smooth(smoothed.literals);
  smooth(smoothed.distances);
  for (const SymbolCounts* basis : {&counts, &smoothed}) {
    Plan plan = dynamic_plan(counts, *basis, Care::full);
    if (plan.bits < best.bits) best = std::move(plan);
  }
  return best;
}

void write_head(BitWriter& writer, const Plan& plan) {
  writer.put(static_cast<std::uint32_t>(plan.listed_literals - 257), 5);
  writer.put(static_cast<std::uint32_t>(plan.listed_distances - 1), 5);
  writer.put(static_cast<std::uint32_t>(plan.head->listed_runs - 4), 4);
  for (std::size_t i = 0; i < plan.head->listed_runs; ++i)
    writer.put(plan.head->run_lengths[kRunOrder.at(i)], 3);
  const auto codes = huffman_codes(plan.head->run_lengths);
  for_each_run(listed_lengths(plan), plan.head->choice, [&](LengthRun run) {
    writer.put(codes[run.symbol], plan.head->run_lengths[run.symbol]);
    writer.put(run.extra, run_extra_bits(run.symbol));
  });
}

void write_tokens(BitWriter& writer, std::span<const DeflateToken> tokens, const Plan& plan) {
  const auto literals = huffman_codes(plan.literals);
  const auto distances = huffman_codes(plan.distances);
  for (const DeflateToken token : tokens) {
    if (token.is_literal()) {
      writer.put(literals[token.value], plan.literals[token.value]);
      continue;
    }
    const LengthSymbol length = kLengthSymbols[token.length];
    writer.put(literals[length.symbol], plan.literals[length.symbol]);
    writer.put(length.extra, length.extra_bits);
    const std::size_t symbol = distance_symbol(token.distance());
    const unsigned extra_bits = distance_extra_bits(symbol);
    writer.put(distances[symbol], plan.distances[symbol]);
    writer.put(distance_extra(token.distance(), extra_bits), extra_bits);
  }
  writer.put(literals[kEndOfBlock], plan.literals[kEndOfBlock]);
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

std::uint64_t block_cost(SymbolCounts counts) {
  counts.literals[kEndOfBlock] = 1;
  return std::min(fixed_plan(counts).bits, dynamic_plan(counts, counts, Care::quick).bits);
}

void write_block(BitWriter& writer, std::span<const DeflateToken> tokens, ByteView raw,
                 bool is_last) {
  const Plan plan = best_plan(count_symbols(tokens));
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
