// How jobs end, and what the WebSocket has to do with it: requirements 10 to 22.
#include "comfy_test_support.hpp"
#include "core/backends/web_socket.hpp"

using namespace dgxp;

namespace {

/// Runs one job against a fake with one fault; "" when it gave its picture.
std::string run_with(const FakeFault& fault, FakeComfy& comfy,
                     const std::function<void(ComfyOptions&)>& change = {}) {
  ComfyOptions options = quick_options(comfy.url());
  if (change) change(options);
  const auto backend = make_settled_backend(options);
  comfy.inject(fault);
  return why_not(run_job(*backend, make_job()));
}

}  // namespace

TEST_CASE("R10: a poll ends a job whose events stop, an event one whose polls are rare") {
  FakeComfy silent;
  CHECK(run_with({.kind = FakeFaultKind::ws_silent, .event = "execution_start"}, silent) == "");
  FakeComfy loud;
  const auto begin = std::chrono::steady_clock::now();
  const auto rare = [](ComfyOptions& options) {
    options.tracking.poll = 1h;
    options.tracking.slow_poll = 1h;
  };
  CHECK(run_with({.kind = FakeFaultKind::ws_noise}, loud, rare) == "");
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("R11: queue and history are looked at while the socket is well") {
  FakeComfy comfy;
  comfy.set_pace(0ms, 100ms);
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job())) == "");
  CHECK(records_of(comfy, "GET", "/queue").size() >= 3);
}

TEST_CASE("R12: a history that is written late is waited for") {
  FakeComfy comfy;
  CHECK(run_with({.kind = FakeFaultKind::history_late, .delay = 300ms}, comfy) == "");
  CHECK(comfy.prompts().size() == 1);
}

TEST_CASE("R13: a prompt that is lost is posted again under a new id") {
  FakeComfy comfy;
  CHECK(run_with({.kind = FakeFaultKind::prompt_lost}, comfy) == "");
  const auto prompts = comfy.prompts();
  REQUIRE(prompts.size() == 2);
  CHECK(prompts[0].id != prompts[1].id);
}

TEST_CASE("R13: a job whose prompts are lost again and again fails") {
  FakeComfy comfy;
  const std::string why =
      run_with({.kind = FakeFaultKind::prompt_lost, .count = -1}, comfy,
               [](ComfyOptions& options) { options.tracking.history_late = 100ms; });
  CHECK(why.starts_with(comfy.url() + " has lost the prompt "));
  CHECK(comfy.prompts().size() == 3);
}

TEST_CASE("R14: a job of which all is cached but its file gets its picture") {
  FakeComfy comfy;
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  const auto first = run_job(*backend, make_job("a"));
  const auto second = run_job(*backend, make_job("b"));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*first == *second);
  CHECK(comfy.prompts().size() == 2);
  CHECK(comfy.drawings().size() == 1);
}

TEST_CASE("R15: an execution_error that is followed by success is a success") {
  FakeComfy comfy;
  CHECK(run_with({.kind = FakeFaultKind::execution_blocked}, comfy) == "");
  CHECK(comfy.prompts().size() == 1);
}

TEST_CASE("An execution_error names node, title, class and what Python said") {
  FakeComfy comfy;
  const std::string why = run_with({.kind = FakeFaultKind::execution_error}, comfy);
  CHECK(why.starts_with("ComfyUI failed at node 3 \"Sampler\" (KSampler): "));
  CHECK(comfy.prompts().size() == 1);
}

TEST_CASE("R16: a success without its picture is a failure that names the output") {
  FakeComfy comfy;
  CHECK(run_with({.kind = FakeFaultKind::no_images}, comfy) ==
        "ComfyUI: output 'sprite' (node 9) gave 0 of 1 pictures");
}

TEST_CASE("R16: pictures over the socket are the result of their node") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.templates = {make_socket_template()};
  const auto backend = make_settled_backend(options);
  CHECK(why_not(run_job(*backend, make_job())) == "");
  CHECK(records_of(comfy, "GET", "/view").empty());
  // The same drawing by the other way has the same pixels.
  const auto by_file = make_settled_backend(quick_options(comfy.url()));
  const auto over_socket = run_job(*backend, make_job("again"));
  const auto over_http = run_job(*by_file, make_job("file"));
  REQUIRE(over_socket);
  REQUIRE(over_http);
  CHECK(*decode_png(*over_socket) == *decode_png(*over_http));
}

TEST_CASE("R17: noise between the events changes nothing") {
  FakeComfy comfy;
  CHECK(run_with({.kind = FakeFaultKind::ws_noise, .count = -1}, comfy) == "");
  CHECK(comfy.prompts().size() == 1);
}

