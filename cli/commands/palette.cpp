#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/commands/targets.hpp"
#include "cli/report.hpp"
#include "core/image/auto_palette.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/extend_palette.hpp"
#include "core/image/nearest_search.hpp"

namespace dgxp {
namespace {

std::string palette_json(const Palette& palette) {
  nlohmann::ordered_json colors = nlohmann::ordered_json::array();
  for (const Rgb color : palette.colors) colors.push_back(to_hex(color));
  const nlohmann::ordered_json document = {{"colors", std::move(colors)}};
  return document.dump(2) + "\n";
}

int show_palette(const Context& context, const Palette& palette) {
  const Terminal& terminal = *context.terminal;
  if (terminal.json()) {
    terminal.data(palette_json(palette));
    return 0;
  }
  for (const Rgb color : palette.colors) terminal.data(to_hex(color) + "\n");
  return 0;
}

/// What a colour becomes in another palette, and by how much that is seen.
struct Replacement {
  Rgb from;
  Rgb to;
  double difference = 0;  ///< CIEDE2000
};

std::vector<Replacement> replace_colors(const Palette& from, const Palette& to) {
  std::vector<Replacement> replacements;
  const NearestSearch search(to.colors, ColorMetric::ciede2000);
  for (const Rgb color : from.colors) {
    const Rgb nearest = to.colors[search.nearest(color)];
    replacements.push_back(
        {.from = color, .to = nearest, .difference = ciede2000(to_lab(color), to_lab(nearest))});
  }
  return replacements;
}

int compare_palettes(const Context& context, const Palette& from, const Palette& to) {
  const std::vector<Replacement> replacements = replace_colors(from, to);
  double sum = 0;
  double worst = 0;
  std::size_t same = 0;
  for (const Replacement& one : replacements) {
    sum += one.difference;
    worst = std::max(worst, one.difference);
    same += one.from == one.to ? 1U : 0U;
  }
  const double mean = sum / static_cast<double>(replacements.size());
  if (context.terminal->json()) {
    nlohmann::ordered_json colors = nlohmann::ordered_json::array();
    for (const Replacement& one : replacements)
      colors.push_back({{"from", to_hex(one.from)},
                        {"to", to_hex(one.to)},
                        {"difference", std::round(one.difference * 100) / 100}});
    const nlohmann::ordered_json document = {{"colors", std::move(colors)},
                                             {"same", same},
                                             {"mean", std::round(mean * 100) / 100},
                                             {"worst", std::round(worst * 100) / 100}};
    context.terminal->data(document.dump(2) + "\n");
    return 0;
  }
  for (const Replacement& one : replacements)
    context.terminal->data(
        fmt::format("{} {} {:6.2f}\n", to_hex(one.from), to_hex(one.to), one.difference));
  context.terminal->line(
      fmt::format("{} of {} are the same; CIEDE2000 difference: mean {:.2f}, worst {:.2f}", same,
                  count_text(replacements.size(), "colour", "colours"), mean, worst));
  return 0;
}

Result<Palette> extract_palette(const PaletteArguments& arguments) {
  // One picture at a time is in memory: there may be thousands of large ones.
  ColorCounter counter;
  for (const std::string& path : arguments.inputs) {
    const auto image = read_image(path);
    if (!image) return image.error();
    counter.add(*image);
  }
  const std::vector<ColorCount> counts = std::move(counter).take();
  if (arguments.extend.empty()) {
    if (arguments.colors > 1) return auto_palette_of_counts(counts, arguments.colors);
    return Error{.kind = ErrorKind::usage,
                 .message = "a palette is made of 2 to 256 colours",
                 .hint = "-n 1 goes with --extend FILE"};
  }
  auto base = read_palette(arguments.extend);
  if (!base) return base.error();
  const std::size_t own = base->colors.size();
  if (own + static_cast<std::size_t>(arguments.colors) > 256) {
    return Error{.kind = ErrorKind::input,
                 .message = fmt::format("{} has {} and cannot get {} more", arguments.extend,
                                        count_text(own, "colour", "colours"), arguments.colors),
                 .hint = "a palette has at most 256 colours: ask for fewer with -n"};
  }
  return extend_palette_by_counts(*base, counts, arguments.colors);
}

/// Error: `input` when a palette read from `content` is another one: a PNG names a colour once.
Result<Done> check_kept(const std::string& path, ByteView content, const Palette& palette) {
  const auto kept = parse_palette(path, content);
  if (!kept) return kept.error();
  if (kept->colors == palette.colors) return Done{};
  return Error{.kind = ErrorKind::input,
               .message = fmt::format("{} would hold {} of the palette's {}: it names none twice",
                                      path, kept->colors.size(),
                                      count_text(palette.colors.size(), "colour", "colours")),
               .hint = "positions would be lost: write another format, such as .gpl"};
}

Result<Done> save_palette(const PaletteArguments& arguments, const Palette& palette) {
  const auto format = palette_format_of(arguments.output);
  if (!format) return format.error();
  const std::string name = std::filesystem::path(arguments.output).stem().string();
  const Bytes content = write_palette(palette, *format, name);
  if (auto done = check_kept(arguments.output, content, palette); !done) return done;
  return write_plain_file(arguments.output, content);
}

}  // namespace

int run_palette_command(const Context& context, const PaletteArguments& arguments) {
  if (arguments.action == "extract" && !arguments.output.empty()) {
    if (auto done = check_no_inputs({&arguments.output, 1}, arguments.inputs); !done)
      return fail(context, done.error());
  }
  auto palette = arguments.action == "extract" ? extract_palette(arguments)
                                               : read_palette(arguments.inputs.front());
  if (!palette) return fail(context, palette.error());
  if (arguments.action == "compare") {
    const auto other = read_palette(arguments.inputs.back());
    if (!other) return fail(context, other.error());
    return compare_palettes(context, *palette, *other);
  }
  if (arguments.output.empty()) return show_palette(context, *palette);
  if (auto done = save_palette(arguments, *palette); !done) return fail(context, done.error());
  if (context.terminal->json()) context.terminal->data(palette_json(*palette));
  context.terminal->line(fmt::format("wrote {} ({})", arguments.output,
                                     count_text(palette->colors.size(), "colour", "colours")));
  return 0;
}

}  // namespace dgxp
