#include "core/worker/wire_player.hpp"

#include <algorithm>
#include <utility>

#include "core/worker/protocol.hpp"

namespace dgxp {
namespace {

/// A request without what is different every time it is made.
Bytes essence_of(MessageBody body) {
  if (auto* generate = std::get_if<GenerateMessage>(&body)) generate->attempt.reset();
  if (auto* status = std::get_if<StatusMessage>(&body)) std::ranges::sort(status->jobs);
  return encode_message({std::move(body)});
}

bool is_request(const DecodedMessage& message) {
  return message.body && !std::holds_alternative<UnknownMessage>(*message.body);
}

/// The reply to the request at `index`: of the same client, with its rid or without any.
const WireRecord* find_reply(const std::vector<WireRecord>& records, std::size_t index,
                             const Envelope& request) {
  for (std::size_t i = index + 1; i < records.size(); ++i) {
    if (records[i].way != WireWay::reply || records[i].peer != records[index].peer) continue;
    if (decode_message(records[i].body).envelope.rid == request.rid) return &records[i];
  }
  return nullptr;
}

}  // namespace

WirePlayer::WirePlayer(const std::vector<WireRecord>& records) {
  std::size_t jobs = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const WireRecord& record = records[i];
    if (record.way == WireWay::update) updates_.push_back({jobs, record.body});
    if (record.way != WireWay::request) continue;
    const DecodedMessage request = decode_message(record.body);
    if (!is_request(request)) continue;
    if (std::holds_alternative<GenerateMessage>(*request.body)) ++jobs;
    if (const WireRecord* reply = find_reply(records, i, request.envelope)) {
      replies_[essence_of(*request.body)].push_back(reply->body);
    }
  }
}

Bytes WirePlayer::answer(ByteView bytes) {
  const DecodedMessage request = decode_message(bytes);
  Message reply{ErrorMessage{"This request is not in the recording"}};
  if (is_request(request)) {
    if (std::holds_alternative<GenerateMessage>(*request.body)) ++jobs_asked_;
    const auto found = replies_.find(essence_of(*request.body));
    Bytes& latest = latest_[request.body->index()];
    if (found != replies_.end()) {
      latest = found->second.front();
      if (found->second.size() > 1) found->second.pop_front();
    }
    DecodedMessage recorded = decode_message(latest);
    if (recorded.body && !std::holds_alternative<UnknownMessage>(*recorded.body)) {
      reply = {*std::move(recorded.body), std::move(recorded.envelope)};
    }
  }
  reply.envelope.rid = request.envelope.rid;
  return encode_message(reply);
}

std::vector<Bytes> WirePlayer::take_updates() {
  std::vector<Bytes> due;
  while (!updates_.empty() && updates_.front().jobs_before <= jobs_asked_) {
    due.push_back(std::move(updates_.front().body));
    updates_.pop_front();
  }
  return due;
}

}  // namespace dgxp
