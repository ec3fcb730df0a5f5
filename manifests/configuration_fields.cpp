// The languages of the files that belong to one machine: which worker to ask, and how one works.
#include <array>

#include "manifests/field_types.hpp"
#include "manifests/fields.hpp"

namespace dgxp {
namespace {

using Kind = FieldType::Kind;

constexpr FieldType text_field(std::string_view what, std::string_view example) {
  return {.kind = Kind::text, .what = what, .example = example, .most = 4096};
}

constexpr FieldType kEndpoint = text_field("an endpoint", "tcp://127.0.0.1:5555");
constexpr FieldType kKeyFile = text_field("a file", "/etc/dgxp/me.key");
constexpr FieldType kSomeFolder = text_field("a folder", "/var/lib/dgxp");

// `worker:` of a user.

constexpr FieldType kAddress = text_field("embedded or an endpoint", "embedded");
constexpr FieldType kPublicKey =
    text_field("the worker's public key, or a file that holds it", "/etc/dgxp/worker.pub");
constexpr std::array kWorkerEntryFields{
    FieldSpec{.name = "address",
              .type = &kAddress,
              .help = "embedded, or its endpoint",
              .required = true},
    FieldSpec{.name = "updates",
              .type = &kEndpoint,
              .help = "where its updates go out, when that is not the next port"},
    FieldSpec{.name = "server_key", .type = &kPublicKey, .help = "its public key"},
    FieldSpec{.name = "key", .type = &kKeyFile, .help = "the file of the secret key that opens it"},
};
constexpr FieldShape kWorkerEntryShape{"worker", kWorkerEntryFields};
constexpr FieldType kWorkerObject{.kind = Kind::object,
                                  .what = "a map",
                                  .example = "{ address: tcp://127.0.0.1:5555 }",
                                  .shape = &kWorkerEntryShape};
constexpr std::array<const FieldType*, 2> kWorkerForms{&kAddress, &kWorkerObject};
constexpr FieldType kWorker{.kind = Kind::either,
                            .what = "embedded, an endpoint, or a map with 'address'",
                            .example = "embedded",
                            .alternatives = kWorkerForms};
constexpr FieldType kWorkerFolder = text_field("a folder", "/mnt/worker/output");
constexpr std::array kUserConfigFields{
    FieldSpec{"worker", &kWorker, "embedded",
              "embedded, or the endpoint of a worker: tcp://127.0.0.1:5555"},
    FieldSpec{"worker_folder", &kWorkerFolder, "",
              "where this machine sees the pictures of a worker of protocol 1.0"},
};
constexpr FieldShape kUserConfigShape{"configuration", kUserConfigFields};

// `dgxp worker --config`.

constexpr std::array<std::string_view, 4> kBackendWords{"procedural", "comfy", "sdapi", "sdcpp"};
constexpr std::array<std::string_view, 2> kFramingWords{"body", "topic"};
constexpr FieldType kBackend{.kind = Kind::choice,
                             .what = "one of the known words",
                             .example = "comfy",
                             .words = kBackendWords};
constexpr FieldType kFraming{.kind = Kind::choice,
                             .what = "one of the known words",
                             .example = "body",
                             .words = kFramingWords};
constexpr FieldType kUrl{.kind = Kind::text,
                         .what = "a URL",
                         .example = "http://127.0.0.1:8188",
                         .most = 4096,
                         .is_secret = true};
constexpr FieldType kUrls{.kind = Kind::list,
                          .what = "a list of URLs",
                          .example = "[http://127.0.0.1:8188]",
                          .least = 1,
                          .most = 64,
                          .element = &kUrl,
                          .is_secret = true};
constexpr FieldType kSlots{
    .kind = Kind::integer, .what = "a whole number", .example = "1", .least = 1, .most = 1024};
constexpr std::array kWorkerConfigFields{
    FieldSpec{"listen", &kEndpoint, "tcp://127.0.0.1:5555", "where requests come in"},
    FieldSpec{"publish", &kEndpoint, "", "where updates go out, when that is not the next port"},
    FieldSpec{"pub_framing", &kFraming, "body", "whether an update begins with a topic frame"},
    FieldSpec{"backend", &kBackend, "procedural", "what draws"},
    FieldSpec{"urls", &kUrls, "", "where it is; several share the queue"},
    FieldSpec{"slots", &kSlots, "", "jobs at once, of each backend"},
    FieldSpec{"header_file", &kKeyFile, "", "HTTP headers for the backend, one a line"},
    FieldSpec{"state", &kSomeFolder, "", "where the worker remembers what it has begun"},
    FieldSpec{"key", &kKeyFile, "", "the file of the worker's secret key"},
    FieldSpec{"allow", &kKeyFile, "", "the file of the public keys of clients"},
    FieldSpec{"insecure", &kBoolean, "false", "listen beyond this machine without keys"},
    FieldSpec{"metrics", &kEndpoint, "", "where Prometheus asks, as HOST:PORT"},
};
constexpr FieldShape kWorkerConfigShape{"configuration", kWorkerConfigFields};

}  // namespace

const FieldShape& user_config_shape() {
  return kUserConfigShape;
}
const FieldShape& worker_config_shape() {
  return kWorkerConfigShape;
}

}  // namespace dgxp
