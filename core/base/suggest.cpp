#include "core/base/suggest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kMostShown = 300;  // bytes of a name
constexpr std::size_t kMostListed = 8;

/// Damerau's distance with adjacent swaps (optimal string alignment), ignoring the case of ASCII,
/// of at most kLongestName bytes each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kLongestName + 1>;
  Row before{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last.at(j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row.at(0) = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool is_same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row.at(j) = std::min({last.at(j) + 1, row.at(j - 1) + 1, last.at(j - 1) + (is_same ? 0 : 1)});
      const bool is_swap = i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
                           to_lower(a[i - 2]) == to_lower(b[j - 1]);
      if (is_swap) row.at(j) = std::min(row.at(j), before.at(j - 2) + 1);
    }
    before = last;
    last = row;
  }
  return last.at(b.size());
}

std::size_t difference(std::size_t a, std::size_t b) {
  return a > b ? a - b : b - a;
}

}  // namespace

std::string_view find_nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongestWord) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    if (difference(candidate.size(), word.size()) >= least + 1) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // A word of which nothing is left is no likeness.
    if (distance >= std::max(word.size(), candidate.size())) continue;
    if (distance < least || (distance == least && !nearest.empty() && candidate < nearest)) {
      least = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return nearest;
  constexpr std::size_t kShortestStart = 3;
  for (const std::string_view candidate : candidates) {
    if (word.size() < kShortestStart || !candidate.starts_with(word)) continue;
    if (nearest.empty() || candidate < nearest) nearest = candidate;
  }
  return nearest;
}

std::vector<std::string_view> find_nearest_few(std::string_view word,
                                               std::vector<std::string_view> candidates,
                                               std::size_t most) {
  std::vector<std::string_view> nearest;
  while (nearest.size() < most) {
    const std::string_view next = find_nearest(word, candidates);
    if (next.empty()) break;
    nearest.push_back(next);
    std::erase(candidates, next);
  }
  return nearest;
}

std::string list_nearest(std::string_view word, std::vector<std::string> candidates) {
  constexpr std::size_t kMostNames = 5;
  std::vector<std::pair<std::size_t, std::string>> ranked;
  ranked.reserve(candidates.size());
  for (std::string& name : candidates) {
    const std::size_t distance =
        edit_distance(word.substr(0, kLongestName), std::string_view(name).substr(0, kLongestName));
    ranked.emplace_back(distance, std::move(name));
  }
  const std::size_t count = std::min(kMostNames, ranked.size());
  std::ranges::partial_sort(ranked, ranked.begin() + static_cast<std::ptrdiff_t>(count));
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("{}'{}'", i == 0 ? "; nearest: " : ", ",
                        cut_text(std::move(ranked[i].second), kMostShown));
  }
  return text;
}

std::string suggest(std::string_view word, std::vector<std::string_view> candidates,
                    std::string_view otherwise) {
  const std::string_view nearest = find_nearest(word, candidates);
  if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
  if (candidates.empty() || candidates.size() > kMostListed) return std::string(otherwise);
  std::string text = "known are ";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", candidates[i]);
  }
  return text;
}

}  // namespace dgxp
