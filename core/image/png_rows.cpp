#include "core/image/png_rows.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "core/image/pixel_words.hpp"
#include "core/image/png_parts.hpp"

namespace dgxp {
namespace {

/// Numbers the colours of a picture in the order of their first use.
class ColorNumbers {
 public:
  std::vector<Rgba>& palette() { return palette_; }

  void begin_with_transparency() { find(to_word(kTransparent), 0); }

  /// The number of a colour; 256 when it would be the 257th. Its word is 0 for transparency alone,
  /// which has to be the first one.
  std::uint32_t number(std::uint32_t word) {
    const std::size_t slot = slot_of(word);
    const Slot& first = *(slots_.data() + slot);
    return first.word == word ? first.number - 1 : find(word, slot);
  }

 private:
  struct Slot {
    std::uint32_t word = 0;
    std::uint32_t number = 0;  ///< plus one; 0 is free
  };
  static std::size_t slot_of(std::uint32_t word) { return (word * 0x9E3779B1U) >> 22U; }

  /// Another colour has the slot, or none.
  std::uint32_t find(std::uint32_t word, std::size_t slot) {
    Slot* slots = slots_.data();
    while (slots[slot].number != 0) {
      if (slots[slot].word == word) return slots[slot].number - 1;
      slot = (slot + 1) % slots_.size();
    }
    if (palette_.size() == 256) return 256;
    palette_.push_back(to_pixel(word));
    slots[slot] = {.word = word, .number = static_cast<std::uint32_t>(palette_.size())};
    return slots[slot].number - 1;
  }

  std::array<Slot, 1024> slots_{};
  std::vector<Rgba> palette_;
};

/// Sorts all positions but that of the transparent colour.
template <typename Before>
PaletteOrder sorted_order(const IndexedImage& image, Before before) {
  std::array<std::uint8_t, 256> positions;
  std::iota(positions.begin(), positions.end(), std::uint8_t{0});
  const std::ptrdiff_t first = image.palette.front().a == 0 ? 1 : 0;
  std::stable_sort(positions.begin() + first,
                   positions.begin() + static_cast<std::ptrdiff_t>(image.palette.size()), before);
  PaletteOrder order{};
  for (std::size_t i = 0; i < image.palette.size(); ++i)
    order[positions[i]] = static_cast<std::uint8_t>(i);
  return order;
}

constexpr std::size_t kFilters = 5;

/// One row under each PNG filter.
class FilteredRow {
 public:
  explicit FilteredRow(std::size_t row_bytes) {
    for (Bytes& row : bytes_) row.resize(row_bytes);
  }

  /// `row` and `above` have `pixel_bytes` zeros in front, so that the first pixel is filtered like
  /// all others.
  void filter(const Bytes& padded_row, const Bytes& padded_above, std::size_t pixel_bytes) {
    const std::size_t count = bytes_[0].size();
    const std::uint8_t* row = padded_row.data() + pixel_bytes;
    const std::uint8_t* left = padded_row.data();
    const std::uint8_t* up = padded_above.data() + pixel_bytes;
    const std::uint8_t* corner = padded_above.data();
    std::copy_n(row, count, bytes_[0].data());
    const auto subtract = [&](std::uint8_t* out, auto guess) {
      for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(row[i] - guess(i));
    };
    subtract(bytes_[1].data(), [&](std::size_t i) { return left[i]; });
    subtract(bytes_[2].data(), [&](std::size_t i) { return up[i]; });
    subtract(bytes_[3].data(), [&](std::size_t i) { return (left[i] + up[i]) / 2; });
    subtract(bytes_[4].data(),
             [&](std::size_t i) { return guess_by_paeth(left[i], up[i], corner[i]); });
  }

  std::size_t smoothest() const {
    std::size_t best = 0;
    std::uint64_t least = roughness(bytes_[0]);
    for (std::size_t type = 1; type < kFilters; ++type) {
      const std::uint64_t rough = roughness(bytes_[type]);
      if (rough >= least) continue;
      least = rough;
      best = type;
    }
    return best;
  }
  const Bytes& bytes(std::size_t type) const { return bytes_[type]; }

