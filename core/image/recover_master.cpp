// Recovery of pixel art from a picture that only looks like it: where are the cells, which colour
// has each of them, and what is background. Every step works on the values of the one before; the
// raw pixels are read for the edge profiles and for the middle of each cell only.
#include "core/image/recover_master.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/image/assign_colors.hpp"
#include "core/image/cell_purity.hpp"
#include "core/image/choose_grid.hpp"
#include "core/image/exact_grid.hpp"
#include "core/image/fit_frames.hpp"
#include "core/image/grid_doubt.hpp"
#include "core/image/lock_palette.hpp"
#include "core/image/nearest_search.hpp"
#include "core/image/palette_fit.hpp"
#include "core/image/pixel_words.hpp"
#include "core/image/remove_background.hpp"
#include "core/image/sample_cells.hpp"
#include "core/image/source_grid.hpp"
#include "core/image/unblur_cells.hpp"
#include "core/image/undo_enlargement.hpp"

namespace dgxp {
namespace {

constexpr int kMostSide = 16384;         // pixels of a raw image
constexpr float kUniformBorder = 0.34F;  // share of border cells that makes a background
constexpr float kNewColor = 20.0F;       // a background this far from the palette is none of it
constexpr double kPlausible = 0.85;      // of the quality that soft lines leave
constexpr double kFairQuality = 0.75;    // less is a reason to look further
constexpr double kPureQuality = 0.92;    // of cells of one colour each
constexpr double kFairlySureGrid = 0.6;  // confidence of a grid of small cells
constexpr double kSmallCell = 10;        // raw pixels
constexpr double kSureGrid = 0.8;        // confidence of a grid that leaves no doubt
constexpr int kManyEdged = 250;          // cells that differ from a neighbour
constexpr double kFewBroken = 0.01;      // share of cells of several colours
constexpr double kPureCertainty = 0.94;  // of a grid that separates them, however soft its lines
constexpr float kSureCell = 0.99F;       // confidence of a cell that is no speck
constexpr float kSpeckSpread = 3.0F;     // times the usual spread inside of cells, and
constexpr float kLeastSpread = 24.0F;    // at least this; a speck does not fill its cell

constexpr float kBrokenCell = 0.5F;  // most confidence of a cell that is not of one colour

struct Cells {
  ColorChoice choice;                     // in `colors`
  std::vector<Rgb> colors;                // of the palette, then an added background
  std::optional<std::size_t> background;  // in `colors`
  bool foreign_background = false;        // the background is no colour of the palette
};

double distance(Rgb a, Rgb b) {
  const double r = a.r - b.r;
  const double g = a.g - b.g;
  const double bl = a.b - b.b;
  return std::sqrt(r * r + g * g + bl * bl);
}

std::size_t nearest(Rgb color, const std::vector<Rgb>& colors) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < colors.size(); ++i) {
    if (distance(color, colors[i]) < distance(color, colors[best])) {
      best = i;
    }
  }
  return best;
}

/// Whether every alpha is 255: quicker to see than where any is less than something.
bool is_all_opaque(const Image& image) {
  constexpr std::size_t kBlock = 64;
  const std::size_t whole = image.pixels.size() / kBlock * kBlock;
  std::uint32_t alpha = 0xFFFFFFFFU;
  for (std::size_t i = 0; i < whole; i += kBlock) {
    std::array<std::uint32_t, kBlock> words;
    load_words(&image.pixels[i], words.data(), kBlock);
    for (const std::uint32_t word : words) {
      alpha &= word;
    }
  }
  for (std::size_t i = whole; i < image.pixels.size(); ++i) {
    alpha &= to_word(image.pixels[i]);
  }
  return alpha >> 24U == 255;
}

