#include "core/worker/protocol_reference.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/worker/msgpack_value.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kHead = R"(# The protocol between dgxp and a worker

This page is made from the tables in `core/worker/protocol.cpp`; a test keeps it true
(`DGXP_UPDATE_GOLDEN=1` rewrites it). Version 1.0 is what the public DGX-Pixels peers speak. Version 1.1 adds
optional fields and four messages; a peer of either version works with one of the other.

## Transport
ZeroMQ. A worker binds two sockets: a ROUTER for requests (`tcp://127.0.0.1:5555` unless told otherwise) and an
XPUB for updates (the next port; for `ipc://PATH` it is `PATH.updates`).

- A request is one frame, the body, behind whatever frames its socket puts before it: REQ, REQ relaxed and
  correlated, and DEALER (an empty frame, then the body) all work, and all frames before the body are echoed.
- Every request gets exactly one reply, at once: no reply waits for a picture.
- An update is one frame, the body. With `--pub-framing topic` there are two; the first is the topic,
  `TYPE.JOB`, or `status_info`.
- TCP beyond this machine is encrypted with CURVE; the worker asks by ZAP (domain `dgxp`) whether the client's key
  is on its list, and answers nobody else.
- Sockets set LINGER 0, a handshake limit of 5 s, and heartbeats every 2 s that time out after 6 s.

## Encoding
A body is exactly one MessagePack map with string keys; nothing may follow it. The key `type` names the message.
Text is `str` (UTF-8), integers may have any width, an integer is taken where a float is expected, floats may be of
32 or 64 bits. Optional fields are left out when they are absent; nil counts as absent. The order of keys is free.
Unknown keys are ignored; a key that is there twice is refused.

## Versions
A sender of 1.1 puts `v: "1.1"` into its requests. Replies to a request without `v` carry neither fields, messages
nor model types that 1.0 does not know. Updates go to everybody, so they carry the additions of 1.1 always; readers
of 1.0 ignore unknown keys.

- `rid` numbers a request and is echoed in its reply. A reply without it comes from a peer of 1.0, which answers
  in order.
- `generate.id` is the job's key. A job that is known runs no second time: the reply is `job_accepted` while it waits or
  runs, then `job_complete` or `job_error`. A failed or cancelled one runs again when `attempt` differs.
- `seq` counts the worker's updates and `jseq` those of one job. Whoever sees a gap, or another `epoch`, asks with
  `status`, which names the jobs it wants to know about: the reply is the whole truth, updates are only a wake-up.
- `status_info` is published every 2 s while somebody listens, and to every new subscriber.
- Pictures travel by the SHA-256 of their bytes: `blob_put` before a `generate` that names them, `blob_get` for
  results and previews. The receiver checks the digest. A result stays until it was fetched, at most ten minutes.

## Errors
`job_error` and `error` carry texts for people. Two of them are for programs: `Backend busy` (ask again later) and
`Blob not found` (send it first). A request that cannot be read is answered with `error`.
)";

constexpr std::array<std::string_view, 7> kRequests{"generate", "cancel",   "list_models", "status",
                                                    "ping",     "blob_put", "blob_get"};
constexpr std::array<std::string_view, 8> kReplies{"job_accepted",  "job_complete", "job_error",
                                                   "job_cancelled", "model_list",   "status_info",
                                                   "pong",          "error"};
constexpr std::array<std::string_view, 2> kBlobReplies{"blob_stored", "blob"};
constexpr std::array<std::string_view, 4> kUpdates{"job_started", "progress", "preview",
                                                   "job_finished"};
constexpr std::array<std::string_view, 5> kParts{"lora", "result", "model", "job", "backend"};

std::string limits_text() {
  constexpr std::size_t kMegabyte = 1U << 20U;
  return fmt::format(
      "\n## Limits\n"
      "A message without a blob has at most {} MiB, a blob {} MiB. Arrays hold at most 1024 items, "
      "maps 256 pairs, a\n"
      "message 65,536 values in all, nested at most 16 deep. A `status` names at most {} jobs. All "
      "this is checked\n"
      "before memory is taken for it.\n",
      kMaxControlMessage / kMegabyte, kMaxBlob / kMegabyte, kMaxJobsAStatus);
}

class Reference {
 public:
  Reference() : fields_(describe_protocol()) {}

  std::string write() {
    text_ = kHead;
    text_ += limits_text();
    section("Requests", kRequests);
    section("Replies", kReplies);
    section("", kBlobReplies);
    section("Updates", kUpdates);
    text_ +=
        "`job_complete`, `job_error` and `status_info` are published too, as they stand above.\n";
    section("Values inside messages", kParts);
    text_ += "\n## Fields of every message\n";
    table("");
    return std::move(text_);
  }

 private:
  template <typename Names>
  void section(std::string_view title, const Names& names) {
    if (!title.empty()) text_ += fmt::format("\n## {}\n", title);
    for (const std::string_view name : names) {
      text_ += fmt::format("\n### `{}`\n", name);
      table(name);
    }
  }

  void table(std::string_view message) {
    const auto is_of = [&](const FieldDescription& field) { return field.message == message; };
    if (std::ranges::none_of(fields_, is_of)) {
      text_ += "No fields besides `type`.\n";
      return;
    }
    text_ += "| field | type | since | what |\n|---|---|---|---|\n";
    for (const FieldDescription& field : fields_) {
      if (!is_of(field)) continue;
      text_ += fmt::format("| `{}` | {}{} | {} | {} |\n", field.field, field.type,
                           field.required ? "" : ", optional", field.since, field.help);
    }
  }

  std::vector<FieldDescription> fields_;
  std::string text_;
};

}  // namespace

std::string protocol_reference() {
  return Reference().write();
}

}  // namespace dgxp
