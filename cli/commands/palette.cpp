#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/report.hpp"
#include "core/image/auto_palette.hpp"

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

Result<Palette> extract_palette(const PaletteArguments& arguments) {
  std::vector<Image> images;
  for (const std::string& path : arguments.inputs) {
    auto image = read_image(path);
    if (!image) return image.error();
    images.push_back(std::move(*image));
  }
  std::vector<const Image*> views;
  for (const Image& image : images) views.push_back(&image);
  return make_auto_palette(views, arguments.colors);
}

}  // namespace

int run_palette_command(const Context& context, const PaletteArguments& arguments) {
  auto palette = arguments.action == "extract" ? extract_palette(arguments)
                                               : read_palette(arguments.inputs.front());
  if (!palette) return fail(context, palette.error());
  if (arguments.output.empty()) return show_palette(context, *palette);
  const auto format = palette_format_of(arguments.output);
  if (!format) return fail(context, format.error());
  const std::string name = std::filesystem::path(arguments.output).stem().string();
  if (auto done = write_plain_file(arguments.output, write_palette(*palette, *format, name));
      !done) {
    return fail(context, done.error());
  }
  if (context.terminal->json()) context.terminal->data(palette_json(*palette));
  context.terminal->line(fmt::format("wrote {} ({})", arguments.output,
                                     count_text(palette->colors.size(), "colour", "colours")));
  return 0;
}

}  // namespace dgxp