/// Transparent pixels in one colour that the rest of the picture does not show, so that their edges
/// count. Nothing when all pixels are opaque.
std::optional<Image> flattened(const Image& raw, int alpha) {
  const auto clear = [alpha](const Rgba& p) { return p.a < alpha; };
  if ((alpha <= 255 && is_all_opaque(raw)) || std::ranges::none_of(raw.pixels, clear)) {
    return std::nullopt;
  }
  static constexpr std::array<Rgb, 6> kBackdrops{
      {{255, 0, 255}, {0, 255, 0}, {0, 255, 255}, {255, 255, 255}, {0, 0, 0}, {255, 255, 0}}};
  std::array<std::int64_t, kBackdrops.size()> near{};
  for (const Rgba& p : raw.pixels) {
    for (std::size_t i = 0; i < kBackdrops.size() && !clear(p); ++i) {
      near[i] += distance(p.rgb(), kBackdrops[i]) < 120 ? 1 : 0;
    }
  }
  const auto best = static_cast<std::size_t>(std::ranges::min_element(near) - near.begin());
  Image flat = raw;
  for (Rgba& p : flat.pixels) {
    p = clear(p) ? opaque(kBackdrops[best]) : opaque(p.rgb());
  }
  return flat;
}

Rgb to_rgb(const std::array<float, 3>& color) {
  const auto byte = [](float v) {
    return static_cast<std::uint8_t>(std::clamp(v + 0.5F, 0.0F, 255.0F));
  };
  return {byte(color[0]), byte(color[1]), byte(color[2])};
}

/// The colour that stands for the background, if the spec wants one removed and there is one.
std::optional<Rgb> background_color(const CellSamples& cells, const RecoverSpec& spec) {
  if (spec.background == Background::none) {
    return std::nullopt;
  }
  if (spec.background == Background::chroma_key && spec.key) {
    return observed_key(cells, *spec.key);
  }
  const BorderColor border = find_border_color(cells);
  return border.share >= kUniformBorder ? std::optional(border.color) : std::nullopt;
}

/// The nearest colour of each cell in another metric than `recover`.
ColorChoice map_colors(const CellSamples& samples, const std::vector<Rgb>& colors,
                       ColorMetric metric) {
  ColorChoice choice;
  const NearestSearch search(colors, metric);
  std::optional<Rgb> last;
  std::size_t nearest = 0;
  for (const auto& color : samples.colors) {
    const Rgb wanted = to_rgb(color);
    if (wanted != last) nearest = search.nearest(wanted);
    last = wanted;
    choice.index.push_back(static_cast<std::uint16_t>(nearest));
    choice.confidence.push_back(1.0F);
  }
  return choice;
}

Cells color_cells(const CellSamples& samples, const RecoverSpec& spec, const Palette& palette) {
  Cells cells{.choice = {}, .colors = palette.colors, .background = {}};
  const std::optional<Rgb> background = background_color(samples, spec);
  if (background) {
    cells.background = nearest(*background, cells.colors);
    if (distance(*background, cells.colors[*cells.background]) > kNewColor) {
      cells.background = cells.colors.size();
      cells.colors.push_back(*background);
      cells.foreign_background = true;
    }
  }
  cells.choice = spec.metric == ColorMetric::recover
                     ? assign_colors(samples, cells.colors)
                     : map_colors(samples, cells.colors, spec.metric);
  return cells;
}

/// Without a palette every cell keeps its own colour: 1 stands for the background, 0 for the rest.
Cells own_colors(const CellSamples& samples, const RecoverSpec& spec) {
  Cells cells;
  const std::optional<Rgb> background = background_color(samples, spec);
  std::vector<float> spreads = samples.spread;
  const auto middle = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2);
  std::ranges::nth_element(spreads, middle);
  const double tolerance = 16 + 2 * static_cast<double>(*middle);
  for (const auto& color : samples.colors) {
    const bool same = background && distance(to_rgb(color), *background) <= tolerance;
    cells.choice.index.push_back(static_cast<std::uint16_t>(same ? 1 : 0));
    cells.choice.confidence.push_back(1.0F);
  }
  if (background) {
    cells.background = 1;
  }
  return cells;
}

/// 1 for each cell that may be a speck: its colour is in doubt, or it is not of one colour.
std::vector<std::uint8_t> doubtful_cells(const CellSamples& samples, const Cells& cells) {
  std::vector<float> spreads = samples.spread;
  const auto middle = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2);
  std::ranges::nth_element(spreads, middle);
  const float most = std::max(kLeastSpread, kSpeckSpread * *middle);
  std::vector<std::uint8_t> doubtful;
  doubtful.reserve(samples.spread.size());
  for (std::size_t i = 0; i < samples.spread.size(); ++i) {
    doubtful.push_back(cells.choice.confidence[i] < kSureCell || samples.spread[i] > most ? 1 : 0);
  }
  return doubtful;
}

