#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/build/ports.hpp"
#include "core/store/project_files.hpp"
#include "core/store/project_store.hpp"

namespace dgxp {

/// The delivery log of a manifest: several manifests in one folder do not remove each other's
/// files.
std::string delivery_log(std::string_view manifest);

/// Store::deliver: stages all that differs, notes it in `.dgxp/<log>`, moves it into place in
/// the order of PublishStep, removes what earlier deliveries made and this one does not, and notes
/// what is left. Killed at any point, the next delivery completes it: the log names every file that
/// may be ours before it appears.
Result<DeliveryReport> deliver_files(const ProjectFiles& files, Sync sync, const std::string& log,
                                     std::span<const OutputFile> outputs);

/// The folders in which earlier deliveries put files, sorted.
std::vector<std::string> delivered_folders(const ProjectFiles& files, const std::string& log);

}  // namespace dgxp
