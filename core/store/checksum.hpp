#pragma once

#include <cstdint>
#include <cstring>

#include "core/base/bytes.hpp"

namespace dgxp {

/// A checksum against accidents in caches and logs, a few times cheaper than SHA-256. Every step is
/// a bijection of the state for a given word and of the word for a given state, so a change within
/// one 8-byte word is always seen, any other with a chance of 1 - 2^-64. It is not for comparing
/// contents, and depends on the byte order of the machine (what it guards is never shared).
inline std::uint64_t checksum_of(ByteView data, std::uint64_t seed = 0) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  std::uint64_t state = seed ^ (data.size() * kFactor);
  const auto mix = [&state](std::uint64_t word) {
    state = (state ^ word) * kFactor;
    state ^= state >> 29;
  };
  while (data.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), 8);
    mix(word);
    data = data.subspan(8);
  }
  std::uint64_t tail = 0;
  for (std::size_t i = 0; i < data.size(); ++i) tail |= std::uint64_t{data[i]} << (8 * i);
  mix(tail);
  mix(0);
  return state;
}

}  // namespace dgxp
