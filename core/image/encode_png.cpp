// The writing half of png_codec.hpp: chunks by hand, so that nothing but the pixels decides a byte.
#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "core/image/checksum.hpp"
#include "core/image/deflate.hpp"
#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

void put_u32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
}

void put_chunk(Bytes& png, std::string_view type, ByteView data) {
  put_u32(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  put_u32(png, crc32(ByteView(png).subspan(start)));
}

struct Indexed {
  std::vector<Rgba> palette;  ///< at most 256, the transparent one first
  Bytes indexes;              ///< one a pixel
};

/// Numbers the colours of a picture in the order of their first use.
class ColorNumbers {
 public:
  ColorNumbers() { slots_.fill(kFree); }
  std::vector<Rgba>& palette() { return palette_; }

  /// The number of `color`; nothing when it would be the 257th.
  std::optional<std::uint8_t> number(Rgba color) {
    const std::uint32_t code = std::uint32_t{color.r} << 24U | std::uint32_t{color.g} << 16U |
                               std::uint32_t{color.b} << 8U | color.a;
    std::size_t slot = (code * 0x9E3779B1U) >> 22U;
    while (slots_[slot] != kFree) {
      if (palette_[slots_[slot]] == color) return static_cast<std::uint8_t>(slots_[slot]);
      slot = (slot + 1) % slots_.size();
    }
    if (palette_.size() == 256) return std::nullopt;
    slots_[slot] = static_cast<std::uint16_t>(palette_.size());
    palette_.push_back(color);
    return static_cast<std::uint8_t>(slots_[slot]);
  }

 private:
  static constexpr std::uint16_t kFree = 0xFFFF;
  std::array<std::uint16_t, 1024> slots_{};
  std::vector<Rgba> palette_;
};

/// Nothing when the picture needs truecolour.
std::optional<Indexed> index_colors(const Image& image) {
  ColorNumbers numbers;
  if (std::ranges::any_of(image.pixels, [](const Rgba& pixel) { return pixel.a == 0; }))
    numbers.number(kTransparent);
  Indexed indexed;
  indexed.indexes.reserve(image.pixels.size());
  std::optional<std::uint8_t> last_number;
  Rgba last;
  for (const Rgba& pixel : image.pixels) {
    if (pixel.a != 0 && pixel.a != 255) return std::nullopt;
    const Rgba color = pixel.a == 0 ? kTransparent : pixel;
    if (!last_number || color != last) {
      last_number = numbers.number(color);
      if (!last_number) return std::nullopt;
      last = color;
    }
    indexed.indexes.push_back(*last_number);
  }
  indexed.palette = std::move(numbers.palette());
  return indexed;
}

unsigned least_depth(std::size_t colors) {
  if (colors <= 2) return 1;
  if (colors <= 4) return 2;
  return colors <= 16 ? 4 : 8;
}

/// Rows of filter type 0 and packed indexes, the first pixel in the high bits.
Bytes pack_rows(const Bytes& indexes, Size size, unsigned depth) {
  const auto width = static_cast<std::size_t>(size.width);
  const std::size_t row_bytes = (width * depth + 7) / 8;
  Bytes rows((row_bytes + 1) * static_cast<std::size_t>(size.height));
  const unsigned per_byte = 8 / depth;
  for (std::size_t y = 0; y < static_cast<std::size_t>(size.height); ++y) {
    std::uint8_t* row = &rows[y * (row_bytes + 1) + 1];
    const std::uint8_t* source = &indexes[y * width];
    for (std::size_t x = 0; x < width; ++x) {
      const unsigned shift = depth * (per_byte - 1 - static_cast<unsigned>(x) % per_byte);
      row[x / per_byte] = static_cast<std::uint8_t>(row[x / per_byte] | source[x] << shift);
    }
  }
  return rows;
}

std::uint8_t paeth(int left, int up, int corner) {
  const int to_left = std::abs(up - corner);
  const int to_up = std::abs(left - corner);
  const int to_corner = std::abs(left + up - 2 * corner);
  if (to_left <= to_up && to_left <= to_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(to_up <= to_corner ? up : corner);
}

constexpr std::size_t kPixelBytes = 4;
constexpr std::size_t kFilters = 5;

/// A row of RGBA pixels under each PNG filter. Rows have one empty pixel in front, so that the
/// first pixel is filtered like all others.
struct FilteredRow {
  std::array<Bytes, kFilters> bytes;

  explicit FilteredRow(std::size_t row_bytes) {
    for (Bytes& row : bytes) row.resize(row_bytes);
  }
  void filter(const Bytes& padded_row, const Bytes& padded_above) {
    const std::size_t count = bytes[0].size();
    const std::uint8_t* row = padded_row.data() + kPixelBytes;
    const std::uint8_t* left = padded_row.data();
    const std::uint8_t* up = padded_above.data() + kPixelBytes;
    const std::uint8_t* corner = padded_above.data();
    std::copy_n(row, count, bytes[0].data());
    const auto subtract = [&](std::uint8_t* out, auto guess) {
      for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(row[i] - guess(i));
    };
    subtract(bytes[1].data(), [&](std::size_t i) { return left[i]; });
    subtract(bytes[2].data(), [&](std::size_t i) { return up[i]; });
    subtract(bytes[3].data(), [&](std::size_t i) { return (left[i] + up[i]) / 2; });
    subtract(bytes[4].data(), [&](std::size_t i) { return paeth(left[i], up[i], corner[i]); });
  }
};

/// Sum of the bytes' distances from 0, modulo 256: small when neighbours are alike.
std::uint64_t roughness(const Bytes& filtered) {
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : filtered) {
    const int value = static_cast<std::int8_t>(byte);
    sum += static_cast<unsigned>(value < 0 ? -value : value);
  }
  return sum;
}

/// RGBA rows, each with the filter that leaves it least rough.
Bytes filter_rows(const Image& image) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const std::size_t row_bytes = kPixelBytes * width;
  Bytes rows;
  rows.reserve((row_bytes + 1) * static_cast<std::size_t>(image.size.height));
  Bytes above(row_bytes + kPixelBytes);
  Bytes row(row_bytes + kPixelBytes);
  FilteredRow filtered(row_bytes);
  for (int y = 0; y < image.size.height; ++y) {
    std::uint8_t* out = row.data() + kPixelBytes;
    for (std::size_t x = 0; x < width; ++x, out += kPixelBytes) {
      const Rgba raw = image.at(static_cast<int>(x), y);
      const Rgba pixel = raw.a == 0 ? kTransparent : raw;
      out[0] = pixel.r;
      out[1] = pixel.g;
      out[2] = pixel.b;
      out[3] = pixel.a;
    }
    filtered.filter(row, above);
    std::size_t best = 0;
    std::uint64_t least = roughness(filtered.bytes[0]);
    for (std::size_t type = 1; type < kFilters; ++type) {
      const std::uint64_t now = roughness(filtered.bytes.at(type));
      if (now >= least) continue;
      least = now;
      best = type;
    }
    rows.push_back(static_cast<std::uint8_t>(best));
    rows.insert(rows.end(), filtered.bytes.at(best).begin(), filtered.bytes.at(best).end());
    std::swap(row, above);
  }
  return rows;
}

