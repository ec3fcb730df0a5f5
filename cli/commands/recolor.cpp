#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/commands/targets.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
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
    if (const auto other = map.insert({*from, *to}).first->second; other != *to) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("--map gives {} two colours, {} and {}", to_hex(*from),
                                          to_hex(other), to_hex(*to)),
                   .hint = "name each colour of the picture once"};
    }
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
  if (map.empty()) return 0;
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

/// How the nearest colour is found.
struct NearestOptions {
  ColorMetric metric = ColorMetric::oklab;
  Dither dither = Dither::none;
};

Result<NearestOptions> nearest_options(const RecolorArguments& arguments) {
  const auto metric = parse_metric(arguments.metric);
  if (!metric) return metric.error();
  const auto dither = parse_dither(arguments.dither);
  if (!dither) return dither.error();
  return NearestOptions{.metric = *metric, .dither = *dither};
}

/// Whether something is to be done, and where to. `json`: standard output holds a document.
Result<Done> check_options(const RecolorArguments& arguments, bool json) {
  if (arguments.palette.empty() && arguments.map.empty()) {
    return Error{.kind = ErrorKind::usage,
                 .message = "recolor needs --palette or --map",
                 .hint = "dgxp recolor in.png -o out.png --palette ember.hex"};
  }
  if (auto done = check_png_name(arguments.output); !done) return done;
  if (json && is_standard_output(arguments.output))
    return two_on_standard_output("--output", "--json");
  return Done{};
}

/// What was not brought to the palette.
struct OffPalette {
  std::size_t pixels = 0;
  std::size_t colors = 0;
};

OffPalette count_off_palette(const Image& image, const Palette& palette) {
  const std::set<Rgb> known(palette.colors.begin(), palette.colors.end());
  std::set<Rgb> others;
  OffPalette off;
  for (const Rgba& pixel : image.pixels) {
    if (pixel.a == 0 || known.contains(pixel.rgb())) continue;
    others.insert(pixel.rgb());
    ++off.pixels;
  }
  off.colors = others.size();
  return off;
}

struct Recoloring {
  std::size_t changed = 0;
  OffPalette off;
};

Result<Recoloring> recolor(Image& image, const RecolorArguments& arguments,
                           const NearestOptions& options) {
  auto map = parse_map(arguments.map);
  if (!map) return map.error();
  Recoloring done{.changed = apply_map(image, *map), .off = {}};
  if (arguments.palette.empty()) return done;
  auto palette = read_palette(arguments.palette);
  if (!palette) return palette.error();
  if (!arguments.from.empty()) {
    auto from = read_palette(arguments.from);
    if (!from) return from.error();
    auto pairs = pair_palettes(*from, *palette);
    if (!pairs) return pairs.error();
    done.changed += apply_map(image, *pairs);
  } else {
    const Image before = image;
    image = lock_with_cache(image, *palette, options.metric, options.dither);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      done.changed += image.pixels[i] != before.pixels[i] ? 1U : 0U;
    return done;  // nothing is off the palette now
  }
  done.off = count_off_palette(image, *palette);
  return done;
}

}  // namespace

int run_recolor_command(const Context& context, const RecolorArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  if (auto done = check_options(arguments, terminal.json()); !done)
    return fail(context, done.error());
  const auto options = nearest_options(arguments);
  if (!options) return fail(context, options.error());
  auto image = read_image(arguments.input);
  if (!image) return fail(context, image.error());
  const auto done = recolor(*image, arguments, *options);
  if (!done) return fail(context, done.error());
  if (auto written = write_plain_file(arguments.output, encode_png(*image)); !written)
    return fail(context, written.error());
  if (terminal.json()) {
    const nlohmann::ordered_json document = {{"output", arguments.output},
                                             {"changed_pixels", done->changed},
                                             {"colors", colors_of(*image).size()},
                                             {"off_palette_pixels", done->off.pixels}};
    terminal.data(json_text(document));
  }
  if (done->off.pixels > 0) {
    terminal.warning(fmt::format("{}: {} of {} stay off the palette: --from does not name them",
                                 arguments.input, count_text(done->off.pixels, "pixel", "pixels"),
                                 count_text(done->off.colors, "colour", "colours")));
  }
  say_written(terminal, arguments.output,
              fmt::format("wrote {} ({} pixels changed, {} colours)", arguments.output,
                          done->changed, colors_of(*image).size()));
  return 0;
}

}  // namespace dgxp
