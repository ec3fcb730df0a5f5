#pragma once

#include <string>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/base/result.hpp"
#include "core/image/grid_warp.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// The grid that recovery found: lines in raw pixels, one more than cells, ascending.
struct Grid {
  std::vector<double> columns;  ///< x of each vertical line
  std::vector<double> rows;     ///< y of each horizontal line
  double cell_width = 0;        ///< mean, raw pixels
  double cell_height = 0;
  double confidence = 0;  ///< 0..1: how clearly the picture shows this grid
  std::vector<float> column_confidence =
      {};                                  ///< 0..1 for each of `columns`: is there an edge to see
  std::vector<float> row_confidence = {};  ///< the same for `rows`
  GridWarp warp = {};                      ///< how the lines bend along their length
};

/// A recovered picture before it is cut to frames.
struct Recovered {
  Image native;  ///< one pixel a cell, alpha 0 or 255
  Grid grid;
  /// 0..1: the share of the figure's cells that is likely right. Low, too, where the grid is likely
  /// a multiple or a part of the true one.
  double quality = 0;
  double palette_fit = 1;  ///< 0.5..1: whether the figure's colours are those of the palette
  std::vector<float> cell_confidence = {};  ///< 0..1 for each pixel of `native`, in reading order
  bool background_missing = false;          ///< one was to be removed, and there was none
};

/// Finds the grid of a raw image and gives every cell one colour: of `palette` when it has any
/// entries, else the cell's own. Then the background goes, by `spec.background`. Whatever its size,
/// the whole picture is returned, not trimmed. `quality` takes `palette_fit` into account: whoever
/// names a palette here says that the picture is drawn in it. Does not change with the number of
/// threads.
///
/// Error: `input` when the picture shows no grid that can be read.
Result<Recovered> recover_native(const Image& raw, const RecoverSpec& spec, const Palette& palette);

/// Below this quality a picture is worth a look: about one in twenty of its pixels is wrong.
inline constexpr double kDoubtfulQuality = 0.95;
/// Below it a picture is no figure that anybody would want.
inline constexpr double kHopelessQuality = 0.1;

struct MasterShape {
  Size frame_size;
  int frames = 1;
};

struct RecoveredMaster {
  Image image;
  double quality = 0;  ///< as in Recovered, whatever the palette: a model has colours of its own
  bool background_missing = false;  ///< as in Recovered
};

/// recover_native, then fitted to a strip of `shape`: when the recovered picture is not exactly
/// `frames * width` by `height`, each frame's figure is centred (its feet kept at the same distance
/// from the bottom edge) in its frame. `palette_limit` > 0 keeps only the most used colours.
///
/// Error: `input`, when no grid is found or a figure is larger than its frame.
Result<RecoveredMaster> recover_master(const Image& raw, const RecoverSpec& spec,
                                       const Palette& palette, int palette_limit,
                                       const MasterShape& shape);

}  // namespace dgxp
