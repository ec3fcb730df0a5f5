#pragma once

// From what a server says it made to the one picture of a job, and the pictures of a job to the
// server.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/backends/comfy_api.hpp"
#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/geometry.hpp"
#include "core/base/result.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

/// A result that came as a binary frame.
struct ComfyFramePicture {
  std::string node;
  Bytes png;
};

/// Where the picture of a job is.
struct ComfyResultPlace {
  std::optional<ComfyFile> file;             ///< on the server, or
  const ComfyFramePicture* frame = nullptr;  ///< here
};

/// The picture of the first declared output. Every output must have given what it declares, and no
/// other node a result; pictures of type "temp" are previews unless declared.
///
/// Error: `worker`, with node and counts.
Result<ComfyResultPlace> find_result(const std::vector<OutputBinding>& declared,
                                     const ComfyHistory& history,
                                     const std::vector<ComfyFramePicture>& frames);

/// Brings pictures to a server once each.
class ComfyUploads {
 public:
  explicit ComfyUploads(ComfyApi& api) : api_(api) {}
  /// The name to use in a graph. Error: `worker`; nothing is sent when it is larger than the
  /// server takes.
  Result<std::string> upload(const Bytes& png, const std::stop_token& stop);
  /// The server may have lost them.
  void forget();

 private:
  ComfyApi& api_;
  std::mutex mutex_;
  std::map<Digest, std::string> names_;
  std::optional<std::uint64_t> limit_;
};

}  // namespace dgxp