/// 1 for each cell that stays.
std::vector<std::uint8_t> figure_cells(const CellSamples& samples, const Cells& cells,
                                       const RecoverSpec& spec,
                                       const std::vector<std::uint8_t>& transparent) {
  std::vector<std::uint8_t> figure(cells.choice.index.size(), 1);
  std::vector<std::uint8_t> like(figure.size());
  for (std::size_t i = 0; i < figure.size(); ++i) {
    const bool same = cells.background && cells.choice.index[i] == *cells.background;
    const bool clear = !transparent.empty() && transparent[i] != 0;
    like[i] = same || clear ? 1 : 0;
    // A colour that no palette entry stands for cannot stay, wherever it is.
    figure[i] = clear || (same && cells.foreign_background) ? 0 : 1;
  }
  const bool flood = spec.background == Background::border_flood && cells.background;
  if (spec.background == Background::chroma_key || flood) {
    std::vector<std::uint8_t> gone = flood ? flood_from_border(samples.size, like) : like;
    if (flood && spec.holes) {
      const auto holes = find_holes(samples, like, gone, cells.choice.confidence);
      std::ranges::transform(gone, holes, gone.begin(), std::bit_or());
    }
    for (std::size_t i = 0; i < figure.size(); ++i) {
      figure[i] = gone[i] != 0 ? 0 : figure[i];
    }
  }
  if (std::ranges::find(figure, 0) == figure.end()) {
    return figure;
  }
  return despeckled(samples.size, std::move(figure), doubtful_cells(samples, cells),
                    spec.despeckle);
}

/// In the colours of the palette, or in the cells' own when there is none or they will be dithered.
Image draw_cells(Size size, const CellSamples& samples, const Cells& cells,
                 const std::vector<std::uint8_t>& figure, const RecoverSpec& spec,
                 const Palette& palette) {
  const bool own = palette.colors.empty() || spec.dither != Dither::none;
  Image native(size);
  for (std::size_t i = 0; i < figure.size(); ++i) {
    if (figure[i] != 0) {
      native.pixels[i] =
          opaque(own ? to_rgb(samples.colors[i]) : cells.colors[cells.choice.index[i]]);
    }
  }
  return native;
}

/// What draw_cells has left in its own colours, a strip of frames, in those of the palette.
Image dithered(Image strip, int frame_width, const RecoverSpec& spec, const Palette& palette) {
  if (spec.dither == Dither::none || palette.colors.empty()) {
    return strip;
  }
  return PaletteMapper(palette, spec.metric)
      .lock_frames(strip, frame_width, spec.dither, kHalfAlpha);
}

/// Of the cells that stay; 0 when there are none.
double mean_confidence(const ColorChoice& choice, const std::vector<std::uint8_t>& figure) {
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < figure.size(); ++i) {
    sum += figure[i] != 0 ? static_cast<double>(choice.confidence[i]) : 0.0;
    count += figure[i] != 0 ? 1 : 0;
  }
  return count > 0 ? sum / count : 0.0;
}

/// What is farther from its colour than noise explains is less sure, whichever entry is the
/// nearest. Returns the mean of that over the figure.
double lessen_by_fit(const CellSamples& samples, const Cells& cells,
                     const std::vector<std::uint8_t>& figure, std::vector<float>& confidence) {
  std::vector<Rgb> chosen;
  chosen.reserve(cells.choice.index.size());
  for (const std::uint16_t index : cells.choice.index) chosen.push_back(cells.colors[index]);
  const std::vector<float> fit = palette_fit(samples, chosen);
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < fit.size(); ++i) {
    confidence[i] *= fit[i];
    sum += figure[i] != 0 ? static_cast<double>(fit[i]) : 0.0;
    count += figure[i] != 0 ? 1 : 0;
  }
  return count > 0 ? sum / count : 1.0;
}

/// A raw picture, and what it shows once transparent pixels have a colour.
struct Shown {
  const Image& raw;
  std::optional<Image> flat;
  Shown(const Image& image, int alpha) : raw(image), flat(flattened(image, alpha)) {}
  const Image& opaque() const { return flat ? *flat : raw; }
};

/// Soft lines are no reason to doubt a grid around many cells that are of one colour each.
double certainty_of(const Grid& grid, const CellPurity& purity) {
  const bool is_pure = purity.edged >= kManyEdged && purity.broken_share() <= kFewBroken;
  return std::max(std::min(1.0, grid.confidence / kSureGrid), is_pure ? kPureCertainty : 0.0);
}

