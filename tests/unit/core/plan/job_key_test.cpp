#include "core/plan/job_key.hpp"

#include <doctest/doctest.h>

using namespace dgxp;

namespace {

MasterSpec slime() {
  MasterSpec master;
  master.id = "enemy/slime/idle/south";
  master.prompt = "round slime";
  master.frame_size = {24, 24};
  master.frames = 2;
  master.animation = "idle";
  master.direction = Direction::south;
  master.style.sampler.steps = 24;
  return master;
}

}  // namespace

TEST_CASE("derive_seed is pinned: a seed in a lock must mean the same for ever") {
  CHECK(derive_seed(4217, "hero/walk/east", 0) == 1483507496U);
  CHECK(derive_seed(4217, "hero/walk/east", 1) != derive_seed(4217, "hero/walk/east", 0));
}

TEST_CASE("a recipe is pinned: an upgrade must not make masters stale") {
  CHECK(make_job(slime(), {}).recipe_text ==
        R"({"animation":"idle","background":"border_flood","direction":"south","frames":2,)"
        R"("loras":[],"model":{"file":"","sha256":""},"negative":"","prompt":"round slime",)"
        R"("references":[],"render_scale":16,"sampler":{"cfg":7.0,"name":"euler",)"
        R"("scheduler":"normal","steps":24},"seamless":false,"size":[24,24],"view":"",)"
        R"("workflow":""})");
}

TEST_CASE("palette and seed change the key but not the recipe") {
  const Job plain = make_job(slime(), {});
  const Job colored = make_job(slime(), {.palette = {{1, 2, 3}}});
  const Job rerolled = make_job(slime(), {.reroll = 1});
  CHECK(colored.recipe == plain.recipe);
  CHECK(rerolled.recipe == plain.recipe);
  CHECK(colored.key != plain.key);
  CHECK(rerolled.key != plain.key);
}

TEST_CASE("a workflow of the project counts by its content, a built-in by its name") {
  MasterSpec master = slime();
  master.style.workflow = "workflows/a.json";
  const std::map<std::string, Bytes> one{{"workflows/a.json", to_bytes("{}")}};
  const std::map<std::string, Bytes> two{{"workflows/a.json", to_bytes("{ }")}};
  const Job job = make_job(master, {.workflows = &one});
  CHECK(job.recipe != make_job(master, {.workflows = &two}).recipe);
  CHECK(job.workflow == sha256("{}"));
  CHECK(job.workflow_content == to_bytes("{}"));
  master.style.workflow = "sprite-sdxl";
  const Job builtin = make_job(master, {.workflows = &one});
  CHECK(builtin.workflow.empty());
  CHECK(builtin.workflow_content.empty());
  CHECK(builtin.recipe_text.ends_with(R"("workflow":"sprite-sdxl"})"));
}

TEST_CASE("with a workflow only what the manifest says about the sampler counts") {
  MasterSpec master = slime();
  master.style.workflow = "sprite-sdxl";
  CHECK(make_job(master, {}).recipe_text.find(R"("sampler":{},)") != std::string::npos);
  master.style.sampler.written = {.name = true, .scheduler = true, .steps = true, .cfg = true};
  master.style.sampler.denoise = 0.5;
  CHECK(
      make_job(master, {})
          .recipe_text.find(
              R"("sampler":{"cfg":7.0,"denoise":0.5,"name":"euler","scheduler":"normal","steps":24})") !=
      std::string::npos);
}

TEST_CASE("a job brings its references with their digests; one that is not there counts as empty") {
  MasterSpec master = slime();
  master.references = {"refs/a.png", "refs/none.png"};
  const auto picture = std::make_shared<const Bytes>(to_bytes("a"));
  const std::map<std::string, std::shared_ptr<const Bytes>> files{{"refs/a.png", picture}};
  const Job job = make_job(master, {.references = &files});
  CHECK(job.references == std::vector<Digest>{sha256("a"), sha256("")});
  REQUIRE(job.reference_contents.size() == 2);
  CHECK(job.reference_contents[0] == picture);
  CHECK(job.reference_contents[1]->empty());
}

TEST_CASE("a written seed of 64 bits is the job's") {
  MasterSpec master = slime();
  master.seed = 18446744073709551615U;
  CHECK(make_job(master, {}).seed == 18446744073709551615U);
}

TEST_CASE("changed_recipe_fields names exactly what differs") {
  MasterSpec other = slime();
  other.prompt = "angry slime";
  other.style.sampler.steps = 30;
  const std::string before = make_job(slime(), {}).recipe_text;
  CHECK(changed_recipe_fields(before, make_job(other, {}).recipe_text) ==
        std::vector<std::string>{"prompt", "sampler.steps"});
  CHECK(changed_recipe_fields("not json", before).empty());
  other = slime();
  other.style.sampler.denoise = 0.5;
  const std::string more = make_job(other, {}).recipe_text;
  CHECK(changed_recipe_fields(before, more) == std::vector<std::string>{"sampler.denoise"});
  CHECK(changed_recipe_fields(more, before) == std::vector<std::string>{"sampler.denoise"});
}

TEST_CASE("recovery_digest changes with every option") {
  const RecoverSpec plain;
  RecoverSpec other = plain;
  other.despeckle = 3;
  CHECK(recovery_digest(other) != recovery_digest(plain));
  other = plain;
  other.grid = 8.5;
  CHECK(recovery_digest(other) != recovery_digest(plain));
  other = plain;
  other.holes = true;
  CHECK(recovery_digest(other) != recovery_digest(plain));
  // A lock that was written before an option came keeps its masters.
  CHECK(recovery_digest(plain).hex() ==
        "08ec94fd108697c56b6bd927bdc3d52a0982faed29539ae6719622f4939f9259");
}
