#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"
#include "core/image/png_rows.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// The least alpha of a pixel that stays, where nobody says another.
inline constexpr int kHalfAlpha = 128;

/// Maps colours to the nearest palette entry exactly (ties: the lowest position). Build it once for
/// a palette and use it for many pictures; safe to use from several threads.
class PaletteMapper {
 public:
  /// `palette` has 1..256 colours. `ColorMetric::recover` maps like `rgb` here.
  PaletteMapper(const Palette& palette, ColorMetric metric);
  ~PaletteMapper();
  PaletteMapper(PaletteMapper&&) noexcept;
  PaletteMapper& operator=(PaletteMapper&&) noexcept;

  /// Position of the nearest entry.
  std::uint8_t nearest(Rgb color) const;

  /// Every pixel whose alpha is at least `alpha_threshold` becomes an opaque palette colour, every
  /// other one fully transparent.
  Image lock(const Image& image, Dither dither, int alpha_threshold) const;

  /// The same for a strip of frames of `frame_width` pixels, which divides its width: dithering
  /// begins anew with every frame, and what is the same in two frames gets the same colours.
  Image lock_frames(const Image& strip, int frame_width, Dither dither, int alpha_threshold) const;

  /// The same as index_colors of what `lock` gives, in less time: ready to be encoded. Nothing when
  /// the palette's colours and transparency together are more than 256.
  std::optional<IndexedImage> lock_indexed(const Image& image, Dither dither,
                                           int alpha_threshold) const;

  /// What this mapper has found out, for another of the same palette and metric (table_key): see
  /// NearestTable. Not while others use it.
  Bytes save() const;
  bool restore(ByteView content);
  bool is_worth_saving() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace dgxp
