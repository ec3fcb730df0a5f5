// Requirements 32 to 39, 49 and 50.
#include <ctime>

#include "comfy_test_support.hpp"

using namespace dgxp;

TEST_CASE("R32: a server that is started again in mid-job gives one picture soon after") {
  FakeComfy comfy;
  comfy.inject({.kind = FakeFaultKind::stall});
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  BackgroundRun run(backend, make_job());
  REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
  comfy.go_down();
  std::this_thread::sleep_for(100ms);
  comfy.restart();
  const auto back = std::chrono::steady_clock::now();
  comfy.come_back();
  CHECK(why_not(run.join()) == "");
  CHECK(std::chrono::steady_clock::now() - back < 5s);
  CHECK(comfy.drawings().size() == 1);
}

TEST_CASE("R32: a job waits for a server that is not there yet, not for ever") {
  FakeComfy comfy;
  comfy.go_down();
  const auto backend = make_backend(quick_options(comfy.url()));
  BackgroundRun run(backend, make_job("a"));
  std::this_thread::sleep_for(100ms);
  comfy.come_back();
  CHECK(why_not(run.join()) == "");
  comfy.go_down();
  ComfyOptions options = quick_options(comfy.url());
  options.tracking.unreachable = 200ms;
  const auto impatient = make_backend(options);
  CHECK(why_not(run_job(*impatient, make_job("b"))).starts_with("cannot reach ComfyUI: POST "));
  CHECK(eventually([&] { return !impatient->status().healthy; }));
}

TEST_CASE("R33: a dead prompt thread is told once, clearly, and later jobs fail at once") {
  FakeComfy comfy;
  comfy.inject({.kind = FakeFaultKind::worker_dead});
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  const std::string why = why_not(run_job(*backend, make_job("a")));
  CHECK(why.find("its prompt thread is dead, restart it") != std::string::npos);
  CHECK_FALSE(backend->status().healthy);
  CHECK(backend->status().last_error == why);
  const std::size_t posts = records_of(comfy, "POST", "/prompt").size();
  CHECK(why_not(run_job(*backend, make_job("b"))) == why);
  CHECK(records_of(comfy, "POST", "/prompt").size() == posts);
  comfy.go_down();
  comfy.restart();
  comfy.come_back();
  CHECK(eventually([&] { return why_not(run_job(*backend, make_job("c"))) == ""; }));
  CHECK(backend->status().healthy);
}

TEST_CASE("R34: a job that takes too long, and a step that does, end and are cancelled") {
  for (const bool is_step : {false, true}) {
    FakeComfy comfy;
    comfy.inject({.kind = FakeFaultKind::stall});
    ComfyOptions options = quick_options(comfy.url());
    (is_step ? options.tracking.stall : options.tracking.job) = 300ms;
    const auto backend = make_settled_backend(options);
    const std::string why = why_not(run_job(*backend, make_job()));
    CHECK(why.find(is_step ? "made no step for" : "the limit for a job") != std::string::npos);
    CHECK(comfy.wait_until_idle(2s));
  }
}

TEST_CASE("R34: a server that hangs without answering is given up") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.http.request = 50ms;
  options.tracking.unreachable = 400ms;
  options.cancel_wait = 100ms;
  const auto backend = make_settled_backend(options);
  comfy.inject({.kind = FakeFaultKind::stall});
  BackgroundRun run(backend, make_job());
  REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
  comfy.inject({.kind = FakeFaultKind::http_never, .count = -1});
  const std::string why = why_not(run.join());
  CHECK(why.find("has not answered for") != std::string::npos);
  comfy.clear_faults();
}

TEST_CASE("R35: when memory runs out it is freed and the job tried once more") {
  for (const int times : {1, 2}) {
    FakeComfy comfy;
    comfy.inject({.kind = FakeFaultKind::out_of_memory, .count = times});
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    const std::string why = why_not(run_job(*backend, make_job()));
    if (times == 1) {
      CHECK(why == "");
    } else {
      CHECK(why.starts_with(
          "oom: ComfyUI ran out of memory at 64x64, node 3 \"Sampler\" (KSampler)"));
    }
    CHECK(comfy.prompts().size() == 2);
    const auto frees = records_of(comfy, "POST", "/free");
    REQUIRE(frees.size() == static_cast<std::size_t>(times));
    CHECK(frees[0].body == R"({"unload_models":true,"free_memory":true})");
  }
}

TEST_CASE("R36: a worker that was killed finds its running prompt again, and posts no second one") {
  for (const bool is_finished_first : {false, true}) {
    CAPTURE(is_finished_first);
    const TestFolder folder;
    const TestFolder killed;
    FakeComfy comfy;
    comfy.inject({.kind = FakeFaultKind::stall});
    ComfyOptions options = quick_options(comfy.url());
    options.state_folder = folder.path();
    options.cancel_wait = 0ms;
    std::string first_prompt;
    {
      const auto backend = make_settled_backend(options);
      BackgroundRun run(backend, make_job());
      REQUIRE(comfy.wait_until_stalled(5s));
      // What a kill at this moment leaves on the disk; the end of this block cancels for nobody.
      std::filesystem::copy(folder.path(), killed.path());
      first_prompt = comfy.prompts()[0].id;
      comfy.inject({.kind = FakeFaultKind::interrupt_ignored, .count = -1});
      run.stop();
      CHECK_FALSE(run.join());
    }
    comfy.clear_faults();
    if (is_finished_first) {
      comfy.release_stalled();
      REQUIRE(comfy.wait_until_idle(5s));
    }
    options = quick_options(comfy.url());
    options.state_folder = killed.path();
    const auto restarted = make_settled_backend(options);
    BackgroundRun run(restarted, make_job());
    if (!is_finished_first) {
      REQUIRE(eventually([&] {
        return !records_of(comfy, "GET", "/history/" + first_prompt).empty() ||
               records_of(comfy, "GET", "/queue").size() > 3;
      }));
      comfy.release_stalled();
    }
    CHECK(why_not(run.join()) == "");
    CHECK(comfy.prompts().size() == 1);
    CHECK(comfy.drawings().size() == 1);
  }
}

