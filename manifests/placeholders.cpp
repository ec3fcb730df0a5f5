#include "manifests/placeholders.hpp"

#include <algorithm>
#include <cstddef>

namespace dgxp {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

bool is_separator(char c) {
  return c == '-' || c == '_' || c == '.' || c == '/';
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \n\t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \n\t") + 1 - first);
}

/// The separators to drop around a hole between `before` and `after`: one is enough, a '/' counts
/// more than the others, and at an end of a part none is left.
void join_without(std::string& before, std::string_view& after) {
  while (!before.empty() && is_separator(before.back()) &&
         (after.empty() || is_separator(after.front()))) {
    if (before.back() == '/' && !after.empty() && after.front() != '/') {
      after.remove_prefix(1);
    } else {
      before.pop_back();
    }
  }
  const bool at_part_start = before.empty() || before.back() == '/';
  while (at_part_start && !after.empty() && is_separator(after.front())) after.remove_prefix(1);
}

}  // namespace

std::vector<Placeholder> find_placeholders(std::string_view text) {
  std::vector<Placeholder> found;
  for (std::size_t open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    std::size_t end = open + 1;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end == open + 1 || end >= text.size() || text[end] != '}') continue;
    found.push_back({text.substr(open, end + 1 - open), text.substr(open + 1, end - open - 1)});
  }
  return found;
}

std::string fill_placeholders(std::string_view text, const PlaceholderValue& value_of) {
  std::string filled;
  std::size_t done = 0;
  for (const Placeholder& placeholder : find_placeholders(text)) {
    const auto value = value_of(placeholder.name);
    if (!value) continue;
    const auto start = static_cast<std::size_t>(placeholder.whole.data() - text.data());
    filled += text.substr(done, start - done);
    filled += *value;
    done = start + placeholder.whole.size();
  }
  filled += text.substr(done);
  return filled;
}

std::string fill_word_list(std::string_view text, const PlaceholderValue& value_of) {
  std::string filled;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    const std::vector<Placeholder> placeholders = find_placeholders(part);
    const bool is_empty =
        !placeholders.empty() && std::ranges::all_of(placeholders, [&](const Placeholder& p) {
          const auto value = value_of(p.name);
          return value && trim(*value).empty();
        });
    const std::string words = is_empty ? "" : fill_placeholders(part, value_of);
    if (!trim(words).empty()) {
      if (!filled.empty()) filled += ", ";
      filled += trim(words);
    }
    if (comma == std::string_view::npos) return filled;
    text.remove_prefix(comma + 1);
  }
}

std::string remove_placeholders(std::string_view pattern,
                                const std::function<bool(std::string_view name)>& is_removed) {
  std::string kept;
  std::string_view rest = pattern;
  for (const Placeholder& placeholder : find_placeholders(pattern)) {
    if (!is_removed(placeholder.name)) continue;
    const auto start = static_cast<std::size_t>(placeholder.whole.data() - rest.data());
    kept += rest.substr(0, start);
    rest.remove_prefix(start + placeholder.whole.size());
    join_without(kept, rest);
  }
  kept += rest;
  return kept;
}

}  // namespace dgxp
