#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// `.dgxp/config.yaml` of a project and `$XDG_CONFIG_HOME/dgxp/config.yaml` of a user.
struct UserConfig {
  std::optional<std::string> worker;  ///< "embedded" or an endpoint
  std::optional<std::string> worker_folder;
};

/// Error: `manifest`, with file:line:col.
Result<UserConfig> parse_user_config(std::string_view file, ByteView content);

}  // namespace dgxp
