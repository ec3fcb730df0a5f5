#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/commands/targets.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
#include "core/atlas/pack_atlas.hpp"
#include "core/base/text.hpp"
#include "core/exporters/exporter.hpp"
#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

/// Plain pictures as a project of still sprites, so that they go the way of every sprite.
struct LoosePictures {
  ProjectSpec project;
  std::vector<Image> images;
};

Result<LoosePictures> read_pictures(const std::vector<std::string>& paths) {
  LoosePictures loose;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    auto image = read_image(path);
    if (!image) return image.error();
    SpriteSpec sprite;
    sprite.id = fs::path(path).stem().string();
    if (!is_utf8(sprite.id)) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("the name of '{}' is no UTF-8", path),
                   .hint = "frames are named after their files: rename it"};
    }
    if (!names.insert(sprite.id).second) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("two pictures are named '{}'", sprite.id),
                   .hint = "frames are named after their files: rename one"};
    }
    sprite.size = image->size;
    sprite.rows.push_back({.durations = {0}});
    loose.project.sprites.push_back(std::move(sprite));
    loose.images.push_back(with_cleared_transparency(std::move(*image)));
  }
  return loose;
}

AtlasSpec atlas_spec_of(const PackArguments& arguments, const ProjectSpec& project) {
  AtlasSpec spec;
  spec.name = fs::path(arguments.output).stem().string();
  spec.layout = arguments.grid ? AtlasLayout::grid : AtlasLayout::packed;
  spec.max_size = arguments.max_size;
  spec.padding = arguments.padding;
  spec.extrude = arguments.extrude;
  spec.power_of_two = arguments.power_of_two;
  for (const SpriteSpec& sprite : project.sprites) spec.sprites.push_back(sprite.id);
  return spec;
}

Sheet sheet_of(const AtlasSpec& spec, const Atlas& atlas, const ProjectSpec& project) {
  Sheet sheet = make_sheet(spec, atlas);
  for (const SpriteSpec& sprite : project.sprites) sheet.sprites.push_back(&sprite);
  return sheet;
}

Result<Done> check_output(const std::string& output) {
  if (!fs::path(output).has_stem()) {
    return Error{.kind = ErrorKind::usage,
                 .message = fmt::format("'{}' names no file", output),
                 .hint = "name the sheet, such as -o sheet.png"};
  }
  if (!is_standard_output(output)) return check_png_name(output);
  return Error{.kind = ErrorKind::usage,
               .message = "a sheet and its metadata do not both go to standard output",
               .hint = "name the sheet, such as -o sheet.png"};
}

/// The sheet's files without a catalogue, which one sheet does not need.
Result<std::vector<OutputFile>> files_of(const Sheet& sheet, const LoosePictures& loose,
                                         const PackArguments& arguments) {
  const std::string folder = fs::path(arguments.output).parent_path().generic_string();
  const OutputSpec output{.target = Target::bevy, .dir = folder.empty() ? "." : folder};
  auto exported = export_sheets({&sheet, 1}, output, loose.project);
  if (!exported) return exported.error();
  std::erase_if(exported->files,
                [](const OutputFile& file) { return file.step == PublishStep::catalog; });
  std::vector<std::string> paths;
  for (OutputFile& file : exported->files) {
    file.path = fs::path(file.path).lexically_normal().generic_string();
    paths.push_back(file.path);
  }
  if (auto done = check_no_inputs(paths, arguments.inputs); !done) return done.error();
  return std::move(exported->files);
}

}  // namespace

int run_pack_command(const Context& context, const PackArguments& arguments) {
  if (auto done = check_output(arguments.output); !done) return fail(context, done.error());
  auto loose = read_pictures(arguments.inputs);
  if (!loose) return fail(context, loose.error());
  const AtlasSpec spec = atlas_spec_of(arguments, loose->project);
  std::vector<AtlasInput> inputs;
  inputs.reserve(loose->images.size());
  for (std::size_t i = 0; i < loose->images.size(); ++i) {
    inputs.push_back({loose->project.sprites[i].id, &loose->images[i]});
  }
  const auto atlas = pack_atlas(inputs, spec, {});
  if (!atlas) {
    Error error = atlas.error();
    // Its hint speaks of a manifest; only the size of a page can be wrong here.
    if (!error.hint.empty()) error.hint = "raise --max-size, or leave that picture out";
    return fail(context, error);
  }
  loose->project.atlases.push_back(spec);
  const Sheet sheet = sheet_of(spec, *atlas, loose->project);
  const auto files = files_of(sheet, *loose, arguments);
  if (!files) return fail(context, files.error());
  nlohmann::ordered_json written = nlohmann::ordered_json::array();
  for (const OutputFile& file : *files) {
    if (auto done = write_plain_file(file.path, file.content); !done) {
      return fail(context, done.error());
    }
    written.push_back(file.path);
    context.terminal->line("wrote " + file.path);
  }
  if (context.terminal->json()) {
    const nlohmann::ordered_json document = {{"written", std::move(written)},
                                             {"pages", atlas->pages.size()},
                                             {"frames", atlas->frames.size()}};
    context.terminal->data(json_text(document));
  }
  return 0;
}

}  // namespace dgxp
