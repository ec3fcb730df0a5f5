#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace dgxp {

// The square of CIEDE2000 from one palette entry is a function of L plus a function of a and b.
// Both are kept here in pieces: tiles of the plane of a and b, and of the line of L, with a
// polynomial of the second degree each.

/// Around the place (a, b) = (0, 0) of a tile: value + a * a_slope + ... + bb * b^2, give or take
/// `rest` times the third power of the larger of |a| and |b|, as far as the tile reaches. Where no
/// polynomial is good, near gray and at opposite hues, the rest is kNoTile.
struct ChromaTile {
  float value;
  float a;
  float b;
  float aa;
  float ab;
  float bb;
  float rest;
  float unused;
};
inline constexpr float kNoTile = 1e30F;

/// Four tiles side by side in a, and the four beside them in b.
struct ChromaBlock {
  static constexpr std::uint32_t kSide = 4;
  std::array<ChromaTile, 2 * kSide> tiles;
};

/// The same for L, give or take `rest` times the third power of its move, which is at most
/// kLightReach.
struct LightTile {
  float value;
  float slope;
  float half_curve;
  float rest;
};
inline constexpr float kLightReach = 6;

/// Tiles of one size: they stand side by side, and reach over their neighbours.
struct ChromaGrid {
  float reach;  ///< in a and b
  float spacing;
  float first_a;
  float first_b;
  std::uint32_t side;  ///< in tiles
};
/// For boxes of an edge of 2 and of 4. Colours of sRGB have a from -87 to 99 and b from -108 to 95.
inline constexpr std::array<ChromaGrid, 2> kChromaGrids{
    {{.reach = 2, .spacing = 2, .first_a = -96, .first_b = -112, .side = 104},
     {.reach = 4, .spacing = 2, .first_a = -96, .first_b = -112, .side = 104}}};

struct OctetEntry;
/// Fills the block of tiles of `grid`, the first of which is around (a, b).
using FillChromaBlock = void (*)(const OctetEntry& entry, float a, float b, const ChromaGrid& grid,
                                 ChromaBlock& block);

/// All tiles of a palette entry, made when they are first asked for. Several threads may ask at
/// once: what each would find is the same.
class ChromaTiles {
 public:
  ChromaTiles(const OctetEntry& entry, FillChromaBlock fill);

  /// Of a place in the plane, which `grid` has one tile around.
  struct Index {
    std::uint32_t block;
    std::uint32_t tile;
  };
  static Index index(const ChromaGrid& grid, std::uint32_t column, std::uint32_t row) {
    return {.block = row / 2 * (grid.side / ChromaBlock::kSide) + column / ChromaBlock::kSide,
            .tile = row % 2 * ChromaBlock::kSide + column % ChromaBlock::kSide};
  }
  const ChromaTile* tile(std::size_t grid, Index index) const {
    const ChromaBlock* known =
        known_.data()[grid].data()[index.block].load(std::memory_order_acquire);
    if (known == nullptr) known = make(grid, index.block);
    return known->tiles.data() + index.tile;
  }
  /// Around each whole L from -2 on.
  static constexpr float kFirstLight = -2;
  const LightTile* light() const { return light_.data(); }

 private:
  const ChromaBlock* make(std::size_t grid, std::size_t block) const;

  const OctetEntry* entry_;
  FillChromaBlock fill_;
  std::array<LightTile, 105> light_;
  mutable std::mutex mutex_;
  mutable std::deque<ChromaBlock> blocks_;
  mutable std::array<std::vector<std::atomic<const ChromaBlock*>>, kChromaGrids.size()> known_;
};

}  // namespace dgxp
