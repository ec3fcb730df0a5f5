#include "cli/commands/files.hpp"

#include <array>
#include <filesystem>
#include <span>

#include <fmt/format.h>

#include "cli/commands/targets.hpp"
#include "core/image/png_codec.hpp"
#include "core/store/project_store.hpp"

namespace dgxp {
namespace {

constexpr PngLimits kImageLimits{.max_size = {16384, 16384}, .max_bytes = 256U << 20U};
constexpr std::size_t kLargestPalette = 4U << 20U;

Error in_file(const std::string& path, Error error) {
  error.message = fmt::format("{}: {}", path, error.message);
  return error;
}

template <typename Enum>
Result<Enum> parse_word(const std::string& name, std::span<const Enum> values, const char* what) {
  std::string known;
  for (const Enum value : values) {
    if (to_text(value) == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(to_text(value));
  }
  return Error{.kind = ErrorKind::usage,
               .message = fmt::format("'{}' is no {}", name, what),
               .hint = "one of " + known};
}

}  // namespace

Result<Image> read_image(const std::string& path) {
  auto content = read_plain_file(path, kImageLimits.max_bytes);
  if (!content) return content.error();
  return decode_png(*content, kImageLimits).map_error([&](Error error) {
    if (!as_text(*content).starts_with("\x89PNG") && error.hint.empty())
      error.hint = "only PNG is read: save or convert it as PNG first";
    return in_file(path, std::move(error));
  });
}

Result<Palette> read_palette(const std::string& path) {
  auto content = read_plain_file(path, kLargestPalette);
  if (!content) return content.error();
  return parse_palette(path, *content);
}

Result<PaletteFormat> palette_format_of(const std::string& path) {
  const std::string suffix = suffix_of(path);
  if (suffix == ".hex") return PaletteFormat::hex;
  if (suffix == ".gpl") return PaletteFormat::gpl;
  if (suffix == ".pal") return PaletteFormat::jasc;
  if (suffix == ".act") return PaletteFormat::act;
  if (suffix == ".ase") return PaletteFormat::ase;
  if (suffix == ".json") return PaletteFormat::lospec_json;
  if (suffix == ".png") return PaletteFormat::png;
  return Error{.kind = ErrorKind::usage,
               .message = fmt::format("'{}' does not say which palette format to write", path),
               .hint = "use .hex, .gpl, .pal, .act, .ase, .json or .png"};
}

Result<Background> parse_background(const std::string& name) {
  static constexpr std::array kAll{Background::none, Background::border_flood,
                                   Background::chroma_key};
  return parse_word<Background>(name, kAll, "background");
}

Result<ColorMetric> parse_metric(const std::string& name) {
  static constexpr std::array kAll{ColorMetric::rgb, ColorMetric::oklab, ColorMetric::hyab,
                                   ColorMetric::ciede2000, ColorMetric::recover};
  return parse_word<ColorMetric>(name, kAll, "metric");
}

Result<Dither> parse_dither(const std::string& name) {
  static constexpr std::array kAll{Dither::none,   Dither::bayer2,          Dither::bayer4,
                                   Dither::bayer8, Dither::floyd_steinberg, Dither::atkinson};
  return parse_word<Dither>(name, kAll, "dither");
}

Error not_a_color(const std::string& text) {
  return {.kind = ErrorKind::usage,
          .message = fmt::format("'{}' is not a colour", text),
          .hint = "write it like \"#a53030\""};
}

}  // namespace dgxp
