#include "core/build/assess.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "core/build/in_order.hpp"
#include "core/plan/job_key.hpp"

namespace dgxp {
namespace {

using References = std::map<std::string, std::shared_ptr<const Bytes>>;

/// The pictures that workers are shown, once for all jobs.
References share_references(const ProjectSpec& project, const Inputs& inputs) {
  References references;
  for (const MasterSpec& master : project.masters) {
    for (const std::string& path : master.references) {
      const auto file = inputs.files.find(path);
      if (file == inputs.files.end() || references.contains(path)) continue;
      references.emplace(path, std::make_shared<const Bytes>(file->second));
    }
  }
  return references;
}

std::map<std::string, Bytes> contents_of(const References& references) {
  std::map<std::string, Bytes> contents;
  for (const auto& [path, content] : references) contents.emplace(path, *content);
  return contents;
}

bool are_same(const std::map<std::string, Bytes>& before, const References& today) {
  return std::ranges::equal(before, today, [](const auto& a, const auto& b) {
    return a.first == b.first && a.second == *b.second;
  });
}

std::optional<Digest> present_pixels(const Inputs& inputs, const std::string& id) {
  const auto found = inputs.masters.find(id);
  return found == inputs.masters.end() ? std::nullopt : std::optional(found->second.pixels);
}

/// Enters what `pending` says of a master into the lock when it tells of the file that is there.
void take_pending(const MasterSpec& master, const Inputs& inputs, const Lock& pending,
                  const LockedJob* locked, Lock& lock) {
  const std::optional<Digest> present = present_pixels(inputs, master.id);
  if (!present || (locked != nullptr && locked->master == *present)) return;
  const auto written = pending.jobs.find(master.id);
  if (written == pending.jobs.end() || written->second.master != *present) return;
  lock.jobs[master.id] = written->second;
  // Colours that were chosen for it, when the kill came before the lock knew them.
  const auto palette = pending.palettes.find(master.palette);
  if (palette != pending.palettes.end()) lock.palettes.insert(*palette);
}

void remove_unwanted_jobs(const ProjectSpec& project, Lock& lock) {
  std::unordered_set<std::string_view> wanted;
  wanted.reserve(project.masters.size());
  for (const MasterSpec& master : project.masters)
    if (!master.drawn_by_hand) wanted.insert(master.id);
  std::erase_if(lock.jobs, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

/// Everything but the palette, which is only looked up for a job that is made.
JobContext context_of(const ProjectSpec& project, const LockedJob* locked,
                      const std::map<std::string, Bytes>& workflows, const References& references) {
  return {.project_seed = project.seed,
          .reroll = locked == nullptr ? 0 : locked->reroll,
          .workflows = &workflows,
          .references = &references};
}

}  // namespace

Lock effective_lock(const ProjectSpec& project, const Inputs& inputs, Lock lock,
                    const Lock* pending) {
  std::size_t wanted = 0;
  InOrder jobs(lock.jobs);
  for (const MasterSpec& master : project.masters) {
    if (master.drawn_by_hand) continue;
    const LockedJob* const locked = jobs.find(master.id);
    if (pending != nullptr) take_pending(master, inputs, *pending, locked, lock);
    if (locked != nullptr || lock.jobs.contains(master.id)) ++wanted;
  }
  // Ids are unique: as many are wanted as there are, or others are among them.
  if (wanted != lock.jobs.size()) remove_unwanted_jobs(project, lock);
  return lock;
}

std::vector<AssessedJob> assess_jobs(const JobSources& sources, const StaleOptions& options) {
  const ProjectSpec& project = *sources.project;
  const Inputs& inputs = *sources.inputs;
  const Palettes& palettes = *sources.palettes;
  std::map<std::string, Bytes> workflows = encode_workflow_files(*sources.workflows);
  const References references = share_references(project, inputs);
  JobMemory none;
  JobMemory& known = sources.memory == nullptr ? none : *sources.memory;
  const bool is_known = known.palettes == palettes && known.workflows == workflows &&
                        are_same(known.references, references);
  if (!is_known) known.jobs.clear();
  std::vector<AssessedJob> jobs;
  std::vector<int> rerolls;
  std::vector<Digest> recoveries;
  jobs.reserve(project.masters.size());
  InOrder locked_jobs(sources.lock->jobs);
  for (const MasterSpec& master : project.masters) {
    if (master.drawn_by_hand) continue;
    const LockedJob* const locked = locked_jobs.find(master.id);
    JobContext context = context_of(project, locked, workflows, references);
    const std::size_t index = jobs.size();
    const bool is_same = index < known.jobs.size() && known.jobs[index].master == &master &&
                         known.rerolls[index] == context.reroll;
    AssessedJob assessed;
    if (is_same) {
      assessed.job = std::move(known.jobs[index].job);
    } else {
      const auto palette = palettes.find(master.palette);
      if (palette != palettes.end()) context.palette = palette->second.colors;
      assessed.job = make_job(master, context);
    }
    assessed.master = &master;
    assessed.present = present_pixels(inputs, master.id);
    recoveries.push_back(is_same ? known.recoveries[index] : recovery_digest(master.recover));
    rerolls.push_back(context.reroll);
    assessed.state =
        find_job_state(assessed.job, recoveries.back(), locked, assessed.present, options);
    jobs.push_back(std::move(assessed));
  }
  if (sources.memory == nullptr) return jobs;
  known = {.palettes = palettes,
           .workflows = std::move(workflows),
           .references = contents_of(references),
           .rerolls = std::move(rerolls),
           .recoveries = std::move(recoveries),
           .jobs = {}};
  return jobs;
}

double estimate_gpu_minutes(const std::vector<AssessedJob>& jobs) {
  double seconds = 0;
  for (const AssessedJob& assessed : jobs) {
    if (needs_generation(assessed.state)) {
      seconds += 0.1 * assessed.job.sampler.steps * assessed.job.frames;
    }
  }
  return seconds / 60;
}

}  // namespace dgxp
