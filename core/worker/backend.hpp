#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

/// What a job may need of a backend, as named in `status_info.capabilities`.
namespace capability {
inline constexpr std::string_view kWorkflow = "workflow";      ///< runs a graph sent with the job
inline constexpr std::string_view kReferences = "references";  ///< looks at reference pictures
inline constexpr std::string_view kLoras = "loras";
inline constexpr std::string_view kSeamless = "seamless";
inline constexpr std::string_view kManyReferences = "many_references";  ///< at more than one
inline constexpr std::string_view kWideSeeds = "wide_seeds";  ///< takes seeds from 2^63 on
}  // namespace capability

/// Says what a backend is; it does not change while the backend lives.
struct BackendInfo {
  std::string name;          ///< "procedural"
  bool placeholder = false;  ///< what it makes stands in for art
  int slots = 1;             ///< jobs it runs at once, each on a thread of its own
  std::vector<std::string> capabilities;
};

struct BackendProgress {
  std::string stage;  ///< one of the stages of protocol 1.0: "sampling" ...
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  double eta_seconds = 0;
  std::shared_ptr<const Bytes> preview;  ///< a small PNG or JPEG of the state so far, or null
};
using ProgressSink = std::function<void(const BackendProgress&)>;

/// How a backend is at the moment, for people and for `status`.
struct BackendStatus {
  bool healthy = true;
  std::string version;              ///< "ComfyUI 0.3.64"; empty while unknown
  std::uint32_t queue = 0;          ///< jobs in its own queue, of whomever
  std::uint64_t vram_free_mb = 0;   ///< 0 = unknown
  std::uint64_t vram_total_mb = 0;  ///< 0 = unknown
  std::string last_error;
};

/// A job with the files that it names.
struct BackendJob {
  GenerateMessage request;
  std::shared_ptr<const Bytes> workflow;  ///< see encode_workflow(); null when it names none
  std::vector<std::shared_ptr<const Bytes>> references;
};

/// Something that draws. run() is called from as many threads at once as there are slots.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual BackendInfo info() const = 0;
  /// What is known at the moment; it never waits.
  virtual BackendStatus status() const { return {}; }
  /// The models it has, for list_models: as known at the moment; it never waits.
  virtual std::vector<ModelEntry> list_models() const { return {}; }
  /// The finished PNG. It may take minutes; it returns soon after `stop` asks it to, with any
  /// value. `progress` may be called as often as it likes.
  ///
  /// Error: any kind; its message goes to the client.
  virtual Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                            std::stop_token stop) = 0;
};

/// The first capability that `job` needs and `info` lacks, or "". A placeholder backend lacks none.
std::string_view missing_capability(const GenerateMessage& job, const BackendInfo& info);

}  // namespace dgxp
