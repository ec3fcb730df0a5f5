#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/exporters/output_file.hpp"
#include "core/plan/job.hpp"

namespace dgxp {

/// What happened to a submitted job.
struct WorkerEvent {
  enum class Kind { accepted, progress, preview, done, failed };
  Kind kind = Kind::progress;
  Digest key;         ///< Job::key
  std::string stage;  ///< "sampling" ...
  int step = 0;
  int total_steps = 0;
  double eta_seconds = 0;
  Bytes picture;      ///< for preview: a small PNG or JPEG of the state so far, not decoded
  RawImage raw;       ///< for done; checked by digest, not yet decoded
  std::string error;  ///< for failed
};

/// What is known of a raw image without reading it.
struct RawHead {
  bool placeholder = false;  ///< RawImage::placeholder
};

/// Jobs in, raw images out. Not thread safe: one thread submits and polls.
class Worker {
 public:
  virtual ~Worker() = default;
  /// Asks for the job; it returns at once. Submitting a key again is harmless.
  /// Error: `worker` when the worker cannot be reached or refuses.
  virtual Result<Done> submit(const Job& job) = 0;
  /// The next event, or nothing when `timeout` passed without one.
  /// Error: `worker` when the worker is lost for good.
  virtual Result<std::optional<WorkerEvent>> poll(std::chrono::milliseconds timeout) = 0;
  /// Cancels what is queued or running; best effort.
  virtual void cancel_all() = 0;
  /// True when what it makes are placeholders (the procedural backend).
  virtual Result<bool> makes_placeholders() = 0;
};

/// What a delivery did, paths relative to the manifest's folder, sorted.
struct DeliveryReport {
  std::vector<std::string> written;
  std::vector<std::string> removed;
  std::vector<std::string> kept;  ///< no longer made, but changed by the user since: left alone
  std::size_t unchanged = 0;
  std::map<std::string, Digest> digests = {};  ///< of what was published, where it was looked at
};

/// The project's files. All paths are relative to the manifest's folder, '/' between parts, and
/// nothing outside of it is ever touched (symbolic links are not followed).
class Store {
 public:
  virtual ~Store() = default;
  /// Error: `storage` with path and reason; `input` when it is larger than `max_bytes`.
  virtual Result<Bytes> read(const std::string& path, std::size_t max_bytes) = 0;
  /// Nothing when there is no such file.
  virtual Result<std::optional<Bytes>> read_if_present(const std::string& path,
                                                       std::size_t max_bytes) = 0;
  /// Replaces a file as a whole (masters, lock): staged, synced, renamed; not touched when the
  /// bytes are the same. True when it was written.
  virtual Result<bool> write(const std::string& path, ByteView content) = 0;
  /// A raw image by job key; a damaged one counts as absent.
  virtual std::optional<RawImage> find_raw(const Digest& key) = 0;
  /// Whether there seems to be one, and what, for thousands of them: the picture itself is not
  /// read, so find_raw may still say that it is damaged.
  virtual std::optional<RawHead> look_for_raw(const Digest& key) = 0;
  virtual Result<Done> keep_raw(const RawImage& raw) = 0;
  /// The key of the raw image that the present master at `path` was recovered from.
  virtual std::optional<Digest> raw_of_master(const std::string& path) = 0;
  virtual void remember_raw_of_master(const std::string& path, const Digest& key) = 0;
  /// The canonical recipe text behind a digest, if this machine has seen it.
  virtual std::optional<std::string> find_recipe(const Digest& recipe) = 0;
  virtual void keep_recipe(const Digest& recipe, const std::string& text) = 0;
  /// Publishes: pages, sheets, catalogue, extras in one loop, then removes files of earlier
  /// deliveries that are no longer made. Unchanged files are not touched.
  virtual Result<DeliveryReport> deliver(std::span<const OutputFile> files) = 0;
  /// Whether files could be made in these folders (those that are missing would be made), asked
  /// before any job is paid for. Writes nothing.
  /// Error: `storage` naming the first folder that refuses, and why.
  virtual Result<Done> check_writable(std::span<const std::string> folders) = 0;
};

/// Where a build says what it is doing. Calls come from one thread.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void job_started(const std::string& id, std::size_t done, std::size_t total) = 0;
  virtual void job_progress(const std::string& id, const WorkerEvent& event) = 0;
  virtual void job_done(const std::string& id, std::size_t done, std::size_t total) = 0;
  virtual void warning(const std::string& message) = 0;
  virtual void note(const std::string& message) = 0;
};

}  // namespace dgxp
