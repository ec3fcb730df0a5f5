// How jobs are posted: requirements 1 to 9 and 41 to 47.
#include "comfy_test_support.hpp"

using namespace dgxp;

namespace {

bool is_uuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool is_digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (is_dash ? text[i] != '-' : !is_digit) return false;
  }
  return true;
}

TestJson graph_of(const FakePrompt& prompt) {
  return TestJson::parse(prompt.graph);
}

}  // namespace

TEST_CASE("R1: every attempt has a fresh UUID and a client_id, and the socket is open before it") {
  FakeComfy comfy({.version = "0.38.1"});
  const auto backend = make_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job("a"))) == "");
  CHECK(why_not(run_job(*backend, make_job("b"))) == "");
  const auto prompts = comfy.prompts();
  REQUIRE(prompts.size() == 2);
  CHECK(is_uuid(prompts[0].id));
  CHECK(is_uuid(prompts[1].id));
  CHECK(prompts[0].id != prompts[1].id);
  CHECK(is_uuid(prompts[0].client_id));
  CHECK(prompts[0].client_id == prompts[1].client_id);
  std::size_t socket = 0;
  std::size_t post = 0;
  const auto records = comfy.requests();
  for (std::size_t i = records.size(); i-- > 0;) {
    if (records[i].path == "/ws") socket = i;
    if (records[i].path == "/prompt" && records[i].method == "POST") post = i;
  }
  CHECK(socket < post);
  CHECK(records[socket].query == "clientId=" + prompts[0].client_id);
}

TEST_CASE("R2: nothing is ever sent that touches others") {
  FakeComfy comfy;
  comfy.set_pace(5ms, 20ms);
  const auto backend = make_backend(quick_options(comfy.url()));
  {
    BackgroundRun cancelled(backend, make_job("a"));
    REQUIRE(eventually([&] { return !comfy.prompts().empty(); }));
    cancelled.stop();
    CHECK_FALSE(cancelled.join());
  }
  CHECK(why_not(run_job(*backend, make_job("b"))) == "");
  for (const FakeRecord& record : comfy.requests()) {
    CHECK_FALSE(record.headers.contains("origin"));
    if (record.method != "POST" || record.body.empty()) continue;
    const TestJson body = TestJson::parse(record.body);
    CHECK_FALSE(body.contains("number"));
    CHECK_FALSE(body.contains("front"));
    CHECK_FALSE(body.contains("clear"));
    if (record.path == "/interrupt") CHECK(is_uuid(body.at("prompt_id")));
    CHECK(record.path != "/history");
  }
}

TEST_CASE("R3: a server that gives another id is too old, and says how old") {
  FakeComfy comfy;
  comfy.set_pace(5ms, 20ms);
  comfy.inject({.kind = FakeFaultKind::wrong_prompt_id});
  const auto backend = make_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job())) ==
        comfy.url() + " gave the prompt another id: dgxp needs ComfyUI 0.3.45 or newer");
  CHECK(comfy.wait_until_idle(5s));
}

TEST_CASE("R4: a POST whose answer is lost is looked up, and not sent again when it arrived") {
  for (const auto kind : {FakeFaultKind::http_cut, FakeFaultKind::http_delay}) {
    FakeComfy comfy;
    ComfyOptions options = quick_options(comfy.url());
    options.http.post = 300ms;
    options.tracking.lost_gap = 2s;
    const auto backend = make_settled_backend(options);
    comfy.inject({.kind = kind, .path = "/prompt", .delay = 600ms});
    CHECK(why_not(run_job(*backend, make_job())) == "");
    CHECK(records_of(comfy, "POST", "/prompt").size() == 1);
    CHECK(comfy.drawings().size() == 1);
  }
}

TEST_CASE("R4: a POST that never arrived is sent again under a new id, behind a look") {
  FakeComfy comfy;
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  comfy.inject({.kind = FakeFaultKind::http_reset, .path = "/prompt"});
  CHECK(why_not(run_job(*backend, make_job())) == "");
  const auto posts = records_of(comfy, "POST", "/prompt");
  REQUIRE(posts.size() == 2);
  CHECK(TestJson::parse(posts[0].body)["prompt_id"] != TestJson::parse(posts[1].body)["prompt_id"]);
  CHECK(comfy.drawings().size() == 1);
}

