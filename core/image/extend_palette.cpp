#include "core/image/extend_palette.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/image/color_counts.hpp"
#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

/// Colours of pictures, weighed by their pixels, and how far each is from the palette so far.
struct Residue {
  RgbMetric::Point point;
  std::uint64_t pixels = 0;
  std::uint64_t distance = 0;

  std::uint64_t error() const { return pixels * distance; }
};

std::uint64_t distance_between(const RgbMetric::Point& a, const RgbMetric::Point& b) {
  return static_cast<std::uint64_t>(RgbMetric::distance(a, b));
}

/// Neighbouring colours as one, so that what follows is quick for any number of them.
std::vector<ColorCount> merged(const std::vector<ColorCount>& counts) {
  constexpr std::size_t kMostPoints = 4096;
  constexpr unsigned kShift = 4;  // 16 x 16 x 16 cubes
  if (counts.size() <= kMostPoints) return counts;
  struct Cube {
    std::uint64_t r = 0;
    std::uint64_t g = 0;
    std::uint64_t b = 0;
    std::uint64_t pixels = 0;
  };
  std::vector<Cube> cubes(kMostPoints);
  for (const ColorCount& c : counts) {
    Cube& cube = cubes[std::size_t{c.color.r} >> kShift << 8U |
                       std::size_t{c.color.g} >> kShift << 4U | std::size_t{c.color.b} >> kShift];
    cube.r += c.pixels * c.color.r;
    cube.g += c.pixels * c.color.g;
    cube.b += c.pixels * c.color.b;
    cube.pixels += c.pixels;
  }
  std::vector<ColorCount> result;
  for (const Cube& cube : cubes) {
    if (cube.pixels == 0) continue;
    const auto mean = [&](std::uint64_t sum) {
      return static_cast<std::uint8_t>((2 * sum + cube.pixels) / (2 * cube.pixels));
    };
    result.push_back({{mean(cube.r), mean(cube.g), mean(cube.b)}, cube.pixels});
  }
  return result;
}

/// Adds one colour after the other, each time that which takes most of the error away.
class ColorAdder {
 public:
  ColorAdder(const Palette& base, const std::vector<ColorCount>& counts) : counts_(merged(counts)) {
    for (const ColorCount& c : counts_) {
      Residue residue{.point = RgbMetric::point(c.color),
                      .pixels = c.pixels,
                      .distance = std::numeric_limits<std::uint64_t>::max()};
      for (const Rgb color : base.colors)
        residue.distance =
            std::min(residue.distance, distance_between(residue.point, RgbMetric::point(color)));
      residues_.push_back(residue);
    }
  }

  std::vector<Rgb> add(int count) {
    std::vector<Rgb> added;
    for (int i = 0; i < count; ++i) {
      const std::size_t best = best_candidate();
      if (residues_[best].error() == 0) break;
      added.push_back(counts_[best].color);
      for (Residue& residue : residues_)
        residue.distance =
            std::min(residue.distance, distance_between(residue.point, residues_[best].point));
    }
    return added;
  }

 private:
  std::uint64_t gain(const RgbMetric::Point& point) const {
    std::uint64_t gain = 0;
    for (const Residue& residue : residues_) {
      const std::uint64_t distance = distance_between(residue.point, point);
      if (distance < residue.distance) gain += residue.pixels * (residue.distance - distance);
    }
    return gain;
  }

  /// Among the colours with most error of their own.
  std::size_t best_candidate() const {
    constexpr std::size_t kTried = 64;
    std::vector<std::size_t> order(residues_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const std::size_t tried = std::min(kTried, order.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(tried),
                              [&](std::size_t a, std::size_t b) {
                                const std::uint64_t left = residues_[a].error();
                                const std::uint64_t right = residues_[b].error();
                                return left != right ? left > right : a < b;
                              });
    std::size_t best = order.front();
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < tried; ++i) {
      const std::uint64_t gained = gain(residues_[order[i]].point);
      if (gained <= most) continue;
      most = gained;
      best = order[i];
    }
    return best;
  }

  std::vector<ColorCount> counts_;
  std::vector<Residue> residues_;
};

}  // namespace

Palette extend_palette(const Palette& base, std::span<const Image* const> images, int count) {
  return extend_palette_by_counts(base, count_colors(images), count);
}

Palette extend_palette_by_counts(const Palette& base, const std::vector<ColorCount>& counts,
                                 int count) {
  assert(!base.colors.empty() && count >= 1);
  assert(base.colors.size() + static_cast<std::size_t>(count) <= 256);
  const auto is_new = [&](Rgb color) { return !base.find(color); };
  std::vector<Rgb> added;
  for (const ColorCount& c : counts)
    if (is_new(c.color)) added.push_back(c.color);
  if (added.size() > static_cast<std::size_t>(count)) {
    const std::vector<Rgb> chosen = ColorAdder(base, counts).add(count);
    std::vector<Rgb> colors = base.colors;
    colors.insert(colors.end(), chosen.begin(), chosen.end());
    colors = settle_colors(std::move(colors), counts, base.colors.size());
    added.clear();
    std::copy_if(colors.begin() + static_cast<std::ptrdiff_t>(base.colors.size()), colors.end(),
                 std::back_inserter(added), is_new);
  }
  Palette palette = base;
  const Palette sorted = sort_by_lightness(added);
  palette.colors.insert(palette.colors.end(), sorted.colors.begin(), sorted.colors.end());
  return palette;
}

}  // namespace dgxp
