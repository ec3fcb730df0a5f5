#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace dgxp {

/// A step of a deflate stream: a literal byte (`length` 1) or a copy of `length` 3..258 bytes from
/// `distance` 1..32768 bytes back.
struct DeflateToken {
  std::uint16_t length = 1;
  std::uint16_t value = 0;  ///< the literal, or distance - 1

  static DeflateToken literal(std::uint8_t byte) { return {1, byte}; }
  static DeflateToken copy(std::size_t length, std::size_t distance) {
    return {static_cast<std::uint16_t>(length), static_cast<std::uint16_t>(distance - 1)};
  }
  bool is_literal() const { return length == 1; }
  std::size_t distance() const { return std::size_t{value} + 1; }
};

// The alphabets of RFC 1951, section 3.2.5.
inline constexpr std::size_t kLiteralSymbols = 286;
inline constexpr std::size_t kDistanceSymbols = 30;
inline constexpr std::size_t kEndOfBlock = 256;
inline constexpr std::size_t kShortestCopy = 3;
inline constexpr std::size_t kLongestCopy = 258;
inline constexpr std::size_t kFarthestCopy = 32768;

struct LengthSymbol {
  std::uint16_t symbol = 0;
  std::uint8_t extra_bits = 0;
  std::uint8_t extra = 0;
};

constexpr std::array<LengthSymbol, kLongestCopy + 1> make_length_symbols() {
  std::array<LengthSymbol, kLongestCopy + 1> symbols{};
  std::size_t length = kShortestCopy;
  for (std::uint16_t symbol = 257; symbol < 285; ++symbol) {
    const unsigned bits = symbol < 265 ? 0U : (symbol - 261U) / 4U;
    for (unsigned extra = 0; extra < 1U << bits && length < kLongestCopy; ++extra, ++length)
      symbols[length] = {symbol, static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(extra)};
  }
  symbols[kLongestCopy] = {285, 0, 0};
  return symbols;
}
/// By the length of a copy.
inline constexpr auto kLengthSymbols = make_length_symbols();

constexpr std::size_t distance_symbol(std::size_t distance) {
  const std::size_t d = distance - 1;
  if (d < 4) return d;
  const auto bits = static_cast<std::size_t>(std::bit_width(d)) - 1;
  return 2 * bits + (d >> (bits - 1) & 1U);
}
constexpr unsigned distance_extra_bits(std::size_t symbol) {
  return symbol < 4 ? 0U : static_cast<unsigned>(symbol / 2 - 1);
}
/// The extra bits are the low ones of distance - 1.
constexpr std::uint32_t distance_extra(std::size_t distance, unsigned bits) {
  return static_cast<std::uint32_t>((distance - 1) & ((std::size_t{1} << bits) - 1));
}

}  // namespace dgxp
