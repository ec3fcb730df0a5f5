#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dgxp {

/// An opaque sRGB colour, 8 bits a channel.
struct Rgb {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  friend auto operator<=>(const Rgb&, const Rgb&) = default;
};

/// An sRGB colour with straight (not premultiplied) alpha.
struct Rgba {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 0;
  Rgb rgb() const { return {r, g, b}; }
  friend auto operator<=>(const Rgba&, const Rgba&) = default;
};

constexpr Rgba opaque(Rgb color) {
  return {color.r, color.g, color.b, 255};
}
inline constexpr Rgba kTransparent{0, 0, 0, 0};

/// "#rrggbb" in lower case.
std::string to_hex(Rgb color);

/// Reads "#rrggbb", "rrggbb" or "#rgb"; nothing for any other text.
std::optional<Rgb> parse_hex_color(std::string_view text);

/// Björn Ottosson's OKLab: L 0..1, a and b about -0.4..0.4.
struct Oklab {
  double l = 0;
  double a = 0;
  double b = 0;
};
Oklab to_oklab(Rgb color);

}  // namespace dgxp
