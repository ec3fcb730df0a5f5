#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/build/ports.hpp"
#include "core/store/project_files.hpp"
#include "core/store/project_store.hpp"

namespace dgxp {

/// Store::deliver: stages all that differs, notes it in `.dgxp/delivered`, moves it into place in
/// the order of PublishStep, removes what earlier deliveries made and this one does not, and notes
/// what is left. Killed at any point, the next delivery completes it: the log names every file that
/// may be ours before it appears.
Result<DeliveryReport> deliver_files(const ProjectFiles& files, Sync sync,
                                     std::span<const OutputFile> outputs);

/// The folders in which earlier deliveries put files, sorted.
std::vector<std::string> delivered_folders(const ProjectFiles& files);

}  // namespace dgxp
