#include "manifests/lock_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/text.hpp"
#include "manifests/names.hpp"
#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

constexpr std::array<std::string_view, 3> kOriginWords{"generated", "edited", "placeholder"};

/// Goes through a text line by line; every `take_` either consumes what it returns or nothing.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  /// Exactly this line.
  bool take_line(std::string_view line) {
    if (!rest_.starts_with(line) || rest_.substr(line.size(), 1) != "\n") return false;
    rest_.remove_prefix(line.size() + 1);
    return true;
  }

  /// "<indent>KEY:" and a line end.
  std::optional<std::string_view> take_key(std::string_view indent) {
    const auto line = peek_after(indent);
    if (!line || !line->ends_with(':')) return std::nullopt;
    const std::string_view key = line->substr(0, line->size() - 1);
    if (!is_plain_key(key)) return std::nullopt;
    skip_line();
    return key;
  }

  /// The rest of a line that begins with `start`.
  std::optional<std::string_view> take_value(std::string_view start) {
    const auto value = peek_after(start);
    if (value) skip_line();
    return value;
  }

  /// The key and the rest of "<indent>KEY: rest".
  std::optional<std::pair<std::string_view, std::string_view>> take_entry(std::string_view indent) {
    const auto line = peek_after(indent);
    if (!line) return std::nullopt;
    const std::size_t colon = line->find(": ");
    if (colon == std::string_view::npos || !is_plain_key(line->substr(0, colon))) {
      return std::nullopt;
    }
    skip_line();
    return std::pair(line->substr(0, colon), line->substr(colon + 2));
  }

 private:
  std::optional<std::string_view> peek_after(std::string_view start) const {
    if (!rest_.starts_with(start)) return std::nullopt;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    return rest_.substr(start.size(), end - start.size());
  }
  void skip_line() { rest_.remove_prefix(rest_.find('\n') + 1); }

  std::string_view rest_;
};

