#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/bytes.hpp"
#include "core/image/deflate_bits.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// How often each symbol occurs in a run of tokens.
struct SymbolCounts {
  std::array<std::uint32_t, kLiteralSymbols> literals{};
  std::array<std::uint32_t, kDistanceSymbols> distances{};

  void add(const SymbolCounts& other);
  friend bool operator==(const SymbolCounts&, const SymbolCounts&) = default;
};
SymbolCounts count_symbols(std::span<const DeflateToken> tokens);

enum class BlockCare {
  quick,  ///< the codes that spend the fewest bits on tokens
  full,   ///< those with the fewest bits for tokens and their own description, or close to it
};

/// Bits that a block of these symbols needs with the better of fixed and dynamic codes.
std::uint64_t block_cost(SymbolCounts counts, BlockCare care = BlockCare::quick);

/// Writes the tokens as one block, with codes of its own, the fixed ones, or as stored bytes,
/// whichever is least. `raw` is what the tokens stand for.
void write_block(BitWriter& writer, std::span<const DeflateToken> tokens, ByteView raw,
                 bool is_last, BlockCare care = BlockCare::full);

}  // namespace dgxp
