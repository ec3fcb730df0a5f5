#pragma once

#include <vector>

#include "core/image/deflate_parse.hpp"

namespace dgxp {

/// What encode_png found in a picture, for the next one that is mostly like it: the same bytes come
/// sooner. About five bytes a pixel; nothing of pictures with more than kMostBytes of rows.
struct PngMemory {
  static constexpr std::size_t kMostBytes = std::size_t{32} << 20U;
  std::vector<ParsedData> parses;  ///< of each form that was tried
};

}  // namespace dgxp
