// A style's own ComfyUI graph, from the manifest to the job; no server is needed to see what is
// wrong with it.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/small_project.hpp"

namespace {

using namespace dgxp;

/// The small project with a style that names `workflow`.
class WorkflowProject : public SmallProject {
 public:
  explicit WorkflowProject(const std::string& workflow, const std::string& more = "") {
    replace_in("assets.yaml",
               "plain: { prompt:", "plain: { workflow: " + workflow + more + ", prompt:");
  }
  void put_own(const std::string& name) const {
    put("flows/own.json", run({"template", "show", name}).out);
    put("flows/own.bind.yaml", run({"template", "show", name, "--binding"}).out);
  }
};

TEST_CASE("a project with a workflow is planned, built and checked, and its files count") {
  const WorkflowProject project("flows/own.json");
  project.put_own("sprite-sdxl");
  REQUIRE(project.run({"build", "--no-fsync"}).status == 0);
  CHECK(project.run({"check"}).status == 0);
  // Written otherwise, but the same graph and binding.
  project.put("flows/own.json", nlohmann::json::parse(project.get("flows/own.json")).dump());
  CHECK(project.run({"check"}).status == 0);
  project.replace_in("flows/own.json", "\"steps\":25", "\"steps\":26");
  const ProgramResult plan = project.run({"plan", "--detailed-exitcode"});
  CHECK(plan.status == 2);
  CHECK(project.run({"explain", "hero/*"}).out.find("workflow") != std::string::npos);
  project.replace_in("flows/own.json", "\"steps\":26", "\"steps\":25");
  project.replace_in("flows/own.bind.yaml", "min_comfyui: \"0.3.45\"", "min_comfyui: \"0.3.64\"");
  CHECK(project.run({"plan", "--detailed-exitcode"}).status == 2);
}

TEST_CASE("a built-in workflow is named by its name, and takes what the style says") {
  const WorkflowProject project(
      "sprite-sdxl",
      ", checkpoint: { file: a.safetensors }, loras: [{ file: b.safetensors }], negative: blurry");
  REQUIRE(project.run({"build", "--no-fsync"}).status == 0);
  CHECK(project.run({"check"}).status == 0);
}

TEST_CASE("a fault between graph and binding is shown in every verb, with its place") {
  const WorkflowProject project("flows/own.json");
  project.put_own("sprite-sdxl");
  project.replace_in("flows/own.json", "Positive Prompt", "Words");
  for (const char* verb : {"plan", "build", "check", "status", "explain"}) {
    const ProgramResult result = project.run({verb});
    CHECK_MESSAGE(result.status == 65, verb);
    CHECK(result.err.starts_with(
        "flows/own.bind.yaml:8:3: error: 'prompt': node '6' (CLIPTextEncode \"Words\") does not "
        "have the title \"Positive Prompt\"\n"));
    CHECK(result.err.find("error: workflow flows/own.json has 1 error\n") != std::string::npos);
  }
}

TEST_CASE("values that a workflow cannot take are named before any job is made") {
  const WorkflowProject project("img2img-sdxl");
  const ProgramResult plan = project.run({"plan"});
  CHECK(plan.status == 65);
  CHECK(plan.err.find("it needs a picture 'init', and the job brings 0") != std::string::npos);
  CHECK(plan.err.find("workflow: img2img-sdxl") != std::string::npos);  // the manifest's line

  const WorkflowProject unknown("sprite-sdlx");
  const ProgramResult result = unknown.run({"build"});
  CHECK(result.status == 65);
  CHECK(result.err.find("there is no workflow 'sprite-sdlx'") != std::string::npos);
  CHECK(result.err.find("did you mean 'sprite-sdxl'?") != std::string::npos);

  const WorkflowProject lonely("flows/own.json");
  CHECK(lonely.run({"plan"}).err.find("file 'flows/own.json' of the workflow of style 'plain' does "
                                      "not exist") != std::string::npos);
  lonely.put("flows/own.json", "{}");
  CHECK(lonely.run({"plan"}).err.find("file 'flows/own.bind.yaml' of the workflow") !=
        std::string::npos);
}

}  // namespace
