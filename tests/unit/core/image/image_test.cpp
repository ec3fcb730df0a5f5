#include "core/image/image.hpp"

#include <doctest/doctest.h>

#include "core/image/palette.hpp"

using namespace dgxp;

namespace {

Rgba gray(int value) {
  const auto v = static_cast<std::uint8_t>(value);
  return {v, v, v, 255};
}

/// Pixels 0, 1, 2 ... in reading order.
Image counting(Size size) {
  Image image(size);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = gray(static_cast<int>(i));
  return image;
}

std::vector<int> values(const Image& image) {
  std::vector<int> result;
  for (const Rgba& pixel : image.pixels) result.push_back(pixel.r);
  return result;
}

}  // namespace

TEST_CASE("crop returns the pixels inside the rectangle") {
  const Image part = crop(counting({4, 3}), {1, 1, 2, 2});
  CHECK(part.size == Size{2, 2});
  CHECK(values(part) == std::vector<int>{5, 6, 9, 10});
}

TEST_CASE("paste leaves out what lies outside the target and copies alpha") {
  Image target({3, 2}, gray(9));
  Image source({2, 2});
  source.at(1, 1) = gray(1);
  paste(target, source, {-1, 0});
  CHECK(target.at(0, 0) == kTransparent);
  CHECK(target.at(0, 1) == gray(1));
  CHECK(target.at(1, 0) == gray(9));
  paste(target, source, {2, 1});
  CHECK(target.at(2, 1) == kTransparent);
}

TEST_CASE("mirror_frames flips each frame and keeps their order") {
  CHECK(values(mirror_frames(counting({4, 2}), 2)) == std::vector<int>{1, 0, 3, 2, 5, 4, 7, 6});
}

TEST_CASE("equal looks have equal digests whatever stands under transparency") {
  Image clean({2, 1});
  clean.at(0, 0) = gray(7);
  Image dirty = clean;
  dirty.at(1, 0) = {200, 1, 2, 0};
  CHECK(pixel_digest(clean) == pixel_digest(dirty));
  CHECK(with_cleared_transparency(dirty) == clean);
}

TEST_CASE("pixel_digest is the documented hash") {
  Image image({1, 2});
  image.at(0, 0) = {1, 2, 3, 255};
  image.at(0, 1) = {9, 9, 9, 0};
  const Bytes expected{1, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3, 255, 0, 0, 0, 0};
  CHECK(pixel_digest(image) == sha256(ByteView(expected)));
  Image turned({2, 1});
  turned.pixels = image.pixels;
  CHECK(pixel_digest(turned) != pixel_digest(image));
}

TEST_CASE("Palette finds the first of equal entries") {
  const Palette palette{{{1, 1, 1}, {2, 2, 2}, {2, 2, 2}}};
  CHECK(palette.find({2, 2, 2}) == 1);
  CHECK(palette.find({3, 2, 2}) == std::nullopt);
}
