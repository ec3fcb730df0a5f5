#include "core/worker/worker_query.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxReply = 40 << 20;
constexpr std::int64_t kMaxUpdate = 1 << 20;
constexpr int kMostPages = 100;

/// Waits for the next message until `end`.
std::optional<Frames> receive_until(ZmqSocket& socket, Clock::time_point end) {
  while (true) {
    if (auto frames = socket.receive()) return frames;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    std::array<WaitItem, 1> items{WaitItem{.socket = &socket}};
    wait_for_any(items, left);
    // A signal ends the wait early: whoever asked looks whether it is to stop.
    if (!items[0].ready) return std::nullopt;
  }
}

}  // namespace

WorkerQuery::WorkerQuery(std::shared_ptr<ZmqContext> context, EndpointAddresses addresses,
                         std::chrono::milliseconds reply_timeout)
    : context_(std::move(context)),
      addresses_(std::move(addresses)),
      reply_timeout_(reply_timeout),
      next_rid_(draw_nonce()) {}

Result<Message> WorkerQuery::ask(MessageBody request) {
  if (!requests_) {
    auto socket = ZmqSocket::open(
        *context_, {.type = SocketType::dealer, .max_message = kMaxReply, .high_water = 1000});
    if (!socket) return socket.error();
    if (auto done = socket->connect(addresses_.requests); !done) return done.error();
    requests_ = *std::move(socket);
  }
  const std::uint64_t rid = next_rid_++;
  const Bytes body =
      encode_message({std::move(request), {.rid = rid, .v = std::string(kProtocolVersion)}});
  Frames frames;
  frames.emplace_back();
  frames.emplace_back(ByteView(body));
  static_cast<void>(requests_->send(std::move(frames)));
  const auto end = Clock::now() + reply_timeout_;
  while (const auto reply = receive_until(*requests_, end)) {
    DecodedMessage decoded = decode_message(reply->back().bytes());
    // A worker of 1.0 gives no number back; its next reply is the one to this request.
    const bool is_ours = decoded.envelope.rid.value_or(rid) == rid;
    if (decoded.body && is_ours) {
      return Message{*std::move(decoded.body), std::move(decoded.envelope)};
    }
  }
  requests_.reset();  // so that a late reply is nobody's
  return Error{ErrorKind::worker, fmt::format("no worker answers at {}", addresses_.requests),
               "is `dgxp worker` running? see --worker"};
}

Result<WorkerOverview> WorkerQuery::list_jobs() {
  WorkerOverview overview;
  std::map<std::string, JobEntry> jobs;
  StatusMessage request{.jobs = {}, .since = 0, .after = ""};
  for (int page = 0; page < kMostPages; ++page) {
    auto reply = ask(request);
    if (!reply) return reply.error();
    auto* info = std::get_if<StatusInfoMessage>(&reply->body);
    if (info == nullptr) {
      return Error{ErrorKind::worker,
                   fmt::format("the worker at {} does not tell its status", addresses_.requests)};
    }
    for (const JobEntry& job : info->jobs) jobs.insert_or_assign(job.job_id, job);
    const bool is_last = info->jobs.size() < kMaxJobsAStatus;
    if (!is_last) {
      request.since = info->jobs.back().seq;
      request.after = info->jobs.back().job_id;
    }
    // Updates after the first page are told again: its number counts.
    if (page == 0) overview.envelope = reply->envelope;
    overview.info = std::move(*info);
    if (is_last) break;
  }
  overview.info.jobs.clear();
  for (auto& [id, job] : jobs) overview.info.jobs.push_back(std::move(job));
  std::ranges::stable_sort(overview.info.jobs, {}, &JobEntry::seq);
  return overview;
}

Result<Done> WorkerQuery::subscribe() {
  auto socket = ZmqSocket::open(
      *context_, {.type = SocketType::sub, .max_message = kMaxUpdate, .high_water = 4096});
  if (!socket) return socket.error();
  socket->subscribe_to_all();
  if (auto done = socket->connect(addresses_.updates); !done) return done.error();
  updates_ = *std::move(socket);
  return Done{};
}

std::optional<Message> WorkerQuery::next_update(std::chrono::milliseconds timeout) {
  if (!updates_) return std::nullopt;
  const auto end = Clock::now() + timeout;
  while (const auto frames = receive_until(*updates_, end)) {
    DecodedMessage decoded = decode_message(frames->back().bytes());
    if (decoded.body) return Message{*std::move(decoded.body), std::move(decoded.envelope)};
  }
  return std::nullopt;
}

}  // namespace dgxp
