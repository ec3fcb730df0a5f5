#pragma once

#include <stop_token>
#include <string>

#include "core/base/result.hpp"

namespace dgxp {

/// What a ComfyUI at `url` says about the classes of its nodes: the body of GET /object_info.
/// Error: `usage` for a bad URL, `worker` when there is no answer within a minute.
Result<std::string> read_object_info(const std::string& url, std::stop_token stop);

}  // namespace dgxp
