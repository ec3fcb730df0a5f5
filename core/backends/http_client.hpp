#pragma once

// HTTP by libcurl with everything off that a worker has no use for: other protocols, redirects,
// compression, signals. Every request has a deadline and every reply a limit.

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "core/backends/http_url.hpp"
#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// How a server is reached that is not as plain as http://127.0.0.1.
struct HttpAccess {
  std::vector<std::string> headers;  ///< "Name: value", with every request; may hold secrets
  std::string ca_file;               ///< PEM; empty: the system's
  bool verify_tls = true;
};

/// One part of a multipart/form-data body.
struct HttpFormPart {
  std::string name;
  std::string filename;      ///< empty: a plain field
  std::string content_type;  ///< empty: none
  Bytes data;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;  ///< below the base, with its query: "/view?filename=a.png"
  std::string body;
  std::string content_type;                   ///< of `body`; empty: none
  std::vector<HttpFormPart> form;             ///< when not empty, it is the body
  std::chrono::milliseconds timeout{10'000};  ///< for all of it
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::seconds stall{0};  ///< ends after so long with less than 1 byte/s; 0 = never
  std::size_t max_body = 16U << 20U;
  /// For what must not be sent twice: libcurl repeats a request whose kept connection has died.
  bool fresh_connection = false;
  /// How long the transfer may still go on after the stop token says stop.
  std::chrono::milliseconds stop_grace{0};
};

struct HttpReply {
  long status = 0;
  std::string content_type;  ///< "application/json; charset=utf-8" or empty
  Bytes body;
};

enum class HttpProblem {
  refused,    ///< nothing was sent: no such host, nobody listens
  timed_out,  ///< the deadline passed, or the transfer stalled
  too_large,  ///< more bytes than HttpRequest::max_body
  tls,        ///< no secure connection: a certificate, a protocol; nothing was sent
  stopped,    ///< the stop token said so
  broken,     ///< the connection ended early, or what came is not HTTP
};

/// Why there is no reply. `message` has the method, server and path, no query and no secret.
struct HttpFailure {
  HttpProblem problem = HttpProblem::broken;
  std::string message;
  /// False: the server has certainly not acted on the request.
  bool maybe_sent = true;
};
Error to_error(const HttpFailure& failure);

/// A reply of any status, or why there is none.
using HttpOutcome = tl::expected<HttpReply, HttpFailure>;

/// Talks to one server; any number of threads may use it at once. Connections are kept.
class HttpClient {
 public:
  /// Headers with a line end in them are left out.
  HttpClient(HttpBase base, HttpAccess access);
  HttpClient(HttpClient&&) = delete;
  ~HttpClient();

  /// Waits for the whole reply; `stop` ends it at once (after `stop_grace`).
  [[nodiscard]] HttpOutcome send(const HttpRequest& request, const std::stop_token& stop = {});
  const HttpBase& base() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dgxp
