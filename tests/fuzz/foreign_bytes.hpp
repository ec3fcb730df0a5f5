#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dgxp::fuzz {

/// Numbers out of what the fuzzer gives; zeros when it is used up.
class ForeignBytes {
 public:
  explicit ForeignBytes(std::span<const std::uint8_t> data) : data_(data) {}
  std::uint8_t byte() { return at_ < data_.size() ? data_[at_++] : std::uint8_t{0}; }
  int below(int end) { return (byte() << 8U | byte()) % end; }
  bool is_empty() const { return at_ >= data_.size(); }
  std::span<const std::uint8_t> rest() const { return data_.subspan(at_); }

 private:
  std::span<const std::uint8_t> data_;
  std::size_t at_ = 0;
};

}  // namespace dgxp::fuzz
