#pragma once

#include "core/build/build_memory.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// Makes a memory of builds of `before` one of `today`, which is the same project after its
/// manifest changed. What was made of jobs and sprites of which both say the same is kept.
void follow_project(BuildMemory& memory, const ProjectSpec& before, const ProjectSpec& today);

}  // namespace dgxp
