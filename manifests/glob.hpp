#pragma once

#include <string_view>

namespace dgxp {

/// True when `text` is `pattern`, in which every '*' stands for any text, '/' included.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace dgxp
