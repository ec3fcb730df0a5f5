#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/base/bytes.hpp"

namespace dgxp {

/// Bits, the first one lowest.
class BitWriter {
 public:
  /// At most 32 at once; those above `count` are 0.
  void put(std::uint32_t bits, unsigned count) {
    buffer_ |= std::uint64_t{bits} << filled_;
    filled_ += count;
    if (filled_ >= 32) flush_word();
  }
  /// Room for as many more bits: put() is fastest within it.
  void reserve(std::uint64_t bits) {
    bytes_.resize(std::max(bytes_.size(), used_ + static_cast<std::size_t>(bits / 8) + 8));
  }
  /// Fills the last byte up with zeros.
  void align() {
    for (; filled_ > 0; filled_ -= std::min(filled_, 8U), buffer_ >>= 8U) {
      if (used_ == bytes_.size()) reserve(0);
      bytes_[used_++] = static_cast<std::uint8_t>(buffer_);
    }
  }
  /// Whole bytes behind an align().
  void append(ByteView bytes) {
    bytes_.resize(used_);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    used_ = bytes_.size();
  }
  Bytes take() && {
    align();
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  void flush_word() {
    if (used_ + 4 > bytes_.size()) reserve(8 * bytes_.size());
    std::uint8_t* const to = bytes_.data() + used_;
    const auto word = static_cast<std::uint32_t>(buffer_);
    to[0] = static_cast<std::uint8_t>(word);
    to[1] = static_cast<std::uint8_t>(word >> 8U);
    to[2] = static_cast<std::uint8_t>(word >> 16U);
    to[3] = static_cast<std::uint8_t>(word >> 24U);
    used_ += 4;
    buffer_ >>= 32U;
    filled_ -= 32;
  }

  Bytes bytes_;  ///< written up to used_, room behind
  std::size_t used_ = 0;
  std::uint64_t buffer_ = 0;
  unsigned filled_ = 0;
};

}  // namespace dgxp
