#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/atlas/pack_atlas.hpp"

namespace dgxp::test {

/// Small, portable, and the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U + 1) {}
  int upto(int count) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<int>((state_ >> 33U) % static_cast<std::uint64_t>(count));
  }

 private:
  std::uint64_t state_;
};

struct Picture {
  std::string name;
  Image image;
  std::string group = {};
};

inline std::vector<AtlasInput> inputs_of(const std::vector<Picture>& pictures) {
  std::vector<AtlasInput> inputs;
  for (const Picture& picture : pictures)
    inputs.push_back({.name = picture.name, .image = &picture.image, .group = picture.group});
  return inputs;
}

inline Image noise(Size size, Random& random) {
  Image image(size);
  for (Rgba& pixel : image.pixels) {
    const auto channel = [&] { return static_cast<std::uint8_t>(random.upto(256)); };
    pixel = random.upto(4) == 0 ? kTransparent : Rgba{channel(), channel(), channel(), 255};
  }
  return image;
}

inline std::vector<Picture> random_pictures(int count, int most, Random& random) {
  std::vector<Picture> pictures;
  for (int i = 0; i < count; ++i) {
    Picture picture{.name = fmt::format("p{}", i), .image = {}, .group = {}};
    if (!pictures.empty() && random.upto(6) == 0) {
      picture.image = pictures[static_cast<std::size_t>(random.upto(i))].image;
    } else {
      picture.image = noise({1 + random.upto(most), 1 + random.upto(most)}, random);
    }
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

inline void shuffle(std::vector<Picture>& pictures, Random& random) {
  for (std::size_t i = pictures.size(); i > 1; --i)
    std::swap(pictures[i - 1],
              pictures[static_cast<std::size_t>(random.upto(static_cast<int>(i)))]);
}

inline Rect grown(Rect rect, int by) {
  return {rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by};
}

inline bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/// "" or what is wrong with the frame's pixels and the copied edge around them.
inline std::string check_pixels(const PlacedFrame& frame, const Image& image, const Image& page,
                                int extrude) {
  for (int y = -extrude; y < image.size.height + extrude; ++y) {
    for (int x = -extrude; x < image.size.width + extrude; ++x) {
      if (!page.contains(frame.rect.x + x, frame.rect.y + y))
        return fmt::format("{}: ({}, {}) is outside of the page", frame.name, x, y);
      const Rgba wanted =
          image.at(std::clamp(x, 0, image.size.width - 1), std::clamp(y, 0, image.size.height - 1));
      if (page.at(frame.rect.x + x, frame.rect.y + y) != wanted)
        return fmt::format("{}: wrong pixel at ({}, {})", frame.name, x, y);
    }
  }
  return "";
}

/// "" or the first broken promise of an atlas.
inline std::string check_atlas(const Atlas& atlas, const std::vector<Picture>& pictures,
                               const AtlasSpec& spec) {
  if (atlas.frames.size() != pictures.size()) return "not as many frames as pictures";
  std::vector<std::set<Rect>> rects(atlas.pages.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const PlacedFrame& frame = atlas.frames[i];
    if (frame.name != pictures[i].name) return "frames are not in the order of the inputs";
    const auto page = static_cast<std::size_t>(frame.page);
    if (page >= atlas.pages.size()) return frame.name + ": no such page";
    if (frame.rect.size() != pictures[i].image.size) return frame.name + ": wrong size";
    auto problem = check_pixels(frame, pictures[i].image, atlas.pages[page], spec.extrude);
    if (!problem.empty()) return problem;
    rects[page].insert(frame.rect);
  }
  for (std::size_t page = 0; page < rects.size(); ++page) {
    const Size size = atlas.pages[page].size;
    if (size.width > spec.max_size || size.height > spec.max_size) return "page too large";
    for (auto a = rects[page].begin(); a != rects[page].end(); ++a) {
      Rect room = grown(*a, spec.extrude);
      room.width += spec.padding;
      room.height += spec.padding;
      for (auto b = std::next(a); b != rects[page].end(); ++b) {
        Rect other = grown(*b, spec.extrude);
        other.width += spec.padding;
        other.height += spec.padding;
        if (overlap(room, other)) return "two frames overlap";
      }
    }
  }
  return "";
}

inline AtlasSpec random_spec(Random& random) {
  return {.name = "a",
          .place = {},
          .sprites = {},
          .layout = AtlasLayout::packed,
          .cell = {},
          .max_size = 64 + random.upto(200),
          .padding = random.upto(4),
          .extrude = random.upto(3),
          .power_of_two = random.upto(3) == 0};
}

}  // namespace dgxp::test
