#include "core/build/inputs.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "core/base/parallel.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/png_codec.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestText = 4U << 20U;
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

/// Takes the master over if it was decoded from the same bytes before; else nullptr.
PresentMaster* take_decoded(const std::string& id, const Bytes& file, PresentMasters& decoded,
                            Inputs& inputs) {
  const auto found = decoded.find(id);
  if (found == decoded.end() || found->second.file != file || file.empty()) return nullptr;
  return &inputs.masters.insert(decoded.extract(found)).position->second;
}

/// Moves those whose files are to be looked at from `inputs` to `decoded`. A master that was made
/// and not read has no file to compare with.
std::vector<const MasterSpec*> take_out_changed(const ProjectSpec& project,
                                                const std::set<std::string>& changed,
                                                Inputs& inputs, PresentMasters& decoded) {
  std::vector<const MasterSpec*> masters;
  std::unordered_set<std::string_view> made;
  for (const auto& [id, present] : inputs.masters)
    if (present.file.empty()) made.insert(id);
  for (const MasterSpec& master : project.masters)
    if (changed.contains(master.path) || made.contains(master.id)) masters.push_back(&master);
  for (const MasterSpec* master : masters) {
    const auto found = inputs.masters.find(master->id);
    if (found != inputs.masters.end()) decoded.insert(inputs.masters.extract(found));
  }
  return masters;
}

std::vector<const MasterSpec*> all_masters(const ProjectSpec& project) {
  std::vector<const MasterSpec*> masters;
  for (const MasterSpec& master : project.masters) masters.push_back(&master);
  return masters;
}

/// A master as it is decoded, and whether that fails.
struct DecodedMaster {
  const MasterSpec* spec = nullptr;
  PresentMaster master;
  std::optional<Error> error;
};

void decode(DecodedMaster& decoded) {
  PresentMaster& master = decoded.master;
  auto image = decode_png(master.file, kMasterLimits);
  if (!image) {
    decoded.error = unreadable_master(*decoded.spec, image.error());
    return;
  }
  master.image = with_cleared_transparency(std::move(*image));
  master.pixels = pixel_digest(master.image);
  master.colors = colors_of(master.image);
}

/// Reads `masters`; those in `inputs` stay.
Result<Done> read_masters(std::span<const MasterSpec* const> masters, Store& store, int threads,
                          PresentMasters decoded_before, Inputs& inputs) {
  std::vector<DecodedMaster> present;
  std::int64_t over = 0;
  for (const auto& [id, kept] : inputs.masters) over += kept.over;
  for (const MasterSpec* master : masters) {
    auto content = store.read_if_present(master->path, kMasterLimits.max_bytes);
    if (!content) return content.error();
    if (!*content && master->drawn_by_hand) return missing_drawing(*master);
    if (!*content) continue;
    const auto pixels = pixels_of(*master, **content);
    if (!pixels) return pixels.error();
    const std::int64_t more =
        std::max<std::int64_t>(0, *pixels - master->frame_size.area() * master->frames);
    over += more;
    if (over > kMostOver) {
      return Error{.kind = ErrorKind::input,
                   .message = fmt::format("{}: it is {} pixels too large", master->path, *pixels),
                   .hint = "restore it from git, or delete it to have it made again"};
    }
    if (PresentMaster* taken = take_decoded(master->id, **content, decoded_before, inputs)) {
      taken->over = more;
      continue;
    }
    present.push_back({.spec = master});
    present.back().master.file = std::move(**content);
    present.back().master.over = more;
  }
  parallel_for(present.size(), threads, [&](std::size_t i) { decode(present[i]); });
  for (DecodedMaster& decoded : present) {
    if (decoded.error) return *decoded.error;
    inputs.masters.emplace(decoded.spec->id, std::move(decoded.master));
  }
  return Done{};
}

/// Takes over what is known, and reads the rest.
Result<Done> gather_masters(const ProjectSpec& project, Store& store, int threads,
                            InputMemory* memory, Inputs& inputs) {
  if (memory == nullptr) return read_masters(all_masters(project), store, threads, {}, inputs);
  PresentMasters decoded = std::exchange(memory->masters, {});
  if (!std::exchange(memory->is_complete, false)) {
    memory->changed.clear();
    return read_masters(all_masters(project), store, threads, std::move(decoded), inputs);
  }
  inputs.masters = std::exchange(decoded, {});
  const auto changed =
      take_out_changed(project, std::exchange(memory->changed, {}), inputs, decoded);
  return read_masters(changed, store, threads, std::move(decoded), inputs);
}

}  // namespace

Result<Inputs> gather_inputs(const ProjectSpec& project, Store& store, int threads,
                             InputMemory* memory) {
  Inputs inputs;
  if (auto done = read_named_files(project, store, inputs); !done) return done.error();
  if (auto done = gather_masters(project, store, threads, memory, inputs); !done) {
    if (memory != nullptr) memory->masters = std::move(inputs.masters);
    return done.error();
  }
  for (const MasterSpec& master : project.masters) {
    inputs.paths.push_back(master.path);
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
