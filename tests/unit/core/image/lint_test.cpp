#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/image/lint_motion.hpp"
#include "core/image/lint_pixels.hpp"
#include "core/image/png_codec.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

Image example(const std::string& path) {
  std::ifstream file(DGXP_SOURCE_DIR "/examples/bevy_project/art/" + path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  auto image = decode_png(bytes);
  REQUIRE(image);
  return *image;
}

/// The frames of a strip of square frames.
std::vector<Image> frames_of(const Image& strip) {
  std::vector<Image> frames;
  const int side = strip.size.height;
  for (int x = 0; x + side <= strip.size.width; x += side)
    frames.push_back(crop(strip, {x, 0, side, side}));
  return frames;
}

Image enlarged(const Image& image, int times) {
  Image large({image.size.width * times, image.size.height * times});
  for (int y = 0; y < large.size.height; ++y)
    for (int x = 0; x < large.size.width; ++x) large.at(x, y) = image.at(x / times, y / times);
  return large;
}

/// A disc of `fill` with an outline.
Image disc(Rgb fill, Rgb outline) {
  Image image({24, 24});
  for (int y = 0; y < 24; ++y)
    for (int x = 0; x < 24; ++x) {
      const int from_centre = (2 * x - 23) * (2 * x - 23) + (2 * y - 23) * (2 * y - 23);
      if (from_centre < 400) image.at(x, y) = opaque(outline);
      if (from_centre < 300) image.at(x, y) = opaque(fill);
    }
  return image;
}

constexpr Rgb kInk{20, 16, 30};
constexpr Rgb kRed{180, 60, 50};

std::string text_of(const std::optional<Flaw>& flaw) {
  if (!flaw) return "";
  std::string text = flaw->message;
  if (flaw->at) text += " @" + std::to_string(flaw->at->x) + "," + std::to_string(flaw->at->y);
  return text;
}

Image moved(const Image& image, int dx, int dy) {
  Image result(image.size);
  paste(result, image, {dx, dy});
  return result;
}

}  // namespace

TEST_CASE("no rule for single frames objects to the example's masters") {
  for (const char* path :
       {"item/sword.png", "item/potion.png", "item/shield.png", "item/bread.png"}) {
    const Image image = example(path);
    CHECK(text_of(find_mixed_pixels(image)) == "");
    CHECK(text_of(find_stray_pixels(image)) == "");
    CHECK(text_of(find_outline_gaps(image)) == "");
    CHECK(text_of(find_empty_canvas(image)) == "");
    CHECK(text_of(find_full_canvas(image)) == "");
    CHECK(text_of(find_soft_alpha(image)) == "");
  }
}

TEST_CASE("a sprite that was enlarged shows larger pixels") {
  for (const char* path : {"item/sword.png", "item/potion.png", "item/shield.png"}) {
    const Image image = example(path);
    CHECK(text_of(find_mixed_pixels(enlarged(image, 2))) == "all its pixels are 2x2 large");
    CHECK(text_of(find_mixed_pixels(enlarged(image, 3))) == "all its pixels are 3x3 large");
  }
}

TEST_CASE("an enlarged part beside fine pixels is named with its place") {
  Random random(1);
  const Palette palette = random.palette(6);
  Image image = random.image({32, 32}, palette, 100000);
  CHECK(text_of(find_mixed_pixels(image)) == "");
  paste(image, enlarged(random.image({7, 7}, palette, 100000), 2), {16, 12});
  CHECK(text_of(find_mixed_pixels(image)) == "its pixels are 2x2 large here @16,12");
}

TEST_CASE("a speck beside the figure is a stray, and a swarm of sparks is not") {
  Image image = disc(kRed, kInk);
  CHECK(text_of(find_stray_pixels(image)) == "");
  image.at(22, 1) = opaque(kRed);
  CHECK(text_of(find_stray_pixels(image)) == "a pixel stands apart from the figure @22,1");
  image.at(1, 22) = opaque(kRed);
  CHECK(text_of(find_stray_pixels(image)) == "2 pixels stand apart from the figure @22,1");
  image.at(0, 0) = image.at(23, 23) = opaque(kRed);
  CHECK(text_of(find_stray_pixels(image)) == "");
}

TEST_CASE("a hole in an outline is found where the inside shows through") {
  Image image = disc(kRed, kInk);
  CHECK(text_of(find_outline_gaps(image)) == "");
  int x = 0;
  while (image.at(x, 12).a == 0) ++x;
  for (int i = x; image.at(i, 12).rgb() == kInk; ++i) image.at(i, 12) = opaque(kRed);
  CHECK(text_of(find_outline_gaps(image)) ==
        "its outline #14101e has a gap @" + std::to_string(x) + ",12");
  image.at(x, 12) = opaque({250, 250, 90});  // a colour of its own is meant
  CHECK(text_of(find_outline_gaps(image)) == "");
}

