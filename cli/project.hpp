#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "core/base/bytes.hpp"
#include "core/build/run_build.hpp"
#include "core/spec/project_spec.hpp"
#include "core/store/project_store.hpp"
#include "core/worker/worker_client.hpp"
#include "manifests/lock_writer.hpp"

namespace dgxp {

struct HttpVerbs;

/// What --json prints instead of a result.
std::string failure_json(const Error& error, int exit_code,
                         const std::vector<Diagnostic>& diagnostics);

/// What opens the chosen worker, as far as the command line says it.
struct WorkerAccess {
  std::string updates;     ///< where its updates go out
  std::string server_key;  ///< its public key, or a file that holds it
  std::string key;         ///< the file of the secret key that it allows
};

/// What every verb is told.
struct Context {
  const Terminal* terminal = nullptr;
  std::stop_token stop;
  int threads = 1;
  WorkerAccess access;
  const HttpVerbs* http = nullptr;  ///< null in the program that has no HTTP client
};

/// A manifest and what stands beside it.
struct ManifestPlace {
  std::string shown;             ///< the manifest as the user named it
  std::filesystem::path folder;  ///< of the manifest
  std::string manifest;          ///< its name in that folder
  std::string lock;              ///< "assets.lock" for "assets.yaml"
};
ManifestPlace manifest_place(const std::string& manifest);

/// Where a worker comes from: `flag`, then DGXP_WORKER, then the project's and the user's
/// configuration, then "embedded". Never from the manifest, which arrives in pull requests.
struct WorkerChoice {
  std::string address = "embedded";
  std::string source = "default";  ///< "--worker", "DGXP_WORKER", a file, "default"
  /// Where this machine sees the pictures of a worker of protocol 1.0: `--worker-folder`, then
  /// DGXP_WORKER_FOLDER, then the configuration; or empty.
  std::string folder;
  /// From the options, then from DGXP_WORKER_UPDATES, DGXP_WORKER_SERVER_KEY and DGXP_WORKER_KEY,
  /// then from the file that named the address.
  WorkerAccess access;
  bool is_embedded() const { return address == "embedded"; }
};
Result<WorkerChoice> choose_worker(const std::string& flag, const std::filesystem::path& folder,
                                   const std::string& folder_flag = {},
                                   const WorkerAccess& access = {});
/// How to reach it, with its keys. Error: those of the key files.
Result<WorkerEndpoint> endpoint_of(const WorkerChoice& choice);
/// Whether pictures of what is not finished are fetched too.
enum class Previews { no, yes };
OpenWorker worker_opener(const WorkerChoice& choice, int threads, Previews previews = Previews::no);

struct LoadedManifest {
  ProjectSpec spec;
  std::vector<Diagnostic> warnings;
  Bytes text;
};
/// The bytes of the manifest. Error: `manifest` when there is none.
Result<Bytes> read_manifest(const ManifestPlace& files);
/// Resolves it and shows what is wrong with it.
Result<LoadedManifest> resolve_manifest(const ManifestPlace& files, Bytes text,
                                        const Terminal& terminal);
/// Reads and resolves the manifest and shows what is wrong with it. Nothing is written.
Result<LoadedManifest> load_project(const ManifestPlace& files, const Terminal& terminal);

/// The lock of the build before, which a request takes and whoever builds gives back, with its
/// text.
struct LockMemory {
  std::optional<Lock> lock;
  std::string text;  ///< of `lock`, as write_lock gives it
  LockWriter writer;
  Bytes pending_text;  ///< the same of an interrupted build
  std::shared_ptr<const Lock> pending;
};

/// Reads the lock (and that of an interrupted build) into a request for `spec`. `memory` saves
/// reading and writing the same text again; it has to outlive the request.
Result<BuildRequest> make_request(const ManifestPlace& files, const ProjectSpec& spec, Store& store,
                                  const Context& context, LockMemory* memory = nullptr);

/// Shows an Error: with the manifest's line and a caret when it has a place there. Returns its exit
/// code.
int fail(const Context& context, const Error& error, const ManifestPlace* files = nullptr,
         ByteView manifest = {});

/// The same, but never as a document on stdout.
int show_failure(const Context& context, const Error& error, const ManifestPlace* files = nullptr,
                 ByteView manifest = {});

/// Ids of masters that `names` mean: ids of sprites or jobs, or patterns with '*'; all for none.
/// Error: `usage`, with the nearest name, when one means nothing.
Result<std::vector<std::string>> find_masters(const ProjectSpec& spec,
                                              const std::vector<std::string>& names);

}  // namespace dgxp
