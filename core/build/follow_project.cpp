#include "core/build/follow_project.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/build/same_spec.hpp"

namespace dgxp {
namespace {

using Indexes = std::unordered_map<std::string_view, std::size_t>;  ///< by id

const std::size_t* find_index(const Indexes& indexes, std::string_view id) {
  const auto found = indexes.find(id);
  return found == indexes.end() ? nullptr : &found->second;
}

JobMemory follow_jobs(JobMemory memory, const ProjectSpec& before, const ProjectSpec& today) {
  const std::size_t count = memory.jobs.size();
  if (before.seed != today.seed || memory.rerolls.size() != count ||
      memory.recoveries.size() != count) {
    return {};
  }
  Indexes indexes;
  // One of no master is of another change, after which no build came as far as making it.
  for (std::size_t i = 0; i < count; ++i)
    if (memory.jobs[i].master != nullptr) indexes.emplace(memory.jobs[i].master->id, i);
  std::vector<AssessedJob> jobs;
  std::vector<int> rerolls;
  std::vector<Digest> recoveries;
  for (const MasterSpec& master : today.masters) {
    if (master.drawn_by_hand) continue;
    jobs.emplace_back();  // of no master: to be made
    rerolls.push_back(0);
    recoveries.emplace_back();
    const std::size_t* const index = find_index(indexes, master.id);
    if (index == nullptr || !says_same(*memory.jobs[*index].master, master)) continue;
    jobs.back() = std::move(memory.jobs[*index]);
    jobs.back().master = &master;
    rerolls.back() = memory.rerolls[*index];
    recoveries.back() = memory.recoveries[*index];
  }
  memory.jobs = std::move(jobs);
  memory.rerolls = std::move(rerolls);
  memory.recoveries = std::move(recoveries);
  return memory;
}

/// Ids of masters of which both versions say the same.
std::unordered_set<std::string_view> same_masters(const ProjectSpec& before,
                                                  const ProjectSpec& today) {
  std::unordered_map<std::string_view, const MasterSpec*> known;
  for (const MasterSpec& master : before.masters) known.emplace(master.id, &master);
  std::unordered_set<std::string_view> same;
  for (const MasterSpec& master : today.masters) {
    const auto found = known.find(master.id);
    if (found != known.end() && says_same(*found->second, master)) same.insert(master.id);
  }
  return same;
}

SpriteMemory follow_sprites(SpriteMemory memory, const ProjectSpec& before,
                            const ProjectSpec& today) {
  const std::size_t count = before.sprites.size();
  if (!says_same(before.checks, today.checks) || memory.sprites.size() != count ||
      memory.keys.size() != count || memory.findings.size() != count) {
    return {};
  }
  Indexes indexes;
  for (std::size_t i = 0; i < count; ++i) indexes.emplace(before.sprites[i].id, i);
  const auto same = same_masters(before, today);
  const auto has_same_masters = [&](const SpriteSpec& sprite) {
    return std::ranges::all_of(sprite.rows,
                               [&](const RowSpec& row) { return same.contains(row.master); });
  };
  SpriteMemory next{.palettes = std::move(memory.palettes), .locked = std::move(memory.locked)};
  for (const SpriteSpec& sprite : today.sprites) {
    next.keys.emplace_back();  // of no picture: to be made
    next.sprites.emplace_back();
    next.findings.emplace_back();
    const std::size_t* const index = find_index(indexes, sprite.id);
    if (index == nullptr || !says_same(before.sprites[*index], sprite)) continue;
    if (!has_same_masters(sprite)) continue;  // the checks look at them, too
    next.keys.back() = std::move(memory.keys[*index]);
    next.sprites.back() = std::move(memory.sprites[*index]);
    next.findings.back() = std::move(memory.findings[*index]);
    for (Finding& finding : next.findings.back()) finding.place = sprite.place;
  }
  return next;
}

}  // namespace

void follow_project(BuildMemory& memory, const ProjectSpec& before, const ProjectSpec& today) {
  JobMemory jobs = follow_jobs(std::move(memory.jobs), before, today);
  SpriteMemory sprites = follow_sprites(std::move(memory.sprites), before, today);
  memory.forget_project();
  memory.jobs = std::move(jobs);
  memory.sprites = std::move(sprites);
}

}  // namespace dgxp
