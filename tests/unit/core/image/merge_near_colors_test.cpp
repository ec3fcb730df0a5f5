#include "core/image/merge_near_colors.hpp"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace dgxp {
namespace {

Image row_of(const std::vector<Rgba>& pixels) {
  Image image({static_cast<int>(pixels.size()), 1});
  image.pixels = pixels;
  return image;
}

}  // namespace

TEST_CASE("merge_near_colors gives rare colours to the common one beside them") {
  const Rgba common{100, 50, 20, 255};
  const Rgba other{104, 50, 20, 255};
  const Image image = row_of({common, common, other, {98, 52, 20, 255}, {102, 48, 19, 254}});
  CHECK(merge_near_colors(image, 3) == row_of({common, common, other, common, common}));
}

TEST_CASE("merge_near_colors prefers the nearest of the known colours") {
  const std::vector<Rgb> known{{99, 50, 20}, {102, 50, 20}};
  const Rgba used{101, 50, 20, 255};
  CHECK(merge_near_colors(row_of({used, used, {97, 50, 20, 255}, {90, 50, 20, 255}}), 3, known) ==
        row_of({{102, 50, 20, 255}, {102, 50, 20, 255}, {99, 50, 20, 255}, {90, 50, 20, 255}}));
}

TEST_CASE("merge_near_colors lets colours come farther from where channels end") {
  const Rgba white{255, 255, 255, 255};
  const Rgba black{0, 0, 0, 255};
  const Rgba gray{230, 230, 230, 255};
  CHECK(merge_near_colors(
            row_of({white, white, black, black, {241, 250, 255, 255}, {9, 0, 12, 255}, gray}), 3) ==
        row_of({white, white, black, black, white, black, gray}));
}

TEST_CASE("merge_near_colors leaves a picture of very many colours alone") {
  Image image({400, 1});
  for (int x = 0; x < 400; ++x) {
    image.at(x, 0) = opaque(
        {static_cast<std::uint8_t>(x % 20 * 12), static_cast<std::uint8_t>(x / 20 * 12), 60});
  }
  image.at(1, 0) = opaque({1, 1, 60});
  CHECK(merge_near_colors(image, 3) == image);
  CHECK(merge_near_colors(Image{}, 3) == Image{});
}

}  // namespace dgxp
