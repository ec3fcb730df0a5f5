#pragma once

// The client's side of the conversation without its sockets and without a clock: jobs and incoming
// messages in, outgoing messages and events out. It holds the rules by which no job is ever lost:
//
// - Every request has a number (rid), a deadline and a last try. A reply counts only for the
//   request that is open under its number, so late, doubled and foreign replies are dropped.
// - A request may be sent again at will: the worker knows a job by its id and never runs it twice.
// - Updates are only a wake-up. Whatever they fail to tell (a gap in `seq`, a new epoch, silence)
//   is asked for by a `status` that names our jobs.
// - A job that the worker does not know any more is sent again, a bounded number of times.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/worker/protocol.hpp"
#include "core/worker/wire_session.hpp"

namespace dgxp {

class ClientSession : public WireSession {
 public:
  /// A file that goes with a job.
  struct Upload {
    std::string digest;
    std::shared_ptr<const Bytes> bytes;
    std::string_view capability;  ///< a worker without it is not sent the file
  };

  /// `address` names the worker in errors; `nonce` tells this client's attempts from others'.
  ClientSession(std::string address, SessionLimits limits, std::uint64_t nonce);

  /// Sends the first `status`. Nothing else is sent before its reply.
  void open(Time now);
  bool is_open() const { return opened_; }
  /// Its answer to the first `status` was one of 1.0: another session has to go on.
  bool has_met_1_0() const { return met_1_0_; }

  void submit(const Job& job, Time now) override;
  void cancel_all(Time now) override;
  std::size_t open_cancels() const override { return open_cancels_; }
  void take_reply(ByteView body, Time now) override;
  void take_update(ByteView body, Time now) override;
  void on_time(Time now) override;
  Time next_due() const override;
  std::vector<Bytes> take_outgoing() override;
  std::optional<WorkerEvent> next_event() override;
  const std::optional<Error>& lost() const override { return lost_; }
  bool makes_placeholders() const override { return placeholder_; }
  const SessionCounters& counters() const override { return counters_; }

 private:
  enum class Stage { waiting, uploading, sent, accepted, wanting_picture, fetching };
  struct Flight {
    Digest key;
    GenerateMessage request;
    std::vector<Upload> uploads;  ///< what the worker must have before it is asked
    Stage stage = Stage::waiting;
    int attempts = 0;
    bool told_accepted = false;
    bool doubtful = false;  ///< to be asked about as soon as it is accepted
    int bad_pictures = 0;
    std::uint64_t submission = 0;
    ResultEntry result;
    std::string preview;  ///< digest of the one that is being fetched
    std::uint32_t preview_step = 0;
  };
  enum class Kind { hello, resync, generate, upload, fetch, preview, cancel };
  struct OpenRequest {
    Kind kind = Kind::hello;
    std::string id;      ///< of the job, or nothing
    std::string upload;  ///< digest of the file, or nothing
    int tries = 1;
    Time first_sent;
  };
  using Flights = std::unordered_map<std::string, Flight>;

  // Requests.
  void send(OpenRequest request, MessageBody body, Time now);
  void send_again(OpenRequest request, Time now);
  std::optional<MessageBody> body_of(const OpenRequest& request) const;
  void give_up(const OpenRequest& request, Time now);
  void pump(Time now);
  void launch(const std::string& id, Flight& flight, Time now);
  const Upload* find_upload(const std::string& digest) const;
  bool is_missing(const Upload& upload) const;
  bool has_all(const Flight& flight) const;
  void send_generate(const std::string& id, Flight& flight, Time now);
  void fetch_pictures(Time now);
  void resync(Time now);

  // Replies: each says whether it is one to this request.
  bool reply(const OpenRequest& request, MessageBody& body, const Envelope& envelope, Time now);
  bool reply_hello(const MessageBody& body, const Envelope& envelope);
  bool reply_resync(const MessageBody& body, const Envelope& envelope);
  bool reply_generate(const std::string& id, const MessageBody& body);
  bool reply_upload(const std::string& digest, const MessageBody& body, Time now);
  bool reply_fetch(const std::string& id, MessageBody& body);
  bool reply_preview(const std::string& id, MessageBody& body);
  void take_picture(const std::string& id, Flight& flight, BlobMessage blob);
  bool forget_uploads(const Flight& flight);
  void end_upload(const std::string& digest, const std::string& refusal, Time now);

  // Updates.
  bool is_news(const MessageBody& body, const Envelope& envelope);
  void doubt(Flight& flight);
  void take_snapshot(const JobEntry& entry);
  void enter_epoch(std::uint64_t epoch);

  // What becomes of a job.
  void accepted(Flight& flight);
  void note_progress(Flight& flight, const ProgressMessage& progress);
  void fetch_preview(const std::string& id, const PreviewMessage& preview, Time now);
  void complete(const std::string& id, const std::optional<ResultEntry>& result);
  void retry(const std::string& id, const std::string& why);
  void fail(const std::string& id, std::string why);
  void land(const std::string& id, WorkerEvent event);
  void lose(std::string message, std::string hint);
  Flight* find(const std::string& id);
  Flight* find_open(const std::string& id);

  std::string address_;
  SessionLimits limits_;
  std::uint64_t nonce_;
  std::uint64_t submissions_ = 0;
  std::uint64_t next_rid_;
  bool opened_ = false;
  bool met_1_0_ = false;
  bool placeholder_ = false;
  std::set<std::string> capabilities_;
  std::uint64_t epoch_ = 0;
  std::uint64_t seq_ = 0;
  bool status_open_ = false;
  bool resync_wanted_ = false;

  Flights flights_;
  std::deque<std::string> waiting_;   ///< ids in stage waiting, in the order of submission
  std::deque<std::string> pictures_;  ///< ids in stage wanting_picture
  std::size_t in_flight_ = 0;
  std::uint64_t fetching_bytes_ = 0;
  std::set<std::string> uploaded_;   ///< digests that the worker has
  std::set<std::string> uploading_;  ///< digests on their way
  std::unordered_map<std::uint64_t, OpenRequest> open_;
  std::set<std::pair<Time, std::uint64_t>> deadlines_;  ///< of open and of answered requests
  std::size_t open_cancels_ = 0;
  std::size_t open_previews_ = 0;

  Time last_heard_;
  Time last_moved_;
  Time last_resync_;
  std::vector<Bytes> outgoing_;
  std::deque<WorkerEvent> events_;
  std::optional<Error> lost_;
  SessionCounters counters_;
};

}  // namespace dgxp
