#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/image/sample_cells.hpp"

namespace dgxp {

/// The colour that prevails along the border of the picture.
struct BorderColor {
  Rgb color;
  float share = 0;  ///< of the border cells that have it, 0..1
};
BorderColor find_border_color(const CellSamples& cells);

/// The mean colour of all cells near `key`: what the picture shows where `key` was asked for. `key`
/// itself when no cell is near.
Rgb observed_key(const CellSamples& cells, Rgb key);

/// The cells of `candidates` (1 = may be background) that are 4-connected with the border.
std::vector<std::uint8_t> flood_from_border(Size size, std::span<const std::uint8_t> candidates);

/// The enclosed areas (4-connected) of `candidates` that are not `reached` by the flood and yet as
/// surely the ground's colour as what is: as near to it, and as sure of their choice of colour.
/// `confidence` is that of each cell, 0..1. None when the flood reached nothing.
std::vector<std::uint8_t> find_holes(const CellSamples& cells,
                                     std::span<const std::uint8_t> candidates,
                                     std::span<const std::uint8_t> reached,
                                     std::span<const float> confidence);

/// `opaque` without its figures (8-connected) of fewer than `least` cells that are all `doubtful`.
std::vector<std::uint8_t> despeckled(Size size, std::vector<std::uint8_t> opaque,
                                     std::span<const std::uint8_t> doubtful, int least);

}  // namespace dgxp