TEST_CASE("R5: a graph that is taken in part is cancelled and fails") {
  FakeComfy comfy;
  comfy.set_pace(5ms, 20ms);
  comfy.inject({.kind = FakeFaultKind::node_errors_in_200});
  const auto backend = make_backend(quick_options(comfy.url()));
  const std::string why = why_not(run_job(*backend, make_job()));
  CHECK(why.starts_with("ComfyUI took only a part of the graph: "));
  CHECK(comfy.wait_until_idle(5s));
  CHECK_FALSE(records_of(comfy, "POST", "/interrupt").empty());
}

TEST_CASE("R6: a missing model is named with node, title, class, input and the nearest names") {
  for (const bool combo_objects : {false, true}) {
    for (const char* version : {"0.3.64", "0.38.1"}) {
      FakeComfy comfy({.version = version,
                       .models = {{"checkpoints", {"knight_xl.safetensors", "z.ckpt"}}},
                       .combo_objects = combo_objects});
      const auto backend = make_backend(quick_options(comfy.url()));
      BackendJob job = make_job();
      job.request.model = "knigt_xl.safetensors";
      const std::string why = why_not(run_job(*backend, job));
      CHECK(why.find("knigt_xl.safetensors") != std::string::npos);
      CHECK(why.find("knight_xl.safetensors") != std::string::npos);
      CHECK(why.find("ckpt_name") != std::string::npos);
      CHECK(comfy.prompts().empty());
    }
  }
}

TEST_CASE("R7: a 500, an HTML page and noise are errors with a name") {
  for (const auto kind :
       {FakeFaultKind::http_status, FakeFaultKind::http_html, FakeFaultKind::http_garbage}) {
    FakeComfy comfy;
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    comfy.inject({.kind = kind, .path = "/prompt"});
    const auto outcome = run_job(*backend, make_job());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == ErrorKind::worker);
    CHECK(outcome.error().message.find(comfy.url() + "/prompt") != std::string::npos);
    CHECK(comfy.wait_until_idle(5s));
    comfy.clear_faults();
    CHECK(why_not(run_job(*backend, make_job())) == "");
  }
}

TEST_CASE("R8: the backend has as many slots as prompts may be on the server") {
  ComfyOptions options = quick_options("http://127.0.0.1:1");
  CHECK(make_backend(options)->info().slots == 2);
  options.slots = 5;
  CHECK(make_backend(options)->info().slots == 5);
}

TEST_CASE("R9: every attempt writes below a folder of its own, without a percent sign") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job("../50%off/x"))) == "");
  CHECK(why_not(run_job(*backend, make_job("b"))) == "");
  const auto prompts = comfy.prompts();
  REQUIRE(prompts.size() == 2);
  const auto prefix = [&](const FakePrompt& prompt) {
    return graph_of(prompt)["9"]["inputs"]["filename_prefix"].get<std::string>();
  };
  CHECK(prefix(prompts[0]) == "dgxp/___50_off_x/" + prompts[0].id.substr(0, 8) + "/sprite");
  CHECK(prefix(prompts[1]) == "dgxp/b/" + prompts[1].id.substr(0, 8) + "/sprite");
}

TEST_CASE("R41: a node that the server does not have is refused before the POST") {
  FakeComfy comfy({.missing_classes = {"VAEDecode"}});
  const auto backend = make_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job())).find("VAEDecode") != std::string::npos);
  CHECK(records_of(comfy, "POST", "/prompt").empty());
}

TEST_CASE("R41: the nodes of the server are asked once for each workflow") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  for (const char* id : {"a", "b", "c"}) CHECK(why_not(run_job(*backend, make_job(id))) == "");
  CHECK(records_of(comfy, "GET", "/object_info").size() == 1);
}

