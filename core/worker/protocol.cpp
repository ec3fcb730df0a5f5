#include "core/worker/protocol.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/base/text.hpp"
#include "core/worker/protocol_fields.hpp"

namespace dgxp {
namespace {

constexpr Need kMust = Need::required;
constexpr Need kMay = Need::optional;
constexpr Since kV10 = Since::v1_0;
constexpr Since kV11 = Since::v1_1;

constexpr Bounds kAny{.max = std::numeric_limits<std::uint64_t>::max()};
constexpr Bounds kCount{};
constexpr Bounds kId{.max = 128, .min = 1};
constexpr Bounds kName{.max = 256};
constexpr Bounds kText{.max = 4096};
constexpr Bounds kPrompt{.max = 40000};  // 10,000 characters of up to 4 bytes
constexpr Bounds kPixels{.max = 16384, .min = 1};
constexpr Bounds kDigest{.max = 64, .min = 64};
constexpr Bounds kBlobSize{.max = kMaxBlob};

constexpr FieldRow kEnvelope[] = {
    field<&Envelope::rid>("rid", kMay, kV11, kAny, "number of a request, echoed in its reply"),
    field<&Envelope::v>("v", kMay, kV11, {.max = 16}, "\"1.1\" when the sender knows 1.1"),
    field<&Envelope::epoch>("epoch", kMay, kV11, kAny, "random, drawn when the worker starts"),
    field<&Envelope::seq>("seq", kMay, kV11, kAny,
                          "number of an update; in status_info that of the last one"),
    field<&Envelope::jseq>("jseq", kMay, kV11, kAny, "number of an update within its job"),
};

constexpr FieldRow kLora[] = {
    field<&LoraEntry::file>("file", kMust, kV11, kName, "file name"),
    field<&LoraEntry::weight>("weight", kMust, kV11, kAny, "strength"),
    field<&LoraEntry::sha256>("sha256", kMay, kV11, kDigest, "of the file"),
};
constexpr FieldRow kResult[] = {
    field<&ResultEntry::sha256>("sha256", kMust, kV11, kDigest, "names it for blob_get"),
    field<&ResultEntry::size>("size", kMust, kV11, kBlobSize, "bytes"),
    field<&ResultEntry::placeholder>("placeholder", kMay, kV11, kAny, "not made by a model"),
};
constexpr FieldRow kModelEntry[] = {
    field<&ModelEntry::name>("name", kMust, kV10, kName, "for people"),
    field<&ModelEntry::path>("path", kMust, kV10, kText, "on the worker"),
    field<&ModelEntry::model_type>("model_type", kMust, kV10, kName,
                                   "checkpoint, lora or vae; to a peer of 1.1 also others"),
    field<&ModelEntry::size_mb>("size_mb", kMust, kV10, kAny, "rounded down"),
};
constexpr FieldRow kJobEntry[] = {
    field<&JobEntry::job_id>("job_id", kMust, kV11, kId, "as in generate"),
    field<&JobEntry::state>("state", kMust, kV11, kName,
                            "queued, running, done, failed, cancelled or unknown"),
    field<&JobEntry::step>("step", kMay, kV11, kCount, "steps done"),
    field<&JobEntry::total_steps>("total_steps", kMay, kV11, kCount, "of so many"),
    field<&JobEntry::seq>("seq", kMay, kV11, kAny, "of the last update about this job"),
    field<&JobEntry::result>("result", kMay, kV11, kAny, "for done: the picture"),
    field<&JobEntry::error>("error", kMay, kV11, kText, "for failed: why"),
};

constexpr FieldRow kBackendEntry[] = {
    field<&BackendEntry::name>("name", kMust, kV11, kName, "what draws"),
    field<&BackendEntry::healthy>("healthy", kMust, kV11, kAny, "it takes jobs"),
    field<&BackendEntry::version>("version", kMay, kV11, kName, "of the program, for people"),
    field<&BackendEntry::queue>("queue", kMay, kV11, kCount, "jobs in its own queue"),
    field<&BackendEntry::vram_free_mb>("vram_free_mb", kMay, kV11, kAny, "free video memory"),
    field<&BackendEntry::vram_total_mb>("vram_total_mb", kMay, kV11, kAny, "all video memory"),
    field<&BackendEntry::last_error>("last_error", kMay, kV11, kText, "for people"),
};

constexpr FieldRow kGenerate[] = {
    field<&GenerateMessage::id>("id", kMust, kV10, kId, "the job's name; in 1.1 its key"),
    field<&GenerateMessage::prompt>("prompt", kMust, kV10, kPrompt, "what to draw"),
    field<&GenerateMessage::model>("model", kMust, kV10, kName, "checkpoint file"),
    field<&GenerateMessage::size>("size", kMust, kV10, kPixels, "of the whole picture"),
    field<&GenerateMessage::steps>("steps", kMust, kV10, {.max = 10000}, "of the sampler"),
    field<&GenerateMessage::cfg_scale>("cfg_scale", kMust, kV10, kAny, "guidance"),
    field<&GenerateMessage::lora>("lora", kMay, kV10, kName, "the first LoRA's file"),
    field<&GenerateMessage::batch_size>("batch_size", kMay, kV10, kCount, "pictures"),
    field<&GenerateMessage::animation_frames>("animation_frames", kMay, kV10, kCount, "frames"),
    field<&GenerateMessage::tileset_grid>("tileset_grid", kMay, kV10, kPixels, "columns and rows"),
    field<&GenerateMessage::attempt>("attempt", kMay, kV11, kAny,
                                     "a failed or cancelled job runs again when this differs"),
    field<&GenerateMessage::model_sha256>("model_sha256", kMay, kV11, kDigest, "of the checkpoint"),
    field<&GenerateMessage::negative>("negative", kMay, kV11, kPrompt, "what not to draw"),
    field<&GenerateMessage::seed>("seed", kMay, kV11, kAny, "of the noise"),
    field<&GenerateMessage::loras>("loras", kMay, kV11, {.max = 16}, "in the order of applying"),
    field<&GenerateMessage::sampler>("sampler", kMay, kV11, kName, "name"),
    field<&GenerateMessage::scheduler>("scheduler", kMay, kV11, kName, "name"),
    field<&GenerateMessage::denoise>("denoise", kMay, kV11, kAny,
                                     "0 to 1: how much of a reference is drawn anew"),
    field<&GenerateMessage::frame_size>("frame_size", kMay, kV11, kPixels, "native, of one frame"),
    field<&GenerateMessage::frames>("frames", kMay, kV11, {.max = 1024, .min = 1}, "side by side"),
    field<&GenerateMessage::render_scale>("render_scale", kMay, kV11, {.max = 256, .min = 1},
                                          "raw pixels a native pixel"),
    field<&GenerateMessage::animation>("animation", kMay, kV11, kName, "\"walk\" ..."),
    field<&GenerateMessage::direction>("direction", kMay, kV11, kName, "\"south\" ..."),
    field<&GenerateMessage::view>("view", kMay, kV11, kName, "\"side\" ..."),
    field<&GenerateMessage::seamless>("seamless", kMay, kV11, kAny, "a tile that repeats"),
    field<&GenerateMessage::palette>("palette", kMay, kV11, {.max = 256, .item_max = 7},
                                     "colours \"#rrggbb\", a hint"),
    field<&GenerateMessage::background>("background", kMay, kV11, kName,
                                        "none, border_flood or chroma_key"),
    field<&GenerateMessage::workflow_name>("workflow_name", kMay, kV11, kText, "for people"),
    field<&GenerateMessage::workflow>("workflow", kMay, kV11, kDigest, "blob: graph to run"),
    field<&GenerateMessage::references>("references", kMay, kV11, {.max = 16, .item_max = 64},
                                        "blobs: reference pictures"),
    field<&GenerateMessage::priority>("priority", kMay, kV11, {.max = 9},
                                      "the higher the sooner; absent: 0"),
};
constexpr FieldRow kCancel[] = {
    field<&CancelMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
};
constexpr FieldRow kStatus[] = {
    field<&StatusMessage::jobs>("jobs", kMay, kV11, {.max = kMaxJobsAStatus, .item_max = 128},
                                "asks for the state of these"),
    field<&StatusMessage::since>("since", kMay, kV11, kAny, "only of those that changed after it"),
    field<&StatusMessage::after>("after", kMay, kV11, {.max = 128},
                                 "with since: also those that changed at it, behind this id"),
};
constexpr FieldRow kBlobPut[] = {
    field<&BlobPutMessage::digest>("digest", kMust, kV11, kDigest, "SHA-256 of the bytes"),
    field<&BlobPutMessage::bytes>("bytes", kMust, kV11, kBlobSize, "at most 32 MiB"),
};
constexpr FieldRow kBlobGet[] = {
    field<&BlobGetMessage::digest>("digest", kMust, kV11, kDigest, "SHA-256 of the bytes"),
};
constexpr FieldRow kJobAccepted[] = {
    field<&JobAcceptedMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&JobAcceptedMessage::estimated_time_s>("estimated_time_s", kMust, kV10, kAny, "seconds"),
};
constexpr FieldRow kJobComplete[] = {
    field<&JobCompleteMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&JobCompleteMessage::image_path>("image_path", kMust, kV10, kText, "on the worker"),
    field<&JobCompleteMessage::duration_s>("duration_s", kMust, kV10, kAny, "seconds"),
    field<&JobCompleteMessage::result>("result", kMay, kV11, kAny, "the picture, by digest"),
};
constexpr FieldRow kJobError[] = {
    field<&JobErrorMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&JobErrorMessage::error>("error", kMust, kV10, kText, "for people"),
    field<&JobErrorMessage::cancelled>("cancelled", kMay, kV11, kAny, "somebody cancelled it"),
};
constexpr FieldRow kJobCancelled[] = {
    field<&JobCancelledMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
};
constexpr FieldRow kModelList[] = {
    field<&ModelListMessage::models>("models", kMust, kV10, {.max = 1024}, "sorted by name"),
};
constexpr FieldRow kStatusInfo[] = {
    field<&StatusInfoMessage::version>("version", kMust, kV10, kName, "of the protocol"),
    field<&StatusInfoMessage::queue_size>("queue_size", kMust, kV10, kCount, "jobs waiting"),
    field<&StatusInfoMessage::active_jobs>("active_jobs", kMust, kV10, kCount, "jobs running"),
    field<&StatusInfoMessage::uptime_s>("uptime_s", kMust, kV10, kAny, "seconds"),
    field<&StatusInfoMessage::backend>("backend", kMay, kV11, kName, "what draws"),
    field<&StatusInfoMessage::placeholder>("placeholder", kMay, kV11, kAny,
                                           "what it makes are placeholders"),
    field<&StatusInfoMessage::capabilities>("capabilities", kMay, kV11, {.max = 64},
                                            "what it can take"),
    field<&StatusInfoMessage::backends>("backends", kMay, kV11, {.max = 64},
                                        "the programs behind it, one by one"),
    field<&StatusInfoMessage::jobs>("jobs", kMay, kV11, {.max = kMaxJobsAStatus}, "the snapshot"),
};
constexpr FieldRow kError[] = {
    field<&ErrorMessage::message>("message", kMust, kV10, kText, "for people"),
};
constexpr FieldRow kBlobStored[] = {
    field<&BlobStoredMessage::digest>("digest", kMust, kV11, kDigest, "of the bytes"),
};
constexpr FieldRow kBlob[] = {
    field<&BlobMessage::digest>("digest", kMust, kV11, kDigest, "SHA-256 of the bytes"),
    field<&BlobMessage::bytes>("bytes", kMust, kV11, kBlobSize, "at most 32 MiB"),
};
constexpr FieldRow kJobStarted[] = {
    field<&JobStartedMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&JobStartedMessage::timestamp>("timestamp", kMust, kV10, kAny, "Unix seconds"),
};
constexpr FieldRow kProgress[] = {
    field<&ProgressMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&ProgressMessage::stage>("stage", kMust, kV10, kName,
                                   "initializing, loading_models, encoding, sampling, decoding or "
                                   "post_processing"),
    field<&ProgressMessage::step>("step", kMust, kV10, kCount, "steps done"),
    field<&ProgressMessage::total_steps>("total_steps", kMust, kV10, kCount, "of so many"),
    field<&ProgressMessage::percent>("percent", kMust, kV10, kAny, "0 to 100"),
    field<&ProgressMessage::eta_s>("eta_s", kMust, kV10, kAny, "seconds left"),
};
constexpr FieldRow kPreview[] = {
    field<&PreviewMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&PreviewMessage::image_path>("image_path", kMust, kV10, kText, "on the worker"),
    field<&PreviewMessage::step>("step", kMust, kV10, kCount, "steps done"),
    field<&PreviewMessage::image>("image", kMay, kV11, kAny, "the preview, by digest"),
};
constexpr FieldRow kJobFinished[] = {
    field<&JobFinishedMessage::job_id>("job_id", kMust, kV10, kId, "which job"),
    field<&JobFinishedMessage::success>("success", kMust, kV10, kAny, "or it failed"),
    field<&JobFinishedMessage::duration_s>("duration_s", kMust, kV10, kAny, "seconds"),
};

/// A message type: its table, and how to make room for one in a MessageBody.
struct MessageRow {
  std::string_view type;
  Rows rows;
  void* (*make)(MessageBody& body) = nullptr;
};

template <typename Body>
constexpr MessageRow message(Rows rows) {
  return {Body::kType, rows, [](MessageBody& body) -> void* { return &body.emplace<Body>(); }};
}

/// In the order of MessageBody's alternatives; the first is UnknownMessage.
constexpr MessageRow kMessages[] = {
    {},
    message<GenerateMessage>(kGenerate),
    message<CancelMessage>(kCancel),
    message<ListModelsMessage>({}),
    message<StatusMessage>(kStatus),
    message<PingMessage>({}),
    message<BlobPutMessage>(kBlobPut),
    message<BlobGetMessage>(kBlobGet),
    message<JobAcceptedMessage>(kJobAccepted),
    message<JobCompleteMessage>(kJobComplete),
    message<JobErrorMessage>(kJobError),
    message<JobCancelledMessage>(kJobCancelled),
    message<ModelListMessage>(kModelList),
    message<StatusInfoMessage>(kStatusInfo),
    message<PongMessage>({}),
    message<ErrorMessage>(kError),
    message<BlobStoredMessage>(kBlobStored),
    message<BlobMessage>(kBlob),
    message<JobStartedMessage>(kJobStarted),
    message<ProgressMessage>(kProgress),
    message<PreviewMessage>(kPreview),
    message<JobFinishedMessage>(kJobFinished),
};
static_assert(std::size(kMessages) == std::variant_size_v<MessageBody>);

const MessageRow* find_message(std::string_view type) {
  const auto* found = std::ranges::find(kMessages, type, &MessageRow::type);
  return found == std::end(kMessages) || type.empty() ? nullptr : found;
}

bool is_written(const FieldRow& row, const void* message) {
  return row.need == Need::required || row.is_present(message);
}

bool has_duplicates(std::vector<std::string_view>& names) {
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

/// Which row has this name, looking first where a sender that keeps the table's order puts it.
std::size_t find_row(Rows rows, std::string_view name, std::size_t likely) {
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const std::size_t i = likely + n < rows.size() ? likely + n : likely + n - rows.size();
    if (rows[i].name == name) return i;
  }
  return rows.size();
}

Refusal field_refusal(const FieldRow& row, const Refusal& why) {
  return "field '" + std::string(row.name) + "' " + why;
}

/// Fills the fields of one struct from the pairs that the caller offers one by one.
class FieldReader {
 public:
  FieldReader(Rows rows, void* message) : rows_(rows), message_(message) {}
  bool knows(std::string_view name) {
    if (rows_.empty()) return false;
    found_ = find_row(rows_, name, next_);
    return found_ < rows_.size();
  }
  /// The field that knows() has found.
  Refusal take(MsgpackValue value) {
    const FieldRow& row = rows_[found_];
    const std::uint64_t bit = std::uint64_t{1} << found_;
    if ((seen_ & bit) != 0) return field_refusal(row, "is there twice");
    seen_ |= bit;
    next_ = found_ + 1 < rows_.size() ? found_ + 1 : 0;
    if (value.kind() == MsgpackValue::Kind::nil && row.need == Need::optional) return {};
    Refusal refusal = row.read(value, row.bounds, message_);
    return refusal.empty() ? refusal : field_refusal(row, refusal);
  }
  Refusal missing() const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].need == Need::required && (seen_ >> i & 1U) == 0) {
        return "missing field '" + std::string(rows_[i].name) + "'";
      }
    }
    return {};
  }

 private:
  Rows rows_;
  void* message_;
  std::uint64_t seen_ = 0;
  std::size_t next_ = 0;
  std::size_t found_ = 0;
};

