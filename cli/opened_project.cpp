#include "cli/opened_project.hpp"

#include <algorithm>

#include "manifests/glob.hpp"

namespace dgxp {
namespace {

bool is_named(const std::string& id, const std::vector<std::string>& names) {
  return std::ranges::any_of(names,
                             [&](const std::string& name) { return matches_glob(name, id); });
}

/// Names may be those of masters: then their rows alone are meant. They are left out after all were
/// made, because a sprite's colours may be chosen from all of its rows.
void keep_named_rows(SpriteSpec& spec, Sprite& sprite, const std::vector<std::string>& names) {
  if (is_named(spec.id, names)) return;
  for (std::size_t row = spec.rows.size(); row-- > 0;) {
    if (is_named(spec.rows[row].master, names)) continue;
    spec.rows.erase(spec.rows.begin() + static_cast<std::ptrdiff_t>(row));
    sprite.rows.erase(sprite.rows.begin() + static_cast<std::ptrdiff_t>(row));
  }
}

}  // namespace

std::unique_ptr<OpenedProject> open_and_assess(const Context& context, const std::string& manifest,
                                               const std::string& worker, Access access,
                                               int& exit_code) {
  auto project = std::make_unique<OpenedProject>();
  project->files = manifest_place(manifest);
  const auto failed = [&](const Error& error) {
    exit_code = fail(context, error, &project->files, project->manifest.text);
    return nullptr;
  };
  auto loaded = load_project(project->files, *context.terminal);
  if (!loaded) return failed(loaded.error());
  project->manifest = std::move(*loaded);
  auto choice = choose_worker(worker, project->files.folder, {}, context.access);
  if (!choice) return failed(choice.error());
  project->worker = std::move(*choice);
  auto store = access == Access::read_only
                   ? open_project_read_only(project->files.folder)
                   : open_project(project->files.folder, {.manifest = project->files.manifest});
  if (!store) return failed(store.error());
  project->store = std::move(*store);
  auto request = make_request(project->files, project->manifest.spec, *project->store, context);
  if (!request) return failed(request.error());
  project->request = std::move(*request);
  project->request.stale.real_worker = !project->worker.is_embedded();
  auto now = assess(project->request, *project->store);
  if (!now) return failed(now.error());
  project->now = std::move(*now);
  return project;
}

std::optional<WantedSprites> make_wanted_sprites(const Context& context,
                                                 const OpenedProject& project,
                                                 const std::vector<std::string>& names,
                                                 int& exit_code) {
  const auto failed = [&](const Error& error) {
    exit_code = fail(context, error, &project.files, project.manifest.text);
    return std::nullopt;
  };
  if (const auto known = find_masters(project.manifest.spec, names); !known) {
    return failed(known.error());
  }
  WantedSprites wanted{.project = project.manifest.spec, .sprites = {}};
  std::erase_if(wanted.project.sprites, [&](const SpriteSpec& sprite) {
    return !names.empty() && !is_named(sprite.id, names) &&
           std::ranges::none_of(sprite.rows,
                                [&](const RowSpec& row) { return is_named(row.master, names); });
  });
  auto sprites = make_sprites(wanted.project, project.now.inputs, project.now.palettes,
                              project.now.lock, context.threads);
  if (!sprites) return failed(sprites.error());
  wanted.sprites = std::move(*sprites);
  for (std::size_t i = 0; !names.empty() && i < wanted.sprites.size(); ++i)
    keep_named_rows(wanted.project.sprites[i], wanted.sprites[i], names);
  return wanted;
}

}  // namespace dgxp
