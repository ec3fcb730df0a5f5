#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// A copy that is possible at a place, and where in DeflateMatches::list its next shorter one is.
struct DeflateMatch {
  std::uint16_t length = 0;
  std::uint16_t distance = 0;  ///< less one
  std::uint32_t shorter = 0;
};

/// For every place the copies worth a thought: each is the nearest found of its length, so a
/// shorter one is also nearer.
struct DeflateMatches {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::vector<DeflateMatch> list;
  std::vector<std::uint32_t> longest;  ///< by place: into `list`, or kNone
};

/// Up to this size, that of most sprites, the search is brief.
inline constexpr std::size_t kBriefBytes = 2048;

/// Among the nearest earlier places with the same three bytes; the time is linear in the size.
DeflateMatches find_matches(ByteView data);

}  // namespace dgxp
