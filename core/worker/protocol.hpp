#pragma once

// The messages between dgxp and a worker: one MessagePack map each, with string keys, the key
// `type` naming the message. Version 1.0 is what the public DGX-Pixels peers speak; the fields and
// messages of 1.1 are optional additions to it, so that either side may be of either version.
// protocol.cpp holds one table a message, which drives encoding, decoding, validation and the
// description for people.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"

namespace dgxp {

inline constexpr std::string_view kProtocolVersion = "1.1";
inline constexpr std::size_t kMaxJobsAStatus = 1024;

/// Error texts that a client acts upon.
inline constexpr std::string_view kBackendBusy = "Backend busy";     ///< ask again later
inline constexpr std::string_view kBlobNotFound = "Blob not found";  ///< send it first

/// Fields that any message may carry.
struct Envelope {
  std::optional<std::uint64_t> rid;    ///< of a request; echoed in its reply
  std::string v;                       ///< "1.1" when the sender knows 1.1
  std::optional<std::uint64_t> epoch;  ///< random, drawn when the worker starts
  std::optional<std::uint64_t> seq;    ///< of an update: its number; of status_info: the last one
  std::optional<std::uint64_t> jseq;   ///< of an update: its number among those of its job
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

struct LoraEntry {
  std::string file;
  double weight = 1;
  std::string sha256;
  friend bool operator==(const LoraEntry&, const LoraEntry&) = default;
};

// Requests.

struct GenerateMessage {
  static constexpr std::string_view kType = "generate";
  using Extent = std::array<std::uint32_t, 2>;
  std::string id;
  std::string prompt;
  std::string model;
  Extent size{};            ///< width and height of the whole picture
  std::uint32_t steps = 0;  ///< 0 with a workflow: its own
  double cfg_scale = 0;     ///< 0 with a workflow: its own
  std::string lora;
  // What only the public Python worker reads:
  std::optional<std::uint32_t> batch_size;
  std::optional<std::uint32_t> animation_frames;
  std::optional<Extent> tileset_grid;
  // 1.1:
  std::optional<std::uint64_t> attempt;  ///< a failed job runs again when this differs
  std::string model_sha256;
  std::string negative;
  std::optional<std::uint64_t> seed;
  std::vector<LoraEntry> loras;
  std::string sampler;
  std::string scheduler;
  std::optional<double> denoise;  ///< 0 to 1: how much of a reference is drawn anew
  std::optional<Extent> frame_size;
  std::optional<std::uint32_t> frames;
  std::optional<std::uint32_t> render_scale;
  std::string animation;
  std::string direction;
  std::string view;
  bool seamless = false;
  std::vector<std::string> palette;  ///< "#rrggbb"
  std::string background;
  std::string workflow_name;
  std::string workflow;                   ///< digest of a blob
  std::vector<std::string> references;    ///< digests of blobs
  std::optional<std::uint32_t> priority;  ///< 0 to 9, the higher the sooner; absent: 0
  friend bool operator==(const GenerateMessage&, const GenerateMessage&) = default;
};

struct CancelMessage {
  static constexpr std::string_view kType = "cancel";
  std::string job_id;
  friend bool operator==(const CancelMessage&, const CancelMessage&) = default;
};

struct ListModelsMessage {
  static constexpr std::string_view kType = "list_models";
  friend bool operator==(const ListModelsMessage&, const ListModelsMessage&) = default;
};

struct StatusMessage {
  static constexpr std::string_view kType = "status";
  std::vector<std::string> jobs;       ///< 1.1: asks for the state of these
  std::optional<std::uint64_t> since;  ///< 1.1: only of those that changed after this seq
  std::optional<std::string> after;    ///< 1.1: and of those that changed at it, behind this id
  friend bool operator==(const StatusMessage&, const StatusMessage&) = default;
};

struct PingMessage {
  static constexpr std::string_view kType = "ping";
  friend bool operator==(const PingMessage&, const PingMessage&) = default;
};

struct BlobPutMessage {
  static constexpr std::string_view kType = "blob_put";
  std::string digest;
  Bytes bytes;
  friend bool operator==(const BlobPutMessage&, const BlobPutMessage&) = default;
};

struct BlobGetMessage {
  static constexpr std::string_view kType = "blob_get";
  std::string digest;
  friend bool operator==(const BlobGetMessage&, const BlobGetMessage&) = default;
};

// Replies.

/// Names a picture that blob_get returns.
struct ResultEntry {
  std::string sha256;
  std::uint64_t size = 0;  ///< bytes
  bool placeholder = false;
  friend bool operator==(const ResultEntry&, const ResultEntry&) = default;
};

struct JobAcceptedMessage {
  static constexpr std::string_view kType = "job_accepted";
  std::string job_id;
  double estimated_time_s = 0;
  friend bool operator==(const JobAcceptedMessage&, const JobAcceptedMessage&) = default;
};

struct JobCompleteMessage {
  static constexpr std::string_view kType = "job_complete";
  std::string job_id;
  std::string image_path;
  double duration_s = 0;
  std::optional<ResultEntry> result;  ///< 1.1
  friend bool operator==(const JobCompleteMessage&, const JobCompleteMessage&) = default;
};

struct JobErrorMessage {
  static constexpr std::string_view kType = "job_error";
  std::string job_id;
  std::string error;
  bool cancelled = false;  ///< 1.1: somebody cancelled it
  friend bool operator==(const JobErrorMessage&, const JobErrorMessage&) = default;
};

struct JobCancelledMessage {
  static constexpr std::string_view kType = "job_cancelled";
  std::string job_id;
  friend bool operator==(const JobCancelledMessage&, const JobCancelledMessage&) = default;
};

struct ModelEntry {
  std::string name;
  std::string path;
  std::string model_type;  ///< "checkpoint", "lora" or "vae"; to a peer of 1.1 also others
  std::uint64_t size_mb = 0;
  friend bool operator==(const ModelEntry&, const ModelEntry&) = default;
};

struct ModelListMessage {
  static constexpr std::string_view kType = "model_list";
  std::vector<ModelEntry> models;
  friend bool operator==(const ModelListMessage&, const ModelListMessage&) = default;
};

/// The state of one job in a snapshot: "queued", "running", "done", "failed", "cancelled", or
/// "unknown" for an id that the worker does not know.
struct JobEntry {
  std::string job_id;
  std::string state;
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  std::uint64_t seq = 0;  ///< of the last update about this job
  std::optional<ResultEntry> result;
  std::string error;
  friend bool operator==(const JobEntry&, const JobEntry&) = default;
};

/// One of the programs that draw behind a worker.
struct BackendEntry {
  std::string name;
  bool healthy = false;
  std::string version;
  std::uint32_t queue = 0;          ///< jobs in its own queue, of whomever
  std::uint64_t vram_free_mb = 0;   ///< 0: unknown
  std::uint64_t vram_total_mb = 0;  ///< 0: unknown
  std::string last_error;
  friend bool operator==(const BackendEntry&, const BackendEntry&) = default;
};

struct StatusInfoMessage {
  static constexpr std::string_view kType = "status_info";
  std::string version;
  std::uint32_t queue_size = 0;
  std::uint32_t active_jobs = 0;
  std::uint64_t uptime_s = 0;
  // 1.1:
  std::string backend;
  bool placeholder = false;  ///< what this worker makes are placeholders
  std::vector<std::string> capabilities;
  std::vector<JobEntry> jobs;
  std::vector<BackendEntry> backends;
  friend bool operator==(const StatusInfoMessage&, const StatusInfoMessage&) = default;
};

struct PongMessage {
  static constexpr std::string_view kType = "pong";
  friend bool operator==(const PongMessage&, const PongMessage&) = default;
};

struct ErrorMessage {
  static constexpr std::string_view kType = "error";
  std::string message;
  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};

struct BlobStoredMessage {
  static constexpr std::string_view kType = "blob_stored";
  std::string digest;
  friend bool operator==(const BlobStoredMessage&, const BlobStoredMessage&) = default;
};

/// The content of a blob: its own bytes, or those of a store, which are not copied for a reply.
class BlobContent {
 public:
  BlobContent() = default;
  BlobContent(Bytes own) : own_(std::move(own)) {}
  BlobContent(std::shared_ptr<const Bytes> shared) : shared_(std::move(shared)) {}
  ByteView view() const { return shared_ ? ByteView(*shared_) : ByteView(own_); }
  operator ByteView() const { return view(); }
  std::size_t size() const { return view().size(); }
  Bytes take() && { return shared_ ? *shared_ : std::move(own_); }
  friend bool operator==(const BlobContent& left, const BlobContent& right) {
    return std::ranges::equal(left.view(), right.view());
  }

