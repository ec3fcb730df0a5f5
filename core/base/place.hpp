#pragma once

#include <compare>

namespace dgxp {

/// A place in a text file, both counted from 1 (columns in bytes); 0 means "unknown".
struct Place {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

}  // namespace dgxp
