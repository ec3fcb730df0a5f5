#include "core/procedural/render_raw.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "core/procedural/shape_math.hpp"

namespace dgxp {
namespace {

int square_distance(Rgb a, Rgb b) {
  const int r = a.r - b.r;
  const int g = a.g - b.g;
  const int bl = a.b - b.b;
  return r * r + g * g + bl * bl;
}

std::vector<Rgb> colors_used(const Image& native, std::span<const Rgb> palette) {
  std::set<Rgb> colors(palette.begin(), palette.end());
  for (const Rgba& pixel : native.pixels)
    if (pixel.a != 0) colors.insert(pixel.rgb());
  return {colors.begin(), colors.end()};
}

// How much a channel may stray so that no colour comes closer to another one than to its own.
int tolerance(const std::vector<Rgb>& colors) {
  int nearest = 3 * 255 * 255;
  for (std::size_t i = 0; i < colors.size(); ++i)
    for (std::size_t j = i + 1; j < colors.size(); ++j)
      nearest = std::min(nearest, square_distance(colors[i], colors[j]));
  int side = 0;
  while ((side + 1) * (side + 1) <= nearest) ++side;
  return std::clamp(side / 8, 0, 3);
}

struct Cell {
  std::array<int, 3> channels{};
};

// Where one raw row or column takes its colour from: two neighbouring cells and how much of the
// second one, in 256ths.
struct Tap {
  int first = 0;
  int second = 0;
  int weight = 0;
};

// Grid lines in 256ths of a raw pixel, each a little off; the outermost ones stay.
std::vector<int> drifting_lines(int cells, int scale, SplitMix& random) {
  const int most = scale < 4 ? 0 : scale * 256 / 10;
  std::vector<int> lines(static_cast<std::size_t>(cells) + 1);
  for (int i = 0; i <= cells; ++i) {
    const int drift = random.below(2 * most + 1) - most;
    lines[static_cast<std::size_t>(i)] = i * scale * 256 + (i > 0 && i < cells ? drift : 0);
  }
  return lines;
}

std::vector<Tap> taps(int cells, int scale, SplitMix& random) {
  const std::vector<int> lines = drifting_lines(cells, scale, random);
  const int soft = std::max(1, scale * 256 / 8);  // width of a border
  std::vector<Tap> result(static_cast<std::size_t>(cells * scale));
  int cell = 0;
  for (int p = 0; p < cells * scale; ++p) {
    const int at = p * 256 + 128;
    while (cell + 1 < cells && at >= lines[static_cast<std::size_t>(cell) + 1]) ++cell;
    Tap tap{cell, cell, 0};
    const int before = at - lines[static_cast<std::size_t>(cell)];
    const int after = lines[static_cast<std::size_t>(cell) + 1] - at;
    if (cell > 0 && before < soft / 2) tap = {cell - 1, cell, 128 + before * 256 / soft};
    if (cell + 1 < cells && after < soft / 2) tap = {cell, cell + 1, 128 - after * 256 / soft};
    tap.weight = std::clamp(tap.weight, 0, 256);
    result[static_cast<std::size_t>(p)] = tap;
  }
  return result;
}

std::vector<Cell> tinted_cells(const Image& native, Rgb background, int tint, SplitMix& random) {
  std::vector<Cell> cells(native.pixels.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Rgba pixel = native.pixels[i];
    const Rgb color = pixel.a == 0 ? background : pixel.rgb();
    const int off = tint == 0 ? 0 : random.below(2 * tint + 1) - tint;
    cells[i].channels = {(color.r + off) * 256, (color.g + off) * 256, (color.b + off) * 256};
  }
  return cells;
}

int mix_channel(int a, int b, int weight) {
  return a + (b - a) / 256 * weight;
}

}  // namespace

Rgb choose_background(const Image& native, std::span<const Rgb> palette) {
  const std::vector<Rgb> used = colors_used(native, palette);
  // Strong colours first, so that among equals the one that looks least like a figure is taken.
  constexpr std::array<Rgb, 8> kStrong{{{255, 0, 255},
                                        {0, 255, 0},
                                        {0, 255, 255},
                                        {255, 255, 0},
                                        {255, 0, 128},
                                        {128, 0, 255},
                                        {0, 0, 255},
                                        {255, 0, 0}}};
  std::vector<Rgb> candidates(kStrong.begin(), kStrong.end());
  for (int r = 0; r < 256; r += 51)
    for (int g = 0; g < 256; g += 51)
      for (int b = 0; b < 256; b += 51)
        candidates.push_back({static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g),
                              static_cast<std::uint8_t>(b)});
  Rgb best = candidates.front();
  int best_distance = -1;
  for (const Rgb candidate : candidates) {
    int distance = 3 * 255 * 255;
    for (const Rgb color : used) distance = std::min(distance, square_distance(candidate, color));
    // Beyond 150 a colour is far enough; then the order decides.
    distance = std::min(distance, 150 * 150);
    if (distance > best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

Image render_raw(const Image& native, std::span<const Rgb> palette, const RawStyle& style) {
  const int scale = std::max(1, style.scale);
  SplitMix random(style.seed);
  const Rgb background = choose_background(native, palette);
  const std::vector<Rgb> used = colors_used(native, palette);
  const int tint = tolerance(used);
  const std::vector<Cell> cells = tinted_cells(native, background, tint, random);
  const std::vector<Tap> columns = taps(native.size.width, scale, random);
  const std::vector<Tap> rows = taps(native.size.height, scale, random);
  Image raw({native.size.width * scale, native.size.height * scale});
  std::vector<Cell> line(static_cast<std::size_t>(native.size.width));
  const auto width = static_cast<std::size_t>(native.size.width);
  const std::uint64_t noise_seed = random.next();
  std::size_t out = 0;
  for (std::size_t y = 0; y < rows.size(); ++y) {
    const Tap row = rows[y];
    for (std::size_t x = 0; x < width; ++x) {
      const Cell& a = cells[static_cast<std::size_t>(row.first) * width + x];
      const Cell& b = cells[static_cast<std::size_t>(row.second) * width + x];
      for (std::size_t c = 0; c < 3; ++c)
        line[x].channels[c] = mix_channel(a.channels[c], b.channels[c], row.weight);
    }
    SplitMix noise(mix(noise_seed, y));
    std::uint64_t bits = 0;
    for (std::size_t x = 0; x < columns.size(); ++x, ++out) {
      bits = x % 4 == 0 ? noise.next() : bits >> 16U;
      const Tap tap = columns[x];
      const Cell& a = line[static_cast<std::size_t>(tap.first)];
      const Cell& b = line[static_cast<std::size_t>(tap.second)];
      std::array<std::uint8_t, 3> rgb{};
      for (std::size_t c = 0; c < 3; ++c) {
        // Two dice of 8 sides: mostly small.
        const int dice =
            static_cast<int>(bits >> (c * 4U) & 7U) + static_cast<int>(bits >> (c * 4U + 3U) & 7U);
        const int value = mix_channel(a.channels[c], b.channels[c], tap.weight) / 256 + dice - 7;
        rgb[c] = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
      }
      raw.pixels[out] = {rgb[0], rgb[1], rgb[2], 255};
    }
  }
  return raw;
}

}  // namespace dgxp
