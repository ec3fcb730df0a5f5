#pragma once

#include "core/spec/project_spec.hpp"

namespace dgxp {

// Whether two versions of a manifest say the same of one thing, wherever in the text it stands.

bool says_same(const MasterSpec& a, const MasterSpec& b);
bool says_same(const SpriteSpec& a, const SpriteSpec& b);
bool says_same(const ChecksSpec& a, const ChecksSpec& b);

}  // namespace dgxp
