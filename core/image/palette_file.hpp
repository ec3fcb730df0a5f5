#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

/// Reads .hex, .gpl, JASC and RIFF .pal, .act, .aco, Adobe .ase, Lospec .json and .png (unique
/// opaque colours in reading order). The suffix of `name` proposes the format and the magic
/// decides. Double entries are kept, so that positions are those of the file.
///
/// Error: `manifest`, "name:line:column: ..." for text formats, when the file is malformed, empty
/// or has more than 256 colours.
Result<Palette> parse_palette(std::string_view name, ByteView content);

enum class PaletteFormat { hex, gpl, jasc, act, ase, lospec_json, png };
Bytes write_palette(const Palette& palette, PaletteFormat format, std::string_view name);

}  // namespace dgxp
