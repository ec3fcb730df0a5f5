#pragma once

#include <optional>
#include <string>

#include "core/base/geometry.hpp"

namespace dgxp {

/// Something in a finished picture that looks unintended.
struct Flaw {
  int frame = 0;            ///< of its row
  std::optional<Point> at;  ///< in pixels of that frame
  std::string message;      ///< without sprite and frame: "2 pixels stand apart from the figure"
  friend bool operator==(const Flaw&, const Flaw&) = default;
};

}  // namespace dgxp
