#include "cli/project.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "cli/json_text.hpp"
#include "cli/key_files.hpp"
#include "cli/project_workflows.hpp"
#include "core/base/suggest.hpp"
#include "core/store/shared_folder.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/worker_client.hpp"
#include "manifests/glob.hpp"
#include "manifests/load_manifest.hpp"
#include "manifests/lock_file.hpp"
#include "manifests/user_config.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestManifest =
    (1U << 20U) + 1;  // one more, so that the loader can say it
constexpr std::size_t kLargestConfig = 64U << 10U;
constexpr std::size_t kLargestPicture = 32U << 20U;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<fs::path> config_files(const fs::path& folder) {
  std::vector<fs::path> files{folder / ".dgxp" / "config.yaml"};
  const std::string xdg = environment("XDG_CONFIG_HOME");
  const std::string home = environment("HOME");
  if (!xdg.empty()) {
    files.push_back(fs::path(xdg) / "dgxp" / "config.yaml");
  } else if (!home.empty()) {
    files.push_back(fs::path(home) / ".config" / "dgxp" / "config.yaml");
  }
  return files;
}

std::string line_of(ByteView text, int line) {
  std::string_view rest = as_text(text);
  for (int i = 1; i < line && !rest.empty(); ++i) {
    const std::size_t end = rest.find('\n');
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return std::string(rest.substr(0, rest.find('\n')));
}

void fill_in(WorkerAccess& access, const WorkerAccess& other) {
  if (access.updates.empty()) access.updates = other.updates;
  if (access.server_key.empty()) access.server_key = other.server_key;
  if (access.key.empty()) access.key = other.key;
}

Result<Lock> read_lock(const std::string& shown, ByteView text, LockMemory* memory) {
  if (memory != nullptr && memory->lock && memory->text == as_text(text))
    return *std::exchange(memory->lock, std::nullopt);
  return parse_lock(shown, text);
}

/// Nothing when it is damaged.
std::shared_ptr<const Lock> read_pending(const std::string& shown, Bytes text, LockMemory* memory) {
  if (memory != nullptr && !text.empty() && memory->pending_text == text) return memory->pending;
  auto lock = parse_lock(shown, text);
  std::shared_ptr<const Lock> pending;
  if (lock) pending = std::make_shared<const Lock>(*std::move(lock));
  if (memory != nullptr) {
    memory->pending_text = std::move(text);
    memory->pending = pending;
  }
  return pending;
}

std::string lock_text_of(const Lock& lock, LockMemory* memory) {
  return memory == nullptr ? write_lock(lock) : memory->writer.write(lock);
}

}  // namespace

std::string failure_json(const Error& error, int exit_code,
                         const std::vector<Diagnostic>& diagnostics) {
  using nlohmann::ordered_json;
  ordered_json places = ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    places.push_back({{"level", diagnostic.severity == Severity::error ? "error" : "warning"},
                      {"file", diagnostic.file},
                      {"line", diagnostic.place.line},
                      {"column", diagnostic.place.column},
                      {"message", diagnostic.message},
                      {"hint", diagnostic.hint}});
  }
  const ordered_json document = {{"exit", exit_code},
                                 {"error", error.message},
                                 {"hint", error.hint},
                                 {"diagnostics", std::move(places)}};
  return json_text(document);
}

ManifestPlace manifest_place(const std::string& manifest) {
  const fs::path path(manifest);
  fs::path folder = path.parent_path();
  if (folder.empty()) folder = ".";
  return {.shown = manifest,
          .folder = folder,
          .manifest = path.filename().string(),
          .lock = path.stem().string() + ".lock"};
}

