#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/color.hpp"
#include "core/base/result.hpp"

namespace dgxp {

inline constexpr std::size_t kMostPaletteColors = 256;

/// Colours in an order that matters: a colour's position is what recolouring and palette edits
/// follow. 1..256 colours; transparency is not part of it.
struct Palette {
  std::vector<Rgb> colors;
  /// Position of the first entry equal to `color`.
  std::optional<int> find(Rgb color) const;
  friend bool operator==(const Palette&, const Palette&) = default;
};

}  // namespace dgxp
