#pragma once

#include <array>
#include <cstdint>
#include <span>

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
};
SymbolCounts count_symbols(std::span<const DeflateToken> tokens);

/// Bits, the first one lowest.
class BitWriter {
 public:
  void put(std::uint32_t bits, unsigned count) {
    buffer_ |= std::uint64_t{bits} << filled_;
    filled_ += count;
    while (filled_ >= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(buffer_));
      buffer_ >>= 8U;
      filled_ -= 8;
    }
  }
  void align() {
    if (filled_ > 0) put(0, 8 - filled_);
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

/// Bits that a block of these symbols needs with the better of fixed and dynamic codes, a few more
/// than write_block takes the care to reach.
std::uint64_t block_cost(SymbolCounts counts);

/// Writes the tokens as one block, with codes of its own, the fixed ones, or as stored bytes,
/// whichever is least. `raw` is what the tokens stand for.
void write_block(BitWriter& writer, std::span<const DeflateToken> tokens, ByteView raw,
                 bool is_last);

}  // namespace dgxp