Result<WorkerChoice> choose_worker(const std::string& flag, const fs::path& folder,
                                   const std::string& folder_flag, const WorkerAccess& access) {
  WorkerChoice choice{.folder = folder_flag, .access = access};
  fill_in(choice.access, {.updates = environment("DGXP_WORKER_UPDATES"),
                          .server_key = environment("DGXP_WORKER_SERVER_KEY"),
                          .key = environment("DGXP_WORKER_KEY")});
  if (choice.folder.empty()) choice.folder = environment("DGXP_WORKER_FOLDER");
  bool is_chosen = true;
  if (!flag.empty()) {
    choice.address = flag;
    choice.source = "--worker";
  } else if (const std::string value = environment("DGXP_WORKER"); !value.empty()) {
    choice.address = value;
    choice.source = "DGXP_WORKER";
  } else {
    is_chosen = false;
  }
  // That of a configuration is judged where it is read.
  if (is_chosen && !choice.is_embedded()) {
    if (auto address = parse_endpoint(choice.address); !address) return address.error();
  }
  for (const fs::path& file : config_files(folder)) {
    std::error_code ignored;
    const bool is_settled = is_chosen && (choice.is_embedded() || !choice.folder.empty());
    if (is_settled || !fs::is_regular_file(file, ignored)) continue;
    auto content = read_plain_file(file, kLargestConfig);
    if (!content) return content.error();
    auto config = parse_user_config(file.string(), *content);
    if (!config) return config.error();
    if (choice.folder.empty()) choice.folder = config->worker_folder.value_or("");
    if (is_chosen || !config->worker) continue;
    choice.address = config->worker->address;
    fill_in(choice.access, {.updates = config->worker->updates,
                            .server_key = config->worker->server_key,
                            .key = config->worker->key});
    choice.source = file.string();
    is_chosen = true;
  }
  return choice;
}

Result<WorkerEndpoint> endpoint_of(const WorkerChoice& choice) {
  WorkerEndpoint endpoint{
      .address = choice.address, .updates = choice.access.updates, .read_picture = {}};
  const WorkerAccess& access = choice.access;
  if (!access.server_key.empty() || !access.key.empty()) {
    if (access.server_key.empty() || access.key.empty()) {
      return Error{ErrorKind::usage, "the worker's public key and a key of yours belong together",
                   "give --worker-server-key and --worker-key, or both in the configuration"};
    }
    auto server_key = load_public_key(access.server_key);
    if (!server_key) return server_key.error();
    auto keys = load_secret_key(access.key);
    if (!keys) return keys.error();
    endpoint.curve = CurveAccess{*std::move(server_key), *std::move(keys)};
  }
  if (!choice.folder.empty()) {
    endpoint.read_picture = [folder = choice.folder](const std::string& path) {
      return read_shared_file(folder, path, kLargestPicture);
    };
  }
  return endpoint;
}

OpenWorker worker_opener(const WorkerChoice& choice, int threads, Previews previews) {
  return [choice, threads, previews]() -> Result<std::unique_ptr<Worker>> {
    if (choice.is_embedded()) return start_embedded_worker(threads);
    auto endpoint = endpoint_of(choice);
    if (!endpoint) return endpoint.error();
    endpoint->previews = previews == Previews::yes;
    return connect_worker(*endpoint);
  };
}

Result<Bytes> read_manifest(const ManifestPlace& files) {
  auto text = read_plain_file(files.folder / files.manifest, kLargestManifest);
  if (text) return text;
  Error error = text.error();
  std::error_code ignored;
  if (!fs::exists(files.folder / files.manifest, ignored)) {
    error.message = fmt::format("there is no manifest '{}'", files.shown);
    error.kind = ErrorKind::manifest;
    error.hint = "`dgxp init` makes one; `dgxp -C DIR build` looks in another folder";
  }
  return error;
}

Result<LoadedManifest> resolve_manifest(const ManifestPlace& files, Bytes text,
                                        const Terminal& terminal) {
  ManifestResult loaded = load_manifest(files.shown, text);
  terminal.diagnostics(loaded.diagnostics);
  if (!loaded.project) {
    const auto errors =
        std::ranges::count(loaded.diagnostics, Severity::error, &Diagnostic::severity);
    return Error{.kind = ErrorKind::manifest,
                 .message = fmt::format("{} has {} {}", files.shown, errors,
                                        errors == 1 ? "error" : "errors")};
  }
  return LoadedManifest{.spec = std::move(*loaded.project),
                        .warnings = std::move(loaded.diagnostics),
                        .text = std::move(text)};
}

