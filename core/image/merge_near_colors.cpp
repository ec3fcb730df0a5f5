#include "core/image/merge_near_colors.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "core/image/palette.hpp"
#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

constexpr int kEndReach = 5;  // times the reach, where a channel ends

/// How far a value is from `kept`. At an end it may have been cut off, and farther away.
int away(std::uint8_t kept, std::uint8_t value) {
  const int off = std::abs(kept - value);
  return kept == 0 || kept == 255 ? off / kEndReach : off;
}

int away(const Rgba& kept, const Rgba& color) {
  return std::max(
      {away(kept.r, color.r), away(kept.g, color.g), away(kept.b, color.b), away(kept.a, color.a)});
}

/// The one that is within reach and nearest, the first of several.
std::optional<Rgba> nearest_of(const std::vector<Rgba>& kept, const Rgba& color, int reach) {
  std::optional<Rgba> best;
  int least = reach + 1;
  for (const Rgba& one : kept) {
    const int off = away(one, color);
    if (off < least) {
      least = off;
      best = one;
    }
  }
  return best;
}

struct NearColor {
  std::uint32_t color = 0;
  std::size_t count = 0;
  Rgba shown = {};
  Rgba merged = {};
};

/// Most used first.
std::vector<NearColor> count_pixels(const Image& image) {
  std::vector<std::pair<std::uint32_t, Rgba>> pixels;
  pixels.reserve(image.pixels.size());
  for (const Rgba& p : image.pixels) {
    pixels.emplace_back(to_word(p), p);
  }
  const auto by_color = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::ranges::sort(pixels, by_color);
  std::vector<NearColor> counts;
  for (const auto& [color, shown] : pixels) {
    if (counts.empty() || counts.back().color != color) {
      counts.push_back({.color = color, .shown = shown, .merged = shown});
    }
    ++counts.back().count;
  }
  std::ranges::sort(counts, [](const NearColor& a, const NearColor& b) {
    return a.count != b.count ? a.count > b.count : a.color < b.color;
  });
  return counts;
}

}  // namespace

Image merge_near_colors(Image image, int reach, std::span<const Rgb> known) {
  std::vector<NearColor> counts = count_pixels(image);
  std::vector<Rgba> first;
  first.reserve(known.size());
  for (const Rgb color : known) {
    first.push_back(opaque(color));
  }
  std::vector<Rgba> kept;
  for (NearColor& entry : counts) {
    std::optional<Rgba> same = nearest_of(first, entry.shown, reach);
    if (!same) {
      same = nearest_of(kept, entry.shown, reach);
    }
    if (!same) {
      kept.push_back(entry.shown);
      if (kept.size() > kMostPaletteColors) {
        return image;
      }
    }
    entry.merged = same.value_or(entry.shown);
  }
  std::ranges::sort(counts, {}, &NearColor::color);
  for (Rgba& p : image.pixels) {
    p = std::ranges::lower_bound(counts, to_word(p), {}, &NearColor::color)->merged;
  }
  return image;
}

}  // namespace dgxp