 private:
  /// Sum of the bytes' distances from 0, modulo 256: small when neighbours are alike.
  static std::uint64_t roughness(const Bytes& filtered) {
    std::uint64_t sum = 0;
    for (const unsigned byte : filtered) sum += std::min(byte, 256 - byte);
    return sum;
  }

  std::array<Bytes, kFilters> bytes_;
};

}  // namespace

std::optional<IndexedImage> index_colors(const Image& image) {
  ColorNumbers numbers;
  const std::size_t size = image.pixels.size();
  if (std::ranges::any_of(image.pixels, [](const Rgba& pixel) { return pixel.a == 0; }))
    numbers.begin_with_transparency();
  IndexedImage indexed{.size = image.size, .palette = {}, .counts = {}, .indexes = Bytes(size)};
  const Rgba* pixels = image.pixels.data();
  std::uint8_t* indexes = indexed.indexes.data();
  unsigned partly = 0;  // not 0 behind a pixel that is neither opaque nor transparent
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t word = to_word(pixels[i]);
    const std::uint32_t alpha = word >> 24U;
    partly |= (alpha + 1) & 0xFEU;
    const std::uint32_t number = numbers.number(alpha == 0 ? 0 : word);
    if (number > 255) return std::nullopt;
    indexes[i] = static_cast<std::uint8_t>(number);
  }
  if (partly != 0) return std::nullopt;
  indexed.palette = std::move(numbers.palette());
  return indexed;
}

IndexedImage with_counts(IndexedImage image) {
  if (!image.counts.empty()) return image;
  // Neighbours are often equal, and a counter that was just written is slow to read: hence four.
  std::array<std::array<std::uint32_t, 256>, 4> counts{};
  for (std::size_t i = 0; i < image.indexes.size(); ++i) ++counts[i % 4][image.indexes[i]];
  image.counts.resize(image.palette.size());
  for (std::size_t i = 0; i < image.counts.size(); ++i)
    image.counts[i] = counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i];
  return image;
}

namespace {

/// How many pixels it takes until each colour was seen.
std::size_t find_settled(const IndexedImage& image) {
  const auto first_use = [&](std::size_t color) {
    return std::ranges::find(image.indexes, static_cast<std::uint8_t>(color)) -
           image.indexes.begin();
  };
  // The last one in the order of first use; transparency stands first whenever it comes.
  return static_cast<std::size_t>(std::max(first_use(0), first_use(image.palette.size() - 1))) + 1;
}

}  // namespace

bool ColorIndex::number_again(const Image& image, int begin, int end) {
  if (!indexed_ || indexed_->size != image.size) return false;
  const auto width = static_cast<std::size_t>(image.size.width);
  const std::size_t first = width * static_cast<std::size_t>(begin);
  // Where a colour may come first, another one may come first now.
  if (first < settled_) return false;
  ColorNumbers numbers;
  for (const Rgba color : indexed_->palette) {
    if (color.a == 0) {
      numbers.begin_with_transparency();
    } else {
      numbers.number(to_word(color));
    }
  }
  for (std::size_t i = first; i < width * static_cast<std::size_t>(end); ++i) {
    const std::uint32_t word = to_word(image.pixels[i]);
    const std::uint32_t alpha = word >> 24U;
    if (alpha != 0 && alpha != 255) return false;
    const std::uint32_t number = numbers.number(alpha == 0 ? 0 : word);
    if (number >= indexed_->palette.size()) return false;
    std::uint8_t& index = indexed_->indexes[i];
    --indexed_->counts[index];
    index = static_cast<std::uint8_t>(number);
    ++indexed_->counts[index];
  }
  return true;
}

