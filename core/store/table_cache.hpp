#pragma once

#include <filesystem>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/result.hpp"

namespace dgxp {

// Tables that took long to make, one file for each key in `.dgxp/tables/`. A cache: whatever is
// wrong with it means that there is no table, and deleting it costs only time. What a file holds
// is for the reader to check.

/// The project that `folder` lies in: the nearest folder above (or itself) that has a `.dgxp/`.
/// Nothing when there is none: then nothing is to be written.
std::optional<std::filesystem::path> find_project_folder(const std::filesystem::path& folder);

std::optional<Bytes> find_table(const std::filesystem::path& project, const Digest& key);

/// Replaces the file at once, so that no reader sees a half. Where there are `kMostTables` others
/// they go first. Error: `storage`; no reason to fail.
Result<Done> keep_table(const std::filesystem::path& project, const Digest& key, ByteView content);

inline constexpr std::size_t kMostTables = 16;

}  // namespace dgxp
