#include "core/image/palette_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace dgxp {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Hands out lines, which end in LF, CRLF or a lone CR; a byte order mark is skipped.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (!rest_.starts_with("\xEF\xBB\xBF")) return;
    rest_.remove_prefix(3);
    line_column_ = 4;
  }
  /// The next line without blanks around it; nothing at the end.
  std::optional<std::string_view> next() {
    if (rest_.empty()) {
      place_ = {place_.line + 1, 1};
      return std::nullopt;
    }
    const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (rest_.starts_with("\r\n"))
      rest_.remove_prefix(2);
    else if (!rest_.empty())
      rest_.remove_prefix(1);
    ++place_.line;
    const std::string_view shown = trimmed(line);
    place_.column = shown.empty() ? 1 : line_column_ + static_cast<int>(shown.data() - line.data());
    line_column_ = 1;
    return shown;
  }
  /// Where the last line begins, without its blanks; at the end, where another one would.
  Place place() const { return place_; }

 private:
  std::string_view rest_;
  Place place_;
  int line_column_ = 1;  ///< of the first byte of the next line
};

/// Takes a whole number from the front of `text`, then the blanks behind it. Nothing when there is
/// none, it has more than five digits, or something other than a blank follows.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == 5) return std::nullopt;
    value = value * 10 + (text[digits++] - '0');
  }
  if (digits == 0 || (digits < text.size() && !is_blank(text[digits]))) return std::nullopt;
  text = trimmed(text.substr(digits));
  return value;
}

/// "12 255 0" at the front of `text`; what follows is left in it.
std::optional<Rgb> take_color(std::string_view& text) {
  std::array<std::uint8_t, 3> channels{};
  for (std::uint8_t& channel : channels) {
    const auto number = take_number(text);
    if (!number || *number > 255) return std::nullopt;
    channel = static_cast<std::uint8_t>(*number);
  }
  return Rgb{channels[0], channels[1], channels[2]};
}

Error not_a_color(std::string_view name, Place place, std::string_view text) {
  constexpr std::size_t kShown = 40;
  return palette_error(name, place,
                       fmt::format("'{}{}' is not a colour", text.substr(0, kShown),
                                   text.size() > kShown ? "..." : ""));
}

Error too_many(std::string_view name, Place place) {
  return palette_error(name, place, "more than 256 colours");
}

Error no_color(std::string_view name) {
  return palette_error(name, {}, "the palette holds no colour");
}

/// Reads "r g b ..." lines until the end; `is_skipped` says which lines hold no colour.
template <typename IsSkipped>
Result<Palette> read_color_lines(std::string_view name, Lines& lines, IsSkipped is_skipped) {
  Palette palette;
  while (const auto line = lines.next()) {
    if (line->empty() || is_skipped(*line)) continue;
    std::string_view rest = *line;
    const auto color = take_color(rest);
    if (!color) return not_a_color(name, lines.place(), *line);
    if (palette.colors.size() == kMostPaletteColors) return too_many(name, lines.place());
    palette.colors.push_back(*color);
  }
  if (palette.colors.empty()) return no_color(name);
  return palette;
}

/// One line, without control characters.
std::string as_title(std::string_view title) {
  std::string text(title);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

}  // namespace

Error palette_error(std::string_view name, Place place, std::string_view message) {
  const std::string where = place.line == 0 ? "" : fmt::format("{}:{}:", place.line, place.column);
  return {.kind = ErrorKind::manifest, .message = fmt::format("{}:{} {}", name, where, message)};
}

Result<Palette> parse_hex_palette(std::string_view name, std::string_view text) {
  Lines lines(text);
  Palette palette;
  while (const auto line = lines.next()) {
    if (line->empty() || line->starts_with(';')) continue;
    const std::string_view digits = line->substr(line->starts_with('#') ? 1 : 0);
    // Eight digits end in alpha, which is not part of a palette.
    const bool is_hex = std::ranges::all_of(digits, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    const auto color = is_hex && (digits.size() == 6 || digits.size() == 8)
                           ? parse_hex_color(digits.substr(0, 6))
                           : std::nullopt;
    if (!color) return not_a_color(name, lines.place(), *line);
    if (palette.colors.size() == kMostPaletteColors) return too_many(name, lines.place());
    palette.colors.push_back(*color);
  }
  if (palette.colors.empty()) return no_color(name);
  return palette;
}

Result<Palette> parse_gpl_palette(std::string_view name, std::string_view text) {
  Lines lines(text);
  if (lines.next().value_or("") != "GIMP Palette")
    return palette_error(name, lines.place(), "a GIMP palette begins with the line 'GIMP Palette'");
  return read_color_lines(name, lines, [](std::string_view line) {
    return line.starts_with('#') || line.starts_with("Name:") || line.starts_with("Columns:") ||
           line.starts_with("Channels:");
  });
}

Result<Palette> parse_jasc_palette(std::string_view name, std::string_view text) {
  Lines lines(text);
  if (lines.next().value_or("") != "JASC-PAL")
    return palette_error(name, lines.place(), "a JASC palette begins with the line 'JASC-PAL'");
  if (lines.next().value_or("") != "0100")
    return palette_error(name, lines.place(), "a JASC palette has version '0100'");
  std::string_view rest = lines.next().value_or("");
  const Place place = lines.place();
  const auto count = take_number(rest);
  if (!count || !rest.empty() || *count < 1 || *count > static_cast<int>(kMostPaletteColors))
    return palette_error(name, place, "the number of colours must be 1 to 256");
  auto palette = read_color_lines(name, lines, [](std::string_view) { return false; });
  if (palette && palette->colors.size() != static_cast<std::size_t>(*count))
    return palette_error(
        name, place,
        fmt::format("{} colours are announced but {} follow", *count, palette->colors.size()));
  return palette;
}

std::string write_hex_palette(const Palette& palette) {
  std::string text;
  for (const Rgb color : palette.colors) text += to_hex(color).substr(1) + "\n";
  return text;
}

std::string write_gpl_palette(const Palette& palette, std::string_view title) {
  std::string text = fmt::format("GIMP Palette\nName: {}\nColumns: 0\n#\n", as_title(title));
  for (const Rgb color : palette.colors)
    text += fmt::format("{:3} {:3} {:3}\t{}\n", color.r, color.g, color.b, to_hex(color));
  return text;
}

std::string write_jasc_palette(const Palette& palette) {
  std::string text = fmt::format("JASC-PAL\r\n0100\r\n{}\r\n", palette.colors.size());
  for (const Rgb color : palette.colors)
    text += fmt::format("{} {} {}\r\n", color.r, color.g, color.b);
  return text;
}

}  // namespace dgxp
