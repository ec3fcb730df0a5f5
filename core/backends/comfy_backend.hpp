#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/backends/comfy_api.hpp"
#include "core/backends/comfy_tracker.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

struct ComfyOptions {
  std::string url = "http://127.0.0.1:8188";  ///< may have a user and a path in front
  HttpAccess access;                          ///< headers, certificates
  /// For jobs that bring no workflow: the first that has a place for what the job has.
  std::vector<WorkflowTemplate> templates;
  /// Where the journal lies, which lets a restarted worker find its prompts; empty: none.
  std::filesystem::path state_folder;
  int slots = 2;  ///< prompts on the server at once: one runs, one waits
  bool previews = true;

  ComfyTimes http;
  TrackerTimes tracking;
  std::chrono::milliseconds socket_wait{3'000};     ///< for the WebSocket, before a POST
  std::chrono::milliseconds socket_silence{5'000};  ///< after a POST; then it is replaced
  std::chrono::milliseconds ping_interval{15'000};
  std::chrono::milliseconds reconnect_pause{250};
  std::chrono::milliseconds cancel_wait{10'000};  ///< for a cancelled prompt to end
  std::chrono::milliseconds cancel_repeat{1'000};
  std::chrono::milliseconds status_age{5'000};  ///< status() older than this is looked up again
  std::chrono::milliseconds models_age{30'000};
};

/// Draws with the ComfyUI at `options.url`; it need not be there yet.
///
/// Error: `usage` for a bad address; `storage` when the journal cannot be opened, or is another
/// worker's.
Result<std::shared_ptr<Backend>> make_comfy_backend(ComfyOptions options);

}  // namespace dgxp
