#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/result.hpp"

namespace dgxp {

struct CleanReport {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

enum class DryRun { no, yes };

/// Removes `.dgxp/` but for its lock and its configuration: raw images, caches and logs. Masters,
/// lock and outputs stay. With DryRun::yes it only counts.
///
/// Error: `storage` with path and reason.
Result<CleanReport> clean_project(const std::filesystem::path& folder, DryRun dry_run);

}  // namespace dgxp
