#include "core/image/png_forms.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/image/png_parts.hpp"

namespace dgxp {
namespace {

std::size_t bytes_a_pixel(PngColorType type) {
  switch (type) {
    case PngColorType::truecolor:
      return 3;
    case PngColorType::truecolor_alpha:
      return 4;
    case PngColorType::gray:
    case PngColorType::indexed:
      break;
  }
  return 1;
}

/// Rows of filter type 0 that hold what `put` appends for each pixel.
template <typename Pixels, typename Put>
Bytes plain_rows(const Pixels& pixels, Size size, std::size_t pixel_bytes, Put put) {
  Bytes rows;
  rows.reserve(pixels.size() * pixel_bytes + static_cast<std::size_t>(size.height));
  const auto width = static_cast<std::size_t>(size.width);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (i % width == 0) rows.push_back(0);
    put(rows, pixels[i]);
  }
  return rows;
}

bool is_transparent(const IndexedImage& image) {
  return image.palette.front().a == 0;
}

/// Transparent pixels are black without alpha and must stay so: it is what a smoothing sampler
/// sees.
bool has_black(const IndexedImage& image) {
  return std::ranges::any_of(image.palette,
                             [](const Rgba& c) { return c == opaque(Rgb{0, 0, 0}); });
}

}  // namespace

std::size_t PngForm::chunk_bytes() const {
  const std::size_t colors = palette.empty() ? 0 : kPngChunkFrame + 3 * palette.size();
  return colors + (transparency.empty() ? 0 : kPngChunkFrame + transparency.size());
}

PngForm plain_form(const IndexedImage& image, unsigned depth) {
  PngForm form{.depth = depth, .palette = image.palette, .transparency = {}};
  if (is_transparent(image)) form.transparency = {0};
  form.rows = pack_rows(image, depth);
  return form;
}

PngForm filtered_form(const IndexedImage& image) {
  return filtered(plain_form(reordered(image, order_by_light(image)), 8), image.size);
}

std::optional<PngForm> gray_form(const IndexedImage& image) {
  if (std::ranges::any_of(image.palette, [](const Rgba& color) {
        return color.r != color.g || color.g != color.b;
      }))
    return std::nullopt;
  if (is_transparent(image) && has_black(image)) return std::nullopt;
  PngForm form{.type = PngColorType::gray, .palette = {}, .transparency = {}};
  if (is_transparent(image)) form.transparency = {0, 0};
  form.rows = plain_rows(image.indexes, image.size, 1, [&](Bytes& rows, std::uint8_t index) {
    rows.push_back(image.palette[index].r);
  });
  return form;
}

std::optional<PngForm> truecolor_form(const IndexedImage& image) {
  if (is_transparent(image) && has_black(image)) return std::nullopt;
  PngForm form{.type = PngColorType::truecolor, .palette = {}, .transparency = {}};
  if (is_transparent(image)) form.transparency = {0, 0, 0, 0, 0, 0};
  form.rows = plain_rows(image.indexes, image.size, 3, [&](Bytes& rows, std::uint8_t index) {
    const Rgba& color = image.palette[index];
    rows.insert(rows.end(), {color.r, color.g, color.b});
  });
  return form;
}

PngForm truecolor_alpha_form(const Image& image) {
  PngForm form{.type = PngColorType::truecolor_alpha, .palette = {}, .transparency = {}};
  form.rows = plain_rows(image.pixels, image.size, 4, [](Bytes& rows, const Rgba& raw) {
    const Rgba pixel = raw.a == 0 ? kTransparent : raw;
    rows.insert(rows.end(), {pixel.r, pixel.g, pixel.b, pixel.a});
  });
  return filtered(std::move(form), image.size);
}

PngForm filtered(PngForm form, Size size) {
  const std::size_t pixel_bytes = bytes_a_pixel(form.type);
  form.rows =
      filter_rows(form.rows, pixel_bytes * static_cast<std::size_t>(size.width), pixel_bytes);
  form.is_filtered = true;
  return form;
}

}  // namespace dgxp
