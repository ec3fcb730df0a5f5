#pragma once

#include <cstdint>

#include "core/image/candidate_lists.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// A palette entry in CIELAB.
struct LabEntry {
  float l = 0;
  float a = 0;
  float b = 0;
  float chroma = 0;
};

/// CIEDE2000 of palette entries from eight places at once. `entries` are those of the palette,
/// `from` says which of them compete. The i-th place has the upper half of red where i & 4, of
/// green where i & 2, of blue where i & 1.
struct Ciede2000Octets {
  /// The eighths of `box` (of edge 4 or more). Bit i of `eighths[k]` is left out when the entry
  /// from[k] is nowhere in the i-th one the nearest.
  void (*keep)(const ColorBox& box, const LabEntry* entries, Candidates from,
               std::uint8_t* eighths);
  /// The colours of the box of edge 2 at `low`: who is nearest to each, in single floats. Bits of
  /// the colours of which that is not sure come back.
  unsigned (*decide)(Rgb low, const LabEntry* entries, Candidates from, std::uint8_t* winners);
};

const Ciede2000Octets& ciede2000_octets(SimdLevel level);

#if defined(__x86_64__)
extern const Ciede2000Octets kCiede2000Avx2;
#endif

}  // namespace dgxp
