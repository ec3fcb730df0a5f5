#pragma once

#include <stop_token>
#include <string>

#include "cli/run_main.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// What a ComfyUI at `url` says about itself.
/// Error: `usage` for a bad URL, `worker` when there is no answer within a minute.
Result<ComfyAnswer> ask_comfy(const std::string& url, std::stop_token stop);

}  // namespace dgxp
