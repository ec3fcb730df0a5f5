#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// How a worker works, as far as somebody said so: on the command line or in a file.
struct WorkerConfig {
  std::optional<std::string> listen;
  std::optional<std::string> publish;
  std::optional<std::string> pub_framing;
  std::optional<std::string> backend;
  std::vector<std::string> urls;
  std::optional<int> slots;
  std::optional<std::string> header_file;
  std::optional<std::string> state;
  std::optional<std::string> key;
  std::optional<std::string> allow;
  std::optional<bool> insecure;
  std::optional<std::string> metrics;
  friend bool operator==(const WorkerConfig&, const WorkerConfig&) = default;
};

/// Error: `manifest`, with file:line:col.
Result<WorkerConfig> parse_worker_config(std::string_view file, ByteView content);

/// What `first` says, and where it says nothing what `second` says.
WorkerConfig merge_worker_configs(WorkerConfig first, const WorkerConfig& second);

}  // namespace dgxp
