#include "tests/support/fake_http/fake_http_server.hpp"

#include <algorithm>
#include <cctype>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace dgxp {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = net::ip::tcp;
using boost::system::error_code;

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

FakeHttpRequest plain_request(const http::request<http::string_body>& message) {
  FakeHttpRequest request;
  request.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto question = target.find('?');
  request.path = percent_decoded(std::string_view(target).substr(0, question), false);
  std::string_view query;
  if (question != std::string::npos) query = std::string_view(target).substr(question + 1);
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    const auto equal = pair.find('=');
    const auto value =
        equal == std::string_view::npos ? std::string_view() : pair.substr(equal + 1);
    request.query[percent_decoded(pair.substr(0, equal), true)] = percent_decoded(value, true);
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  for (const auto& field : message) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = std::string(field.value());
  }
  request.body = message.body();
  return request;
}

std::string wire_text(const FakeHttpAnswer& answer, bool keep_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " +
                     std::string(http::obsolete_reason(static_cast<http::status>(answer.status))) +
                     "\r\nContent-Type: " + answer.type +
                     "\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n";
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  text += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  return text + answer.body;
}

/// The peer sees a reset, not an end.
void break_connection(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(net::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace

class FakeHttpServer::Core : public std::enable_shared_from_this<Core> {
 public:
  class Session;
  class SocketSession;

  Core(FakeHttpHandlers all_handlers, std::size_t limit)
      : handlers(std::move(all_handlers)), max_body(limit), acceptor_(io) {}

  void start(std::uint16_t port) {
    bind(port);
    acceptor_.listen();
    accept();
    thread_ = std::thread([this] { io.run(); });
  }
  void stop() {
    io.stop();
    if (thread_.joinable()) thread_.join();
    held.clear();
  }
  void go_down();
  void come_back() {
    acceptor_.listen();
    accept();
  }
  std::uint16_t port() const { return port_; }

  /// Does this on the server's thread, in the order of the calls: post() alone would let those of
  /// other threads overtake its own.
  void tell(FakeSocketId socket, std::function<void(SocketSession&)> what) {
    {
      const std::scoped_lock lock(told_mutex_);
      told_.emplace_back(socket, std::move(what));
    }
    net::post(io, [this] { do_told(); });
  }

  template <typename Work>
  void run_and_wait(Work work) {
    std::promise<void> done;
    net::post(io, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  FakeHttpHandlers handlers;
  std::size_t max_body;
  std::map<std::uint64_t, std::weak_ptr<Session>> sessions;
  std::map<FakeSocketId, std::weak_ptr<SocketSession>> sockets;
  std::vector<std::shared_ptr<Session>> held;  ///< of those that are never answered
  std::uint64_t next_id = 1;
  net::io_context io{1};  ///< dies before the maps above: what waits in it still looks into them

 private:
  void bind(std::uint16_t port) {
    acceptor_.open(tcp::v4());
    acceptor_.set_option(net::socket_base::reuse_address(true));
    acceptor_.bind({net::ip::address_v4::loopback(), port});
    port_ = acceptor_.local_endpoint().port();
  }
  void accept();
  void do_told();

  std::mutex told_mutex_;
  std::deque<std::pair<FakeSocketId, std::function<void(SocketSession&)>>> told_;
  net::executor_work_guard<net::io_context::executor_type> busy_{io.get_executor()};
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class FakeHttpServer::Core::SocketSession : public std::enable_shared_from_this<SocketSession> {
 public:
  SocketSession(Core& core, FakeSocketId id, beast::tcp_stream stream, bool deaf)
      : core_(core), id_(id), socket_(std::move(stream)), deaf_(deaf) {
    socket_.read_message_max(std::size_t{64} << 20U);
  }

  void start(const http::request<http::string_body>& upgrade) {
    message_ = upgrade;
    request_ = plain_request(upgrade);
    socket_.async_accept(message_, [self = shared_from_this()](error_code error) {
      if (error) return self->end();
      self->open_ = true;
      self->core_.handlers.socket_opened(self->id_, self->request_);
      if (!self->deaf_) self->read();
    });
  }
  void send(FakeFrame frame) {
    if (!open_ || closing_ != 0) return;
    if (frame.fragmented && frame.payload.size() >= 3) {
      const auto third = frame.payload.size() / 3;
      for (int i = 0; i < 3; ++i) {
        const auto from = third * static_cast<std::size_t>(i);
        waiting_.push_back({frame.binary,
                            frame.payload.substr(from, i == 2 ? std::string::npos : third), i == 2,
                            i != 2});
      }
    } else {
      waiting_.push_back({frame.binary, std::move(frame.payload), true, false});
    }
    write();
  }
  void close(std::uint16_t code) {
    if (code == 0 || !open_) return abort();
    closing_ = code;
    write();
  }
  void abort() {
    break_connection(beast::get_lowest_layer(socket_).socket());
    end();
  }

 private:
  struct Part {
    bool binary = false;
    std::string payload;
    bool last = true;
    bool ping_after = false;
  };

  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->end();
      if (self->socket_.got_text()) {
        self->core_.handlers.socket_text(self->id_, beast::buffers_to_string(self->buffer_.data()));
      }
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }
  void write() {
    if (writing_) return;
    if (waiting_.empty()) {
      if (closing_ != 0 && open_) say_goodbye();
      return;
    }
    writing_ = true;
    const Part& part = waiting_.front();
    socket_.binary(part.binary);
    socket_.async_write_some(part.last, net::buffer(part.payload),
                             [self = shared_from_this()](error_code error, std::size_t) {
                               if (error) return self->end();
                               self->written();
                             });
  }
  void written() {
    const bool ping = waiting_.front().ping_after;
    waiting_.pop_front();
    if (!ping) return next();
    socket_.async_ping("between", [self = shared_from_this()](error_code error) {
      if (error) return self->end();
      self->next();
    });
  }
  void next() {
    writing_ = false;
    write();
  }
  void say_goodbye() {
    open_ = false;
    socket_.async_close(websocket::close_reason(closing_),
                        [self = shared_from_this()](error_code) { self->end(); });
  }
  void end() {
    open_ = false;
    if (core_.sockets.erase(id_) != 0) core_.handlers.socket_closed(id_);
  }

  Core& core_;
  FakeSocketId id_;
  websocket::stream<beast::tcp_stream> socket_;
  bool deaf_;
  bool open_ = false;
  bool writing_ = false;
  std::uint16_t closing_ = 0;
  http::request<http::string_body> message_;
  FakeHttpRequest request_;
  beast::flat_buffer buffer_;
  std::deque<Part> waiting_;
};

class FakeHttpServer::Core::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Core& core, tcp::socket socket, std::uint64_t id)
      : core_(core), stream_(std::move(socket)), id_(id) {}
  ~Session() { core_.sessions.erase(id_); }

  void read() {
    parser_.emplace();
    parser_->body_limit(core_.max_body);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error == http::error::body_limit) return self->refuse_body();
                              if (!error) self->read_body();
                            });
  }
  void abort() { break_connection(stream_.socket()); }

 private:
  void read_body() {
    const auto& head = parser_->get();
    if (head[http::field::expect] == "100-continue") {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      net::async_write(stream_, net::buffer(out_),
                       [self = shared_from_this()](error_code error, std::size_t) {
                         if (!error) self->read_rest();
                       });
    } else {
      read_rest();
    }
  }
  void read_rest() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (error == http::error::body_limit) return self->refuse_body();
                       if (!error) self->handle();
                     });
  }
  void handle() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    const auto request = plain_request(message);
    if (websocket::is_upgrade(message) && core_.handlers.plan_socket) {
      const auto plan = core_.handlers.plan_socket(request);
      if (plan.refusal) return deliver(*plan.refusal);
      auto socket =
          std::make_shared<SocketSession>(core_, core_.next_id++, std::move(stream_), plan.deaf);
      core_.sockets[core_.next_id - 1] = socket;
      return socket->start(message);
    }
    // The reply may come after the server: it owns neither.
    std::weak_ptr<Core> core = core_.weak_from_this();
    std::weak_ptr<Session> self = weak_from_this();
    core_.held.push_back(shared_from_this());
    core_.handlers.answer(request, [core, self](FakeHttpAnswer answer) {
      const auto alive = core.lock();
      if (!alive) return;
      net::post(alive->io, [self, answer = std::move(answer)] {
        if (const auto session = self.lock()) session->reply(answer);
      });
    });
  }
  void reply(const FakeHttpAnswer& answer) {
    if (answer.delay.count() == 0) return deliver(answer);
    timer_.emplace(core_.io, answer.delay);
    timer_->async_wait([self = shared_from_this(), answer](error_code error) {
      if (!error) self->deliver(answer);
    });
  }
  void deliver(const FakeHttpAnswer& answer) {
    const auto self = shared_from_this();
    if (answer.delivery == FakeDelivery::never) return;
    std::erase(core_.held, self);
    if (answer.delivery == FakeDelivery::reset) return abort();
    out_ = wire_text(answer, keep_alive_);
    const bool cut = answer.delivery == FakeDelivery::cut;
    if (cut) out_.resize(out_.size() - answer.body.size() + answer.body.size() / 2);
    net::async_write(stream_, net::buffer(out_), [self, cut](error_code error, std::size_t) {
      if (!error && !cut && self->keep_alive_) self->read();
    });
  }
  /// The rest is read and dropped, or the client would see a reset before the answer.
  void refuse_body() {
    keep_alive_ = false;
    out_ = wire_text(
        {.status = 413,
         .type = "text/plain; charset=utf-8",
         .body = "Maximum request body size " + std::to_string(core_.max_body) + " exceeded"},
        false);
    net::async_write(stream_, net::buffer(out_),
                     [self = shared_from_this()](error_code error, std::size_t) {
                       error_code ignored;
                       self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                       if (!error) self->drain();
                     });
  }
  void drain() {
    buffer_.consume(buffer_.size());
    stream_.async_read_some(buffer_.prepare(std::size_t{1} << 16U),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) self->drain();
                            });
  }

  Core& core_;
  beast::tcp_stream stream_;
  std::uint64_t id_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<net::steady_timer> timer_;
  std::string out_;
  bool keep_alive_ = true;
};

