#pragma once

#include <string_view>

#include "manifests/fields.hpp"

namespace dgxp {

/// What people write into a manifest that must not be there: manifests arrive in pull requests.
bool is_about_workers(std::string_view name);

/// True when an unquoted colour made the rest of this line a comment.
bool is_bare_color_comment(std::string_view line);

/// The thing that has a field of this name, for one that stands elsewhere; empty when there is
/// none.
std::string_view find_other_home(std::string_view field);

}  // namespace dgxp
