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

}  // namespace

DeflateMatches find_matches(ByteView data) {
  const int most_steps = most_steps_for(data.size());
  DeflateMatches matches;
  matches.longest.assign(data.size(), DeflateMatches::kNone);
  matches.list.reserve(2 * data.size());
  HashChains chains(data);
  const std::uint8_t* bytes = data.data();
  for (std::size_t at = 0; at + kShortestCopy <= data.size(); ++at) {
    const std::size_t most = std::min(data.size() - at, kLongestCopy);
    std::size_t longest = kShortestCopy - 1;
    std::uint32_t earlier = chains.head(at);
    for (int steps = 0; earlier != HashChains::kNone && at - earlier <= kFarthestCopy &&
                        steps < most_steps && longest < most;
         earlier = chains.before(earlier), ++steps) {
      if (bytes[earlier + longest] != bytes[at + longest]) continue;
      const std::size_t length = common_length(data, earlier, at, most);
      if (length <= longest) continue;
      longest = length;
      matches.list.push_back({static_cast<std::uint16_t>(length),
                              static_cast<std::uint16_t>(at - earlier - 1), matches.longest[at]});
      matches.longest[at] = static_cast<std::uint32_t>(matches.list.size() - 1);
    }
    chains.insert(at);
  }
  return matches;
}

}  // namespace dgxp
