#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/image/image.hpp"

namespace dgxp {

/// Draws `image` at `at` and copies its edge pixels `extrude` pixels outwards, corners too. All of
/// it must lie within the page.
void draw_extruded(Image& page, const Image& image, Point at, int extrude);

/// For each image the position of the first one with the same pixels (itself when it is the
/// first); fully transparent pixels are equal whatever their colour.
/// `hashes` are hash_pixels of each.
std::vector<int> find_equal_images(std::span<const Image* const> images,
                                   std::span<const std::uint64_t> hashes);

/// Equal pictures have an equal hash; those whose hashes differ are not equal.
std::uint64_t hash_pixels(const Image& image);

}  // namespace dgxp
