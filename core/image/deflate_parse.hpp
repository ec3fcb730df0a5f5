#pragma once

#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/deflate_block.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// Tokens that stand for `data`, close to the fewest bits that one block can have: the cheapest
/// path over literals and copies, its prices taken from the path before, until that gains no more.
/// The first prices come from `start`: the symbols of a parse_quickly of the same data. For up to
/// about 100 KB; the time grows faster than the size on uniform data.
std::vector<DeflateToken> parse_thoroughly(ByteView data, const SymbolCounts& start);

/// Tokens that stand for `data`, in one pass with lazy matching. For data of any size.
std::vector<DeflateToken> parse_quickly(ByteView data);

}  // namespace dgxp
