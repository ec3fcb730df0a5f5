#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"
#include "core/image/palette_file.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

// What the verbs on plain files share. Errors name the file.

Result<Image> read_image(const std::string& path);
Result<Palette> read_palette(const std::string& path);
Result<PaletteFormat> palette_format_of(const std::string& path);

Result<Background> parse_background(const std::string& name);
Result<ColorMetric> parse_metric(const std::string& name);
Result<Dither> parse_dither(const std::string& name);
Error not_a_color(const std::string& text);

}  // namespace dgxp
