#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "core/service/metrics_server.hpp"
#include "core/service/metrics_text.hpp"

using namespace dgxp;

namespace {

int port_of(const std::string& url) {
  const std::size_t colon = url.rfind(':');
  return std::stoi(url.substr(colon + 1));
}

class Visitor {
 public:
  explicit Visitor(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  Visitor(const Visitor&) = delete;
  ~Visitor() { close(socket_); }
  void say(std::string_view text) const {
    static_cast<void>(send(socket_, text.data(), text.size(), MSG_NOSIGNAL));
  }
  std::string hear() const {
    std::string all;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = recv(socket_, buffer.data(), buffer.size(), 0)) > 0;) {
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

 private:
  int socket_;
};

std::string ask(const MetricsServer& server, std::string_view request) {
  const Visitor visitor(port_of(server.url()));
  visitor.say(request);
  return visitor.hear();
}

std::unique_ptr<MetricsServer> serve(std::string text) {
  auto server = MetricsServer::start("127.0.0.1:0", RemotePeers::refuse, [text] { return text; });
  REQUIRE(server);
  return *std::move(server);
}

std::string line_of(const std::string& text, const std::string& begin) {
  const std::size_t at = text.find("\n" + begin);
  return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

}  // namespace

TEST_CASE("a histogram tells where its values fell, and its quantiles lie between its bounds") {
  static constexpr std::array kBounds{1.0, 2.0, 4.0};
  Histogram histogram(kBounds);
  CHECK(histogram.snapshot().quantile(0.5) == 0);
  for (const double value : {0.5, 1.0, 1.5, 3.0}) histogram.add(value);
  CHECK(histogram.snapshot().cumulative == std::vector<std::uint64_t>{2, 3, 4, 4});
  CHECK(histogram.snapshot().sum == 6.0);
  CHECK(histogram.snapshot().quantile(0.5) == 1.0);
  CHECK(histogram.snapshot().quantile(0.75) == 2.0);
  CHECK(histogram.snapshot().quantile(1) == 4.0);
  histogram.add(100);
  CHECK(histogram.snapshot().quantile(1) == 4.0);  // the last that is known
  CHECK(histogram.snapshot().count() == 5);
}

TEST_CASE("metrics tell of requests, jobs, sizes, updates and backends") {
  ServerCounters counters;
  counters.requests = 7;
  counters.malformed = 2;
  counters.queued = 3;
  counters.done = 5;
  counters.updates_dropped = 1;
  for (int i = 0; i < 100; ++i) counters.answer_seconds.add(i < 99 ? 1.5e-6 : 0.3);
  counters.request_bytes.add(300);
  const std::vector<NamedBackendStatus> backends{
      {"comfy", {.healthy = true, .queue = 2, .vram_free_mb = 1}}, {"quo\"te", {.healthy = false}}};
  const std::string text = metrics_text(counters, backends, "1.2.3");
  CHECK(line_of(text, "dgxp_build_info{") == "dgxp_build_info{version=\"1.2.3\"} 1");
  CHECK(line_of(text, "dgxp_requests_total ") == "dgxp_requests_total 7");
  CHECK(line_of(text, "dgxp_requests_refused_total{") ==
        "dgxp_requests_refused_total{why=\"malformed\"} 2");
  CHECK(line_of(text, "dgxp_jobs{") == "dgxp_jobs{state=\"queued\"} 3");
  CHECK(line_of(text, "dgxp_jobs_ended_total{") == "dgxp_jobs_ended_total{state=\"done\"} 5");
  CHECK(line_of(text, "dgxp_updates_dropped_total ") == "dgxp_updates_dropped_total 1");
  CHECK(line_of(text, "dgxp_request_duration_seconds_bucket{le=\"2e-06\"}") ==
        "dgxp_request_duration_seconds_bucket{le=\"2e-06\"} 99");
  CHECK(line_of(text, "dgxp_request_duration_seconds_bucket{le=\"+Inf\"}") ==
        "dgxp_request_duration_seconds_bucket{le=\"+Inf\"} 100");
  CHECK(line_of(text, "dgxp_request_duration_quantile_seconds{quantile=\"0.99\"}") ==
        "dgxp_request_duration_quantile_seconds{quantile=\"0.99\"} 2e-06");
  CHECK(line_of(text, "dgxp_message_bytes_bucket{direction=\"in\",le=\"1024\"}") ==
        "dgxp_message_bytes_bucket{direction=\"in\",le=\"1024\"} 1");
  CHECK(line_of(text, "dgxp_backend_healthy{") ==
        "dgxp_backend_healthy{backend=\"comfy\",number=\"0\"} 1");
  CHECK(text.find("dgxp_backend_healthy{backend=\"quo\\\"te\",number=\"1\"} 0\n") !=
        std::string::npos);
  CHECK(line_of(text, "dgxp_backend_vram_free_bytes{") ==
        "dgxp_backend_vram_free_bytes{backend=\"comfy\",number=\"0\"} 1048576");
  CHECK(text.ends_with("\n"));
}

TEST_CASE("metrics are read by GET and nothing else") {
  const auto server = serve("x 1\n");
  CHECK(ask(*server, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n") ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        "Content-Length: 4\r\nConnection: close\r\n\r\nx 1\n");
  CHECK(ask(*server, "HEAD /metrics?a HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n"));
  CHECK(ask(*server, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
  CHECK(ask(*server, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  CHECK(ask(*server, std::string(20000, 'x')) == "");
  CHECK(ask(*server, "GET /metrics HTTP/1.1\r\n\r\n").ends_with("x 1\n"));
}

TEST_CASE("a visitor who says nothing is sent away, and the next one is served") {
  const auto server = serve("x 1\n");
  const Visitor silent(port_of(server->url()));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(ask(*server, "GET /metrics HTTP/1.1\r\n\r\n").ends_with("x 1\n"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("metrics stay on this machine, and a bad or taken address is named") {
  const auto error_at = [](const std::string& address) {
    const auto server =
        MetricsServer::start(address, RemotePeers::refuse, [] { return std::string(); });
    REQUIRE_FALSE(server);
    return server.error();
  };
  CHECK(error_at("0.0.0.0:0").message == "metrics at 0.0.0.0:0 can be read from other machines");
  CHECK(error_at("0.0.0.0:0").kind == ErrorKind::usage);
  CHECK(error_at("[::]:0").kind == ErrorKind::usage);
  CHECK(error_at("9400").message == "'9400' is no address for metrics");
  CHECK(error_at("box.lan:9400").message == "'box.lan:9400' is no address for metrics");
  CHECK(error_at("127.0.0.1:x").kind == ErrorKind::usage);
  CHECK(error_at("127.0.0.1:99999").kind == ErrorKind::usage);
  const auto server = serve("");
  const Error taken = error_at("127.0.0.1:" + std::to_string(port_of(server->url())));
  CHECK(taken.kind == ErrorKind::worker);
  CHECK(taken.hint.find("(process " + std::to_string(getpid()) + ")") != std::string::npos);
}
