#include "core/base/color.hpp"

#include <array>
#include <cmath>

namespace dgxp {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

double linear(std::uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

}  // namespace

std::string to_hex(Rgb color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t channel : {color.r, color.g, color.b}) {
    text += kDigits[channel >> 4U];
    text += kDigits[channel & 15U];
  }
  return text;
}

std::optional<Rgb> parse_hex_color(std::string_view text) {
  const bool has_mark = text.starts_with('#');
  if (has_mark) text.remove_prefix(1);
  if (text.size() != 6 && !(has_mark && text.size() == 3)) return std::nullopt;
  std::array<std::uint8_t, 3> channels{};
  for (std::size_t i = 0; i < 3; ++i) {
    const bool is_short = text.size() == 3;
    const int high = hex_digit(text[is_short ? i : 2 * i]);
    const int low = hex_digit(text[is_short ? i : 2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    channels.at(i) = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Rgb{channels[0], channels[1], channels[2]};
}

// Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
Oklab to_oklab(Rgb color) {
  static const std::array<double, 256> kLinear = [] {
    std::array<double, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
      table.at(i) = linear(static_cast<std::uint8_t>(i));
    return table;
  }();
  const double r = kLinear[color.r];
  const double g = kLinear[color.g];
  const double b = kLinear[color.b];
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

}  // namespace dgxp
