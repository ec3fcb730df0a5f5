#include "manifests/scalar_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

namespace dgxp {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

/// Takes the digits in front of `text` away; how many there were.
std::size_t skip_digits(std::string_view& text) {
  const auto* end = std::ranges::find_if_not(text, is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count;
}

bool is_decimal(std::string_view text) {
  text = without_sign(text);
  std::size_t digits = skip_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += skip_digits(text);
  }
  if (digits == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    text = without_sign(text);
    if (skip_digits(text) == 0) return false;
  }
  return text.empty();
}

}  // namespace

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  if (looks_octal(text)) return std::nullopt;
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_natural_number(std::string_view text) {
  if (looks_octal(text)) return std::nullopt;
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_whole_value(std::string_view text) {
  if (const auto natural = parse_natural_number(text)) return static_cast<double>(*natural);
  const auto whole = parse_whole_number(text);
  if (!whole) return std::nullopt;
  return static_cast<double>(*whole);
}

std::optional<double> parse_number(std::string_view text) {
  if (looks_octal(text) || !is_decimal(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

bool looks_octal(std::string_view text) {
  text = without_sign(text);
  return text.size() > 1 && text[0] == '0' && std::ranges::all_of(text, is_digit);
}

std::string_view to_text(double value, char (&buffer)[32]) {
  const auto [end, status] = std::to_chars(std::begin(buffer), std::end(buffer), value);
  if (status != std::errc{}) return {};
  return {std::begin(buffer), static_cast<std::size_t>(end - std::begin(buffer))};
}

}  // namespace dgxp
