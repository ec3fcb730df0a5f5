#include "core/build/inputs.hpp"

#include <algorithm>
#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "core/base/parallel.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/png_codec.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestText = 4U << 20U;
constexpr std::size_t kLargestImage = 32U << 20U;
/// A master is a strip of up to 256 frames: wider than any one picture.
constexpr PngLimits kMasterLimits{.max_size = {16384, 16384}, .max_bytes = kLargestImage};
/// By how much all masters together may be larger than the manifest wants them: those that are
/// there may be of a size of before. All of them are in memory at once.
constexpr std::int64_t kMostOver = std::int64_t{1} << 26;

struct NamedFile {
  std::string path;
  Place place;
  std::string role;  ///< "palette 'ember'"
};

std::vector<NamedFile> files_to_read(const ProjectSpec& project) {
  std::vector<NamedFile> files;
  for (const PaletteSpec& palette : project.palettes) {
    if (palette.file) {
      files.push_back({*palette.file, palette.place, fmt::format("palette '{}'", palette.name)});
    }
  }
  std::set<std::string> seen;
  const auto add_once = [&](const std::string& path, Place place, std::string role) {
    if (!path.empty() && seen.insert(path).second) files.push_back({path, place, std::move(role)});
  };
  for (const MasterSpec& master : project.masters) {
    if (master.drawn_by_hand) continue;
    for (const std::string& path : master.references) {
      add_once(path, master.place, fmt::format("a reference of '{}'", master.id));
    }
  }
  return files;
}

Result<Done> read_named_files(const ProjectSpec& project, Store& store, Inputs& inputs) {
  for (const NamedFile& file : files_to_read(project)) {
    auto content = store.read_if_present(file.path, kLargestText);
    if (!content) return content.error();
    if (!*content) {
      return Error{.kind = ErrorKind::manifest,
                   .message = fmt::format("file '{}' of {} does not exist", file.path, file.role),
                   .hint = "paths are relative to the folder of the manifest",
                   .place = file.place};
    }
    inputs.files[file.path] = std::move(**content);
    inputs.paths.push_back(file.path);
  }
  return Done{};
}

Error missing_drawing(const MasterSpec& master) {
  return {.kind = ErrorKind::manifest,
          .message =
              fmt::format("drawn file '{}' of sprite '{}' does not exist", master.path, master.id),
          .hint = "draw it, or remove 'source' to have it generated",
          .place = master.place};
}

Error unreadable_master(const MasterSpec& master, const Error& cause) {
  return {.kind = ErrorKind::input,
          .message = fmt::format("{}: {}", master.path, cause.message),
          .hint = master.drawn_by_hand ? "export it again as PNG"
                                       : "restore it from git, or delete it to have it made again"};
}

/// How much a master is when it is decoded. A generated one may have a size of before; a drawn one
/// is either right or of no use.
///
/// Error: `input` when it is too large.
Result<std::int64_t> pixels_of(const MasterSpec& master, ByteView png) {
  const auto size = read_png_size(png, kMasterLimits);
  if (!size) return 0;  // decoding says what is wrong
  const Size wanted{master.frame_size.width * master.frames, master.frame_size.height};
  if (master.drawn_by_hand && *size != wanted) {
    return Error{.kind = ErrorKind::input,
                 .message = fmt::format("{}: it is {}x{}, not {}x{} ({} {} of {}x{})", master.path,
                                        size->width, size->height, wanted.width, wanted.height,
                                        master.frames, master.frames == 1 ? "frame" : "frames",
                                        master.frame_size.width, master.frame_size.height),
                 .hint = "correct 'size' or 'frames' of the sprite, or the drawing",
                 .place = master.place};
  }
  return size->area();
}

/// Whether the master was decoded from the same bytes before; then it is taken over.
bool take_decoded(const std::string& id, const Bytes& file, PresentMasters* decoded,
                  Inputs& inputs) {
  if (decoded == nullptr) return false;
  const auto found = decoded->find(id);
  if (found == decoded->end() || found->second.file != file || file.empty()) return false;
  inputs.masters.insert(decoded->extract(found));
  return true;
}

Result<Done> read_masters(const ProjectSpec& project, Store& store, int threads,
                          PresentMasters* decoded_before, Inputs& inputs) {
  std::vector<const MasterSpec*> present;
  std::vector<Bytes> contents;
  std::int64_t over = 0;
  for (const MasterSpec& master : project.masters) {
    inputs.paths.push_back(master.path);
    auto content = store.read_if_present(master.path, kLargestImage);
    if (!content) return content.error();
    if (!*content && master.drawn_by_hand) return missing_drawing(master);
    if (!*content) continue;
    const auto more = pixels_of(master, **content);
    if (!more) return more.error();
    over += std::max<std::int64_t>(0, *more - master.frame_size.area() * master.frames);
    if (over > kMostOver) {
      return Error{.kind = ErrorKind::input,
                   .message = fmt::format("{}: it is {} pixels too large", master.path, *more),
                   .hint = "restore it from git, or delete it to have it made again"};
    }
    if (take_decoded(master.id, **content, decoded_before, inputs)) continue;
    present.push_back(&master);
    contents.push_back(std::move(**content));
  }
  std::vector<std::optional<Error>> errors(present.size());
  std::vector<PresentMaster> decoded(present.size());
  parallel_for(present.size(), threads, [&](std::size_t i) {
    auto image = decode_png(contents[i], kMasterLimits);
    if (!image) {
      errors[i] = unreadable_master(*present[i], image.error());
      return;
    }
    decoded[i].image = with_cleared_transparency(std::move(*image));
    decoded[i].pixels = pixel_digest(decoded[i].image);
    decoded[i].colors = colors_of(decoded[i].image);
    decoded[i].file = std::move(contents[i]);
  });
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (errors[i]) return *errors[i];
    inputs.masters.emplace(present[i]->id, std::move(decoded[i]));
  }
  return Done{};
}

}  // namespace

Result<Inputs> gather_inputs(const ProjectSpec& project, Store& store, int threads,
                             PresentMasters* decoded) {
  Inputs inputs;
  if (auto done = read_named_files(project, store, inputs); !done) return done.error();
  if (auto done = read_masters(project, store, threads, decoded, inputs); !done)
    return done.error();
  for (const MasterSpec& master : project.masters) {
    if (master.drawn_by_hand || !is_workflow_file(master.style.workflow)) continue;
    inputs.paths.push_back(master.style.workflow);
    inputs.paths.push_back(binding_path(master.style.workflow));
  }
  std::ranges::sort(inputs.paths);
  const auto repeated = std::ranges::unique(inputs.paths);
  inputs.paths.erase(repeated.begin(), repeated.end());
  return inputs;
}

}  // namespace dgxp
