#pragma once

#include <array>
#include <cstdint>

#include "core/base/color.hpp"
#include "core/image/candidate_lists.hpp"
#include "core/image/cell_points.hpp"
#include "core/image/chroma_tiles.hpp"
#include "core/image/split_colors.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// A palette entry in OKLab (for oklab) or CIELAB (for hyab and ciede2000).
struct OctetEntry {
  float l = 0;
  float a = 0;
  float b = 0;
  float chroma = 0;                    ///< of CIELAB alone
  std::uint8_t position = 0;           ///< where it stands in the palette, for `solve_near`
  const ChromaTiles* tiles = nullptr;  ///< for `keep_near` and `solve_near`
};
OctetEntry octet_entry(Rgb color, ColorMetric metric);

/// The nearest entries of the colours of a cell, as far as tiles can tell.
struct TileAnswer {
  std::array<std::uint8_t, kCellColors> positions;
  /// A bit for each colour of which that is not sure: that of the eighth of the cell it is in, plus
  /// 8 times the eighth of that.
  std::uint64_t open = 0;
  /// Bit i of eighths[k] is set where from[k] may be the nearest of an open colour of the i-th
  /// eighth.
  std::array<std::uint8_t, 256> eighths;
};

/// Distances of palette entries from eight places at once. `entries` are those of the palette,
/// `from` says which of them compete. The i-th place has the upper half of red where i & 4, of
/// green where i & 2, of blue where i & 1.
struct ColorOctets {
  /// The eighths of `box` (of edge 4 or more). Bit i of `eighths[k]` is left out when the entry
  /// from[k] is nowhere in the i-th one the nearest. Not always where that is so: this may differ
  /// between levels.
  void (*keep)(const ColorBox& box, const OctetEntry* entries, Candidates from,
               std::uint8_t* eighths);
  /// The colours of the box of edge 2 at `low`: who is nearest to each, in single floats. Bits of
  /// the colours of which that is not sure come back; they too may differ between levels.
  unsigned (*decide)(Rgb low, const OctetEntry* entries, Candidates from, std::uint8_t* winners);

  // By the entries' tiles, in less time; none but for ciede2000. They return false where there are
  // no tiles for what is asked.
  /// As `keep`, for a box of edge 8.
  bool (*keep_near)(const ColorBox& box, const OctetEntry* entries, Candidates from,
                    std::uint8_t* eighths) = nullptr;
  /// The cell at `low`.
  bool (*solve_near)(Rgb low, const OctetEntry* entries, Candidates from,
                     TileAnswer& answer) = nullptr;
  FillChromaBlock fill = nullptr;
};

/// For oklab, hyab and ciede2000.
const ColorOctets& color_octets(ColorMetric metric, SimdLevel level);

#if defined(__x86_64__)
const ColorOctets& color_octets_avx2(ColorMetric metric);
const ColorOctets& color_octets_avx512(ColorMetric metric);
#endif

}  // namespace dgxp