Result<LoadedManifest> load_project(const ManifestPlace& files, const Terminal& terminal) {
  auto text = read_manifest(files);
  if (!text) return text.error();
  return resolve_manifest(files, std::move(*text), terminal);
}

Result<BuildRequest> make_request(const ManifestPlace& files, const ProjectSpec& spec, Store& store,
                                  const Context& context, LockMemory* memory) {
  BuildRequest request;
  request.project = &spec;
  request.lock_path = files.lock;
  request.write_lock = [memory](const Lock& lock) { return lock_text_of(lock, memory); };
  request.threads = context.threads;
  request.stop = context.stop;
  auto workflows = load_workflows(files, spec, store, *context.terminal);
  if (!workflows) return workflows.error();
  request.workflows = *std::move(workflows);
  auto text = store.read_if_present(files.lock, kLargestLock);
  if (!text) return text.error();
  if (*text) {
    const std::string shown = (files.folder / files.lock).lexically_normal().string();
    auto lock = read_lock(shown, **text, memory);
    if (!lock) return lock.error();
    request.lock = std::move(*lock);
    request.lock_text = std::string(as_text(**text));
  }
  auto pending = store.read_if_present(pending_lock_path(files.lock), kLargestLock);
  // What is noted in the lock already says nothing more.
  if (pending && *pending && **pending != *text)
    request.pending = read_pending(files.lock, *std::move(*pending), memory);
  return request;
}

int show_failure(const Context& context, const Error& error, const ManifestPlace* files,
                 ByteView manifest) {
  const Terminal& terminal = *context.terminal;
  if (files != nullptr && error.place.line > 0) {
    terminal.diagnostics({{.file = files->shown,
                           .place = error.place,
                           .line_text = line_of(manifest, error.place.line),
                           .message = error.message,
                           .hint = error.hint}});
  } else if (!error.message.empty()) {
    terminal.error(error);
  }
  return static_cast<int>(exit_status_of(error.kind));
}

int fail(const Context& context, const Error& error, const ManifestPlace* files,
         ByteView manifest) {
  const int exit_code = show_failure(context, error, files, manifest);
  const Terminal& terminal = *context.terminal;
  if (terminal.json()) terminal.data(failure_json(error, exit_code, terminal.shown_diagnostics()));
  return exit_code;
}

Result<std::vector<std::string>> find_masters(const ProjectSpec& spec,
                                              const std::vector<std::string>& names) {
  std::set<std::string> found;
  std::set<std::string> known;
  for (const SpriteSpec& sprite : spec.sprites) known.insert(sprite.id);
  for (const MasterSpec& master : spec.masters) known.insert(master.id);
  if (names.empty()) {
    for (const MasterSpec& master : spec.masters) found.insert(master.id);
  }
  for (const std::string& name : names) {
    const std::size_t before = found.size();
    bool is_known = false;
    for (const SpriteSpec& sprite : spec.sprites) {
      if (!matches_glob(name, sprite.id)) continue;
      is_known = true;
      for (const RowSpec& row : sprite.rows) found.insert(row.master);
    }
    for (const MasterSpec& master : spec.masters) {
      if (!matches_glob(name, master.id)) continue;
      is_known = true;
      found.insert(master.id);
    }
    if (is_known || found.size() > before) continue;
    const std::vector<std::string_view> words(known.begin(), known.end());
    const std::string_view near = find_nearest(name, words);
    return Error{.kind = ErrorKind::usage,
                 .message = fmt::format("there is no sprite '{}'", name),
                 .hint = near.empty() ? "`dgxp status --verbose` lists them"
                                      : fmt::format("did you mean '{}'?", near)};
  }
  return std::vector<std::string>(found.begin(), found.end());
}

}  // namespace dgxp
