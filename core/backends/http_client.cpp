#include "core/backends/http_client.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;
using MimeHandle = std::unique_ptr<curl_mime, MimeDeleter>;

void start_curl_once() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(kStarted);
}

/// A multi handle keeps the connections; the easy handle is one transfer after the other.
struct CurlHandles {
  MultiHandle multi{curl_multi_init()};
  EasyHandle easy{curl_easy_init()};
};

/// What the callbacks of libcurl write to.
struct Received {
  HttpReply reply;
  std::size_t limit = 0;
  bool overflowed = false;
};

extern "C" std::size_t dgxp_http_write(char* data, std::size_t, std::size_t count, void* user) {
  auto& received = *static_cast<Received*>(user);
  if (count > received.limit - received.reply.body.size()) {
    received.overflowed = true;
    return 0;
  }
  received.reply.body.insert(received.reply.body.end(), data, data + count);
  return count;
}

/// An easy handle leaves its multi handle at the end of the scope, whatever happens.
class Attached {
 public:
  Attached(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    curl_multi_add_handle(multi_, easy_);
  }
  Attached(Attached&&) = delete;
  ~Attached() { curl_multi_remove_handle(multi_, easy_); }

 private:
  CURLM* multi_;
  CURL* easy_;
};

bool has_line_end(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

HeaderList make_headers(const std::vector<std::string>& lines) {
  HeaderList list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) break;
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

MimeHandle make_form(CURL* easy, const std::vector<HttpFormPart>& parts) {
  MimeHandle mime(curl_mime_init(easy));
  for (const HttpFormPart& part : parts) {
    curl_mimepart* added = curl_mime_addpart(mime.get());
    curl_mime_name(added, part.name.c_str());
    if (!part.filename.empty()) curl_mime_filename(added, part.filename.c_str());
    if (!part.content_type.empty()) curl_mime_type(added, part.content_type.c_str());
    curl_mime_data(added, reinterpret_cast<const char*>(part.data.data()), part.data.size());
  }
  return mime;
}

/// What never changes from request to request.
void harden(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "dgxp");
}

struct ProblemOf {
  CURLcode code;
  HttpProblem problem;
  bool maybe_sent;
};
constexpr ProblemOf kProblems[] = {
    {CURLE_COULDNT_RESOLVE_HOST, HttpProblem::refused, false},
    {CURLE_COULDNT_RESOLVE_PROXY, HttpProblem::refused, false},
    {CURLE_COULDNT_CONNECT, HttpProblem::refused, false},
    {CURLE_URL_MALFORMAT, HttpProblem::refused, false},
    {CURLE_UNSUPPORTED_PROTOCOL, HttpProblem::refused, false},
    {CURLE_OPERATION_TIMEDOUT, HttpProblem::timed_out, true},
    {CURLE_FILESIZE_EXCEEDED, HttpProblem::too_large, true},
    {CURLE_SSL_CONNECT_ERROR, HttpProblem::tls, false},
    {CURLE_PEER_FAILED_VERIFICATION, HttpProblem::tls, false},
    {CURLE_SSL_CACERT_BADFILE, HttpProblem::tls, false},
    {CURLE_SSL_ISSUER_ERROR, HttpProblem::tls, false},
    {CURLE_SSL_CERTPROBLEM, HttpProblem::tls, false},
};

}  // namespace

class HttpClient::Impl {
 public:
  Impl(HttpBase base, HttpAccess access) : base_(std::move(base)), access_(std::move(access)) {
    start_curl_once();
    if (!base_.authorization.empty()) {
      access_.headers.push_back("Authorization: " + base_.authorization);
    }
    std::erase_if(access_.headers, has_line_end);
    access_.headers.emplace_back("Expect:");  // no pause before a large body
  }

  HttpOutcome send(const HttpRequest& request, const std::stop_token& stop) {
    CurlHandles handles = take_handles();
    if (!handles.multi || !handles.easy) {
      return fail(request, HttpProblem::broken, "no memory", false);
    }
    HttpOutcome outcome = transfer(handles, request, stop);
    const bool is_clean = outcome || outcome.error().problem == HttpProblem::too_large;
    if (is_clean) give_back(std::move(handles));
    return outcome;
  }

  const HttpBase& base() const { return base_; }

