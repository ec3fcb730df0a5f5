#include "core/image/deflate_matches.hpp"

#include <algorithm>

#include "core/image/deflate_chains.hpp"

namespace dgxp {
namespace {

/// There are thousands of sprites, and more steps gain less than a thousandth of their bytes. Pages
/// are few and gain a twentieth; the largest of them shall not take seconds.
int most_steps_for(std::size_t size) {
  if (size <= kBriefBytes) return 44;
  return static_cast<int>(std::clamp<std::size_t>((std::size_t{1} << 23U) / size, 64, 400));
}

/// Appends the copies at `at`, whose chain begins at `earlier`. Plain pointers, and one unsigned
/// comparison for both ends of a chain: most of the time of a search goes here.
void append_copies(std::vector<DeflateMatch>& list, ByteView data, std::size_t at,
                   std::uint32_t earlier, const std::uint32_t* before, int most_steps) {
  const std::uint8_t* const bytes = data.data();
  const std::size_t most = std::min(data.size() - at, kLongestCopy);
  const auto reach = static_cast<std::uint32_t>(std::min(at, kFarthestCopy));
  const std::uint32_t farthest = static_cast<std::uint32_t>(at) - reach;
  std::size_t longest = kShortestCopy - 1;
  // A longer copy has the same two bytes at the end of the longest so far and behind it.
  const std::uint8_t* tail = bytes + longest - 1;
  auto wanted = word_at<std::uint16_t>(tail + at);
  for (int steps = most_steps; earlier - farthest < reach && steps > 0;
       earlier = before[earlier], --steps) {
    if (word_at<std::uint16_t>(tail + earlier) != wanted) continue;
    const std::size_t length = common_length(bytes + earlier, bytes + at, most);
    if (length <= longest) continue;
    longest = length;
    const std::size_t distance = at - earlier;
    list.push_back({static_cast<std::uint16_t>(length), static_cast<std::uint16_t>(distance - 1),
                    static_cast<std::uint16_t>(distance_symbol(distance))});
    if (longest >= most) return;
    tail = bytes + longest - 1;
    wanted = word_at<std::uint16_t>(tail + at);
  }
}

}  // namespace

DeflateMatches find_matches(ByteView data) {
  const int most_steps = most_steps_for(data.size());
  DeflateMatches matches;
  matches.ends.resize(data.size());
  std::uint32_t* const ends = matches.ends.data();
  matches.list.reserve(2 * data.size());
  HashChains chains(data);
  for (std::size_t at = 0; at < data.size(); ++at) {
    if (at + kShortestCopy <= data.size()) {
      const std::size_t chain = chains.chain_of(at);
      append_copies(matches.list, data, at, chains.head(chain), chains.before(), most_steps);
      chains.insert(chain, at);
    }
    ends[at] = static_cast<std::uint32_t>(matches.list.size());
  }
  return matches;
}

}  // namespace dgxp
