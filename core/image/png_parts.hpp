#pragma once

// What reading and writing PNG files have in common.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/bytes.hpp"

namespace dgxp {

inline constexpr std::size_t kPngSignatureBytes = 8;
inline constexpr std::size_t kPngChunkFrame = 12;  ///< length, type and checksum around the data

/// Whether `data_bytes` of deflate can hold as many bits: it makes at most 258 bytes of two bits.
constexpr bool can_hold(std::uint64_t data_bytes, std::uint64_t bits) {
  constexpr std::uint64_t kMostExpansion = 1032;
  return bits / 8 <= data_bytes * kMostExpansion;
}

/// The big-endian number at `at`.
constexpr std::uint32_t read_png_u32(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
         std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3];
}

/// The guess of filter 4: of left, up and the corner between them the nearest to left + up -
/// corner.
inline std::uint8_t guess_by_paeth(int left, int up, int corner) {
  const int to_left = std::abs(up - corner);
  const int to_up = std::abs(left - corner);
  const int to_corner = std::abs(left + up - 2 * corner);
  if (to_left <= to_up && to_left <= to_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(to_up <= to_corner ? up : corner);
}

}  // namespace dgxp
