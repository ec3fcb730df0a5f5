#pragma once

#include <string>

#include "core/image/png_codec.hpp"
#include "tests/e2e/small_project.hpp"

namespace dgxp {

/// A picture of a project.
inline Image png_at(const TempProject& project, const std::string& path) {
  const std::string bytes = project.get(path);
  auto image = decode_png(as_bytes(bytes));
  REQUIRE_MESSAGE(image, path);
  return *image;
}

/// Adds `wand`, a drawn sword with one speck in a corner, to a small project.
inline void draw_speck(const SmallProject& project) {
  Image drawn({16, 16});
  for (int y = 3; y < 13; ++y)
    for (int x = 5; x < 9; ++x) drawn.at(x, y) = {0x5f, 0x6f, 0x7c, 255};
  drawn.at(15, 0) = {0xf3, 0xef, 0xe0, 255};
  project.put("drawn/wand.png", std::string(as_text(encode_png(drawn))));
  project.replace_in("assets.yaml",
                     "  item/{name}:", "  wand: { source: drawn/wand.png }\n  item/{name}:");
}

}  // namespace dgxp
