#include "core/image/color_counts.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "core/image/color_metric.hpp"

namespace dgxp {

ColorCount& ColorCounter::find(Rgb color) {
  const std::uint32_t code = std::uint32_t{color.r} << 16U | std::uint32_t{color.g} << 8U | color.b;
  std::size_t slot = (code * 0x9E3779B1U >> 7U) & (slots_.size() - 1);
  while (slots_[slot].pixels > 0 && slots_[slot].color != color)
    slot = (slot + 1) & (slots_.size() - 1);
  return slots_[slot];
}

void ColorCounter::grow() {
  std::vector<ColorCount> before(slots_.size() * 2);
  std::swap(before, slots_);
  for (const ColorCount& slot : before)
    if (slot.pixels > 0) find(slot.color) = slot;
}

void ColorCounter::add(Rgb color, std::uint64_t pixels) {
  if (2 * used_ >= slots_.size()) grow();
  ColorCount& slot = find(color);
  if (slot.pixels == 0) {
    slot.color = color;
    ++used_;
  }
  slot.pixels += pixels;
}

void ColorCounter::add(const Image& image) {
  const auto& pixels = image.pixels;
  for (std::size_t i = 0; i < pixels.size();) {
    std::size_t end = i + 1;
    while (end < pixels.size() && pixels[end] == pixels[i]) ++end;
    if (is_opaque(pixels[i])) add(pixels[i].rgb(), end - i);
    i = end;
  }
}

std::vector<ColorCount> ColorCounter::take() && {
  std::erase_if(slots_, [](const ColorCount& slot) { return slot.pixels == 0; });
  std::ranges::sort(slots_, {}, &ColorCount::color);
  return std::move(slots_);
}

std::vector<ColorCount> count_colors(std::span<const Image* const> images) {
  ColorCounter counter;
  for (const Image* image : images) counter.add(*image);
  return std::move(counter).take();
}

std::vector<Rgb> settle_colors(std::vector<Rgb> colors, std::span<const ColorCount> counts,
                               std::size_t fixed) {
  struct Sum {
    std::array<std::uint64_t, 3> channels{};
    std::uint64_t pixels = 0;
    std::uint8_t mean(std::size_t i) const {
      return static_cast<std::uint8_t>((2 * channels[i] + pixels) / (2 * pixels));
    }
  };
  if (colors.empty() || counts.empty()) return colors;
  constexpr std::size_t kMostSteps = std::size_t{1} << 26U;
  const std::size_t rounds = std::min<std::size_t>(8, kMostSteps / (counts.size() * colors.size()));
  std::vector<RgbMetric::Point> points(colors.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    std::ranges::transform(colors, points.begin(), RgbMetric::point);
    std::vector<Sum> sums(colors.size());
    for (const ColorCount& c : counts) {
      const auto point = RgbMetric::point(c.color);
      std::size_t best = 0;
      std::int32_t least = std::numeric_limits<std::int32_t>::max();
      for (std::size_t i = 0; i < points.size(); ++i) {
        const std::int32_t distance = RgbMetric::distance(point, points[i]);
        if (distance >= least) continue;
        least = distance;
        best = i;
      }
      for (std::size_t i = 0; i < 3; ++i)
        sums[best].channels[i] += c.pixels * static_cast<std::uint64_t>(point[i]);
      sums[best].pixels += c.pixels;
    }
    for (std::size_t i = fixed; i < colors.size(); ++i)
      if (sums[i].pixels > 0) colors[i] = {sums[i].mean(0), sums[i].mean(1), sums[i].mean(2)};
  }
  return colors;
}

Palette sort_by_lightness(const std::vector<Rgb>& colors) {
  std::set<std::pair<std::int64_t, Rgb>> sorted;  // equal colours fall together
  for (const Rgb color : colors) sorted.emplace(OklabMetric::point(color)[0], color);
  Palette palette;
  for (const auto& [lightness, color] : sorted) palette.colors.push_back(color);
  return palette;
}

}  // namespace dgxp
