#include "core/plan/stale.hpp"

#include <doctest/doctest.h>

#include "core/plan/job_key.hpp"

using namespace dgxp;

namespace {

MasterSpec sword() {
  MasterSpec master;
  master.id = "item/sword";
  master.prompt = "short sword";
  master.frame_size = {16, 16};
  return master;
}

struct Fixture {
  Job job = make_job(sword(), {.project_seed = 7});
  Digest recovery = recovery_digest(sword().recover);
  Digest pixels = sha256("pixels");
  LockedJob locked{.master = pixels,
                   .origin = Origin::generated,
                   .recipe = job.recipe,
                   .recovery = recovery,
                   .seed = job.seed};

  JobState state(StaleOptions options = {}) const {
    return find_job_state(job, recovery, &locked, pixels, options);
  }
};

}  // namespace

TEST_CASE("a job whose recipe, seed, pixels and recovery are the locked ones is fresh") {
  CHECK(Fixture{}.state() == JobState::fresh);
}

TEST_CASE("a job without lock entry is new, and edited when somebody put a master there") {
  const Fixture f;
  CHECK(find_job_state(f.job, f.recovery, nullptr, std::nullopt, {}) == JobState::is_new);
  CHECK(find_job_state(f.job, f.recovery, nullptr, f.pixels, {}) == JobState::edited);
}

TEST_CASE("each cause of staleness has its own state") {
  Fixture f;
  CHECK(find_job_state(f.job, f.recovery, &f.locked, std::nullopt, {}) == JobState::master_missing);
  f.locked.seed += 1;
  CHECK(f.state() == JobState::seed_changed);
  f.locked.reroll = 1;
  CHECK(f.state() == JobState::rerolled);
  f.locked.recipe = sha256("another");
  CHECK(f.state() == JobState::recipe_changed);
  f = Fixture{};
  f.locked.recovery = sha256("another");
  CHECK(f.state() == JobState::recovery_changed);
}

TEST_CASE("a placeholder is stale only when a real worker is configured") {
  Fixture f;
  f.locked.origin = Origin::placeholder;
  CHECK(f.state() == JobState::fresh);
  CHECK(f.state({.real_worker = true}) == JobState::placeholder);
}

TEST_CASE("an edited master survives a changed recipe unless overwriting is asked for") {
  Fixture f;
  f.locked.master = sha256("as it was generated");
  CHECK(f.state() == JobState::edited);
  f.locked.recipe = sha256("another");
  CHECK(f.state() == JobState::edited_outdated);
  CHECK(f.state({.overwrite_edited = true}) == JobState::recipe_changed);
}
