#include "core/plan/stale.hpp"

#include <array>

namespace dgxp {

std::string_view to_text(JobState state) {
  static constexpr std::array<std::string_view, 10> kNames{
      "fresh",          "edited",   "edited, recipe changed", "recovery changed", "new",
      "recipe changed", "rerolled", "seed changed",           "master missing",   "placeholder"};
  return kNames.at(static_cast<std::size_t>(state));
}

bool needs_generation(JobState state) {
  return state >= JobState::is_new;
}

namespace {

/// What would make an untouched master stale.
JobState state_of_recipe(const Job& job, const Digest& recovery, const LockedJob& locked,
                         const StaleOptions& options) {
  if (locked.recipe != job.recipe) return JobState::recipe_changed;
  if (locked.seed != job.seed) {
    return locked.reroll > 0 ? JobState::rerolled : JobState::seed_changed;
  }
  if (locked.origin == Origin::placeholder && options.real_worker) return JobState::placeholder;
  if (locked.recovery != recovery) return JobState::recovery_changed;
  return JobState::fresh;
}

}  // namespace

JobState find_job_state(const Job& job, const Digest& recovery, const LockedJob* locked,
                        const std::optional<Digest>& present, const StaleOptions& options) {
  if (locked == nullptr) return present ? JobState::edited : JobState::is_new;
  if (!present) return JobState::master_missing;
  const JobState wanted = state_of_recipe(job, recovery, *locked, options);
  const bool is_edited = locked->origin == Origin::edited || *present != locked->master;
  if (!is_edited) return wanted;
  if (wanted != JobState::recipe_changed && wanted != JobState::rerolled &&
      wanted != JobState::seed_changed) {
    return JobState::edited;
  }
  return options.overwrite_edited ? wanted : JobState::edited_outdated;
}

}  // namespace dgxp
