#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dgxp {

/// The candidate that `word` was probably meant to be: at most a third of its letters are wrong
/// (inserted, left out, changed, swapped with the next; case does not count). Ties go to the first
/// by name. Else one that begins with `word`; empty when there is none.
std::string_view find_nearest(std::string_view word, std::span<const std::string_view> candidates);

/// Up to `most` such candidates, the nearest first.
std::vector<std::string_view> find_nearest_few(std::string_view word,
                                               std::vector<std::string_view> candidates,
                                               std::size_t most);

/// "; nearest: 'a', 'b'", to put behind a message: the 5 candidates of which the fewest letters are
/// wrong, however unlike `word` they are, ties by name. For a list that only a server knows, where
/// the right name may look quite different. "" when there are no candidates.
std::string list_nearest(std::string_view word, std::vector<std::string> candidates);

/// "did you mean 'size'?", else "known are 'a', 'b' ...", else `otherwise`.
std::string suggest(std::string_view word, std::vector<std::string_view> candidates,
                    std::string_view otherwise);

}  // namespace dgxp