 private:
  CurlHandles take_handles() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return {};
    CurlHandles handles = std::move(idle_.back());
    idle_.pop_back();
    return handles;
  }

  void give_back(CurlHandles handles) {
    constexpr std::size_t kMostIdle = 8;
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(handles));
  }

  tl::unexpected<HttpFailure> fail(const HttpRequest& request, HttpProblem problem,
                                   std::string_view why, bool maybe_sent) const {
    const std::string_view path = std::string_view(request.path).substr(0, request.path.find('?'));
    return tl::unexpected(HttpFailure{
        problem, fmt::format("{} {}{}: {}", request.method, base_.url(), path, why), maybe_sent});
  }

  void set_up(CURL* easy, const HttpRequest& request) const {
    const std::string url = base_.url() + request.path;
    harden(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    if (base_.is_loopback()) curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(std::min(request.connect_timeout, request.timeout).count()));
    if (request.stall.count() > 0) {
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall.count()));
    }
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.max_body));
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.fresh_connection ? 1L : 0L);
    if (!access_.ca_file.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, access_.ca_file.c_str());
    }
    if (!access_.verify_tls) {
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
  }

  static void set_body(CURL* easy, const HttpRequest& request, const MimeHandle& form) {
    if (form) {
      curl_easy_setopt(easy, CURLOPT_MIMEPOST, form.get());
    } else if (request.method == "GET") {
      curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method != "GET" && request.method != "POST") {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  HttpOutcome transfer(CurlHandles& handles, const HttpRequest& request,
                       const std::stop_token& stop) {
    CURL* easy = handles.easy.get();
    curl_easy_reset(easy);  // its connections live in the multi handle
    set_up(easy, request);
    std::vector<std::string> lines = access_.headers;
    // An empty value takes out the header that libcurl would set by itself.
    if (request.form.empty()) lines.push_back("Content-Type: " + request.content_type);
    if (request.content_type.empty() && request.form.empty()) lines.back() = "Content-Type:";
    const HeaderList headers = make_headers(lines);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    const MimeHandle form = request.form.empty() ? nullptr : make_form(easy, request.form);
    set_body(easy, request, form);
    Received received{.reply = {}, .limit = request.max_body};
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, dgxp_http_write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &received);
    const auto code = perform(handles.multi.get(), easy, request, stop);
    return conclude(easy, code, request, std::move(received));
  }

  /// Nothing when `stop` ended it.
  static std::optional<CURLcode> perform(CURLM* multi, CURL* easy, const HttpRequest& request,
                                         const std::stop_token& stop) {
    const Attached attached(multi, easy);
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    std::optional<Clock::time_point> end;
    while (true) {
      int running = 0;
      if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg == CURLMSG_DONE) return message->data.result;
      }
      const auto now = Clock::now();
      if (stop.stop_requested() && !end) end = now + request.stop_grace;
      if (end && now >= *end) return std::nullopt;
      // CURLOPT_TIMEOUT_MS ends the wait earlier; this is only the longest nap.
      auto nap = std::chrono::milliseconds(60'000);
      if (end) nap = std::chrono::ceil<std::chrono::milliseconds>(*end - now);
      if (curl_multi_poll(multi, nullptr, 0, static_cast<int>(nap.count()), nullptr) != CURLM_OK) {
        return CURLE_FAILED_INIT;
      }
    }
  }

  HttpOutcome conclude(CURL* easy, std::optional<CURLcode> code, const HttpRequest& request,
                       Received received) const {
    if (!code) return fail(request, HttpProblem::stopped, "stopped", true);
    if (received.overflowed || *code == CURLE_FILESIZE_EXCEEDED) {
      return fail(request, HttpProblem::too_large,
                  fmt::format("the reply has more than {} bytes", request.max_body), true);
    }
    if (*code != CURLE_OK) {
      const auto* known = std::ranges::find(kProblems, *code, &ProblemOf::code);
      const bool is_known = known != std::end(kProblems);
      curl_off_t connected = 0;
      curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
      return fail(request, is_known ? known->problem : HttpProblem::broken,
                  curl_easy_strerror(*code), (!is_known || known->maybe_sent) && connected > 0);
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &received.reply.status);
    const char* type = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    if (type != nullptr) received.reply.content_type = type;
    return std::move(received.reply);
  }

  HttpBase base_;
  HttpAccess access_;
  std::mutex mutex_;
  std::vector<CurlHandles> idle_;
};

Error to_error(const HttpFailure& failure) {
  return {.kind = ErrorKind::worker, .message = failure.message};
}

HttpClient::HttpClient(HttpBase base, HttpAccess access)
    : impl_(std::make_unique<Impl>(std::move(base), std::move(access))) {}
HttpClient::~HttpClient() = default;
HttpOutcome HttpClient::send(const HttpRequest& request, const std::stop_token& stop) {
  return impl_->send(request, stop);
}
const HttpBase& HttpClient::base() const {
  return impl_->base();
}

}  // namespace dgxp
