#include "core/image/palette.hpp"

#include <algorithm>

namespace dgxp {

std::optional<int> Palette::find(Rgb color) const {
  const auto found = std::ranges::find(colors, color);
  if (found == colors.end()) return std::nullopt;
  return static_cast<int>(found - colors.begin());
}

}  // namespace dgxp
