#include "core/image/exact_grid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "core/image/find_grid.hpp"
#include "core/image/palette.hpp"
#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

/// First place of a change along an axis and the greatest step that all changes are multiples of.
struct Rhythm {
  int first = -1;
  int step = 0;
  void add(int place) {
    if (first < 0) {
      first = place;
    }
    step = std::gcd(step, place - first);
  }
};

Rhythm column_rhythm(const Image& image) {
  Rhythm rhythm;
  for (int y = 0; y < image.size.height && rhythm.step != 1; ++y) {
    for (int x = 1; x < image.size.width; ++x) {
      if (image.at(x, y) != image.at(x - 1, y)) {
        rhythm.add(x);
      }
    }
  }
  return rhythm;
}

Rhythm row_rhythm(const Image& image) {
  Rhythm rhythm;
  for (int y = 1; y < image.size.height && rhythm.step != 1; ++y) {
    for (int x = 0; x < image.size.width; ++x) {
      if (image.at(x, y) != image.at(x, y - 1)) {
        rhythm.add(y);
        break;
      }
    }
  }
  return rhythm;
}

/// Colours as pixel words, in a table of open addressing that is at most a quarter full.
class ColorSet {
 public:
  std::size_t size() const { return size_; }
  void insert(std::uint32_t color) {
    std::size_t place = color * 2654435761U >> (32U - kBits);
    while (used_[place] && colors_[place] != color) {
      place = (place + 1) % kPlaces;
    }
    size_ += used_[place] ? 0 : 1;
    used_[place] = true;
    colors_[place] = color;
  }

 private:
  static constexpr unsigned kBits = 10;
  static constexpr std::size_t kPlaces = std::size_t{1} << kBits;
  static_assert(kPlaces >= 4 * kMostPaletteColors);

  std::array<std::uint32_t, kPlaces> colors_{};
  std::array<bool, kPlaces> used_{};
  std::size_t size_ = 0;
};

bool has_few_colors(const Image& image) {
  ColorSet seen;
  std::uint32_t last = 0;
  for (const Rgba& p : image.pixels) {
    const std::uint32_t color = to_word(p);
    if (color == last && seen.size() > 0) {
      continue;
    }
    last = color;
    seen.insert(color);
    if (seen.size() > kMostPaletteColors) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Grid> find_exact_grid(const Image& image) {
  const Rhythm x = column_rhythm(image);
  if (x.step == 1 || x.first < 0) {
    return std::nullopt;
  }
  const Rhythm y = row_rhythm(image);
  if (y.step == 1 || y.first < 0) {
    return std::nullopt;
  }
  // Where one axis shows a single change only, its place is a multiple of the cell as well.
  int cell = std::gcd(x.step, y.step);
  if (x.step == 0 || y.step == 0) {
    cell = std::gcd(cell, std::gcd(x.step == 0 ? x.first : 0, y.step == 0 ? y.first : 0));
  }
  if (cell < 2) {
    return std::nullopt;
  }
  return make_even_grid(image.size, cell, {x.first % cell, y.first % cell});
}

bool is_native(const Image& image) {
  if (!has_few_colors(image)) {
    return false;
  }
  // One single pixel between longer runs may be the soft edge of an enlarged picture; two in a row
  // are details.
  std::int64_t runs = 0;
  std::int64_t details = 0;
  for (int y = 0; y < image.size.height; ++y) {
    int start = 0;
    bool single_before = false;
    for (int x = 1; x <= image.size.width; ++x) {
      if (x < image.size.width && image.at(x, y) == image.at(x - 1, y)) {
        continue;
      }
      const bool single = start > 0 && x < image.size.width && x - start == 1;
      runs += 1;
      details += single && single_before ? 1 : 0;
      single_before = single;
      start = x;
    }
  }
  return details * 50 > runs;
}

Grid make_pixel_grid(Size size) {
  return make_even_grid(size, 1.0, {0, 0});
}

}  // namespace dgxp