/// Takes a number without sign and leading zeros away from the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(end - text.data());
  const bool is_plain = status == std::errc{} && text[0] != '-' && (length == 1 || text[0] != '0');
  if (!is_plain || value > most) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool take_text(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

/// ["#172038", "#253a5e"], colours as to_hex writes them.
bool take_colors(std::string_view& text, std::vector<Rgb>& colors) {
  constexpr std::size_t kQuoted = 9;  // "#rrggbb" with its quotes
  if (!take_text(text, "[")) return false;
  while (!take_text(text, "]")) {
    if (!colors.empty() && !take_text(text, ", ")) return false;
    const std::string_view quoted = text.substr(0, kQuoted);
    if (quoted.size() < kQuoted || quoted.front() != '"' || quoted.back() != '"') return false;
    const auto color = parse_hex_color(quoted.substr(1, kQuoted - 2));
    if (!color || to_hex(*color) != quoted.substr(1, kQuoted - 2)) return false;
    if (colors.size() == kMostLockedColors) return false;
    colors.push_back(*color);
    text.remove_prefix(kQuoted);
  }
  return true;
}

std::optional<Digest> read_digest(std::optional<std::string_view> text) {
  if (!text || !text->starts_with("sha256:")) return std::nullopt;
  return Digest::parse(*text);
}

/// Keys must rise: a repeated or misplaced one is for YAML to judge.
template <typename Map>
bool is_next(const Map& map, std::string_view key) {
  return map.empty() || map.rbegin()->first < key;
}

bool read_whole(std::optional<std::string_view> text, std::int64_t most, std::int64_t& value) {
  if (!text) return false;
  const auto number = take_number(*text, most);
  if (!number || !text->empty()) return false;
  value = *number;
  return true;
}

bool read_job(LineReader& lines, LockedJob& job) {
  const auto master = read_digest(lines.take_value("    master: "));
  const auto word = lines.take_value("    origin: ");
  const auto origin = word ? parse_origin(*word) : std::nullopt;
  if (!master || !origin) return false;
  job.master = *master;
  job.origin = *origin;
  if (const auto text = lines.take_value("    recipe: ")) {
    const auto digest = read_digest(text);
    if (!digest) return false;
    job.recipe = *digest;
  }
  if (const auto text = lines.take_value("    recovery: ")) {
    const auto digest = read_digest(text);
    if (!digest) return false;
    job.recovery = *digest;
  }
  std::int64_t value = 0;
  const auto seed = lines.take_value("    seed: ");
  const auto number = seed ? parse_natural_number(*seed) : std::nullopt;
  if (!number || !std::ranges::all_of(*seed, [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  job.seed = *number;
  if (const auto text = lines.take_value("    reroll: ")) {
    if (!read_whole(text, kLargestReroll, value)) return false;
    job.reroll = static_cast<int>(value);
  }
  return true;
}

bool read_former(std::string_view text, std::map<int, std::vector<Rgb>>& former) {
  if (!take_text(text, "{ ")) return false;
  while (!take_text(text, " }")) {
    if (!former.empty() && !take_text(text, ", ")) return false;
    const auto position = take_number(text, static_cast<std::int64_t>(kMostLockedColors) - 1);
    if (!position || !take_text(text, ": ")) return false;
    if (!former.empty() && former.rbegin()->first >= *position) return false;
    if (!take_colors(text, former[static_cast<int>(*position)])) return false;
  }
  return text.empty() && !former.empty();
}

bool read_palette(LineReader& lines, LockedPalette& palette) {
  auto colors = lines.take_value("    colors: ");
  if (!colors || !take_colors(*colors, palette.colors) || !colors->empty()) return false;
  if (palette.colors.empty()) return false;
  if (const auto text = lines.take_value("    auto: ")) {
    std::int64_t chosen = 0;
    if (!read_whole(text, static_cast<std::int64_t>(kMostLockedColors), chosen) || chosen == 0)
      return false;
    palette.auto_colors = static_cast<int>(chosen);
  }
  if (const auto text = lines.take_value("    extend: ")) {
    std::int64_t extend = 0;
    auto added = lines.take_value("    added: ");
    if (!read_whole(text, kMostAddedColors, extend) || extend == 0 || !added ||
        !take_colors(*added, palette.added) || !added->empty()) {
      return false;
    }
    if (palette.added.size() > static_cast<std::size_t>(extend)) return false;
    palette.extend = static_cast<int>(extend);
  }
  const auto former = lines.take_value("    former: ");
  return !former || read_former(*former, palette.former);
}

bool read_slot(std::string_view text, LockedSlot& slot) {
  std::array<std::int64_t, 3> numbers{};
  if (!take_text(text, "[")) return false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && !take_text(text, ", ")) return false;
    const auto number = take_number(text, kLargestSlot);
    if (!number) return false;
    numbers.at(i) = *number;
  }
  slot = {static_cast<int>(numbers[0]), static_cast<int>(numbers[1]), static_cast<int>(numbers[2])};
  return text == "]";
}

bool read_atlas(LineReader& lines, std::map<std::string, LockedSlot>& slots) {
  while (const auto entry = lines.take_entry("    ")) {
    LockedSlot slot;
    if (!is_next(slots, entry->first) || !read_slot(entry->second, slot)) return false;
    slots.emplace_hint(slots.end(), entry->first, slot);
  }
  return !slots.empty();
}

/// The blocks below one heading; true without the heading too.
template <typename Value, typename Read>
bool read_section(LineReader& lines, std::string_view heading, std::map<std::string, Value>& values,
                  Read read) {
  if (!lines.take_line(heading)) return true;
  while (const auto key = lines.take_key("  ")) {
    if (!is_next(values, *key)) return false;
    if (!read(lines, values.emplace_hint(values.end(), *key, Value{})->second)) return false;
  }
  return !values.empty();
}

}  // namespace

std::optional<Lock> parse_lock_lines(std::string_view text) {
  LineReader lines(text);
  Lock lock;
  const bool is_canonical =
      lines.take_line("dgxp_lock: 1") && read_section(lines, "jobs:", lock.jobs, read_job) &&
      read_section(lines, "palettes:", lock.palettes, read_palette) &&
      read_section(lines, "layout:", lock.layout, read_atlas) && lines.at_end();
  if (!is_canonical) return std::nullopt;
  return lock;
}

bool is_plain_key(std::string_view key) {
  static constexpr std::array<std::string_view, 9> kWords{"null", "true", "false", "yes", "no",
                                                          "on",   "off",  "y",     "n"};
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_safe = std::ranges::all_of(
      key, [&](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/'; });
  if (key.empty() || !is_safe) return false;
  if (!is_letter(key[0]) && !is_digit(key[0])) return false;
  if (key.find('/') != std::string_view::npos) return true;
  return is_letter(key[0]) && std::ranges::find(kWords, to_lower(key)) == kWords.end();
}

std::string_view to_text(Origin origin) {
  return kOriginWords.at(static_cast<std::size_t>(origin));
}

std::optional<Origin> parse_origin(std::string_view word) {
  const auto* found = std::ranges::find(kOriginWords, word);
  if (found == kOriginWords.end()) return std::nullopt;
  return static_cast<Origin>(found - kOriginWords.begin());
}

}  // namespace dgxp
