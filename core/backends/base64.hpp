#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace dgxp {

/// RFC 4648, with padding, without line ends.
std::string to_base64(ByteView bytes);

/// Strict: nothing for a foreign character, wrong padding or bits that no byte needs. A data URL's
/// head ("data:image/png;base64,") is skipped.
std::optional<Bytes> parse_base64(std::string_view text);

}  // namespace dgxp