TEST_CASE("R36: a prompt that is nowhere any more is posted anew, another request never adopted") {
  const TestFolder folder;
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.state_folder = folder.path();
  {
    const auto backend = make_settled_backend(options);
    CHECK(why_not(run_job(*backend, make_job("a"))) == "");
    CHECK(why_not(run_job(*backend, make_job("b"))) == "");
  }
  const auto backend = make_settled_backend(options);
  BackendJob changed = make_job("b", 99);
  CHECK(why_not(run_job(*backend, changed)) == "");
  CHECK(comfy.prompts().size() == 3);
  comfy.restart();
  CHECK(why_not(run_job(*backend, make_job("a"))) == "");
  CHECK(comfy.prompts().back().id != comfy.prompts().front().id);
}

TEST_CASE("R37: status and models never wait for a server that hangs") {
  FakeComfy comfy;
  comfy.inject({.kind = FakeFaultKind::http_never, .count = -1});
  ComfyOptions options = quick_options(comfy.url());
  options.status_age = 0ms;
  options.models_age = 0ms;
  options.http.request = 200ms;
  const auto backend = make_backend(options);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    backend->status();
    backend->list_models();
  }
  CHECK(std::chrono::steady_clock::now() - begin < 100ms);
  CHECK(eventually([&] { return !backend->status().healthy; }));
}

TEST_CASE("A backend without jobs uses no processor, with its socket open") {
  FakeComfy comfy;
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job())) == "");
  std::this_thread::sleep_for(50ms);
  const std::clock_t before = std::clock();  // of the whole process, the fake too
  std::this_thread::sleep_for(500ms);
  CHECK(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC < 0.005);
  CHECK(comfy.sockets() == 1);
}

TEST_CASE("R38: history and files of the server are left alone") {
  FakeComfy comfy;
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job())) == "");
  CHECK(records_of(comfy, "POST", "/history").empty());
}

TEST_CASE("R39: headers go with every request and socket, secrets into no message") {
  FakeComfy comfy;
  ComfyOptions options =
      quick_options("http://bob:hunter2@127.0.0.1:" + std::to_string(comfy.port()) + "/api");
  options.access.headers = {"X-Token: hunter3"};
  const auto backend = make_settled_backend(options);
  CHECK(why_not(run_job(*backend, make_job())) == "");
  for (const FakeRecord& record : comfy.requests()) {
    CHECK(record.headers.at("x-token") == "hunter3");
    CHECK(record.headers.at("authorization") == "Basic Ym9iOmh1bnRlcjI=");
  }
  comfy.go_down();
  options.tracking.unreachable = 100ms;
  const auto failing = make_backend(options);
  const std::string why = why_not(run_job(*failing, make_job("b")));
  CHECK(why != "");
  CHECK(why.find("hunter") == std::string::npos);
  CHECK(failing->status().last_error.find("hunter") == std::string::npos);
  const auto bad = make_comfy_backend({.url = "http://bob:hunter2@"});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.find("hunter") == std::string::npos);
}

TEST_CASE("R49: models are listed by folder") {
  FakeComfy comfy({.models = {{"checkpoints", {"c.safetensors"}},
                              {"loras", {"l.safetensors", "m.safetensors"}},
                              {"vae", {"v.pt"}},
                              {"controlnet", {"n.safetensors"}}}});
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  std::vector<std::string> listed;
  for (const ModelEntry& model : backend->list_models()) {
    listed.push_back(model.model_type + " " + model.name + " " + model.path);
  }
  CHECK(listed == std::vector<std::string>{"checkpoint c.safetensors checkpoints/c.safetensors",
                                           "lora l.safetensors loras/l.safetensors",
                                           "lora m.safetensors loras/m.safetensors",
                                           "vae v.pt vae/v.pt",
                                           "controlnet n.safetensors controlnet/n.safetensors"});
}

TEST_CASE("R50: status tells version, queue, memory and the last error") {
  FakeComfy comfy;
  comfy.set_pace(0ms, 50ms);
  ComfyOptions options = quick_options(comfy.url());
  options.status_age = 1ms;
  const auto backend = make_settled_backend(options);
  CHECK(backend->status().version == "ComfyUI 0.3.64");
  CHECK(backend->status().vram_total_mb > 0);
  CHECK(backend->status().vram_free_mb > 0);
  comfy.add_foreign(3, 2);
  CHECK(eventually([&] { return backend->status().queue >= 3; }));
  REQUIRE(comfy.wait_until_idle(5s));
  comfy.inject({.kind = FakeFaultKind::execution_error});
  const std::string why = why_not(run_job(*backend, make_job()));
  CHECK(backend->status().last_error == why);
  CHECK(backend->status().healthy);
}