static_assert(std::size(kGenerate) <= 64, "FieldReader keeps one bit a field");

struct TypeField {
  Refusal refusal;
  std::string_view type;
};

TypeField find_type(MsgpackValue root) {
  if (root.kind() != MsgpackValue::Kind::map) return {"it is not a map", {}};
  for (std::size_t i = 0; i < root.size(); ++i) {
    const MsgpackValue key = root.key(i);
    if (key.kind() != MsgpackValue::Kind::text) return {"a key is not text", {}};
    if (key.text() != "type") continue;
    const MsgpackValue type = root.value(i);
    if (type.kind() != MsgpackValue::Kind::text) return {"field 'type' is not text", {}};
    if (type.text().size() > 64 || !is_utf8(type.text())) return {"field 'type' is no name", {}};
    return {{}, type.text()};
  }
  return {"missing field 'type'", {}};
}

/// The `rid` and `v` of a request whose rest was refused, so that the answer finds its way.
Envelope salvage_envelope(MsgpackValue root) {
  Envelope envelope;
  if (root.kind() != MsgpackValue::Kind::map) return envelope;
  FieldReader reader(kEnvelope, &envelope);
  for (std::size_t i = 0; i < root.size(); ++i) {
    const MsgpackValue key = root.key(i);
    if (key.kind() != MsgpackValue::Kind::text || !reader.knows(key.text())) continue;
    if (!reader.take(root.value(i)).empty()) return {};
  }
  return envelope;
}

