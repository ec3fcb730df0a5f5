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

/// Data and what parse_quickly made of it.
struct ParsedData {
  Bytes data;
  std::vector<DeflateToken> tokens;
};

/// The tokens of parse_quickly(data). Where `before` is of the same size and mostly equal, only the
/// window around what differs is looked at.
std::vector<DeflateToken> parse_quickly_after(ByteView data, const ParsedData& before);

}  // namespace dgxp
