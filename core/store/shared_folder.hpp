#pragma once

#include <filesystem>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// The file that a peer names, read only when it lies below `folder`: `path` is relative to it, or
/// absolute and begins with its name. No symbolic link is followed.
///
/// Error: `input` for a path that leads out or a file larger than `max_bytes`; `storage` when it
/// cannot be read.
Result<Bytes> read_shared_file(const std::filesystem::path& folder, std::string_view path,
                               std::size_t max_bytes);

}  // namespace dgxp
