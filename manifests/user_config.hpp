#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// What stands under `worker:`.
struct WorkerEntry {
  std::string address;     ///< "embedded" or an endpoint
  std::string updates;     ///< where its updates go out, when that is not the neighbour
  std::string server_key;  ///< the worker's public key
  std::string key;         ///< the file of the secret key that opens it
  friend bool operator==(const WorkerEntry&, const WorkerEntry&) = default;
};

/// `.dgxp/config.yaml` of a project and `$XDG_CONFIG_HOME/dgxp/config.yaml` of a user.
struct UserConfig {
  std::optional<WorkerEntry> worker;
  std::optional<std::string> worker_folder;
};

/// Error: `manifest`, with file:line:col.
Result<UserConfig> parse_user_config(std::string_view file, ByteView content);

}  // namespace dgxp
