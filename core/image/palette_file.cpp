#include "core/image/palette_file.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/palette_binary.hpp"
#include "core/image/palette_text.hpp"
#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
constexpr PngLimits kPngLimits{.max_size = {4096, 4096}, .max_bytes = std::size_t{8} << 20U};

/// Collects the strings of the top-level list "colors" as the text is read, so that a hostile file
/// costs no more memory than its colours, however deep or long it is.
class LospecReader : public nlohmann::json_sax<json> {
 public:
  Palette palette;
  std::string problem;           ///< what is wrong with a colour or the shape; empty for syntax
  std::size_t syntax_error = 0;  ///< byte at which the text stops being JSON
  bool has_colors = false;

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return value() && ++depth_ <= kMostDepth; }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool start_array(std::size_t) override {
    if (depth_ == 1 && is_colors_) {
      if (has_colors) return fail("'colors' occurs twice");
      has_colors = true;
    } else if (!value()) {
      return false;
    }
    return ++depth_ <= kMostDepth;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) is_colors_ = name == "colors";
    return true;
  }
  bool string(string_t& text) override {
    if (!in_colors()) return value();
    const std::string digits = text.starts_with('#') ? text.substr(1) : text;
    const auto color = digits.size() == 6 ? parse_hex_color(digits) : std::nullopt;
    if (!color)
      return fail(
          fmt::format("colour {} is not six hexadecimal digits", palette.colors.size() + 1));
    if (palette.colors.size() == kMostPaletteColors) return fail("more than 256 colours");
    palette.colors.push_back(*color);
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const json::exception&) override {
    syntax_error = at;
    return false;
  }

 private:
  static constexpr int kMostDepth = 16;

  bool in_colors() const { return depth_ == 2 && is_colors_ && has_colors; }
  bool leave() {
    --depth_;
    return true;
  }
  bool fail(std::string message) {
    problem = std::move(message);
    return false;
  }
  /// Any value but a colour: fine outside of "colors".
  bool value() {
    if (depth_ >= 1 && !is_colors_) return true;
    if (depth_ == 0) return true;
    return fail("'colors' must be a list of strings");
  }

  int depth_ = 0;
  bool is_colors_ = false;
};

Result<Palette> parse_lospec_palette(std::string_view name, std::string_view text) {
  LospecReader reader;
  const bool is_read = json::sax_parse(text, &reader);
  if (!reader.problem.empty()) return palette_error(name, {}, reader.problem);
  if (!is_read) {
    // The byte that is told is counted from 1: the last one that was read.
    const std::size_t at = std::min(std::max<std::size_t>(reader.syntax_error, 1) - 1, text.size());
    const std::string_view before = text.substr(0, at);
    const auto line = 1 + static_cast<int>(std::ranges::count(before, '\n'));
    const std::size_t start = before.rfind('\n') + 1;  // 0 when there is none
    return palette_error(name, {line, static_cast<int>(at - start) + 1},
                         "this is not JSON of a palette");
  }
  if (!reader.has_colors) return palette_error(name, {}, "there is no list 'colors'");
  if (reader.palette.colors.empty()) return palette_error(name, {}, "the palette holds no colour");
  return std::move(reader.palette);
}

Result<Palette> parse_png_palette(std::string_view name, ByteView content) {
  const auto image = decode_png(content, kPngLimits);
  if (!image) return palette_error(name, {}, image.error().message);
  Palette palette;
  std::optional<Rgb> last;
  for (const Rgba& pixel : image->pixels) {
    if (!is_opaque(pixel) || last == pixel.rgb()) continue;
    last = pixel.rgb();
    if (palette.find(*last)) continue;
    if (palette.colors.size() == kMostPaletteColors)
      return palette_error(name, {}, "more than 256 different colours");
    palette.colors.push_back(*last);
  }
  if (palette.colors.empty()) return palette_error(name, {}, "the picture has no opaque pixel");
  return palette;
}

std::string suffix_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return "";
  return to_lower(name.substr(dot));
}

bool starts_with(ByteView content, std::string_view magic) {
  return as_text(content).starts_with(magic);
}

/// Without a byte order mark and blank lines in front.
std::string_view text_start(ByteView content) {
  std::string_view text = as_text(content);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

bool is_aseprite(ByteView content) {
  return content.size() >= 6 && content[4] == 0xE0 && content[5] == 0xA5;
}

Bytes write_lospec(const Palette& palette, std::string_view title) {
  nlohmann::ordered_json document{{"name", title}, {"author", ""}, {"colors", json::array()}};
  for (const Rgb color : palette.colors) document["colors"].push_back(to_hex(color).substr(1));
  return to_bytes(document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

Bytes write_strip(const Palette& palette) {
  Image strip({static_cast<int>(palette.colors.size()), 1});
  std::ranges::transform(palette.colors, strip.pixels.begin(), opaque);
  return encode_png(strip);
}

}  // namespace

Result<Palette> parse_palette(std::string_view name, ByteView content) {
  if (starts_with(content, "\x89PNG")) return parse_png_palette(name, content);
  if (content.size() > kMostBytes)
    return palette_error(name, {},
                         fmt::format("{} bytes are too many for a palette", content.size()));
  const std::string suffix = suffix_of(name);
  const std::string_view text = as_text(content);
  const std::string_view start = text_start(content);
  // What a file says of itself goes before what it is called.
  if (starts_with(content, "RIFF") && content.size() >= 12 && text.substr(8, 4) == "PAL ")
    return parse_riff_palette(name, content);
  if (starts_with(content, "ASEF")) return parse_ase_palette(name, content);
  if (start.starts_with("GIMP Palette")) return parse_gpl_palette(name, text);
  if (start.starts_with("JASC-PAL")) return parse_jasc_palette(name, text);
  if (suffix == ".act") return parse_act_palette(name, content);
  if (suffix == ".aco") return parse_aco_palette(name, content);
  if (is_aseprite(content))
    return palette_error(name, {}, "this is a picture of Aseprite, not an Adobe swatch file");
  if (suffix == ".json" || start.starts_with('{')) return parse_lospec_palette(name, text);
  if (suffix == ".hex") return parse_hex_palette(name, text);
  if (suffix == ".gpl") return parse_gpl_palette(name, text);
  if (suffix == ".pal") return palette_error(name, {}, "neither a JASC nor a RIFF palette");
  if (suffix == ".ase") return palette_error(name, {}, "not an Adobe swatch file");
  if (suffix == ".png") return palette_error(name, {}, "not a PNG file");
  return palette_error(
      name, {}, "unknown palette format; known are .hex .gpl .pal .act .aco .ase .json .png");
}

Bytes write_palette(const Palette& palette, PaletteFormat format, std::string_view name) {
  switch (format) {
    case PaletteFormat::hex:
      break;
    case PaletteFormat::gpl:
      return to_bytes(write_gpl_palette(palette, name));
    case PaletteFormat::jasc:
      return to_bytes(write_jasc_palette(palette));
    case PaletteFormat::act:
      return write_act_palette(palette);
    case PaletteFormat::ase:
      return write_ase_palette(palette);
    case PaletteFormat::lospec_json:
      return write_lospec(palette, name);
    case PaletteFormat::png:
      return write_strip(palette);
  }
  return to_bytes(write_hex_palette(palette));
}

}  // namespace dgxp