Recovered recover_cells(const Shown& shown, Grid grid, const RecoverSpec& spec,
                        const Palette& palette, const GridExpectation& expectation) {
  const Image& image = shown.opaque();
  CellSamples samples = sample_cells(image, grid);
  unblur_cells(samples);
  const Size size = samples.size;
  Cells cells =
      palette.colors.empty() ? own_colors(samples, spec) : color_cells(samples, spec, palette);
  const CellPurity purity = measure_purity(image, grid);
  const std::vector<std::uint8_t> transparent =
      shown.flat ? transparent_cells(shown.raw, grid, spec.alpha) : std::vector<std::uint8_t>{};
  const std::vector<std::uint8_t> figure = figure_cells(samples, cells, spec, transparent);
  Recovered result{.native = draw_cells(size, samples, cells, figure, spec, palette),
                   .grid = std::move(grid)};
  for (std::size_t i = 0; i < purity.is_broken.size(); ++i) {
    float& confidence = cells.choice.confidence[i];
    confidence = purity.is_broken[i] != 0 ? std::min(confidence, kBrokenCell) : confidence;
  }
  result.quality = certainty_of(result.grid, purity) * mean_confidence(cells.choice, figure) *
                   trust_in_grid(result.grid, purity, samples, expectation);
  // Dithering is for colours in between: there distance means nothing.
  if (!palette.colors.empty() && spec.dither == Dither::none)
    result.palette_fit = lessen_by_fit(samples, cells, figure, cells.choice.confidence);
  result.cell_confidence = cells.choice.confidence;
  result.background_missing =
      spec.background != Background::none && std::ranges::find(figure, 0) == figure.end();
  return result;
}

/// From the pixels of what the picture was enlarged from, by interpolation.
std::optional<Recovered> recover_source(const Image& raw, const Image& source,
                                        EnlargementProof proof, const RecoverSpec& spec,
                                        const Palette& palette,
                                        const GridExpectation& expectation) {
  const Magnification factor = magnification(source.size, raw.size);
  const GridExpectation smaller = shrunk(expectation, factor);
  const Shown shown(source, spec.alpha);
  Result<Grid> grid = proof == EnlargementProof::exact
                          ? choose_source_grid(shown.opaque(), spec, smaller)
                          : make_pixel_grid(source.size);
  if (!grid) {
    return std::nullopt;
  }
  Recovered result = recover_cells(shown, *std::move(grid), spec, palette, smaller);
  result.grid = stretched(std::move(result.grid), factor);
  return result;
}

/// Whether cells are of one colour each and in no doubt, however soft the lines between them are.
bool is_plausible(const Recovered& found) {
  return found.quality >= kPlausible * std::min(1.0, found.grid.confidence / kSureGrid);
}

/// Whether nothing else can have been shown: the lines of small cells are hardly ever clear, but
/// these are all of one colour.
bool is_pure(const Recovered& found) {
  return is_large_grid(found.grid) && found.grid.cell_width < kSmallCell &&
         found.grid.confidence >= kFairlySureGrid && found.quality >= kPureQuality;
}

/// Whether a source has whole parts of the cells of a grid for pixels. Blur leaves so little in
/// large cells that finer ones without blur explain it as well.
bool has_parts(const Image& source, const Grid& grid) {
  const auto is_multiple = [](int pixels, std::size_t lines) {
    const int cells = static_cast<int>(lines) - 1;
    return cells > 0 && pixels >= 2 * cells && pixels % cells == 0;
  };
  return is_multiple(source.size.width, grid.columns.size()) &&
         is_multiple(source.size.height, grid.rows.size());
}

