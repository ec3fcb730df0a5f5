#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

/// A copy that is possible at a place.
struct DeflateMatch {
  std::uint16_t length = 0;
  std::uint16_t distance = 0;  ///< less one
  std::uint16_t symbol = 0;    ///< of the distance
};

/// For every place the copies worth a thought, from short to long: each is the nearest found of
/// its length, so a shorter one is also nearer.
struct DeflateMatches {
  std::vector<DeflateMatch> list;
  std::vector<std::uint32_t> ends;  ///< by place: in `list`; where those of the next place begin

  std::span<const DeflateMatch> at(std::size_t place) const {
    const std::uint32_t* const end = ends.data() + place;
    const std::uint32_t first = place == 0 ? 0 : end[-1];
    return {list.data() + first, list.data() + *end};
  }
};

/// Up to this size, that of most sprites, the search is brief.
inline constexpr std::size_t kBriefBytes = 2048;

/// Among the nearest earlier places with the same three bytes; the time is linear in the size.
DeflateMatches find_matches(ByteView data);

}  // namespace dgxp
