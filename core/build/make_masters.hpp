#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/build/assess.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

/// How a worker is had: called only when a job needs one, and once a build (twice where a raw image
/// in the store turns out to be damaged).
using OpenWorker = std::function<Result<std::unique_ptr<Worker>>()>;

struct FailedJob {
  std::string id;
  std::string error;
};

/// What became of the stale jobs. Inputs::masters holds the new masters already.
struct MadeMasters {
  std::vector<std::string> generated;  ///< ids whose raw image came from a worker
  std::vector<std::string> recovered;  ///< ids whose raw image was in the store
  std::vector<FailedJob> failed;
  std::vector<std::string> made;  ///< ids of all new masters, sorted
  /// Those of them that had no background to remove, though one was to go, sorted.
  std::vector<std::string> without_background;
};

struct MakeMastersRequest {
  const ProjectSpec* project = nullptr;
  std::vector<AssessedJob>* jobs = nullptr;  ///< the stale ones are made
  OpenWorker open_worker;
  bool real_worker = false;
  int threads = 1;
  std::stop_token stop;
};

/// Gets a raw image for each stale job (from the store, else from a worker), recovers the masters,
/// makes the `auto` palettes that have none yet, and enters all of it into `inputs`, `palettes` and
/// `lock`. Writes raw images to the store, but no master: see write_masters. One failed job does
/// not stop the others.
///
/// Error: `worker` when it cannot be reached; `interrupted`; `storage`.
Result<MadeMasters> make_masters(const MakeMastersRequest& request, Inputs& inputs,
                                 Palettes& palettes, Lock& lock, Store& store, Reporter& reporter);

/// Writes the new masters to their files; a file that shows the same pixels already is not touched.
///
/// Error: `storage`; `failed` at the first file that somebody changed after its job was assessed.
/// It is not touched, and for the next build it is an edited master.
Result<Done> write_masters(const std::vector<AssessedJob>& jobs, const MadeMasters& made,
                           const Inputs& inputs, Store& store, int threads);

}  // namespace dgxp
