#include "cli/commands/recover_options.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/commands/targets.hpp"

namespace dgxp {
namespace {

Error usage(std::string message, std::string hint) {
  return {.kind = ErrorKind::usage, .message = std::move(message), .hint = std::move(hint)};
}

Result<Done> check_targets(const RecoverArguments& arguments, bool json) {
  const bool explains = !arguments.explain.empty();
  if (auto done = check_png_name(arguments.output); !done) return done;
  if (auto done = check_png_name(arguments.explain); explains && !done) return done;
  const bool output_is_out = is_standard_output(arguments.output);
  const bool explain_is_out = explains && is_standard_output(arguments.explain);
  if (output_is_out && explain_is_out) return two_on_standard_output("--output", "--explain");
  if (json && output_is_out) return two_on_standard_output("--output", "--json");
  if (json && explain_is_out) return two_on_standard_output("--explain", "--json");
  if (!explains || !same_target(arguments.output, arguments.explain)) return Done{};
  return usage(fmt::format("--output and --explain are the same file, '{}'", arguments.output),
               "--explain draws over the raw picture: give it a file of its own");
}

/// What cells told by --grid, --size or both cover on one axis.
struct ToldCells {
  double cell = 0;
  double start = 0;
  double end = 0;  ///< where the last one begins
  bool is_off(int length) const { return start >= length || start + cell <= 0; }
};

ToldCells cells_of(const RecoverSpec& spec, int length, int start, int count) {
  const double cell =
      spec.grid ? *spec.grid : static_cast<double>(length - start) / std::max(count, 1);
  return {.cell = cell,
          .start = static_cast<double>(start),
          .end = start + cell * std::max(count - 1, 0)};
}

std::string text_of(Size size) {
  return fmt::format("{}x{}", size.width, size.height);
}

Error cells_disagree(const RecoverSpec& spec, Size picture) {
  const double width = *spec.grid * spec.size->width;
  const double height = *spec.grid * spec.size->height;
  return {.kind = ErrorKind::input,
          .message = fmt::format("{} cells of {} pixels are {}x{} pixels, the picture has {}",
                                 text_of(*spec.size), *spec.grid, width, height, text_of(picture)),
          .hint = "leave --grid or --size out, or say with --offset where the cells begin"};
}

Result<Done> check_told_grid(const RecoverSpec& spec, Size picture) {
  const Point offset = spec.offset.value_or(Point{});
  const Size count = spec.size.value_or(Size{1, 1});
  const ToldCells x = cells_of(spec, picture.width, offset.x, count.width);
  const ToldCells y = cells_of(spec, picture.height, offset.y, count.height);
  if (spec.offset && (x.is_off(picture.width) || y.is_off(picture.height)))
    return Error{.kind = ErrorKind::input,
                 .message = fmt::format("a first cell at {},{} lies outside of the picture of {}",
                                        offset.x, offset.y, text_of(picture)),
                 .hint = "--offset is where the first cell begins, in raw pixels"};
  if (!spec.grid || !spec.size) return Done{};
  const bool too_many = x.end >= picture.width || y.end >= picture.height;
  // A part of the picture is fine, when it is said where that part begins.
  const bool too_few =
      !spec.offset && (x.end + 2 * x.cell <= picture.width || y.end + 2 * y.cell <= picture.height);
  if (too_many || too_few) return cells_disagree(spec, picture);
  return Done{};
}

}  // namespace

Result<Done> check_recover_options(const RecoverArguments& arguments, bool json) {
  if (arguments.inputs.size() != 1 || arguments.output.empty())
    return usage("recover takes one image and -o OUT.png",
                 "dgxp recover raw.png -o sprite.png --palette ember.hex");
  if (auto done = check_targets(arguments, json); !done) return done;
  if (arguments.background == "chroma_key" && arguments.key.empty())
    return usage("--background chroma_key needs the colour of the background",
                 "add --key \"#ff00ff\", or let --background border_flood find it");
  if (arguments.holes && arguments.background == "none" && arguments.key.empty())
    return usage("--holes needs a background to remove",
                 "add --background border_flood; a --key opens holes by itself");
  if (arguments.offset.empty() || arguments.grid || !arguments.size.empty()) return Done{};
  return usage("--offset needs --grid or --size",
               "without them the grid is found, and with it where it begins");
}

Result<Done> check_picture(const Image& raw, const RecoverSpec& spec) {
  const bool is_empty =
      std::ranges::all_of(raw.pixels, [&](const Rgba& pixel) { return pixel.a < spec.alpha; });
  if (is_empty)
    return Error{.kind = ErrorKind::input,
                 .message = "the picture is empty",
                 .hint = fmt::format("no pixel has an alpha of {} or more", spec.alpha)};
  if (!spec.grid && !spec.size) return Done{};
  return check_told_grid(spec, raw.size);
}

Error explain_failure(const Image& raw, const RecoverSpec& spec, Error error) {
  if (spec.grid || spec.size) return error;
  const bool is_flat = std::ranges::all_of(
      raw.pixels, [&](const Rgba& pixel) { return pixel == raw.pixels.front(); });
  if (is_flat) error.message = "the picture shows one colour only, and so no pixel grid";
  error.hint = "say --grid, the width of a cell in raw pixels, or --size, how many cells there are";
  return error;
}

}  // namespace dgxp
