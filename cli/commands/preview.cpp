#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/targets.hpp"
#include "cli/json_text.hpp"
#include "cli/opened_project.hpp"
#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

constexpr int kLeastWidth = 192;  ///< pixels before scaling
constexpr int kGap = 4;
constexpr int kLargestSide = 16384;
constexpr Rgba kBackdrop{38, 36, 51, 255};

Image scaled(const Image& image, int scale) {
  Image large({image.size.width * scale, image.size.height * scale});
  for (int y = 0; y < large.size.height; ++y) {
    for (int x = 0; x < large.size.width; ++x) large.at(x, y) = image.at(x / scale, y / scale);
  }
  return large;
}

void draw_over(Image& target, const Image& source, Point at) {
  for (int y = 0; y < source.size.height; ++y) {
    for (int x = 0; x < source.size.width; ++x) {
      if (source.at(x, y).a == 0 || !target.contains(at.x + x, at.y + y)) continue;
      target.at(at.x + x, at.y + y) = source.at(x, y);
    }
  }
}

struct Placed {
  const Image* image = nullptr;
  Point at;
};

/// All frames in reading order, one shelf under the other. Returns the height used.
int place_frames(const std::vector<Sprite>& sprites, int width, std::vector<Placed>& placed) {
  int x = kGap;
  int y = kGap;
  int shelf = 0;
  for (const Sprite& sprite : sprites) {
    for (const SpriteRow& row : sprite.rows) {
      for (const Image& frame : row.frames) {
        if (x > kGap && x + frame.size.width + kGap > width) {
          x = kGap;
          y += shelf + kGap;
          shelf = 0;
        }
        placed.push_back({&frame, {x, y}});
        x += frame.size.width + kGap;
        shelf = std::max(shelf, frame.size.height);
      }
    }
  }
  return y + shelf + kGap;
}

/// About twice as wide as high, and at least as wide as the widest frame.
int sheet_width(const std::vector<Sprite>& sprites) {
  int widest = kLeastWidth;
  double area = 0;
  for (const Sprite& sprite : sprites) {
    for (const SpriteRow& row : sprite.rows) {
      for (const Image& frame : row.frames) {
        widest = std::max(widest, frame.size.width + 2 * kGap);
        area += static_cast<double>(frame.size.width + kGap) * (frame.size.height + kGap);
      }
    }
  }
  return std::max(widest, static_cast<int>(std::sqrt(2 * area)));
}

Result<Image> contact_sheet(const std::vector<Sprite>& sprites, int scale) {
  const int width = sheet_width(sprites);
  std::vector<Placed> placed;
  const int height = place_frames(sprites, width, placed);
  if (std::max(width, height) * scale > kLargestSide) {
    return Error{.kind = ErrorKind::usage,
                 .message = fmt::format("the sheet would be {}x{}", width * scale, height * scale),
                 .hint = "name fewer sprites, or use a smaller --scale"};
  }
  Image sheet({width, height}, kBackdrop);
  for (const Placed& one : placed) draw_over(sheet, *one.image, one.at);
  return scaled(sheet, scale);
}

/// `json`: standard output holds a document.
Result<Done> check_target(const std::string& path, bool json) {
  if (json && is_standard_output(path)) return two_on_standard_output("--sheet", "--json");
  return check_png_name(path);
}

}  // namespace

int run_preview_command(const Context& context, const PreviewArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  if (auto done = check_target(arguments.sheet, terminal.json()); !done)
    return fail(context, done.error());
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, "embedded", Access::read_only, exit_code);
  if (!project) return exit_code;
  const auto wanted = make_wanted_sprites(context, *project, arguments.sprites, exit_code);
  if (!wanted) return exit_code;
  const auto sheet = contact_sheet(wanted->sprites, arguments.scale);
  if (!sheet) return fail(context, sheet.error());
  if (auto done = write_plain_file(arguments.sheet, encode_png(*sheet, PngEffort::fast)); !done) {
    return fail(context, done.error());
  }
  if (terminal.json()) {
    const nlohmann::ordered_json document = {{"output", arguments.sheet},
                                             {"width", sheet->size.width},
                                             {"height", sheet->size.height},
                                             {"sprites", wanted->sprites.size()}};
    terminal.data(json_text(document));
  }
  say_written(
      terminal, arguments.sheet,
      fmt::format("wrote {} ({}x{})", arguments.sheet, sheet->size.width, sheet->size.height));
  return 0;
}

}  // namespace dgxp
