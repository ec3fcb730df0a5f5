#include "core/atlas/compose_pages.hpp"

#include <algorithm>
#include <unordered_map>

namespace dgxp {
namespace {

Rgba cleared(Rgba pixel) {
  return pixel.a == 0 ? kTransparent : pixel;
}

std::uint64_t hash_of(const Image& image) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&hash](std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29U;
  };
  mix(static_cast<std::uint64_t>(image.size.width) << 32U |
      static_cast<std::uint64_t>(image.size.height));
  for (const Rgba& raw : image.pixels) {
    const Rgba pixel = cleared(raw);
    mix(static_cast<std::uint64_t>(pixel.r) << 24U | static_cast<std::uint64_t>(pixel.g) << 16U |
        static_cast<std::uint64_t>(pixel.b) << 8U | pixel.a);
  }
  return hash;
}

bool are_equal(const Image& a, const Image& b) {
  return a.size == b.size && std::ranges::equal(a.pixels, b.pixels, {}, cleared, cleared);
}

}  // namespace

void draw_extruded(Image& page, const Image& image, Point at, int extrude) {
  const Size size = image.size;
  for (int y = -extrude; y < size.height + extrude; ++y) {
    const int from_y = std::clamp(y, 0, size.height - 1);
    for (int x = -extrude; x < size.width + extrude; ++x) {
      const int from_x = std::clamp(x, 0, size.width - 1);
      page.at(at.x + x, at.y + y) = cleared(image.at(from_x, from_y));
    }
  }
}

std::vector<int> find_equal_images(std::span<const Image* const> images) {
  std::vector<int> first_of;
  std::unordered_map<std::uint64_t, std::vector<int>> by_hash;
  for (std::size_t i = 0; i < images.size(); ++i) {
    std::vector<int>& candidates = by_hash[hash_of(*images[i])];
    const auto same = std::ranges::find_if(candidates, [&](int other) {
      return are_equal(*images[static_cast<std::size_t>(other)], *images[i]);
    });
    if (same == candidates.end()) {
      candidates.push_back(static_cast<int>(i));
      first_of.push_back(static_cast<int>(i));
    } else {
      first_of.push_back(*same);
    }
  }
  return first_of;
}

}  // namespace dgxp
