#pragma once

#include <string_view>

namespace dgxp {

/// Whether the release "0.3.45" of a ComfyUI came before `least`. What is no number counts as 0.
bool is_older_release(std::string_view release, std::string_view least);

}  // namespace dgxp
