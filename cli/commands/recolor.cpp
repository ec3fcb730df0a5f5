#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/lock_palette.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/table_file.hpp"
#include "core/store/table_cache.hpp"

namespace dgxp {
namespace {

using ColorMap = std::map<Rgb, Rgb>;

Result<ColorMap> parse_map(const std::vector<std::string>& entries) {
  ColorMap map;
  for (const std::string& entry : entries) {
    const std::size_t sign = entry.find('=');
    const auto from = parse_hex_color(entry.substr(0, sign));
    const auto to =
        sign == std::string::npos ? std::nullopt : parse_hex_color(entry.substr(sign + 1));
    if (!from || !to) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("'{}' does not map a colour to a colour", entry),
                   .hint = "write it like --map \"#a53030=#3c5e8b\""};
    }
    map[*from] = *to;
  }
  return map;
}

/// Position by position from one palette to the other.
Result<ColorMap> pair_palettes(const Palette& from, const Palette& to) {
  if (from.colors.size() != to.colors.size()) {
    return Error{.kind = ErrorKind::usage,
                 .message = fmt::format("--from has {} colours, --palette has {}",
                                        from.colors.size(), to.colors.size()),
                 .hint = "leave --from out to take the nearest colours"};
  }
  ColorMap map;
  for (std::size_t i = 0; i < from.colors.size(); ++i) map[from.colors[i]] = to.colors[i];
  return map;
}

std::size_t apply_map(Image& image, const ColorMap& map) {
  std::size_t changed = 0;
  for (Rgba& pixel : image.pixels) {
    const auto found = pixel.a == 0 ? map.end() : map.find(pixel.rgb());
    if (found == map.end() || found->second == pixel.rgb()) continue;
    pixel = {found->second.r, found->second.g, found->second.b, pixel.a};
    ++changed;
  }
  return changed;
}

/// Locks with a table that a project keeps (in `.dgxp/`) when making it took long. Outside of a
/// project nothing is kept. A cache that cannot be written is no reason to fail.
Image lock_with_cache(const Image& image, const Palette& palette, ColorMetric metric,
                      Dither dither) {
  PaletteMapper mapper(palette, metric);
  const Digest key = table_key(palette, metric);
  const auto project = find_project_folder(".");
  if (project) {
    if (const auto kept = find_table(*project, key)) mapper.restore(*kept);
  }
  Image locked = mapper.lock(image, dither, 128);
  if (project && mapper.is_worth_saving())
    static_cast<void>(keep_table(*project, key, mapper.save()));
  return locked;
}

Result<std::size_t> recolor(Image& image, const RecolorArguments& arguments) {
  auto map = parse_map(arguments.map);
  if (!map) return map.error();
  std::size_t changed = apply_map(image, *map);
  if (arguments.palette.empty()) return changed;
  auto palette = read_palette(arguments.palette);
  if (!palette) return palette.error();
  if (!arguments.from.empty()) {
    auto from = read_palette(arguments.from);
    if (!from) return from.error();
    auto pairs = pair_palettes(*from, *palette);
    if (!pairs) return pairs.error();
    return changed + apply_map(image, *pairs);
  }
  const auto metric = parse_metric(arguments.metric);
  if (!metric) return metric.error();
  const auto dither = parse_dither(arguments.dither);
  if (!dither) return dither.error();
  const Image before = image;
  image = lock_with_cache(image, *palette, *metric, *dither);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    if (image.pixels[i] != before.pixels[i]) ++changed;
  }
  return changed;
}

}  // namespace

int run_recolor_command(const Context& context, const RecolorArguments& arguments) {
  if (arguments.palette.empty() && arguments.map.empty()) {
    return fail(context, {.kind = ErrorKind::usage,
                          .message = "recolor needs --palette or --map",
                          .hint = "dgxp recolor in.png -o out.png --palette ember.hex"});
  }
  auto image = read_image(arguments.input);
  if (!image) return fail(context, image.error());
  const auto changed = recolor(*image, arguments);
  if (!changed) return fail(context, changed.error());
  if (auto done = write_plain_file(arguments.output, encode_png(*image)); !done) {
    return fail(context, done.error());
  }
  if (context.terminal->json()) {
    const nlohmann::ordered_json document = {{"output", arguments.output},
                                             {"changed_pixels", *changed},
                                             {"colors", colors_of(*image).size()}};
    context.terminal->data(document.dump(2) + "\n");
  }
  context.terminal->line(fmt::format("wrote {} ({} pixels changed, {} colours)", arguments.output,
                                     *changed, colors_of(*image).size()));
  return 0;
}

}  // namespace dgxp