template <typename Body>
const void* address_of(const Body& body) {
  return &body;
}

}  // namespace

Rows rows_of(const LoraEntry*) {
  return kLora;
}
Rows rows_of(const ResultEntry*) {
  return kResult;
}
Rows rows_of(const ModelEntry*) {
  return kModelEntry;
}
Rows rows_of(const JobEntry*) {
  return kJobEntry;
}
Rows rows_of(const BackendEntry*) {
  return kBackendEntry;
}

std::size_t count_present(Rows rows, const void* message) {
  return static_cast<std::size_t>(
      std::ranges::count_if(rows, [&](const FieldRow& row) { return is_written(row, message); }));
}

void write_pairs(MsgpackWriter& writer, Rows rows, const void* message) {
  for (const FieldRow& row : rows) {
    if (!is_written(row, message)) continue;
    writer.text(row.name);
    row.write(writer, message);
  }
}

Refusal read_map(MsgpackValue map, Rows rows, void* message, Rows others, void* other) {
  if (map.kind() != MsgpackValue::Kind::map) return "is not a map";
  FieldReader reader(rows, message);
  FieldReader other_reader(others, other);
  std::vector<std::string_view> unknown;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const MsgpackValue key = map.key(i);
    if (key.kind() != MsgpackValue::Kind::text) return "a key is not text";
    Refusal refusal;
    if (reader.knows(key.text())) {
      refusal = reader.take(map.value(i));
    } else if (other_reader.knows(key.text())) {
      refusal = other_reader.take(map.value(i));
    } else {
      unknown.push_back(key.text());
    }
    if (!refusal.empty()) return refusal;
  }
  if (has_duplicates(unknown)) return "a key is there twice";
  return reader.missing();
}

