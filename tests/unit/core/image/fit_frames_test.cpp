#include "core/image/fit_frames.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

constexpr Rgba kInk{10, 20, 30, 255};

Image with_box(Size size, Rect box) {
  Image image(size);
  for (int y = box.y; y < box.y + box.height; ++y) {
    for (int x = box.x; x < box.x + box.width; ++x) {
      image.at(x, y) = kInk;
    }
  }
  return image;
}

}  // namespace

TEST_CASE("fit_frames returns a strip of the right size as it is") {
  const Image strip = with_box({16, 8}, {0, 0, 3, 8});
  const auto fitted = fit_frames(strip, {.frame_size = {8, 8}, .frames = 2});
  REQUIRE(fitted);
  CHECK(*fitted == strip);
}

TEST_CASE("fit_frames shifts all frames alike and keeps the feet where they are") {
  Image native = with_box({20, 10}, {3, 3, 3, 6});
  native.at(14, 8) = kInk;  // the second frame's figure: one pixel, at 4 of its slot
  const auto fitted = fit_frames(native, {.frame_size = {8, 8}, .frames = 2});
  REQUIRE(fitted);
  Image expected = with_box({16, 8}, {2, 1, 3, 6});
  expected.at(8 + 3, 6) = kInk;
  CHECK(*fitted == expected);
}

TEST_CASE("fit_frames moves figures of narrow slots alike, so that they do not tremble") {
  Image native = with_box({40, 20}, {4, 4, 10, 12});
  for (int x = 24; x < 38; ++x) native.at(x, 15) = kInk;  // as far left, and wider
  const auto fitted = fit_frames(native, {.frame_size = {32, 32}, .frames = 2});
  REQUIRE(fitted);
  Image expected = with_box({64, 32}, {9, 16, 10, 12});
  for (int x = 0; x < 14; ++x) expected.at(32 + 9 + x, 27) = kInk;
  CHECK(*fitted == expected);
}

TEST_CASE("fit_frames moves a figure that would stick out by the least it needs") {
  const auto fitted =
      fit_frames(with_box({10, 10}, {0, 0, 8, 7}), {.frame_size = {8, 8}, .frames = 1});
  REQUIRE(fitted);
  CHECK(*fitted == with_box({8, 8}, {0, 0, 8, 7}));
}

TEST_CASE("fit_frames cuts the part cells around a picture without background") {
  const auto fitted =
      fit_frames(with_box({10, 9}, {0, 0, 10, 9}), {.frame_size = {8, 8}, .frames = 1});
  REQUIRE(fitted);
  CHECK(*fitted == Image({8, 8}, kInk));
}

TEST_CASE("fit_frames leaves an empty frame empty and names a figure that is too large") {
  const auto empty = fit_frames(Image({9, 9}), {.frame_size = {8, 8}, .frames = 1});
  REQUIRE(empty);
  CHECK(*empty == Image({8, 8}));
  const auto large =
      fit_frames(with_box({30, 15}, {16, 2, 12, 9}), {.frame_size = {8, 10}, .frames = 2});
  REQUIRE_FALSE(large);
  CHECK(large.error().message ==
        "the figure in frame 2 is 12x9 pixels, larger than its frame of 8x10");
}

TEST_CASE("with_color_limit keeps the most used colours and the smaller of equal ones") {
  Image image({4, 2}, opaque({100, 0, 0}));
  image.at(0, 0) = opaque({0, 0, 90});
  image.at(1, 0) = opaque({0, 0, 99});
  image.at(2, 0) = kTransparent;
  const Image limited = with_color_limit(image, 2);
  CHECK(limited.at(0, 0) == opaque({0, 0, 90}));
  CHECK(limited.at(1, 0) == opaque({0, 0, 90}));
  CHECK(limited.at(2, 0) == kTransparent);
  CHECK(limited.at(3, 1) == opaque({100, 0, 0}));
  CHECK(with_color_limit(image, 0) == image);
  CHECK(with_color_limit(image, 3) == image);
}

}  // namespace dgxp
