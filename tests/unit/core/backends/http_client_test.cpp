#include "core/backends/http_client.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "raw_server.hpp"

using namespace dgxp;
using namespace std::chrono_literals;

namespace {

HttpBase base_of(const std::string& url) {
  return *parse_http_base(url);
}

std::string text_of(const HttpOutcome& outcome) {
  return outcome ? std::string(as_text(outcome->body)) : outcome.error().message;
}

/// Answers each request with itself.
RawServer make_echo() {
  return RawServer([](const std::string& request, int connection) {
    RawServer::send(connection, RawServer::reply(request));
  });
}

}  // namespace

TEST_CASE("HttpClient sends path below the prefix, headers and body, and no Origin") {
  RawServer server = make_echo();
  HttpClient client(base_of("http://u:pw@127.0.0.1:" + std::to_string(server.port()) + "/pre"),
                    {.headers = {"X-Token: t", "X-Bad: a\r\nOrigin: b"}});
  const auto outcome = client.send(
      {.method = "POST", .path = "/prompt?x=1", .body = "{}", .content_type = "application/json"});
  REQUIRE(outcome);
  CHECK(outcome->status == 200);
  CHECK(outcome->content_type == "text/plain");
  CHECK(text_of(outcome) ==
        "POST /pre/prompt?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
            "\r\nUser-Agent: dgxp\r\nAccept: */*\r\nX-Token: t\r\n"
            "Authorization: Basic dTpwdw==\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("HttpClient keeps its connection, and takes a new one for what must not be repeated") {
  RawServer server = make_echo();
  HttpClient client(base_of(server.url()), {});
  for (int i = 0; i < 5; ++i) REQUIRE(client.send({.path = "/queue"}));
  CHECK(server.connections() == 1);
  REQUIRE(client.send({.method = "POST", .path = "/prompt", .fresh_connection = true}));
  CHECK(server.connections() == 2);
}

TEST_CASE("HttpClient follows no redirect") {
  RawServer server([](const std::string&, int connection) {
    RawServer::send(connection,
                    "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\n"
                    "Content-Length: 0\r\n\r\n");
  });
  HttpClient client(base_of(server.url()), {});
  const auto outcome = client.send({.path = "/"});
  REQUIRE(outcome);
  CHECK(outcome->status == 302);
  CHECK(outcome->body.empty());
}

TEST_CASE("HttpClient refuses a large reply, whether its length is told or not") {
  for (const bool is_told : {true, false}) {
    CAPTURE(is_told);
    RawServer server([is_told](const std::string&, int connection) {
      const std::string body(1U << 20U, 'x');
      RawServer::send(connection,
                      is_told ? RawServer::reply(body) : "HTTP/1.1 200 OK\r\n\r\n" + body);
      if (!is_told) ::shutdown(connection, SHUT_RDWR);
    });
    HttpClient client(base_of(server.url()), {});
    const auto outcome = client.send({.path = "/view?token=secret", .max_body = 65536});
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().problem == HttpProblem::too_large);
    CHECK(outcome.error().message ==
          "GET " + server.url() + "/view: the reply has more than 65536 bytes");
    const auto whole = client.send({.path = "/view", .max_body = 2U << 20U});
    REQUIRE(whole);
    CHECK(whole->body.size() == 1U << 20U);
  }
}

TEST_CASE("HttpClient gives up a server that accepts and never answers") {
  RawServer server([](const std::string&, int) {});
  HttpClient client(base_of("http://user:secret@127.0.0.1:" + std::to_string(server.port())), {});
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = client.send({.path = "/queue?key=secret", .timeout = 100ms});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().problem == HttpProblem::timed_out);
  CHECK(outcome.error().maybe_sent);
  CHECK(outcome.error().message == "GET " + server.url() + "/queue: Timeout was reached");
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("HttpClient tells that nobody listens, and that nothing was sent") {
  int port = 0;
  {
    RawServer server = make_echo();
    port = server.port();
  }
  HttpClient client(base_of("http://127.0.0.1:" + std::to_string(port)), {});
  const auto outcome = client.send({.method = "POST", .path = "/prompt"});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().problem == HttpProblem::refused);
  CHECK_FALSE(outcome.error().maybe_sent);
}

TEST_CASE("HttpClient tells a connection that ends in the middle from one that never was") {
  RawServer server([](const std::string&, int connection) {
    RawServer::send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    ::shutdown(connection, SHUT_RDWR);
  });
  HttpClient client(base_of(server.url()), {});
  const auto outcome = client.send({.path = "/"});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().problem == HttpProblem::broken);
  CHECK(outcome.error().maybe_sent);
}

TEST_CASE("HttpClient takes plain text on a secure port for a failure of TLS") {
  RawServer server([](const std::string&, int) {});
  HttpClient client(base_of("https://127.0.0.1:" + std::to_string(server.port())), {});
  const auto outcome = client.send({.path = "/", .timeout = 300ms});
  REQUIRE_FALSE(outcome);
  CHECK_FALSE(outcome.error().maybe_sent);
}

TEST_CASE("A stop ends a transfer at once, or after its grace") {
  std::atomic<bool> is_asked{false};
  RawServer server([&](const std::string& request, int connection) {
    if (request.starts_with("GET /late")) {
      is_asked = true;
      std::this_thread::sleep_for(100ms);
      RawServer::send(connection, RawServer::reply("late"));
    } else {
      is_asked = true;
    }
  });
  HttpClient client(base_of(server.url()), {});
  for (const std::string path : {"/never", "/late"}) {
    CAPTURE(path);
    is_asked = false;
    std::stop_source stop;
    const std::jthread stopper([&] {
      while (!is_asked) std::this_thread::yield();
      stop.request_stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome =
        client.send({.path = path, .timeout = 20s, .stop_grace = path == "/late" ? 10'000ms : 0ms},
                    stop.get_token());
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    if (path == "/late") {
      CHECK(text_of(outcome) == "late");
    } else {
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().problem == HttpProblem::stopped);
    }
  }
}

TEST_CASE("HttpClient ends a drip that keeps the deadline alive no longer than the stall") {
  std::atomic<bool> is_over{false};
  RawServer server([&](const std::string&, int connection) {
    RawServer::send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    while (!is_over) std::this_thread::sleep_for(10ms);
  });
  HttpClient client(base_of(server.url()), {});
  const auto outcome = client.send({.path = "/", .timeout = 30s, .stall = 1s});
  is_over = true;
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().problem == HttpProblem::timed_out);
}

TEST_CASE("HttpClient sends a form with its files") {
  RawServer server = make_echo();
  HttpClient client(base_of(server.url()), {});
  const auto outcome = client.send(
      {.method = "POST",
       .path = "/upload/image",
       .form = {
           {.name = "image", .filename = "a.png", .content_type = "image/png", .data = {0, 1, 2}},
           {.name = "overwrite", .filename = "", .content_type = "", .data = to_bytes("true")}}});
  REQUIRE(outcome);
  const std::string sent = text_of(outcome);
  CHECK(sent.find("Content-Type: multipart/form-data; boundary=") != std::string::npos);
  CHECK(sent.find("Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n"
                  "Content-Type: image/png\r\n\r\n" +
                  std::string("\0\1\2", 3) + "\r\n") != std::string::npos);
  CHECK(sent.find("name=\"overwrite\"\r\n\r\ntrue\r\n") != std::string::npos);
}
