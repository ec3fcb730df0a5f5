#pragma once

// What is said to stable-diffusion.cpp's sd-server, and what it says, as values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// An answer of GET /sdcpp/v1/capabilities, as far as jobs need it.
struct SdcppServer {
  std::string model;               ///< stem of the one that is loaded
  std::vector<std::string> loras;  ///< paths, as a job must name them
  std::uint32_t max_width = 0;     ///< 0: not said
  std::uint32_t max_height = 0;
};
std::optional<SdcppServer> read_sdcpp_server(std::string_view body);

/// The body of POST /sdcpp/v1/img_gen; the first reference becomes the initial picture.
///
/// Error: `worker` when the server has another model, no such LoRA, or draws no such size.
Result<std::string> make_sdcpp_request(const BackendJob& job, const SdcppServer& server);

/// A job there.
struct SdcppJob {
  std::string id;
  std::string status;  ///< "queued", "generating", "completed", "failed" or "cancelled"
  std::uint32_t queue_position = 0;
  std::string error;
  std::string picture;  ///< base64 of the first, when it is completed
};
std::optional<SdcppJob> read_sdcpp_job(std::string_view body);

}  // namespace dgxp
