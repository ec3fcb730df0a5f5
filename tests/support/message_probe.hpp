#pragma once

// Any bytes as a message to decoder and worker, with what has to hold of their answer; and samples
// of all messages to begin mutations with.

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/worker/backend_pool.hpp"
#include "core/worker/protocol.hpp"
#include "core/worker/server_core.hpp"

namespace dgxp {

/// One of every message, with all its fields, and what is known to be a bomb.
inline std::vector<Bytes> message_samples() {
  GenerateMessage full;
  full.id = "job-001";
  full.prompt =
      "16-bit knight sprite, Gr\xc3\xbc\xc3\x9f"
      "e";
  full.model = "sdxl-base";
  full.size = {64, 32};
  full.steps = 30;
  full.cfg_scale = 7.5;
  full.lora = "pixelart";
  full.batch_size = 2;
  full.animation_frames = 4;
  full.tileset_grid = {4, 3};
  full.attempt = 1;
  full.model_sha256 = std::string(64, 'a');
  full.negative = "blurry";
  full.seed = 0xffffffffffffffffU;
  full.loras = {{"pixelart", 0.75, std::string(64, 'b')}, {"lcm", -1, ""}};
  full.sampler = "euler";
  full.scheduler = "normal";
  full.frame_size = {8, 16};
  full.frames = 4;
  full.render_scale = 2;
  full.animation = "walk";
  full.direction = "south-east";
  full.view = "side";
  full.seamless = true;
  full.palette = {"#000000", "#ff00ff"};
  full.background = "chroma_key";
  full.workflow_name = "row";
  const ResultEntry result{sha256(std::string_view("x")).hex(), 1, true};
  const std::vector<MessageBody> bodies{
      full,
      CancelMessage{"job-001"},
      ListModelsMessage{},
      StatusMessage{},
      StatusMessage{{"job-001", "job-002"}, 7},
      StatusMessage{{}, 0},
      PingMessage{},
      BlobPutMessage{result.sha256, {'x'}},
      BlobGetMessage{result.sha256},
      JobAcceptedMessage{"job-001", 3.5},
      JobCompleteMessage{"job-001", "out/a.png", 1.5, result},
      JobErrorMessage{"job-001", "x", true},
      JobCancelledMessage{"job-001"},
      ModelListMessage{{{"n", "p", "lora", 144}}},
      StatusInfoMessage{.version = "1.1.0",
                        .backend = "b",
                        .capabilities = {"workflow"},
                        .jobs = {{.job_id = "j", .state = "done", .result = result, .error = "e"}}},
      PongMessage{},
      ErrorMessage{"x"},
      BlobStoredMessage{result.sha256},
      BlobMessage{result.sha256, Bytes{'x'}},
      JobStartedMessage{"job-001", 1699564800},
      ProgressMessage{"job-001", "sampling", 15, 30, 50.0, 1.75},
      PreviewMessage{"job-001", "out/p.png", 10, result},
      JobFinishedMessage{"job-001", true, 1.5}};
  std::vector<Bytes> samples;
  for (const MessageBody& body : bodies) {
    samples.push_back(encode_message({body}));
    samples.push_back(encode_message(
        {body, {.rid = 0xfedcba9876543210U, .v = "1.1", .epoch = 1, .seq = 2, .jseq = 3}}));
  }
  samples.push_back({0xdd, 0x07, 0xff, 0xff, 0xff});
  samples.push_back({0xdf, 0xff, 0xff, 0xff, 0xff});
  samples.push_back({0xc6, 0xff, 0xff, 0xff, 0xff});
  samples.push_back(Bytes(100000, 0x91));  // arrays in arrays
  samples.push_back(Bytes(1000, 0x81));    // maps in maps
  return samples;
}

/// A worker that is asked everything. Its backend draws one byte.
class MessageProbe {
 public:
  MessageProbe() : pool_({backend_}, wake_), core_({backend_}, pool_, small_limits(), 7, now_) {
    core_.set_subscribers(true);
  }

  /// "" when all is well with how these bytes were taken, or what is not.
  std::string_view take(ByteView bytes) {
    const DecodedMessage decoded = decode_message(bytes);
    if (decoded.body.has_value() != decoded.refusal.empty()) return "neither body nor refusal";
    if (decoded.body && !std::holds_alternative<UnknownMessage>(*decoded.body)) {
      const Message message{*decoded.body, decoded.envelope};
      const DecodedMessage again = decode_message(encode_message(message));
      if (!again.body || *again.body != message.body || again.envelope != message.envelope) {
        return "what was decoded does not survive encoding";
      }
    }
    now_ += std::chrono::milliseconds(1);
    const DecodedMessage reply = decode_message(core_.answer(bytes, now_));
    if (!reply.body) return "the reply cannot be decoded";
    if (reply.envelope.rid != decoded.envelope.rid) return "the reply has another rid";
    for (RunEvent& event : pool_.take_events()) core_.take(std::move(event), now_);
    core_.on_time(now_);
    for (const Update& update : core_.take_updates()) {
      if (!decode_message(update.body).body) return "an update cannot be decoded";
    }
    return "";
  }
  bool answers_ping() {
    const DecodedMessage reply =
        decode_message(core_.answer(encode_message({PingMessage{}}), now_));
    return reply.body && std::holds_alternative<PongMessage>(*reply.body);
  }

 private:
  class OneByteBackend : public Backend {
   public:
    BackendInfo info() const override {
      return {.name = "one byte", .placeholder = true, .slots = 1, .capabilities = {}};
    }
    Result<Bytes> run(const BackendJob&, const ProgressSink& progress, std::stop_token) override {
      progress({.stage = "sampling", .step = 1, .total_steps = 2});
      return Bytes{'x'};
    }
  };
  static ServerLimits small_limits() {
    ServerLimits limits;
    limits.jobs = {.open_jobs = 100, .ended_jobs = 100, .time_to_live = std::chrono::seconds(10)};
    limits.blobs = {.fetched_bytes = 1U << 16U, .waiting_bytes = 1U << 16U};
    return limits;
  }

  SteadyTime now_{std::chrono::hours(1)};
  std::shared_ptr<Backend> backend_ = std::make_shared<OneByteBackend>();
  WakeUp wake_;
  BackendPool pool_;
  ServerCore core_;
};

}  // namespace dgxp
