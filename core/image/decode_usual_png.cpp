#include "core/image/decode_usual_png.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include <libdeflate.h>

#include "core/image/png_parts.hpp"
#include "core/image/unfilter_rows.hpp"

namespace dgxp {
namespace {

/// Rows are inflated into memory of their own before they are unfiltered: of larger pictures
/// libpng needs less.
constexpr std::size_t kMostRawBytes = 32U << 20U;

enum class ColorType : std::uint8_t { gray = 0, rgb = 2, indexed = 3, rgba = 6 };

struct UsualPng {
  ColorType type = ColorType::gray;
  unsigned depth = 0;
  ByteView palette;
  ByteView alphas;
  std::size_t first_data = 0;  ///< start of the first IDAT
  std::size_t data_chunks = 0;
  std::size_t data_bytes = 0;

  std::size_t pixel_bits() const {
    return type == ColorType::rgb ? 24U : type == ColorType::rgba ? 32U : depth;
  }
};

bool is_right(ByteView content, std::size_t at, std::size_t length) {
  return libdeflate_crc32(0, content.data() + at + 4, length + 4) ==
         read_png_u32(content, at + 8 + length);
}

bool read_header(ByteView data, UsualPng& png) {
  png.depth = data[8];
  png.type = static_cast<ColorType>(data[9]);
  if (data[10] != 0 || data[11] != 0 || data[12] != 0) return false;
  switch (png.type) {
    case ColorType::gray:
    case ColorType::rgb:
    case ColorType::rgba:
      return png.depth == 8;
    case ColorType::indexed:
      return png.depth == 1 || png.depth == 2 || png.depth == 4 || png.depth == 8;
  }
  return false;
}

bool read_palette(ByteView data, UsualPng& png) {
  png.palette = data;
  return png.type == ColorType::indexed && data.size() % 3 == 0 && !data.empty() &&
         data.size() / 3 <= std::size_t{1} << png.depth;
}

bool read_alphas(ByteView data, UsualPng& png) {
  png.alphas = data;
  return png.type == ColorType::indexed && !data.empty() && data.size() <= png.palette.size() / 3;
}

/// Each chunk that decides pixels once and in order, with its right checksum.
std::optional<UsualPng> read_chunks(ByteView content) {
  UsualPng png;
  int stage = 0;  // what has been seen last: IHDR 1, PLTE 2, tRNS 3, IDAT 4, IEND 5
  for (std::size_t at = kPngSignatureBytes; at < content.size();) {
    const std::size_t length = read_png_u32(content, at);
    const std::string_view type = as_text(content.subspan(at + 4, 4));
    const ByteView data = content.subspan(at + 8, length);
    const auto enter = [&](int next) {
      const bool is_next = next == 4 ? stage <= 4 : stage < next;
      stage = next;
      return is_next && is_right(content, at, length);
    };
    if (type == "IHDR") {
      if (!enter(1) || !read_header(data, png)) return std::nullopt;
    } else if (type == "PLTE") {
      if (!enter(2) || !read_palette(data, png)) return std::nullopt;
    } else if (type == "tRNS") {
      if (!enter(3) || !read_alphas(data, png)) return std::nullopt;
    } else if (type == "IDAT") {
      if (!enter(4)) return std::nullopt;
      if (png.data_chunks++ == 0) png.first_data = at;
      png.data_bytes += length;
    } else if (type == "IEND") {
      if (!enter(5) || length != 0) return std::nullopt;
    }
    at += kPngChunkFrame + length;
  }
  if (png.data_chunks == 0 || png.palette.empty() != (png.type != ColorType::indexed))
    return std::nullopt;
  return png;
}

/// The data of all IDAT, which follow one another; `joined` keeps it where it is in parts.
ByteView join_data(ByteView content, const UsualPng& png, Bytes& joined) {
  std::size_t at = png.first_data;
  if (png.data_chunks == 1) return content.subspan(at + 8, png.data_bytes);
  joined.reserve(png.data_bytes);
  for (std::size_t i = 0; i < png.data_chunks; ++i) {
    const ByteView part = content.subspan(at + 8, read_png_u32(content, at));
    joined.insert(joined.end(), part.begin(), part.end());
    at += kPngChunkFrame + part.size();
  }
  return joined;
}

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* it) const { libdeflate_free_decompressor(it); }
};

/// True when `data` is one whole stream of exactly `size` bytes, which `raw` then begins with.
bool inflate(ByteView data, std::size_t size, Bytes& raw) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) return false;
  std::size_t read = 0;
  return libdeflate_zlib_decompress_ex(decompressor.get(), data.data(), data.size(), raw.data(),
                                       size, &read, nullptr) == LIBDEFLATE_SUCCESS &&
         read == data.size();
}

using Colors = std::array<Rgba, 256>;

Colors colors_of(const UsualPng& png) {
  Colors colors;
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const auto value = static_cast<std::uint8_t>(i);
    colors.at(i) = {value, value, value, 255};
  }
  for (std::size_t i = 0; i < png.palette.size() / 3; ++i) {
    const std::uint8_t alpha = i < png.alphas.size() ? png.alphas[i] : std::uint8_t{255};
    colors.at(i) = {png.palette[3 * i], png.palette[3 * i + 1], png.palette[3 * i + 2], alpha};
  }
  return colors;
}

/// False when a pixel has a colour that the palette has not.
bool color_rows(const Bytes& raw, std::size_t row_bytes, const UsualPng& png, Image& image) {
  const Colors colors = colors_of(png);
  const std::size_t count = png.type == ColorType::indexed ? png.palette.size() / 3 : colors.size();
  const unsigned mask = (1U << png.depth) - 1U;
  const auto width = static_cast<std::size_t>(image.size.width);
  Rgba* pixels = image.pixels.data();
  unsigned highest = 0;
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.size.height); ++y, pixels += width) {
    const std::uint8_t* row = raw.data() + y * (row_bytes + 1) + 1;
    const auto put = [&](std::size_t x, unsigned index) {
      highest = std::max(highest, index);
      pixels[x] = colors.data()[index];
    };
    if (png.depth == 8) {
      for (std::size_t x = 0; x < width; ++x) put(x, row[x]);
      continue;
    }
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t bit = x * png.depth;
      put(x, row[bit / 8] >> (8U - png.depth - bit % 8) & mask);
    }
  }
  return highest < count;
}

}  // namespace

std::optional<Image> decode_usual_png(ByteView content, Size size) {
  const auto png = read_chunks(content);
  if (!png) return std::nullopt;
  const std::size_t row_bytes = (static_cast<std::size_t>(size.width) * png->pixel_bits() + 7) / 8;
  const std::size_t raw_bytes = (row_bytes + 1) * static_cast<std::size_t>(size.height);
  // Nothing is allocated that the file could not fill.
  if (raw_bytes > kMostRawBytes || !can_hold(png->data_bytes, 8 * std::uint64_t{raw_bytes}))
    return std::nullopt;

  Bytes joined;
  Bytes raw(raw_bytes + 1);
  if (!inflate(join_data(content, *png, joined), raw_bytes, raw)) return std::nullopt;
  Image image(size);
  if (png->type == ColorType::rgb || png->type == ColorType::rgba) {
    if (!unfilter_pixels(raw, png->pixel_bits() / 8, image)) return std::nullopt;
    return image;
  }
  raw.pop_back();
  if (!unfilter_bytes(raw, row_bytes) || !color_rows(raw, row_bytes, *png, image))
    return std::nullopt;
  return image;
}

}  // namespace dgxp
