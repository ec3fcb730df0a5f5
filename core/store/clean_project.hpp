#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "core/base/result.hpp"

namespace dgxp {

struct CleanReport {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

enum class DryRun { no, yes };

/// Removes raw images and caches below `.dgxp/`. What was delivered, and what an interrupted build
/// wrote, stays known there; masters, lock and outputs stay anyway. Waits for another process that
/// works on the project, and calls `on_wait` once before. With DryRun::yes it only counts.
///
/// Error: `storage` with path and reason.
Result<CleanReport> clean_project(const std::filesystem::path& folder, DryRun dry_run,
                                  const std::function<void()>& on_wait = {});

}  // namespace dgxp
