#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/backends/http_client.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

struct SdcppOptions {
  std::string url = "http://127.0.0.1:1234";
  HttpAccess access;
  int slots = 2;         ///< jobs on the server at once: one runs, one waits
  std::chrono::milliseconds job_time{1'800'000};  ///< it may well draw on a CPU
  std::chrono::milliseconds first_poll{50};       ///< doubled with each poll, up to `poll`
  std::chrono::milliseconds poll{1'000};
  std::chrono::milliseconds silence{30'000};      ///< a server that is away so long is given up
  std::chrono::milliseconds cancel_wait{10'000};  ///< for a cancelled job to end
  std::chrono::milliseconds request_time{10'000};
  std::chrono::milliseconds status_age{10'000};
};

/// Draws with stable-diffusion.cpp's sd-server; it need not be there yet.
///
/// Error: `usage` for a bad address.
Result<std::shared_ptr<Backend>> make_sdcpp_backend(SdcppOptions options);

}  // namespace dgxp
