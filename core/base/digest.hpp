#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace dgxp {

/// A SHA-256 value. Default constructed it is all zero, which `empty()` tells.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  bool empty() const;
  /// 64 lower-case hexadecimal digits.
  std::string hex() const;
  /// Reads 64 hexadecimal digits, with or without the prefix "sha256:".
  static std::optional<Digest> parse(std::string_view text);
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

Digest sha256(ByteView data);
Digest sha256(std::string_view text);

}  // namespace dgxp
