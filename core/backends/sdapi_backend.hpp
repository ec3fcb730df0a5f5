#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/backends/http_client.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

struct SdapiOptions {
  std::string url = "http://127.0.0.1:7860";  ///< may have a user (basic auth) and a path in front
  HttpAccess access;
  std::chrono::milliseconds job_time{600'000};
  std::chrono::milliseconds poll{500};
  std::chrono::milliseconds silence{30'000};  ///< a server that answers nothing so long is given up
  std::chrono::milliseconds cancel_wait{10'000};  ///< for an interrupted job to end
  std::chrono::milliseconds request_time{5'000};  ///< of everything but the job itself
  std::chrono::milliseconds status_age{10'000};
};

/// Draws with a server that speaks the web API of A1111 (`--api`), Forge or SD.Next; it need not be
/// there yet. Such a server draws one picture at a time, so there is one slot.
///
/// Error: `usage` for a bad address.
Result<std::shared_ptr<Backend>> make_sdapi_backend(SdapiOptions options);

}  // namespace dgxp
