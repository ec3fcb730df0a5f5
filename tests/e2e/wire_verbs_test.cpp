// The verbs that look at a worker, against one that draws slowly where a prompt says so.
#include <algorithm>
#include <csignal>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/e2e/small_project.hpp"
#include "tests/support/background_program.hpp"

using namespace dgxp;
using nlohmann::json;

namespace {

/// A worker in the project's folder.
class SlowWorker {
 public:
  explicit SlowWorker(const SmallProject& project)
      : address_("ipc://" + project.at("w").string()),
        program_({.command = {DGXP_SERVE_WORKER, address_, "until-killed"},
                  .folder = project.folder().string(),
                  .environment = {}}) {
    REQUIRE(program_.read_line() != "");
  }
  const std::string& address() const { return address_; }

 private:
  std::string address_;
  BackgroundProgram program_;
};

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("build tells programs of steps, time left and previews, a JSON object a line") {
  const SmallProject project;
  project.replace_in("assets.yaml", "young knight, red cape", "sketch of a knight");
  const SlowWorker worker(project);
  const ProgramResult built =
      project.run({"build", "--progress", "json", "--json", "--worker", worker.address()});
  CHECK(built.status == 0);
  CHECK(json::parse(built.out)["generated"].size() == 4);
  bool has_progress = false;
  bool has_preview = false;
  std::set<std::string> started;
  std::set<std::string> ended;
  for (const json& line : lines_of(built.err)) {
    CHECK(line["total"] == 4);
    if (line["event"] == "started") started.insert(line["job"].get<std::string>());
    if (line["event"] == "ended") ended.insert(line["job"].get<std::string>());
    if (line["event"] == "progress" && line["step"] == 1 && line["total_steps"] == 2) {
      has_progress = has_progress || (line["stage"] == "sampling" && line["eta_s"] == 0.5);
    }
    if (line["event"] == "preview") {
      has_preview = true;
      CHECK(line["job"] == "hero/walk/east");
      CHECK(line["preview"] == ".dgxp/previews/hero/walk/east.png");
      CHECK(project.get(line["preview"]).starts_with("\x89PNG"));
    }
  }
  CHECK(has_progress);
  CHECK(has_preview);
  CHECK(started.size() == 4);
  CHECK(ended == started);
}

TEST_CASE("jobs ls, watch and cancel tell and end what a build has asked for") {
  const SmallProject project;
  project.replace_in("assets.yaml", "young knight, red cape", "wait for a knight");
  const SlowWorker worker(project);
  CHECK(project.run({"jobs", "ls", "--worker", worker.address()}).out == "no jobs\n");

  auto build = start_dgxp(project.folder().string(), {"build", "--worker", worker.address()});
  const auto listed = [&] {
    return json::parse(project.run({"jobs", "ls", "--json", "--worker", worker.address()}).out);
  };
  json jobs = listed();
  for (int tries = 0; tries < 500; ++tries) {
    jobs = listed();
    const bool moved = std::ranges::any_of(jobs["jobs"], [](const json& job) {
      return job["state"] == "running" && job["step"] == 1;
    });
    if (jobs["jobs"].size() == 4 && jobs["running"] == 1 && jobs["queued"] == 0 && moved) break;
  }
  REQUIRE(jobs["jobs"].size() == 4);
  CHECK(jobs["backend"] == "scripted");
  std::string running;
  for (const json& job : jobs["jobs"]) {
    if (job["state"] == "running") running = job["id"];
    if (job["state"] == "done") CHECK(job["result"]["placeholder"] == true);
  }
  REQUIRE(running.size() == 64);
  const std::string text = project.run({"jobs", "ls", "--worker", worker.address()}).out;
  CHECK(text.find(running.substr(0, 12) + "  running  1/2\n") != std::string::npos);
  CHECK(text.find("jobs: 3 done, 1 running\n") != std::string::npos);

  auto watch =
      start_dgxp(project.folder().string(),
                 {"jobs", "watch", "--json", running.substr(0, 8), "--worker", worker.address()});
  CHECK(json::parse(watch.read_line())["state"] == "running");
  build.send_signal(SIGINT);
  CHECK(build.wait().status == 130);
  const ProgramResult watched = watch.wait();
  CHECK(watched.status == 1);
  CHECK(lines_of(watched.out).back()["state"] == "cancelled");

  const ProgramResult twice =
      project.run({"jobs", "cancel", running, "--worker", worker.address()});
  CHECK(twice.status == 1);
  CHECK(twice.err ==
        "warning: " + running.substr(0, 12) + ": Job not found or already completed\n");
  const ProgramResult unknown =
      project.run({"jobs", "cancel", "ffff", "--worker", worker.address()});
  CHECK(unknown.status == 64);
  CHECK(unknown.err == "error: the worker has no job 'ffff'\nhint: `dgxp jobs ls` lists them\n");
}

TEST_CASE("models ls lists the worker's models, for people and programs") {
  const SmallProject project;
  const SlowWorker worker(project);
  CHECK(project.run({"models", "ls", "--worker", worker.address()}).out ==
        "lcm        lora           144 MB  models/loras/lcm.safetensors\n"
        "sdxl-base  checkpoint    6616 MB  models/checkpoints/sdxl-base.safetensors\n"
        "sdxl-vae   vae            319 MB  models/vae/sdxl-vae.safetensors\n"
        "3 models\n");
  const json models =
      json::parse(project.run({"models", "ls", "--json", "--worker", worker.address()}).out);
  CHECK(models["models"][1] == json{{"name", "sdxl-base"},
                                    {"type", "checkpoint"},
                                    {"path", "models/checkpoints/sdxl-base.safetensors"},
                                    {"size_mb", 6616}});
}

TEST_CASE("the verbs that look at a worker say when there is none") {
  const SmallProject project;
  const ProgramResult embedded = project.run({"jobs", "ls"});
  CHECK(embedded.status == 64);
  CHECK(embedded.err.starts_with("error: the embedded worker lives only as long as a build\n"));
  const ProgramResult absent =
      project.run({"models", "ls", "--worker", "ipc://" + project.at("none").string()});
  CHECK(absent.status == 69);
  CHECK(absent.err.find("no worker answers at") != std::string::npos);
}

TEST_CASE("what wire tap records builds the same again without the worker") {
  const SmallProject first;
  const std::string tap_address = "ipc://" + first.at("tap").string();
  {
    const SlowWorker worker(first);
    auto tap =
        start_dgxp(first.folder().string(), {"wire", "tap", "--listen", tap_address, "--worker",
                                             worker.address(), "--record", "talk.wire"});
    const ProgramResult built = first.run({"build", "--worker", tap_address});
    CHECK(built.status == 0);
    // The worker greets a new subscriber before anybody asks.
    std::string line = tap.read_line();
    while (line.find(" update: status_info ") != std::string::npos) line = tap.read_line();
    CHECK(line.find(" request 1: status ") != std::string::npos);
    tap.send_signal(SIGINT);
    CHECK(tap.wait().status == 130);
  }
  const ProgramResult printed = first.run({"wire", "replay", "talk.wire"});
  CHECK(printed.status == 0);
  CHECK(printed.out.find(" request 1: generate id=") != std::string::npos);
  CHECK(printed.out.find(" update: job_complete job_id=") != std::string::npos);
  CHECK(printed.out.find("bytes=<") != std::string::npos);

  const SmallProject second;
  const std::string play_address = "ipc://" + second.at("play").string();
  auto play =
      start_dgxp(second.folder().string(),
                 {"wire", "replay", first.at("talk.wire").string(), "--listen", play_address});
  const ProgramResult again = second.run({"build", "--worker", play_address});
  CHECK(again.err == "");
  CHECK(again.status == 0);
  play.send_signal(SIGTERM);
  CHECK(play.wait().status == 143);
  CHECK(second.tree("game") == first.tree("game"));
  CHECK(second.tree("art") == first.tree("art"));

  second.put("broken.wire", "dgxp wire recording 1\n0 request 1 zz\n");
  const ProgramResult broken = second.run({"wire", "replay", "broken.wire"});
  CHECK(broken.status == 65);
  CHECK(broken.err == "error: 'broken.wire': line 2 is no record of the wire\n");
}