/// Looks for what a picture may have been enlarged from whose grid is in doubt: nothing was `found`
/// so far, or that.
std::optional<Recovered> recover_enlarged(const Shown& shown, const Recovered* found,
                                          const RecoverSpec& spec, const Palette& palette,
                                          const GridExpectation& expectation) {
  const Image& raw = shown.raw;
  const SideChoices choices = find_side_choices(raw);
  const auto exact = found != nullptr && is_pure(*found)
                         ? std::nullopt
                         : undo_enlargement(raw, choices, EnlargementProof::exact, palette.colors);
  const bool is_found = found != nullptr && is_plausible(*found);
  if (exact && !(is_found && has_parts(exact->image, found->grid))) {
    if (auto result = recover_source(raw, exact->image, EnlargementProof::exact, spec, palette,
                                     expectation)) {
      return result;
    }
  }
  const bool is_clear =
      found != nullptr && found->grid.confidence >= kClearGrid && found->quality >= kFairQuality;
  const auto source =
      is_clear ? std::nullopt : undo_enlargement(raw, choices, EnlargementProof::likely);
  if (!source) {
    return std::nullopt;
  }
  const bool is_agreed =
      found != nullptr && is_even_grid(found->grid, raw.size, source->image.size);
  if (is_found && !is_agreed) {
    return std::nullopt;
  }
  if (is_soft(source->interpolation)) {
    return recover_source(raw, source->image, EnlargementProof::likely, spec, palette, expectation);
  }
  Grid grid = is_agreed ? found->grid : divide_evenly(raw.size, source->image.size);
  grid.confidence = 1;
  return recover_cells(shown, std::move(grid), spec, palette, expectation);
}

Result<Recovered> recover_with(const Image& raw, const RecoverSpec& spec, const Palette& palette,
                               const GridExpectation& expectation) {
  if (raw.size.width < 1 || raw.size.height < 1 || raw.size.width > kMostSide ||
      raw.size.height > kMostSide ||
      raw.pixels.size() != static_cast<std::size_t>(raw.size.area())) {
    return Error{ErrorKind::input, fmt::format("a picture of {}x{} cannot be recovered",
                                               raw.size.width, raw.size.height)};
  }
  const Shown shown(raw, spec.alpha);
  const Result<Grid> grid = choose_grid(shown.opaque(), spec, expectation);
  const bool is_told = spec.grid || spec.size;
  std::optional<Recovered> found;
  if (grid) {
    found = recover_cells(shown, *grid, spec, palette, is_told ? GridExpectation{} : expectation);
  }
  const bool is_sure = found && !is_doubtful(found->grid) && found->quality >= kFairQuality;
  if (!is_told && !is_sure) {
    if (auto enlarged =
            recover_enlarged(shown, found ? &*found : nullptr, spec, palette, expectation)) {
      return *std::move(enlarged);
    }
  }
  return found ? Result<Recovered>(*std::move(found)) : grid.error();
}

}  // namespace

Result<Recovered> recover_native(const Image& raw, const RecoverSpec& spec,
                                 const Palette& palette) {
  Result<Recovered> recovered = recover_with(raw, spec, palette, {});
  if (recovered) {
    recovered->quality *= recovered->palette_fit;
    const int width = recovered->native.size.width;
    recovered->native = dithered(std::move(recovered->native), width, spec, palette);
  }
  return recovered;
}

Result<RecoveredMaster> recover_master(const Image& raw, const RecoverSpec& spec,
                                       const Palette& palette, int palette_limit,
                                       const MasterShape& shape) {
  const Size frame = shape.frame_size;
  if (frame.width < 1 || frame.height < 1 || shape.frames < 1 || frame.width > kMostSide ||
      frame.height > kMostSide || shape.frames > kMostSide / frame.width) {
    return Error{ErrorKind::input, fmt::format("a strip of {} frames of {}x{} cannot be made",
                                               shape.frames, frame.width, frame.height)};
  }
  const Size strip{frame.width * shape.frames, frame.height};
  RecoverSpec with_grid = spec;
  if (!spec.grid && !spec.size && raw.size == strip) {
    with_grid.grid = 1.0;
  }
  const GridExpectation expectation{
      .cell_width = static_cast<double>(raw.size.width) / strip.width,
      .cell_height = static_cast<double>(raw.size.height) / strip.height};
  Result<Recovered> recovered = recover_with(raw, with_grid, palette, expectation);
  if (!recovered) {
    return recovered.error();
  }
  Result<Image> fitted = fit_frames(recovered->native, shape);
  if (!fitted) {
    return fitted.error();
  }
  // Frames are dithered where they end up, so that they agree pixel by pixel.
  Image locked = dithered(*std::move(fitted), frame.width, spec, palette);
  return RecoveredMaster{.image = with_color_limit(std::move(locked), palette_limit),
                         .quality = recovered->quality,
                         .background_missing = recovered->background_missing};
}

}  // namespace dgxp