TEST_CASE("pixels that are neither opaque nor transparent are counted") {
  Image image = disc(kRed, kInk);
  CHECK(text_of(find_soft_alpha(image)) == "");
  image.at(12, 5).a = 254;
  CHECK(text_of(find_soft_alpha(image)) == "a pixel has an alpha of 254, not 0 or 255 @12,5");
  image.at(11, 6).a = 1;
  CHECK(text_of(find_soft_alpha(image)) == "2 pixels have an alpha between 0 and 255 @12,5");
}

TEST_CASE("empty and full frames are told from figures") {
  CHECK(text_of(find_empty_canvas(Image({8, 8}))) == "shows nothing");
  CHECK(text_of(find_full_canvas(Image({8, 8}, opaque(kRed)))) ==
        "fills its frame: its background is still there");
}

TEST_CASE("a tile whose edges do not meet has a seam") {
  Image tile({16, 16});
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x)
      tile.at(x, y) = opaque({static_cast<std::uint8_t>(x < 8 ? 20 * x : 20 * (15 - x)), 80, 60});
  CHECK(text_of(find_tile_seam(tile)) == "");
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x)
      tile.at(x, y) = opaque({static_cast<std::uint8_t>(12 * x), 80, 60});
  CHECK(text_of(find_tile_seam(tile)) == "has a seam between its right and its left edge @15,0");
}

TEST_CASE("the example's animations stand, do not flicker and come back") {
  for (const char* path : {"hero/walk-south.png", "hero/idle-east.png", "enemy/slime/idle.png"}) {
    const auto frames = frames_of(example(path));
    CHECK(text_of(find_flicker(frames, true)) == "");
    CHECK(text_of(find_loop_seam(frames)) == "");
    CHECK(measure_drift(frames).baseline <= 3);
  }
}

TEST_CASE("drift is measured in pixels from the lowest row and the middle of the figure") {
  const Image figure = disc(kRed, kInk);
  const std::vector<Image> frames{figure, figure, moved(figure, 0, 2), moved(figure, -2, 0),
                                  Image({24, 24})};
  const MotionDrift drift = measure_drift(frames);
  CHECK(drift.baseline == 2);
  CHECK(drift.baseline_frame == 2);
  CHECK(drift.centre == 2);
  CHECK(drift.centre_frame == 3);
  CHECK(measure_drift(std::vector<Image>{Image({4, 4})}).baseline == 0);
}

TEST_CASE("a shade that changes for one frame flickers, a blink of another colour does not") {
  const Image figure = disc(kRed, kInk);
  Image shaded = figure;
  for (int y = 8; y < 12; ++y)
    for (int x = 8; x < 14; ++x) shaded.at(x, y) = opaque({170, 70, 55});
  CHECK(text_of(find_flicker(std::vector<Image>{figure, shaded, figure}, false)) ==
        "24 pixels change their shade for this frame alone @8,8");
  CHECK(text_of(find_flicker(std::vector<Image>{figure, shaded, shaded}, false)) == "");
  Image blinking = figure;
  for (int x = 8; x < 14; ++x) blinking.at(x, 9) = opaque({250, 250, 250});
  // At either end only a loop shows it.
  for (const auto& frames : {std::vector<Image>{shaded, figure, figure, figure},
                             std::vector<Image>{figure, figure, figure, shaded}}) {
    CHECK(text_of(find_flicker(frames, false)) == "");
    CHECK(text_of(find_flicker(frames, true)) != "");
  }
  CHECK(text_of(find_flicker(std::vector<Image>{figure, shaded}, true)) == "");
  CHECK(text_of(find_flicker(std::vector<Image>{figure, blinking, figure}, false)) == "");
}

TEST_CASE("a loop that jumps back has a seam, one that returns has none") {
  const Image figure = disc(kRed, kInk);
  std::vector<Image> loop;
  for (const int dx : {-2, -1, 0, 1, 2}) loop.push_back(moved(figure, dx, 0));
  CHECK(text_of(find_loop_seam(loop)).find("the step back to the first frame changes") == 0);
  for (const int dx : {1, 0, -1}) loop.push_back(moved(figure, dx, 0));
  CHECK(text_of(find_loop_seam(loop)) == "");
}

TEST_CASE("aligned frames stand on the baseline of most of them, and lose nothing") {
  const Image figure = disc(kRed, kInk);
  const std::vector<Image> frames{figure, moved(figure, 0, 1), figure, moved(figure, 0, -2)};
  for (const Image& frame : aligned_to_baseline(frames)) CHECK(frame == figure);
  Image tall({4, 4}, opaque(kRed));
  Image low({4, 4});
  low.at(1, 2) = opaque(kRed);
  const auto aligned = aligned_to_baseline({low, low, tall});
  CHECK(aligned[0] == low);
  CHECK(aligned[2] == tall);  // moving it up would cut it
}
