// A worker in front of a ComfyUI is killed in the middle of a job: the next one finds the prompt
// again, nothing is posted twice, and the build never notices.
#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/small_project.hpp"
#include "tests/support/background_program.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"

using namespace dgxp;
using namespace std::chrono_literals;

namespace {

FakeComfyOptions slow_server() {
  FakeComfyOptions options;
  options.models = {{"checkpoints", {"sd_xl_base_1.0.safetensors"}},
                    {"loras", {"pixel-art-xl.safetensors"}}};
  options.step_time = 15ms;  // 24 steps: a job takes a third of a second
  options.previews = false;
  return options;
}

std::string start_worker(BackgroundProgram& worker) {
  const std::string line = worker.read_line();
  if (line.empty()) FAIL("the worker did not start: ", worker.wait().err);
  return nlohmann::json::parse(line).at("requests");
}

template <typename Condition>
bool becomes_true(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

}  // namespace

TEST_CASE("a worker killed in the middle of a prompt and started again adopts it") {
  const SmallProject project;
  FakeComfy comfy(slow_server());
  const auto worker_at = [&](const std::string& address) {
    return start_dgxp(project.folder(),
                      {"worker", "--listen", address, "--backend", "comfy", "--comfy", comfy.url(),
                       "--state", project.at("state").string(), "--json"});
  };
  auto first = worker_at("tcp://127.0.0.1:0");
  const std::string address = start_worker(first);
  auto build = start_dgxp(project.folder(), {"build", "--worker", address, "--no-fsync"});

  // One prompt is done, one runs, one waits.
  REQUIRE(becomes_true([&] { return comfy.prompts().size() >= 3; }));
  first.send_signal(SIGKILL);
  CHECK(first.wait().status == 128 + SIGKILL);
  auto second = worker_at(address);
  CHECK(start_worker(second) == address);

  const ProgramResult built = build.wait(60s);
  CHECK(built.status == 0);
  CHECK(built.err.find("error") == std::string::npos);
  std::set<std::string> graphs;
  for (const FakePrompt& prompt : comfy.prompts()) {
    const auto graph = nlohmann::json::parse(prompt.graph);
    for (const auto& node : graph) {
      if (node["class_type"] == "KSampler") graphs.insert(node["inputs"]["seed"].dump());
    }
  }
  // Four masters, four seeds, four prompts: what ran was found again and not posted twice.
  CHECK(comfy.prompts().size() == 4);
  CHECK(graphs.size() == 4);
  const std::size_t posted = comfy.prompts().size();
  CHECK(project.run({"build", "--worker", address}).status == 0);
  CHECK(comfy.prompts().size() == posted);
}
