#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "watchers/change_source.hpp"

namespace dgxp {

/// Looks at each watched file in turns and tells those whose size, times or inode changed.
std::unique_ptr<ChangeSource> make_polling_source(const std::filesystem::path& project,
                                                  std::chrono::milliseconds interval);

}  // namespace dgxp
