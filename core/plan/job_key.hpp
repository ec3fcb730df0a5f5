#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/plan/job.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// The seed of a job that has none in the manifest: a function of the project's seed, the job's id
/// and how often it was rerolled. 32 bits, so that it reads well in the lock and fits any worker.
std::uint32_t derive_seed(std::uint64_t project_seed, std::string_view job_id, int reroll);

/// What a job needs beyond its MasterSpec.
struct JobContext {
  std::uint64_t project_seed = 0;
  int reroll = 0;
  std::vector<Rgb> palette = {};  ///< of the master today
  /// Workflows of files as encode_workflow() writes them, by path. A name that is not here is that
  /// of a built-in.
  const std::map<std::string, Bytes>* workflows = nullptr;
  /// References by path; a path that is not here counts as empty.
  const std::map<std::string, std::shared_ptr<const Bytes>>* references = nullptr;
};

/// The job for a master: its canonical recipe, seed and key.
///
/// The recipe is canonical JSON (sorted keys, no spaces) of everything that decides the pixels but
/// the seed and the palette's colours: palette edits follow positions and need no new image. A
/// built-in workflow counts by its name, so that a better one makes nothing stale.
Job make_job(const MasterSpec& master, const JobContext& context);

/// Digest of the recovery options; palette colours and algorithm versions are not part of it.
Digest recovery_digest(const RecoverSpec& recover);

/// Names of the recipe's fields that differ, sorted ("prompt", "sampler.steps"). Either text may be
/// unreadable: then nothing is named.
std::vector<std::string> changed_recipe_fields(std::string_view before, std::string_view after);

}  // namespace dgxp