 private:
  Bytes own_;
  std::shared_ptr<const Bytes> shared_;
};

struct BlobMessage {
  static constexpr std::string_view kType = "blob";
  std::string digest;
  BlobContent bytes;
  friend bool operator==(const BlobMessage&, const BlobMessage&) = default;
};

// Updates (with job_complete, job_error and status_info from above).

struct JobStartedMessage {
  static constexpr std::string_view kType = "job_started";
  std::string job_id;
  std::uint64_t timestamp = 0;  ///< Unix seconds
  friend bool operator==(const JobStartedMessage&, const JobStartedMessage&) = default;
};

struct ProgressMessage {
  static constexpr std::string_view kType = "progress";
  std::string job_id;
  std::string stage;
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  double percent = 0;  ///< 0 to 100
  double eta_s = 0;
  friend bool operator==(const ProgressMessage&, const ProgressMessage&) = default;
};

struct PreviewMessage {
  static constexpr std::string_view kType = "preview";
  std::string job_id;
  std::string image_path;
  std::uint32_t step = 0;
  std::optional<ResultEntry> image;  ///< 1.1
  friend bool operator==(const PreviewMessage&, const PreviewMessage&) = default;
};

struct JobFinishedMessage {
  static constexpr std::string_view kType = "job_finished";
  std::string job_id;
  bool success = false;
  double duration_s = 0;
  friend bool operator==(const JobFinishedMessage&, const JobFinishedMessage&) = default;
};

/// A well-formed message of a type that this version does not know.
struct UnknownMessage {
  std::string type;
  friend bool operator==(const UnknownMessage&, const UnknownMessage&) = default;
};

using MessageBody =
    std::variant<UnknownMessage, GenerateMessage, CancelMessage, ListModelsMessage, StatusMessage,
                 PingMessage, BlobPutMessage, BlobGetMessage, JobAcceptedMessage,
                 JobCompleteMessage, JobErrorMessage, JobCancelledMessage, ModelListMessage,
                 StatusInfoMessage, PongMessage, ErrorMessage, BlobStoredMessage, BlobMessage,
                 JobStartedMessage, ProgressMessage, PreviewMessage, JobFinishedMessage>;

struct Message {
  MessageBody body;
  Envelope envelope = {};
  friend bool operator==(const Message&, const Message&) = default;
};

/// "generate" for a GenerateMessage; empty for an UnknownMessage.
std::string_view type_of(const MessageBody& body);

/// The bytes of one message. Optional fields that are absent, empty or false are left out.
/// `message` is not an UnknownMessage.
Bytes encode_message(const Message& message);

/// What came in: a body, or why there is none.
struct DecodedMessage {
  Envelope envelope;  ///< as far as it was legible, so that a refusal can be answered
  std::optional<MessageBody> body;
  std::string refusal;  ///< "missing field 'job_id'"; the names of fields are ours, no peer's text
};

/// Reads one message from a peer that may be broken or hostile: bounded, every field checked for
/// type, range and UTF-8, duplicate keys refused, unknown keys ignored, nil taken as absent for
/// optional fields, an integer taken for a float.
DecodedMessage decode_message(ByteView body);

/// One row of the tables, for the protocol's documentation.
struct FieldDescription {
  std::string_view message;  ///< "generate"; empty for fields of every message
  std::string_view field;
  std::string_view type;  ///< "str", "u32", "array of str" ...
  bool required = false;
  std::string_view since;  ///< "1.0" or "1.1"
  std::string_view help;
};
std::vector<FieldDescription> describe_protocol();

}  // namespace dgxp
