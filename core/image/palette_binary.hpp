#pragma once

#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

/// One reader and writer a binary format; palette_file.hpp joins them. `name` stands in messages.
Result<Palette> parse_riff_palette(std::string_view name, ByteView content);
Result<Palette> parse_act_palette(std::string_view name, ByteView content);
Result<Palette> parse_aco_palette(std::string_view name, ByteView content);
Result<Palette> parse_ase_palette(std::string_view name, ByteView content);

Bytes write_act_palette(const Palette& palette);
Bytes write_ase_palette(const Palette& palette);

}  // namespace dgxp
