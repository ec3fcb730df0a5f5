#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

#include "core/base/bytes.hpp"

namespace dgxp {

/// Earlier places that begin with the same three bytes (or share their hash), the nearest first.
class HashChains {
 public:
  explicit HashChains(ByteView data)
      : data_(data.data()),
        size_(data.size()),
        hash_bits_(std::clamp(static_cast<unsigned>(std::bit_width(data.size())), 8U, 15U)),
        heads_(std::make_unique_for_overwrite<std::uint32_t[]>(std::size_t{1} << hash_bits_)),
        before_(std::make_unique_for_overwrite<std::uint32_t[]>(data.size())) {
    std::memset(heads_.get(), 0xFF, sizeof(std::uint32_t) << hash_bits_);  // kNone throughout
  }

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// The chain of what begins at `at`; `at` + 3 must lie within the data.
  std::size_t chain_of(std::size_t at) const {
    const std::uint8_t* from = data_ + at;
    const std::uint32_t bytes =
        at + 4 <= size_
            ? (std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8U |
               std::uint32_t{from[2]} << 16U | std::uint32_t{from[3]} << 24U) &
                  0xFFFFFFU
            : std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8U | std::uint32_t{from[2]} << 16U;
    return (bytes * 0x9E3779B1U) >> (32U - hash_bits_);
  }
  std::uint32_t head(std::size_t chain) const { return heads_.get()[chain]; }
  /// By place: the one before it in its chain, or kNone.
  const std::uint32_t* before() const { return before_.get(); }
  void insert(std::size_t chain, std::size_t at) {
    std::uint32_t& newest = heads_.get()[chain];
    before_.get()[at] = newest;
    newest = static_cast<std::uint32_t>(at);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  unsigned hash_bits_;
  std::unique_ptr<std::uint32_t[]> heads_;   // by chain
  std::unique_ptr<std::uint32_t[]> before_;  // by place; set where one was inserted
};

/// `Word` from `from` on, in the byte order of the machine: for comparing.
template <typename Word>
Word word_at(const std::uint8_t* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// How many bytes from `at` on equal those from `earlier` on, at most `most`.
inline std::size_t common_length(const std::uint8_t* earlier, const std::uint8_t* at,
                                 std::size_t most) {
  std::size_t length = 0;
  while (length + 8 <= most) {
    const std::uint64_t apart =
        word_at<std::uint64_t>(earlier + length) ^ word_at<std::uint64_t>(at + length);
    if (apart == 0) {
      length += 8;
      continue;
    }
    if constexpr (std::endian::native == std::endian::little)
      return length + static_cast<std::size_t>(std::countr_zero(apart)) / 8;
    else
      return length + static_cast<std::size_t>(std::countl_zero(apart)) / 8;
  }
  while (length < most && earlier[length] == at[length]) ++length;
  return length;
}

}  // namespace dgxp