const std::optional<IndexedImage>& ColorIndex::update(const Image& image, int begin, int end) {
  if (number_again(image, begin, end)) return indexed_;
  indexed_ = index_colors(image);
  if (!indexed_) return indexed_;
  indexed_ = with_counts(*std::move(indexed_));
  settled_ = find_settled(*indexed_);
  return indexed_;
}

PaletteOrder order_by_use(const IndexedImage& image) {
  return sorted_order(
      image, [&](std::uint8_t a, std::uint8_t b) { return image.counts[a] > image.counts[b]; });
}

PaletteOrder order_by_light(const IndexedImage& image) {
  std::array<int, 256> light{};
  for (std::size_t i = 0; i < image.palette.size(); ++i) {
    const Rgba& color = image.palette[i];
    light[i] = 2126 * color.r + 7152 * color.g + 722 * color.b;
  }
  return sorted_order(image, [&](std::uint8_t a, std::uint8_t b) { return light[a] < light[b]; });
}

IndexedImage reordered(IndexedImage image, const PaletteOrder& order) {
  const std::vector<Rgba> palette = image.palette;
  const std::vector<std::uint32_t> counts = image.counts;
  for (std::size_t i = 0; i < palette.size(); ++i) {
    image.palette[order[i]] = palette[i];
    image.counts[order[i]] = counts[i];
  }
  for (std::uint8_t& index : image.indexes) index = order[index];
  return image;
}

unsigned least_depth(std::size_t colors) {
  if (colors <= 2) return 1;
  if (colors <= 4) return 2;
  return colors <= 16 ? 4 : 8;
}

namespace {

/// Indexes of one row, the first in the high bits.
template <unsigned Depth>
void pack_row(const std::uint8_t* source, std::size_t width, std::uint8_t* row) {
  constexpr std::size_t kPixels = 8 / Depth;
  const std::size_t whole = width / kPixels;
  for (std::size_t i = 0; i < whole; ++i, source += kPixels) {
    unsigned byte = 0;
    for (std::size_t k = 0; k < kPixels; ++k) byte = byte << Depth | source[k];
    row[i] = static_cast<std::uint8_t>(byte);
  }
  const std::size_t rest = width % kPixels;
  if (rest == 0) return;
  unsigned byte = 0;
  for (std::size_t k = 0; k < kPixels; ++k) byte = byte << Depth | (k < rest ? source[k] : 0U);
  row[whole] = static_cast<std::uint8_t>(byte);
}

}  // namespace

Bytes pack_rows(const IndexedImage& image, unsigned depth) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const std::size_t row_bytes = (width * depth + 7) / 8;
  Bytes rows((row_bytes + 1) * static_cast<std::size_t>(image.size.height));
  const std::uint8_t* source = image.indexes.data();
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.size.height); ++y, source += width) {
    std::uint8_t* row = rows.data() + y * (row_bytes + 1) + 1;
    switch (depth) {
      case 1:
        pack_row<1>(source, width, row);
        break;
      case 2:
        pack_row<2>(source, width, row);
        break;
      case 4:
        pack_row<4>(source, width, row);
        break;
      default:
        std::copy_n(source, width, row);
    }
  }
  return rows;
}

Bytes filter_rows(const Bytes& plain, std::size_t row_bytes, std::size_t pixel_bytes) {
  Bytes rows;
  rows.reserve(plain.size());
  Bytes above(row_bytes + pixel_bytes);
  Bytes row(row_bytes + pixel_bytes);
  FilteredRow filtered(row_bytes);
  for (std::size_t start = 1; start < plain.size(); start += row_bytes + 1) {
    std::copy_n(plain.data() + start, row_bytes, row.data() + pixel_bytes);
    filtered.filter(row, above, pixel_bytes);
    const std::size_t best = filtered.smoothest();
    rows.push_back(static_cast<std::uint8_t>(best));
    rows.insert(rows.end(), filtered.bytes(best).begin(), filtered.bytes(best).end());
    std::swap(row, above);
  }
  return rows;
}

}  // namespace dgxp
