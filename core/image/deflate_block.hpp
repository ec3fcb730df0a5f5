#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// How often each symbol occurs in a run of tokens.
struct SymbolCounts {
  std::array<std::uint32_t, kLiteralSymbols> literals{};
  std::array<std::uint32_t, kDistanceSymbols> distances{};

  void add(DeflateToken token) {
    ++literals[token.is_literal() ? token.value : kLengthSymbols[token.length].symbol];
    if (!token.is_literal()) ++distances[distance_symbol(token.distance())];
  }
  void add(const SymbolCounts& other);
  friend bool operator==(const SymbolCounts&, const SymbolCounts&) = default;
};
SymbolCounts count_symbols(std::span<const DeflateToken> tokens);

/// Bits, the first one lowest.
class BitWriter {
 public:
  void put(std::uint32_t bits, unsigned count) {
    buffer_ |= std::uint64_t{bits} << filled_;
    filled_ += count;
    if (filled_ < 32) return;
    const auto word = static_cast<std::uint32_t>(buffer_);
    const std::array<std::uint8_t, 4> four{
        static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8U),
        static_cast<std::uint8_t>(word >> 16U), static_cast<std::uint8_t>(word >> 24U)};
    bytes_.insert(bytes_.end(), four.begin(), four.end());
    buffer_ >>= 32U;
    filled_ -= 32;
  }
  void align() {
    for (; filled_ > 0; filled_ -= std::min(filled_, 8U), buffer_ >>= 8U)
      bytes_.push_back(static_cast<std::uint8_t>(buffer_));
  }
  Bytes take() && {
    align();
    return std::move(bytes_);
  }
  Bytes& aligned_bytes() {
    align();
    return bytes_;
  }

 private:
  Bytes bytes_;
  std::uint64_t buffer_ = 0;
  unsigned filled_ = 0;
};

enum class BlockCare {
  quick,  ///< the codes that spend the fewest bits on tokens
  full,   ///< those with the fewest bits for tokens and their own description, or close to it
};

/// Bits that a block of these symbols needs with the better of fixed and dynamic codes.
std::uint64_t block_cost(const SymbolCounts& counts, BlockCare care = BlockCare::quick);

/// Writes the tokens as one block, with codes of its own, the fixed ones, or as stored bytes,
/// whichever is least. `raw` is what the tokens stand for.
void write_block(BitWriter& writer, std::span<const DeflateToken> tokens, ByteView raw,
                 bool is_last, BlockCare care = BlockCare::full);

}  // namespace dgxp
