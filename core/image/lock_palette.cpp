#include "core/image/lock_palette.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/image/color_metric.hpp"
#include "core/image/dither.hpp"
#include "core/image/nearest_table.hpp"

namespace dgxp {
namespace {

/// Numbers positions in the order of their first use; 0 is kept for transparency.
class FirstUses {
 public:
  explicit FirstUses(const Palette& palette) : palette_(palette) {}

  std::uint8_t hole() {
    ++counts_[0];
    return 0;
  }
  /// 256 positions without a hole among them come out as 1..255, 0.
  std::uint8_t number(std::uint8_t position, std::uint32_t count = 1) {
    if (numbers_[position] == 0) {
      numbers_[position] = static_cast<std::uint16_t>(order_.size() + 1);
      order_.push_back(opaque(palette_.colors[position]));
    }
    counts_[numbers_[position]] += count;
    return static_cast<std::uint8_t>(numbers_[position]);
  }

  /// `image.indexes` are numbers from here. Nothing when they do not fit a byte.
  std::optional<IndexedImage> finish(IndexedImage image) && {
    const bool has_holes = counts_[0] > 0;
    if (has_holes && order_.size() == 256) return std::nullopt;
    if (has_holes)
      order_.insert(order_.begin(), kTransparent);
    else
      for (std::uint8_t& index : image.indexes) --index;
    const auto first = counts_.begin() + (has_holes ? 0 : 1);
    image.counts.assign(first, first + static_cast<std::ptrdiff_t>(order_.size()));
    image.palette = std::move(order_);
    return image;
  }

 private:
  const Palette& palette_;
  std::array<std::uint16_t, 256> numbers_{};
  std::array<std::uint32_t, 257> counts_{};
  std::vector<Rgba> order_;
};

/// Eight equal positions at once: raw images show every cell in many pixels.
void number_positions(Bytes& positions, FirstUses& uses) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  std::uint8_t* bytes = positions.data();
  const std::size_t size = positions.size();
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + at, sizeof eight);
    if (eight == kEach * bytes[at]) {
      eight = kEach * uses.number(bytes[at], 8);
      std::memcpy(bytes + at, &eight, sizeof eight);
    } else {
      for (std::size_t i = at; i < at + 8; ++i) bytes[i] = uses.number(bytes[i]);
    }
  }
  for (; at < size; ++at) bytes[at] = uses.number(bytes[at]);
}

}  // namespace

struct PaletteMapper::Table {
  Table(const Palette& palette_, ColorMetric metric)
      : palette(palette_), nearest(palette_, metric) {}

  PalettePositions find(const Image& image, int frame_width, Dither dither,
                        int alpha_threshold) const {
    switch (dither) {
      case Dither::none:
        break;
      case Dither::bayer2:
        return dither_ordered(image, frame_width, nearest, palette, 2, alpha_threshold);
      case Dither::bayer4:
        return dither_ordered(image, frame_width, nearest, palette, 4, alpha_threshold);
      case Dither::bayer8:
        return dither_ordered(image, frame_width, nearest, palette, 8, alpha_threshold);
      case Dither::floyd_steinberg:
      case Dither::atkinson:
        return dither_diffused(image, frame_width, nearest, palette, dither, alpha_threshold);
    }
    return find_positions(image, nearest, alpha_threshold);
  }

  Palette palette;
  NearestTable nearest;
};

PaletteMapper::PaletteMapper(const Palette& palette, ColorMetric metric)
    : table_(std::make_unique<Table>(palette, metric)) {}
PaletteMapper::~PaletteMapper() = default;
PaletteMapper::PaletteMapper(PaletteMapper&&) noexcept = default;
PaletteMapper& PaletteMapper::operator=(PaletteMapper&&) noexcept = default;

Bytes PaletteMapper::save() const {
  return table_->nearest.save();
}
bool PaletteMapper::restore(ByteView content) {
  return table_->nearest.restore(content);
}
bool PaletteMapper::is_worth_saving() const {
  return table_->nearest.is_worth_saving();
}

std::uint8_t PaletteMapper::nearest(Rgb color) const {
  return table_->nearest.nearest(color);
}

Image PaletteMapper::lock(const Image& image, Dither dither, int alpha_threshold) const {
  return lock_frames(image, image.size.width, dither, alpha_threshold);
}

Image PaletteMapper::lock_frames(const Image& image, int frame_width, Dither dither,
                                 int alpha_threshold) const {
  const PalettePositions positions = table_->find(image, frame_width, dither, alpha_threshold);
  std::array<Rgba, 256> colors{};
  std::ranges::transform(table_->palette.colors, colors.begin(), opaque);
  Image result(image.size);
  Rgba* pixels = result.pixels.data();
  for (std::size_t i = 0; i < result.pixels.size(); ++i)
    if (!positions.has_holes || image.pixels.data()[i].a >= alpha_threshold)
      pixels[i] = colors.data()[positions.of.data()[i]];
  return result;
}

std::optional<IndexedImage> PaletteMapper::lock_indexed(const Image& image, Dither dither,
                                                        int alpha_threshold) const {
  PalettePositions positions = table_->find(image, image.size.width, dither, alpha_threshold);
  FirstUses uses(table_->palette);
  if (positions.has_holes)
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      positions.of[i] =
          image.pixels[i].a >= alpha_threshold ? uses.number(positions.of[i]) : uses.hole();
  else
    number_positions(positions.of, uses);
  return std::move(uses).finish(
      {.size = image.size, .palette = {}, .counts = {}, .indexes = std::move(positions.of)});
}

}  // namespace dgxp
