#include "core/build/check_workflows.hpp"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/unit/core/workflow/sample_workflow.hpp"

using namespace dgxp;

namespace {

const std::string kPath = "workflows/hero.json";

struct Stage {
  MasterSpec master;
  std::vector<AssessedJob> jobs;
  Workflows workflows{{kPath, sample_workflow()}};

  Stage() {
    master.field_places["style.workflow"] = {7, 5};
    AssessedJob assessed;
    assessed.master = &master;
    assessed.job.id = "hero";
    assessed.job.prompt = "a knight";
    assessed.job.workflow_name = kPath;
    assessed.job.raw_size = {512, 256};
    jobs.push_back(std::move(assessed));
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  Job& job() { return jobs[0].job; }
  void unbind(WorkflowParam param) {
    std::erase_if(workflows.at(kPath).binding.params,
                  [&](const ParamBinding& bound) { return bound.param == param; });
  }
  std::string problem() const {
    const auto done = check_workflows(jobs, workflows);
    if (done) return "";
    CHECK(done.error().kind == ErrorKind::manifest);
    CHECK(done.error().place == Place{7, 5});
    return done.error().message;
  }
};

}  // namespace

TEST_CASE("a job that fits its workflow, or has none, is no problem") {
  Stage stage;
  CHECK(stage.problem() == "");
  stage.job().workflow_name = "";
  stage.workflows.clear();
  CHECK(stage.problem() == "");
}

TEST_CASE("check_workflows names what would get lost on the way to the graph") {
  {
    Stage stage;
    stage.unbind(WorkflowParam::negative);
    CHECK(stage.problem() == "");
    stage.job().negative = "blurry";
    CHECK(stage.problem() ==
          "'hero': workflow 'workflows/hero.json': there is no input for 'negative'");
  }
  {
    Stage stage;
    stage.unbind(WorkflowParam::steps);
    CHECK(stage.problem() == "");  // a default of ours is nothing that the user said
    stage.job().sampler.written.steps = true;
    CHECK(stage.problem() ==
          "'hero': workflow 'workflows/hero.json': there is no input for 'steps'");
  }
  {
    Stage stage;
    stage.unbind(WorkflowParam::denoise);
    stage.job().sampler.denoise = 0.5;
    CHECK(stage.problem() ==
          "'hero': workflow 'workflows/hero.json': there is no input for 'denoise'");
  }
  {
    Stage stage;
    stage.job().references = {sha256("a")};
    CHECK(stage.problem() ==
          "'hero': workflow 'workflows/hero.json': the job brings 1 pictures, but there are inputs "
          "for 0");
  }
  {
    Stage stage;
    stage.workflows.at(kPath).binding.loras.reset();
    stage.job().loras = {{.file = "px.safetensors", .sha256 = "", .weight = 1}};
    CHECK(stage.problem() ==
          "'hero': workflow 'workflows/hero.json': it takes no LoRAs, and the job brings "
          "'px.safetensors'");
  }
}

TEST_CASE("check_workflows refuses sizes, edges and names that a workflow cannot do") {
  Stage stage;
  stage.job().raw_size = {500, 256};
  CHECK(stage.problem() ==
        "'hero': workflow 'workflows/hero.json': its sizes go in steps of 8, and 500x256 does not");
  stage.job().raw_size = {512, 256};
  stage.job().seamless = true;
  CHECK(stage.problem() ==
        "'hero': workflow 'workflows/hero.json': what it draws does not repeat without an edge");
  stage.workflows.at(kPath).binding.seamless = true;
  CHECK(stage.problem() == "");
  stage.job().sampler.written.cfg = true;
  stage.job().sampler.cfg = 0;
  CHECK(stage.problem() == "'hero': workflow 'workflows/hero.json': a 'cfg' of 0 is not possible");
  // Whatever stands before it.
  stage.jobs.insert(stage.jobs.begin(), stage.jobs.front());
  stage.jobs.front().job.sampler.cfg = 7;
  CHECK(stage.problem() == "'hero': workflow 'workflows/hero.json': a 'cfg' of 0 is not possible");
  stage.jobs.erase(stage.jobs.begin());
  stage.job().workflow_name = "sprite-sdlx";
  CHECK(stage.problem() == "there is no workflow 'sprite-sdlx'");
}

TEST_CASE("check_workflows names every job that does not fit, up to eight") {
  Stage stage;
  for (int i = 1; i < 14; ++i) {
    AssessedJob other = stage.jobs.front();
    other.job.id = "item/" + std::to_string(i);
    other.job.raw_size.width = 512 + (i % 3 == 0 ? 0 : 1 + i);  // every third fits
    stage.jobs.push_back(std::move(other));
  }
  stage.jobs.push_back(stage.jobs[1]);
  stage.jobs.back().job.id = "alike";
  const std::string problem = stage.problem();
  CHECK(problem.starts_with(
      "'item/1': workflow 'workflows/hero.json': its sizes go in steps of 8, and 514x256 does "
      "not; 'item/2': workflow"));
  CHECK(problem.find("'item/3'") == std::string::npos);
  CHECK(problem.find("'item/11'") != std::string::npos);
  CHECK(problem.find("alike") == std::string::npos);
  stage.jobs.back().job.raw_size = {509, 256};
  CHECK(stage.problem().ends_with("; and 1 more"));
}

TEST_CASE("only workflows of the project travel") {
  const Workflows workflows{{kPath, sample_workflow()}, {"sprite-sdxl", sample_workflow()}};
  const auto files = encode_workflow_files(workflows);
  REQUIRE(files.size() == 1);
  CHECK(files.at(kPath) == encode_workflow(sample_workflow()));
}
