#pragma once

#include <vector>

#include "core/spec/sprite_spec.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

/// Warns of each `key` and `holes` under `recover` that no master makes use of, once a place: one
/// that stands in the defaults or a template counts as used when one master uses it.
void check_recover(const std::vector<MasterSpec>& masters, ProblemList& problems);

}  // namespace dgxp