Bytes header_data(Size size, unsigned depth, unsigned color_type) {
  Bytes data;
  put_u32(data, static_cast<std::uint32_t>(size.width));
  put_u32(data, static_cast<std::uint32_t>(size.height));
  data.insert(data.end(),
              {static_cast<std::uint8_t>(depth), static_cast<std::uint8_t>(color_type), 0, 0, 0});
  return data;
}

void put_palette(Bytes& png, const std::vector<Rgba>& palette) {
  Bytes colors;
  for (const Rgba& color : palette) colors.insert(colors.end(), {color.r, color.g, color.b});
  put_chunk(png, "PLTE", colors);
  if (palette.front().a == 0) put_chunk(png, "tRNS", Bytes{0});
}

}  // namespace

Bytes encode_png(const Image& image) {
  assert(image.size.width > 0 && image.size.height > 0);
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  if (const auto indexed = index_colors(image)) {
    const unsigned depth = least_depth(indexed->palette.size());
    put_chunk(png, "IHDR", header_data(image.size, depth, 3));
    put_palette(png, indexed->palette);
    put_chunk(png, "IDAT", compress_zlib(pack_rows(indexed->indexes, image.size, depth)));
  } else {
    put_chunk(png, "IHDR", header_data(image.size, 8, 6));
    put_chunk(png, "IDAT", compress_zlib(filter_rows(image)));
  }
  put_chunk(png, "IEND", {});
  return png;
}

}  // namespace dgxp