TEST_CASE("R42: LoRAs reach the sampler in the order and with the weights of the job") {
  FakeComfy comfy({.models = {{"checkpoints", {"tiny_sd15.safetensors"}},
                              {"loras", {"one.safetensors", "two.safetensors"}}}});
  const auto backend = make_backend(quick_options(comfy.url()));
  BackendJob job = make_job();
  job.request.loras = {{"two.safetensors", 0.5, ""}, {"one.safetensors", -1.25, ""}};
  CHECK(why_not(run_job(*backend, job)) == "");
  BackendJob old_peer = make_job("old");
  old_peer.request.lora = "one.safetensors";
  CHECK(why_not(run_job(*backend, old_peer)) == "");
  CHECK(why_not(run_job(*backend, make_job("none"))) == "");
  const auto drawings = comfy.drawings();
  REQUIRE(drawings.size() == 3);
  CHECK(drawings[0].loras ==
        std::vector<FakeLora>{{"two.safetensors", 0.5, 0.5}, {"one.safetensors", -1.25, -1.25}});
  CHECK(drawings[1].loras == std::vector<FakeLora>{{"one.safetensors", 1, 1}});
  CHECK(drawings[2].loras.empty());
  CHECK(graph_of(comfy.prompts()[2]).size() == TestJson::parse(kSamplerGraph).size());
}

TEST_CASE("R43: seeds reach the sampler whole") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  const std::vector<std::uint64_t> seeds = {0, std::uint64_t{1} << 63U, UINT64_MAX};
  for (const std::uint64_t seed : seeds) {
    CHECK(why_not(run_job(*backend, make_job(std::to_string(seed), seed))) == "");
  }
  std::vector<std::uint64_t> drawn;
  for (const FakeDrawing& drawing : comfy.drawings()) drawn.push_back(drawing.seed);
  CHECK(drawn == seeds);
}

TEST_CASE("R44: a size that the sampler would round is refused before the POST") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  BackendJob job = make_job();
  job.request.size = {60, 50};
  const std::string why = why_not(run_job(*backend, job));
  CHECK(why.find("60x50") != std::string::npos);
  CHECK(comfy.prompts().empty());
}

TEST_CASE("R46: the same job again, after it was done, posts nothing") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  const auto first = run_job(*backend, make_job());
  const auto second = run_job(*backend, make_job());
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*first == *second);
  CHECK(comfy.prompts().size() == 1);
  BackendJob other = make_job();
  other.request.seed = 8;
  CHECK(why_not(run_job(*backend, other)) == "");
  CHECK(comfy.prompts().size() == 2);
}

TEST_CASE("R47: a job is one prompt of one picture") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  BackendJob job = make_job();
  job.request.batch_size = 4;
  CHECK(why_not(run_job(*backend, job)) == "");
  REQUIRE(comfy.prompts().size() == 1);
  CHECK(graph_of(comfy.prompts()[0])["5"]["inputs"]["batch_size"] == 1);
  CHECK(comfy.drawings().size() == 1);
}

TEST_CASE("What a job says reaches the sampler") {
  FakeComfy comfy;
  const auto backend = make_backend(quick_options(comfy.url()));
  BackendJob job = make_job();
  job.request.cfg_scale = 3.5;
  job.request.sampler = "euler_ancestral";
  job.request.scheduler = "karras";
  job.request.prompt = R"(a "knight", "class_type": \ )";
  CHECK(why_not(run_job(*backend, job)) == "");
  const auto drawings = comfy.drawings();
  REQUIRE(drawings.size() == 1);
  CHECK(drawings[0].prompt == job.request.prompt);
  CHECK(drawings[0].negative == "blurry");
  CHECK(drawings[0].steps == 4);
  CHECK(drawings[0].cfg == 3.5);
  CHECK(drawings[0].sampler == "euler_ancestral");
  CHECK(drawings[0].scheduler == "karras");
}

TEST_CASE("A job may bring its workflow, or name one of the worker's") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  WorkflowTemplate second = make_sampler_template();
  second.name = "second";
  options.templates.push_back(second);
  const auto backend = make_backend(options);
  BackendJob job = make_job("own");
  job.workflow = std::make_shared<const Bytes>(encode_workflow(make_sampler_template()));
  CHECK(why_not(run_job(*backend, job)) == "");
  job = make_job("named");
  job.request.workflow_name = "second";
  CHECK(why_not(run_job(*backend, job)) == "");
  job.request.workflow_name = "third";
  CHECK(why_not(run_job(*backend, job)) == "this worker has no workflow 'third'");
  job = make_job("seamless");
  job.request.seamless = true;
  CHECK(why_not(run_job(*backend, job)) ==
        "no workflow of this worker has a place for what the job has");
  job = make_job("rubbish");
  job.workflow = std::make_shared<const Bytes>(to_bytes("rubbish"));
  CHECK_FALSE(run_job(*backend, job));
}
