#include "core/image/lock_palette.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/image/color_metric.hpp"
#include "core/image/dither.hpp"
#include "core/image/nearest_table.hpp"
#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

template <typename Metric>
std::uint8_t search(Rgb color, const Palette& palette) {
  const auto point = Metric::point(color);
  std::size_t best = 0;
  for (std::size_t i = 1; i < palette.colors.size(); ++i)
    if (Metric::distance(point, Metric::point(palette.colors[i])) <
        Metric::distance(point, Metric::point(palette.colors[best])))
      best = i;
  return static_cast<std::uint8_t>(best);
}

}  // namespace

struct PaletteMapper::Table {
  Table(const Palette& palette_, ColorMetric metric)
      : palette(palette_), nearest(palette_, metric) {}

  Image lock_plainly(const Image& image, int alpha_threshold) const {
    constexpr std::size_t kBlock = NearestTable::kBlock;
    const NearestTable::Values values = palette_words(palette);
    Image result(image.size);
    NearestTable::Block words{};
    for (std::size_t start = 0; start < image.pixels.size(); start += kBlock) {
      const std::size_t count = std::min(kBlock, image.pixels.size() - start);
      load_words(image.pixels.data() + start, words.data(), count);
      nearest.map_block(words, count, values, alpha_threshold);
      store_words(words.data(), result.pixels.data() + start, count);
    }
    return result;
  }

  Palette palette;
  NearestTable nearest;
};

PaletteMapper::PaletteMapper(const Palette& palette, ColorMetric metric)
    : table_(std::make_unique<const Table>(palette, metric)) {}
PaletteMapper::~PaletteMapper() = default;
PaletteMapper::PaletteMapper(PaletteMapper&&) noexcept = default;
PaletteMapper& PaletteMapper::operator=(PaletteMapper&&) noexcept = default;

std::uint8_t PaletteMapper::nearest(Rgb color) const {
  return table_->nearest.nearest(color);
}

Image PaletteMapper::lock(const Image& image, Dither dither, int alpha_threshold) const {
  const Table& t = *table_;
  switch (dither) {
    case Dither::none:
      break;
    case Dither::bayer2:
      return dither_ordered(image, t.nearest, t.palette, 2, alpha_threshold);
    case Dither::bayer4:
      return dither_ordered(image, t.nearest, t.palette, 4, alpha_threshold);
    case Dither::bayer8:
      return dither_ordered(image, t.nearest, t.palette, 8, alpha_threshold);
    case Dither::floyd_steinberg:
    case Dither::atkinson:
      return dither_diffused(image, t.nearest, t.palette, dither, alpha_threshold);
  }
  return t.lock_plainly(image, alpha_threshold);
}

std::uint8_t nearest_by_search(Rgb color, const Palette& palette, ColorMetric metric) {
  assert(!palette.colors.empty());
  switch (metric) {
    case ColorMetric::oklab:
      return search<OklabMetric>(color, palette);
    case ColorMetric::hyab:
      return search<HyabMetric>(color, palette);
    case ColorMetric::ciede2000:
      return search<Ciede2000Metric>(color, palette);
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return search<RgbMetric>(color, palette);
}

}  // namespace dgxp
