#include "core/image/deflate_block.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "core/image/deflate_head.hpp"
#include "core/image/huffman_code.hpp"

namespace dgxp {
namespace {

/// Codes of a block and what it costs with them.
struct BlockPlan {
  BlockCodes codes;
  std::optional<BlockHead> head;  ///< nothing for the fixed codes
  std::uint64_t bits = 0;
};

constexpr int kLongestCode = 15;

template <std::size_t Most>
std::uint64_t code_bits(const CodedSymbols<Most>& coded, const std::uint8_t* lengths) {
  const std::uint16_t* const symbols = coded.symbols.data();
  const std::uint32_t* const counts = coded.counts.data();
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < coded.size; ++i)
    bits += std::uint64_t{counts[i]} * lengths[symbols[i]];
  return bits;
}

BlockCodes fixed_codes() {
  BlockCodes codes;
  codes.literals.fill(8);
  std::fill(codes.literals.begin() + 144, codes.literals.begin() + 256, std::uint8_t{9});
  std::fill(codes.literals.begin() + 256, codes.literals.begin() + 280, std::uint8_t{7});
  codes.distances.fill(5);
  return codes;
}

/// Bits behind the codes of lengths and distances.
std::uint64_t extra_bits(const SymbolCounts& counts) {
  std::uint64_t bits = 0;
  for (std::size_t i = 265; i < 285; ++i)
    bits += std::uint64_t{counts.literals[i]} * ((i - 261) / 4);
  for (std::size_t i = 4; i < kDistanceSymbols; ++i)
    bits += std::uint64_t{counts.distances[i]} * distance_extra_bits(i);
  return bits;
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

/// What a basis of counts gives under one limit after another.
struct CodeBasis {
  HuffmanLeaves literals;
  HuffmanLeaves distances;
};

/// Finds the codes of one block.
class BlockPlanner {
 public:
  /// `counts` with the end of the block.
  explicit BlockPlanner(const SymbolCounts& counts)
      : counts_(counts), shared_bits_(3 + extra_bits(counts)) {
    symbols_.literals.add_used(counts.literals);
    const auto distances = filled_up(counts.distances);
    for (std::size_t i = 0; i < kDistanceSymbols; ++i)
      if (distances[i] > 0) symbols_.distances.add(i, counts.distances[i]);
  }

  const BlockSymbols& symbols() const { return symbols_; }

  BlockPlan plan(BlockCare care) const {
    BlockPlan fixed{.codes = fixed_codes(), .head = {}, .bits = 0};
    fixed.bits = shared_bits_ + bits_of_codes(fixed.codes);
    const BlockPlan dynamic = care == BlockCare::full ? best_plan() : quick_plan(basis_of(counts_));
    return dynamic.bits < fixed.bits ? dynamic : fixed;
  }

 private:
  using Distances = std::array<std::uint32_t, kDistanceSymbols>;

  /// Some decoders cannot read a code of less than two symbols, so the distance code has two.
  static Distances filled_up(Distances distances) {
    for (std::size_t i = 0;
         i < 2 && std::ranges::count_if(distances, [](auto n) { return n > 0; }) < 2; ++i)
      if (distances[i] == 0) distances[i] = 1;
    return distances;
  }
  CodeBasis basis_of(const SymbolCounts& counts) const {
    return {HuffmanLeaves(symbols_.literals.used(), counts.literals),
            HuffmanLeaves(symbols_.distances.used(), filled_up(counts.distances))};
  }

  std::uint64_t bits_of_codes(const BlockCodes& codes) const {
    return code_bits(symbols_.literals, codes.literals.data()) +
           code_bits(symbols_.distances, codes.distances.data());
  }
  int longest_code(const BlockCodes& codes) const {
    std::uint8_t longest = 0;
    for (std::size_t i = 0; i < symbols_.literals.size; ++i)
      longest = std::max(longest, codes.literals[symbols_.literals.symbols[i]]);
    return std::max(longest, std::ranges::max(codes.distances));
  }
  /// The fewest bits in which as many symbols can be told apart.
  int least_limit() const {
    int limit = 1;
    while ((std::size_t{1} << limit) < std::max(symbols_.literals.size, symbols_.distances.size))
      ++limit;
    return limit;
  }

  static BlockCodes codes_of(const CodeBasis& basis, int limit) {
    BlockCodes codes;
    basis.literals.lengths(limit, codes.literals);
    basis.distances.lengths(limit, codes.distances);
    return codes;
  }
  BlockPlan plan_of(const BlockCodes& codes, std::uint64_t bits) const {
    BlockPlan plan{.codes = codes, .head = BlockHead(LengthStretches(symbols_, codes)), .bits = 0};
    plan.bits = bits + plan.head->bits();
    return plan;
  }
  BlockPlan quick_plan(const CodeBasis& basis) const {
    const BlockCodes codes = codes_of(basis, kLongestCode);
    return plan_of(codes, shared_bits_ + bits_of_codes(codes));
  }

  /// In a short block the head is a quarter of all bits. Codes of fewer different lengths, though
  /// worse for the tokens, can be described in less, so all limits down to the least are tried.
  void try_limits(const CodeBasis& basis, BlockPlan& best) const {
    const int least = least_limit();
    for (int limit = kLongestCode; limit >= least;) {
      const BlockCodes codes = codes_of(basis, limit);
      const std::uint64_t bits = shared_bits_ + bits_of_codes(codes);
      if (bits + BlockHead::kLeastBits < best.bits) {
        const BlockPlan plan = plan_of(codes, bits);
        if (plan.bits < best.bits) best = plan;
      }
      limit = longest_code(codes) - 1;
    }
  }

  BlockPlan best_plan() const {
    BlockPlan best{.codes = {}, .head = {}, .bits = std::numeric_limits<std::uint64_t>::max()};
    try_limits(basis_of(counts_), best);
    SymbolCounts smoothed = counts_;
    smooth(smoothed.literals);
    smooth(smoothed.distances);
    if (smoothed != counts_) try_limits(basis_of(smoothed), best);
    best.bits -= best.head->bits();
    best.head = BlockHead::best(LengthStretches(symbols_, best.codes));
    best.bits += best.head->bits();
    return best;
  }

  const SymbolCounts& counts_;
  BlockSymbols symbols_;
  std::uint64_t shared_bits_;  ///< of a block with any codes
};

/// Symbols of a block as they are written: the code, and behind it the bits of its length.
struct WrittenCodes {
  std::array<std::uint16_t, kLiteralSymbols> literals;
  std::array<std::uint16_t, kDistanceSymbols> distances;
};

WrittenCodes written_codes(const BlockSymbols& symbols, const BlockPlan& plan) {
  WrittenCodes written;
  if (plan.head) {
    huffman_codes(symbols.literals.used(), plan.codes.literals, written.literals);
    huffman_codes(symbols.distances.used(), plan.codes.distances, written.distances);
  } else {
    // The fixed codes are those of all symbols, used or not.
    std::ranges::copy_n(huffman_codes(plan.codes.literals).begin(), kLiteralSymbols,
                        written.literals.begin());
    std::ranges::copy(huffman_codes(plan.codes.distances), written.distances.begin());
  }
  return written;
}

void write_tokens(BitWriter& writer, std::span<const DeflateToken> tokens,
                  const BlockCodes& lengths, const WrittenCodes& codes) {
  const std::uint16_t* literals = codes.literals.data();
  const std::uint8_t* literal_bits = lengths.literals.data();
  const std::uint16_t* distances = codes.distances.data();
  const std::uint8_t* distance_lengths = lengths.distances.data();
  const LengthSymbol* length_symbols = kLengthSymbols.data();
  for (const DeflateToken token : tokens) {
    if (token.is_literal()) {
      writer.put(literals[token.value], literal_bits[token.value]);
      continue;
    }
    const LengthSymbol length = length_symbols[token.length];
    const unsigned bits = literal_bits[length.symbol];
    writer.put(literals[length.symbol] | std::uint32_t{length.extra} << bits,
               bits + length.extra_bits);
    const std::size_t symbol = distance_symbol(token.distance());
    const unsigned extra_bits = distance_extra_bits(symbol);
    const unsigned distance_bits = distance_lengths[symbol];
    writer.put(distances[symbol] | distance_extra(token.distance(), extra_bits) << distance_bits,
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
    writer.align();
    const auto size = static_cast<std::uint16_t>(part.size());
    writer.put(size, 16);
    writer.put(static_cast<std::uint16_t>(~size), 16);
    writer.append(part);
  } while (!raw.empty());
}

}  // namespace

void SymbolCounts::add(const SymbolCounts& other) {
  for (std::size_t i = 0; i < literals.size(); ++i) literals[i] += other.literals[i];
  for (std::size_t i = 0; i < distances.size(); ++i) distances[i] += other.distances[i];
}

SymbolCounts count_symbols(std::span<const DeflateToken> tokens) {
  SymbolCounts counts;
  std::uint32_t* const literals = counts.literals.data();
  std::uint32_t* const distances = counts.distances.data();
  const LengthSymbol* const lengths = kLengthSymbols.data();
  for (const DeflateToken token : tokens) {
    if (token.is_literal()) {
      ++literals[token.value];
    } else {
      ++literals[lengths[token.length].symbol];
      ++distances[distance_symbol(token.distance())];
    }
  }
  return counts;
}

std::uint64_t block_cost(SymbolCounts counts, BlockCare care) {
  counts.literals[kEndOfBlock] = 1;
  return BlockPlanner(counts).plan(care).bits;
}

void write_block(BitWriter& writer, std::span<const DeflateToken> tokens, ByteView raw,
                 bool is_last, BlockCare care) {
  SymbolCounts counts = count_symbols(tokens);
  counts.literals[kEndOfBlock] = 1;
  const BlockPlanner planner(counts);
  const BlockPlan plan = planner.plan(care);
  const std::uint64_t stored_bits = 8 * (raw.size() + 5 * (raw.size() / 65535 + 1));
  if (stored_bits <= plan.bits) {
    write_stored(writer, raw, is_last);
    return;
  }
  writer.reserve(plan.bits);
  writer.put((is_last ? 1U : 0U) | (plan.head ? 2U : 1U) << 1U, 3);
  if (plan.head) plan.head->write(writer, planner.symbols(), plan.codes);
  write_tokens(writer, tokens, plan.codes, written_codes(planner.symbols(), plan));
}

}  // namespace dgxp
