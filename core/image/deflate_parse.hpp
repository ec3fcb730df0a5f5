#pragma once

#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// Tokens that stand for `data`, close to the fewest bits that one block can have: the cheapest
/// path over all literals and copies, its prices taken from the path before, until that gains no
/// more. For up to about 100 KB; the time grows faster than the size on uniform data.
std::vector<DeflateToken> parse_thoroughly(ByteView data);

/// Tokens that stand for `data`, in one pass with lazy matching. For data of any size.
std::vector<DeflateToken> parse_quickly(ByteView data);

}  // namespace dgxp
