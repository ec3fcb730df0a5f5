#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "core/base/bytes.hpp"

namespace dgxp {

/// Earlier places that begin with the same three bytes (or share their hash), the nearest first.
class HashChains {
 public:
  explicit HashChains(ByteView data)
      : data_(data),
        hash_bits_(std::clamp(static_cast<unsigned>(std::bit_width(data.size())), 8U, 15U)),
        heads_(std::size_t{1} << hash_bits_, kNone),
        before_(data.size(), kNone) {}

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t head(std::size_t at) const { return heads_.data()[hash(at)]; }
  std::uint32_t before(std::uint32_t at) const { return before_.data()[at]; }
  /// `at` + 3 must lie within the data.
  void insert(std::size_t at) {
    std::uint32_t& newest = heads_.data()[hash(at)];
    before_.data()[at] = newest;
    newest = static_cast<std::uint32_t>(at);
  }

 private:
  std::size_t hash(std::size_t at) const {
    const std::uint8_t* from = data_.data() + at;
    const std::uint32_t bytes =
        std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8U | std::uint32_t{from[2]} << 16U;
    return (bytes * 0x9E3779B1U) >> (32U - hash_bits_);
  }

  ByteView data_;
  unsigned hash_bits_;
  std::vector<std::uint32_t> heads_;
  std::vector<std::uint32_t> before_;
};

inline std::uint64_t eight_bytes(ByteView data, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, data.data() + at, sizeof word);
  return word;
}

/// How many bytes from `at` on equal those from `earlier` on, at most `most`.
inline std::size_t common_length(ByteView data, std::size_t earlier, std::size_t at,
                                 std::size_t most) {
  std::size_t length = 0;
  while (length + 8 <= most) {
    const std::uint64_t apart =
        eight_bytes(data, earlier + length) ^ eight_bytes(data, at + length);
    if (apart == 0) {
      length += 8;
      continue;
    }
    if constexpr (std::endian::native == std::endian::little)
      return length + static_cast<std::size_t>(std::countr_zero(apart)) / 8;
    else
      return length + static_cast<std::size_t>(std::countl_zero(apart)) / 8;
  }
  while (length < most && data[earlier + length] == data[at + length]) ++length;
  return length;
}

}  // namespace dgxp
