#pragma once

#include <filesystem>
#include <memory>

#include "core/base/result.hpp"
#include "watchers/change_source.hpp"

namespace dgxp {

/// Watches folders, never files: an editor that saves by renaming puts another file in place.
/// Bounded: one watch a folder that holds a watched file, or lies above one.
///
/// Error: `storage`, saying which limit of the kernel is reached and how to raise it.
Result<std::unique_ptr<ChangeSource>> open_inotify_source(const std::filesystem::path& project);

}  // namespace dgxp
