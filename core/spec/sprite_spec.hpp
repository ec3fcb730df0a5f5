#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/color.hpp"
#include "core/base/diagnostic.hpp"
#include "core/base/geometry.hpp"

namespace dgxp {

/// Where a figure faces, in the full compass words of the manifest.
enum class Direction { south, south_east, east, north_east, north, north_west, west, south_west };
std::string_view to_text(Direction direction);  ///< "south", "south-east" ...

/// The order in which frames are played.
enum class Playback { forward, reverse, pingpong, pingpong_reverse };
std::string_view to_text(Playback playback);

enum class Dither { none, bayer2, bayer4, bayer8, floyd_steinberg, atkinson };
std::string_view to_text(Dither dither);

/// How far apart two colours are. `recover` is RGB distance plus a prior for colours that the
/// picture uses often: for noisy copies of palette colours.
enum class ColorMetric { recover, rgb, oklab, hyab, ciede2000 };
std::string_view to_text(ColorMetric metric);

enum class Background { none, border_flood, chroma_key };
std::string_view to_text(Background background);

/// raw image -> master.
struct RecoverSpec {
  std::optional<double> grid;   ///< width of a cell in raw pixels; nothing = find it
  std::optional<Point> offset;  ///< the first grid line, in raw pixels
  std::optional<Size> size;     ///< how many cells the raw image shows; nothing = find it
  Background background = Background::border_flood;
  std::optional<Rgb> key;  ///< the colour for chroma_key
  /// border_flood also removes what the figure encloses, where it is as surely the background's
  /// colour. chroma_key does so by itself.
  bool holes = false;
  int alpha = 128;  ///< 1..255; a raw alpha below it is transparent
  Dither dither = Dither::none;
  int despeckle = 2;  ///< figures of fewer pixels than this (8-connected) are removed
  ColorMetric metric = ColorMetric::recover;
  friend bool operator==(const RecoverSpec&, const RecoverSpec&) = default;
};

/// What the frames of an animation are moved to share.
enum class Align { none, baseline };
std::string_view to_text(Align align);

/// master -> sprite.
struct FinishSpec {
  std::optional<Rgb> outline;  ///< a 1 px outline around the figure in this palette colour
  Align align = Align::none;   ///< baseline: feet stand still
  bool trim = false;           ///< cut transparent borders (targets that cannot, refuse it)
  friend bool operator==(const FinishSpec&, const FinishSpec&) = default;
};

struct ModelFile {
  std::string file;
  std::string sha256;  ///< 64 hex digits or empty
};
struct LoraSpec {
  std::string file;
  std::string sha256;
  double weight = 1.0;
};
struct SamplerSpec {
  std::string name = "euler";
  std::string scheduler = "normal";
  int steps = 20;
  double cfg = 7.0;
  /// How much of a reference is drawn anew, 0 to 1; nothing = as the workflow has it.
  std::optional<double> denoise = {};
  /// What the manifest says itself. A workflow keeps its own for the rest.
  struct Written {
    bool name = false;
    bool scheduler = false;
    bool steps = false;
    bool cfg = false;
  };
  Written written = {};
};
struct StyleSpec {
  std::string name;
  Place place;
  /// Path of a ComfyUI graph in API format below the manifest's folder, the name of a workflow that
  /// comes with dgxp (see is_workflow_file()), or empty.
  std::string workflow;
  std::optional<ModelFile> checkpoint;
  std::vector<LoraSpec> loras;
  std::string prompt = "{prompt}";  ///< {prompt} {view} {outline} {direction} {animation}
  std::string negative;
  std::string view;     ///< "side", "low top-down", "high top-down" or empty
  std::string outline;  ///< words for the prompt
  SamplerSpec sampler;
  int render_scale = 16;  ///< raw pixels a sprite pixel is drawn with
};

/// "flows/hero.json" is a file of the project; anything else the name of a built-in workflow.
inline bool is_workflow_file(std::string_view workflow) {
  return workflow.ends_with(".json");
}

/// One master: the native picture behind one or more sprites, a horizontal strip of `frames`
/// pictures of `frame_size` each. It is drawn by one job, or by hand (`source`).
struct MasterSpec {
  std::string id;  ///< "hero/walk/east", "item/sword"; unique; the job's name in the lock
  std::string
      path;  ///< "art/hero/walk-east.png"; for `source` the drawn file. Below the manifest's folder
  Place place;                 ///< the sprite's entry in the manifest
  bool drawn_by_hand = false;  ///< `source:`: no job, no lock entry
  Size frame_size;
  int frames = 1;
  std::string animation;               ///< empty for a still
  std::optional<Direction> direction;  ///< nothing for a sprite without directions
  std::string palette;                 ///< name of a PaletteSpec; empty = `palette: none`
  int palette_limit = 0;               ///< at most so many of its colours; 0 = all
  RecoverSpec recover;
  // What is asked of the worker (empty for drawn_by_hand):
  std::string prompt;  ///< with the style's template filled in
  std::string negative;
  StyleSpec style;                      ///< resolved copy
  bool seamless = false;                ///< a tile that repeats
  std::vector<std::string> references;  ///< image files below the manifest's folder
  std::optional<std::uint64_t> seed;    ///< written in the manifest; else derived (job_key.hpp)
  int candidates = 1;
  /// Where each value came from, by field name ("prompt", "size", "style.sampler.steps" ...).
  std::map<std::string, Place> field_places;
};

struct SliceSpec {
  std::string name;
  Rect bounds;
  std::optional<Rect> center;
  std::optional<Point> pivot;
};

/// One animation of a sprite in one direction, or its only still picture.
struct RowSpec {
  std::string name;       ///< below the sprite's id: "walk/east", "walk", "east", or "" for a still
  std::string animation;  ///< empty for a still
  std::optional<Direction> direction;
  std::string master;          ///< MasterSpec::id
  bool mirrored = false;       ///< the master is flipped left to right, frame by frame
  std::vector<int> durations;  ///< milliseconds, one a frame, each > 0; {0} for a still
  Playback playback = Playback::forward;
  bool loop = true;
  std::map<int, std::string> events;  ///< by frame index
};

struct SpriteSpec {
  std::string id;
  Place place;
  Size size;                                  ///< of one frame
  std::optional<Point> pivot;                 ///< in pixels of a frame; nothing = its centre
  std::optional<std::array<int, 4>> borders;  ///< nine-slice: left, top, right, bottom
  std::vector<SliceSpec> slices;
  std::vector<RowSpec> rows;    ///< at least one
  std::string palette;          ///< the masters' palette; empty = `palette: none`
  std::string variant_palette;  ///< recolour into this palette position by position; empty = no
  std::vector<std::pair<Rgb, Rgb>> recolor;  ///< then these colours (named as in `palette`)
  FinishSpec finish;
  std::string note;
};

}  // namespace dgxp
