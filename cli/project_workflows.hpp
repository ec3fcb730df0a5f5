#pragma once

#include "cli/project.hpp"
#include "core/build/check_workflows.hpp"

namespace dgxp {

/// The workflows that the styles of `spec` name: files of the project with their bindings, checked
/// against each other, and built-ins. What is wrong with them is shown.
///
/// Error: `manifest`, or `storage`.
Result<Workflows> load_workflows(const ManifestPlace& files, const ProjectSpec& spec, Store& store,
                                 const Terminal& terminal);

}  // namespace dgxp
