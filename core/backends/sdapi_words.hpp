#pragma once

// What is said to an A1111 or Forge server, and what it says, as values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

struct SdapiCall {
  std::string path;  ///< "/sdapi/v1/txt2img" or img2img
  std::string body;  ///< JSON
};

/// The request for a job; its first reference becomes the initial picture. `task` names the run.
///
/// Error: `worker` for what such a server cannot be told.
Result<SdapiCall> make_sdapi_call(const BackendJob& job, const std::string& task);

/// "a knight <lora:pixel:0.8>": each LoRA behind the prompt. A tag that stands in the prompt itself
/// is broken up: only what the job names is loaded.
///
/// Error: `worker` for a name that such a tag cannot hold.
Result<std::string> prompt_with_loras(const GenerateMessage& job);

/// The picture of an answer to such a call, checked and stripped, if seed and model are those of
/// the job.
///
/// Error: `worker`.
Result<Bytes> read_sdapi_picture(std::string_view body, const GenerateMessage& job);

/// An answer of GET /sdapi/v1/progress.
struct SdapiProgress {
  std::uint32_t step = 0;
  std::uint32_t steps = 0;
  double fraction = 0;  ///< of the whole
  double eta_seconds = 0;
  std::uint32_t queue = 0;
  std::string task;  ///< what runs; empty: the server does not say
};
std::optional<SdapiProgress> read_sdapi_progress(std::string_view body);

/// Models of an answer of /sdapi/v1/sd-models, /loras or /sd-vae.
std::optional<std::vector<ModelEntry>> read_sdapi_models(std::string_view body,
                                                         std::string_view type);

/// Free and total megabytes of the card from GET /sdapi/v1/memory.
void read_sdapi_memory(std::string_view body, BackendStatus& status);

}  // namespace dgxp
