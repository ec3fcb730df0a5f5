// Requirement 39: a server behind https.
#include "comfy_test_support.hpp"
#include "core/backends/http_client.hpp"
#include "core/backends/web_socket.hpp"
#include "tls_server.hpp"

using namespace dgxp;

namespace {

HttpBase base_of(const std::string& host, const TlsServer& server) {
  return *parse_http_base("https://" + host + ":" + std::to_string(server.port()));
}

}  // namespace

TEST_CASE("R39: https takes a server whose certificate is right for its name, and no other") {
  const TestFolder folder;
  const auto ca_file = folder.path() / "ca.pem";
  std::atomic<int> requests{0};
  TlsServer server(ca_file, [&](const TlsServer::Connection& connection) {
    if (connection.read().starts_with("GET /queue ")) ++requests;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  HttpClient trusting(base_of("localhost", server), {.headers = {}, .ca_file = ca_file.string()});
  const auto reply = trusting.send({.path = "/queue"});
  REQUIRE(reply);
  CHECK(as_text(reply->body) == "ok");

  HttpClient other_name(base_of("127.0.0.1", server), {.headers = {}, .ca_file = ca_file.string()});
  HttpClient no_ca(base_of("localhost", server), {});
  for (HttpClient* client : {&other_name, &no_ca}) {
    const auto refused = client->send({.path = "/queue"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().problem == HttpProblem::tls);
    CHECK_FALSE(refused.error().maybe_sent);
  }
  HttpClient careless(base_of("127.0.0.1", server), {.headers = {}, .verify_tls = false});
  CHECK(careless.send({.path = "/queue"}));
  CHECK(requests == 2);
}

TEST_CASE("R39: a WebSocket behind TLS opens for the right certificate alone") {
  const TestFolder folder;
  const auto ca_file = folder.path() / "ca.pem";
  TlsServer server(ca_file, [&](const TlsServer::Connection& connection) {
    // Opening needs no more than an answer: that it is refused shows that TLS was had.
    if (!connection.read().empty()) {
      connection.send("HTTP/1.1 418 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
  });
  const auto end_for = [&](const std::string& host, const HttpAccess& access) {
    return run_web_socket(
        {.base = base_of(host, server), .path = "/ws", .access = access, .greeting = {}}, {}, {});
  };
  const auto opened = end_for("localhost", {.headers = {}, .ca_file = ca_file.string()});
  CHECK(opened.message.ends_with("HTTP status 418"));
  for (const auto& refused : {end_for("127.0.0.1", {.headers = {}, .ca_file = ca_file.string()}),
                              end_for("localhost", {})}) {
    CHECK(refused.why == WebSocketEnd::Why::refused);
    CHECK(refused.message.find("TLS: ") != std::string::npos);
  }
  CHECK(end_for("127.0.0.1", {.headers = {}, .verify_tls = false})
            .message.ends_with("HTTP status 418"));
}
