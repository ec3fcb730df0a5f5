#pragma once

// The client's side of a conversation with a worker of protocol 1.0, which numbers no request,
// tells the end of a job over updates alone, and runs a job once more when it is sent once more.
// Hence:
//
// - One request is open at a time, and the next reply belongs to it. When none comes, the socket is
//   opened anew, so that the late one is lost with the old socket.
// - A `generate` without a reply may have arrived. It is not sent again before the worker has said
//   twice that it has no job at all, with no news in between; only then is a job known to be lost.
// - The picture is a file: it is read below one folder that the user has named.

#include <deque>
#include <map>
#include <set>

#include "core/worker/protocol.hpp"
#include "core/worker/wire_session.hpp"

namespace dgxp {

class ClientSession10 : public WireSession {
 public:
  ClientSession10(std::string address, SessionLimits limits, PictureReader read_picture);

  void submit(const Job& job, Time now) override;
  void cancel_all(Time now) override;
  std::size_t open_cancels() const override;
  void take_reply(ByteView body, Time now) override;
  void take_update(ByteView body, Time now) override;
  void on_time(Time now) override;
  Time next_due() const override;
  bool take_reopening() override;
  std::vector<Bytes> take_outgoing() override;
  std::optional<WorkerEvent> next_event() override;
  const std::optional<Error>& lost() const override { return lost_; }
  bool makes_placeholders() const override { return false; }  // 1.0 has no word for them
  const SessionCounters& counters() const override { return counters_; }

 private:
  enum class Stage { waiting, running, reading };
  struct Flight {
    Digest key;
    GenerateMessage request;
    Stage stage = Stage::waiting;
    int attempts = 0;
    bool told_accepted = false;
    bool failed_silently = false;  ///< it has finished badly, and nobody said why yet
    std::string path;              ///< of its picture, while reading
    Time reading_since;
  };
  enum class Kind { generate, status, cancel };
  struct OpenRequest {
    Kind kind = Kind::status;
    std::string id;
    Time deadline;
  };
  using Flights = std::map<std::string, Flight>;

  void pump(Time now);
  void send(Kind kind, const std::string& id, MessageBody body, Time now);
  void give_up_on_reply(Time now);
  bool reply(const OpenRequest& request, const MessageBody& body, Time now);
  bool reply_generate(const std::string& id, const MessageBody& body, Time now);
  void take_status(const StatusInfoMessage& status);
  void take_losses();
  void take_news(const MessageBody& body, Time now);
  void moved(Flight& flight, Time now);
  void note_progress(Flight& flight, const ProgressMessage& progress);
  void note_preview(Flight& flight, const PreviewMessage& preview);
  void start_reading(const std::string& id, const std::string& path, Time now);
  void read_pictures(Time now);
  void fail(const std::string& id, std::string why);
  void land(const std::string& id, WorkerEvent event);
  void lose(std::string message, std::string hint);
  Flight* find_running(const std::string& id);
  Time probe_due() const;

  std::string address_;
  SessionLimits limits_;
  PictureReader read_picture_;
  Flights flights_;
  std::deque<std::string> waiting_;  ///< ids in the order of submission
  std::set<std::string> reading_;    ///< ids whose picture is awaited
  std::size_t in_flight_ = 0;
  std::deque<std::string> cancels_;
  std::optional<OpenRequest> open_;
  bool reopening_ = false;
  bool probe_wanted_ = false;
  bool was_idle_ = false;  ///< it had no job at the last status, and nothing has moved since
  Time last_heard_;
  Time last_moved_;
  Time last_probe_;
  Time next_read_;
  std::vector<Bytes> outgoing_;
  std::deque<WorkerEvent> events_;
  std::optional<Error> lost_;
  SessionCounters counters_;
};

}  // namespace dgxp