TEST_CASE("R18: a socket that is closed in mid-run is opened again under another client_id") {
  for (const int code : {0, 1001, 1011}) {
    CAPTURE(code);
    FakeComfy comfy;
    comfy.set_pace(0ms, 50ms);
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    comfy.inject({.kind = FakeFaultKind::ws_closed, .event = "progress", .status = code});
    CHECK(why_not(run_job(*backend, make_job("a"))) == "");
    CHECK(why_not(run_job(*backend, make_job("b", 8))) == "");
    const auto prompts = comfy.prompts();
    REQUIRE(prompts.size() == 2);
    CHECK(prompts[0].client_id != prompts[1].client_id);
    CHECK(comfy.sockets() == 1);
  }
}

TEST_CASE("R19: a socket that hears nothing of a POST is replaced") {
  FakeComfy comfy;
  comfy.set_pace(0ms, 300ms);
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  CHECK(why_not(run_job(*backend, make_job("a"))) == "");
  // Another socket takes the client's place on the server and leaves: ours hears nothing more.
  const std::string client = comfy.prompts().front().client_id;
  std::stop_source heard;
  run_web_socket(
      {.base = *parse_http_base(comfy.url()),
       .path = "/ws?clientId=" + client,
       .access = {},
       .greeting = {}},
      {.opened = {}, .text = [&](std::string_view) { heard.request_stop(); }, .binary = {}},
      heard.get_token());
  REQUIRE(eventually([&] { return comfy.sockets() == 1; }));
  const std::size_t before = records_of(comfy, "GET", "/ws").size();
  CHECK(why_not(run_job(*backend, make_job("b", 8))) == "");
  CHECK(records_of(comfy, "GET", "/ws").size() == before + 1);
  CHECK(why_not(run_job(*backend, make_job("c", 9))) == "");
  const auto prompts = comfy.prompts();
  REQUIRE(prompts.size() == 3);
  CHECK(prompts[1].client_id == client);
  CHECK(prompts[2].client_id != client);
}

TEST_CASE("R19: a socket that answers no ping is replaced, and the job does not notice") {
  FakeComfy comfy;
  comfy.set_pace(0ms, 100ms);
  ComfyOptions options = quick_options(comfy.url());
  options.ping_interval = 20ms;
  comfy.inject({.kind = FakeFaultKind::ws_deaf});
  const auto backend = make_settled_backend(options);
  CHECK(why_not(run_job(*backend, make_job())) == "");
  CHECK(records_of(comfy, "GET", "/ws").size() >= 2);
  CHECK(comfy.prompts().size() == 1);
}

TEST_CASE("R20: without any WebSocket jobs are done all the same") {
  FakeComfy comfy;
  comfy.inject({.kind = FakeFaultKind::ws_refused, .count = -1, .status = 403});
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  for (const char* id : {"a", "b"}) CHECK(why_not(run_job(*backend, make_job(id))) == "");
  CHECK(comfy.prompts().size() == 2);
}

TEST_CASE("R21: fragmented frames with pings between them carry events and pictures") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.templates = {make_socket_template()};
  comfy.inject({.kind = FakeFaultKind::ws_fragments, .count = -1});
  const auto backend = make_settled_backend(options);
  CHECK(why_not(run_job(*backend, make_job())) == "");
  CHECK(comfy.prompts().size() == 1);
}

TEST_CASE("R22: progress never goes back and is not full before the picture is here") {
  FakeComfy comfy;
  comfy.set_pace(2ms, 20ms);
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  BackgroundRun run(backend, make_job());
  CHECK(why_not(run.join()) == "");
  const auto progress = run.progress();
  REQUIRE(progress.size() > 4);
  std::uint32_t last = 0;
  std::size_t previews = 0;
  bool has_sampled = false;
  for (const BackendProgress& report : progress) {
    CHECK(report.total_steps == 5);
    CHECK(report.step >= last);
    CHECK(report.step < report.total_steps);
    last = report.step;
    has_sampled = has_sampled || (report.stage == "sampling" && report.step == 2);
    if (report.preview) ++previews;
  }
  CHECK(last == 4);
  CHECK(has_sampled);
  CHECK(previews > 0);
}

TEST_CASE("Previews that are not wanted are not passed on, and the server is told") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.previews = false;
  const auto backend = make_settled_backend(options);
  BackgroundRun run(backend, make_job());
  CHECK(why_not(run.join()) == "");
  for (const BackendProgress& report : run.progress()) CHECK(report.preview == nullptr);
  const auto posts = records_of(comfy, "POST", "/prompt");
  REQUIRE(posts.size() == 1);
  CHECK(TestJson::parse(posts[0].body)["extra_data"]["preview_method"] == "none");
}