std::string_view type_of(const MessageBody& body) {
  return kMessages[body.index()].type;
}

Bytes encode_message(const Message& message) {
  const MessageRow& row = kMessages[message.body.index()];
  assert(!row.type.empty());
  const void* body = std::visit([](const auto& value) { return address_of(value); }, message.body);
  Bytes out;
  out.reserve(512);
  MsgpackWriter writer(out);
  const std::size_t envelope_pairs = count_present(kEnvelope, &message.envelope);
  writer.map(1 + count_present(row.rows, body) + envelope_pairs);
  writer.text("type");
  writer.text(row.type);
  write_pairs(writer, row.rows, body);
  write_pairs(writer, kEnvelope, &message.envelope);
  return out;
}

DecodedMessage decode_message(ByteView bytes) {
  DecodedMessage decoded;
  const Result<MsgpackDocument> document = MsgpackDocument::parse(bytes);
  if (!document) {
    decoded.refusal = document.error().message;
    return decoded;
  }
  const MsgpackValue root = document->root();
  const TypeField type = find_type(root);
  decoded.refusal = type.refusal;
  MessageBody body;
  if (decoded.refusal.empty()) {
    const MessageRow* row = find_message(type.type);
    void* target = row != nullptr ? row->make(body) : nullptr;
    const Rows rows = row != nullptr ? row->rows : Rows{};
    if (row == nullptr) body = UnknownMessage{std::string(type.type)};
    decoded.refusal = read_map(root, rows, target, kEnvelope, &decoded.envelope);
  }
  if (decoded.refusal.empty()) {
    decoded.body = std::move(body);
  } else {
    decoded.envelope = salvage_envelope(root);
  }
  return decoded;
}

std::vector<FieldDescription> describe_protocol() {
  std::vector<FieldDescription> all;
  const auto add = [&](std::string_view message, Rows rows) {
    for (const FieldRow& row : rows) {
      all.push_back({.message = message,
                     .field = row.name,
                     .type = row.type,
                     .required = row.need == Need::required,
                     .since = row.since == Since::v1_0 ? "1.0" : "1.1",
                     .help = row.help});
    }
  };
  add("", kEnvelope);
  for (const MessageRow& row : kMessages) add(row.type, row.rows);
  add("lora", kLora);
  add("result", kResult);
  add("model", kModelEntry);
  add("job", kJobEntry);
  add("backend", kBackendEntry);
  return all;
}

}  // namespace dgxp
