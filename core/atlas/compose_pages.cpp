#include "core/atlas/compose_pages.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

Rgba cleared(Rgba pixel) {
  return pixel.a == 0 ? kTransparent : pixel;
}

bool are_equal(const Image& a, const Image& b) {
  if (a.size != b.size) return false;
  // Mostly they are byte for byte.
  return std::memcmp(a.pixels.data(), b.pixels.data(), a.pixels.size() * sizeof(Rgba)) == 0 ||
         std::ranges::equal(a.pixels, b.pixels, {}, cleared, cleared);
}

}  // namespace

std::uint64_t hash_pixels(const Image& image) {
  // Four sums that do not wait for each other, each over every fourth pixel.
  constexpr std::size_t kLanes = 4;
  constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15U;
  std::array<std::uint64_t, kLanes> lanes{1, 2, 3, 4};
  const auto mix = [&lanes](std::size_t lane, std::uint32_t word) {
    const std::uint64_t hash = (lanes[lane] ^ (word >> 24U == 0 ? 0U : word)) * kFactor;
    lanes[lane] = hash ^ hash >> 29U;
  };
  const Rgba* const pixels = image.pixels.data();
  const std::size_t size = image.pixels.size();
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) mix(lane, to_word(pixels[i + lane]));
  for (; i < size; ++i) mix(0, to_word(pixels[i]));
  std::uint64_t hash = static_cast<std::uint64_t>(image.size.width);
  for (const std::uint64_t lane : lanes) hash = (hash ^ lane) * kFactor;
  return hash;
}

void draw_extruded(Image& page, const Image& image, Point at, int extrude) {
  const Size size = image.size;
  for (int y = -extrude; y < size.height + extrude; ++y) {
    const Rgba* const from = &image.at(0, std::clamp(y, 0, size.height - 1));
    // Both ends are looked at, the rest lies between them.
    Rgba* const to = &page.at(at.x, at.y + y);
    Rgba* const begin = &page.at(at.x - extrude, at.y + y);
    const Rgba* const last = &page.at(at.x + size.width - 1 + extrude, at.y + y);
    for (int x = 0; x < size.width; ++x) to[x] = cleared(from[x]);
    for (Rgba* left = begin; left < to; ++left) *left = to[0];
    for (Rgba* right = to + size.width; right <= last; ++right) *right = to[size.width - 1];
  }
}

std::vector<int> find_equal_images(std::span<const Image* const> images,
                                   std::span<const std::uint64_t> hashes) {
  std::vector<int> first_of;
  std::unordered_map<std::uint64_t, std::vector<int>> by_hash;
  for (std::size_t i = 0; i < images.size(); ++i) {
    std::vector<int>& candidates = by_hash[hashes[i]];
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
