#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

/// One reader and writer a text format; palette_file.hpp joins them. `name` stands in messages.
Result<Palette> parse_hex_palette(std::string_view name, std::string_view text);
Result<Palette> parse_gpl_palette(std::string_view name, std::string_view text);
Result<Palette> parse_jasc_palette(std::string_view name, std::string_view text);

std::string write_hex_palette(const Palette& palette);
std::string write_gpl_palette(const Palette& palette, std::string_view title);
std::string write_jasc_palette(const Palette& palette);

/// "name:line:column: message", or "name: message" where there is no place.
Error palette_error(std::string_view name, Place place, std::string_view message);

}  // namespace dgxp
