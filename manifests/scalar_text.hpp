#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dgxp {

/// Decimal digits, perhaps with a sign: 12, -3. Nothing for any other text (010, 0x10, 1_000, 1.0)
/// and for what does not fit.
std::optional<std::int64_t> parse_whole_number(std::string_view text);

/// Decimal digits without a sign, up to 18446744073709551615; else as parse_whole_number().
std::optional<std::uint64_t> parse_natural_number(std::string_view text);

/// What either of them reads, rounded to a double.
std::optional<double> parse_whole_value(std::string_view text);

/// 0.5, 12, -3e2. Nothing for NaN, infinity, hexadecimal and what does not fit a double.
std::optional<double> parse_number(std::string_view text);

/// 010, -007: decimal for people and octal for half of all YAML readers.
bool looks_octal(std::string_view text);

/// The shortest text that reads as this number again: 2, 0.5.
std::string_view to_text(double value, char (&buffer)[32]);

}  // namespace dgxp