void FakeHttpServer::Core::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error) return;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto session = std::make_shared<Session>(*this, std::move(socket), next_id++);
    sessions[next_id - 1] = session;
    session->read();
    accept();
  });
}

void FakeHttpServer::Core::do_told() {
  std::pair<FakeSocketId, std::function<void(SocketSession&)>> next;
  {
    const std::scoped_lock lock(told_mutex_);
    next = std::move(told_.front());
    told_.pop_front();
  }
  const auto found = sockets.find(next.first);
  if (found == sockets.end()) return;
  if (const auto session = found->second.lock()) next.second(*session);
}

void FakeHttpServer::Core::go_down() {
  error_code ignored;
  acceptor_.close(ignored);
  const auto open_sessions = sessions;
  for (const auto& [id, weak] : open_sessions) {
    if (const auto session = weak.lock()) session->abort();
  }
  held.clear();
  const auto open_sockets = sockets;
  for (const auto& [id, weak] : open_sockets) {
    if (const auto socket = weak.lock()) socket->abort();
  }
  bind(port_);  // without listening: connections are refused, and nobody else gets the port
}

FakeHttpServer::FakeHttpServer(FakeHttpHandlers handlers, std::size_t max_body, std::uint16_t port)
    : core_(std::make_shared<Core>(std::move(handlers), max_body)) {
  core_->start(port);
}

FakeHttpServer::~FakeHttpServer() {
  core_->stop();
}

std::uint16_t FakeHttpServer::port() const {
  return core_->port();
}

void FakeHttpServer::send(FakeSocketId socket, FakeFrame frame) {
  core_->tell(socket,
              [frame = std::move(frame)](Core::SocketSession& session) { session.send(frame); });
}

void FakeHttpServer::close(FakeSocketId socket, std::uint16_t code) {
  core_->tell(socket, [code](Core::SocketSession& session) { session.close(code); });
}

void FakeHttpServer::go_down() {
  core_->run_and_wait([this] { core_->go_down(); });
}

void FakeHttpServer::come_back() {
  core_->run_and_wait([this] { core_->come_back(); });
}

}  // namespace dgxp
