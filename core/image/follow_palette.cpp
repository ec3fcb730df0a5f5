#include "core/image/follow_palette.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "core/image/nearest_search.hpp"

namespace dgxp {
namespace {

/// How often `colors[position]` stands at or before `position`, and in which order.
std::size_t occurrence_of(const std::vector<Rgb>& colors, std::size_t position) {
  return static_cast<std::size_t>(
      std::count(colors.begin(), colors.begin() + static_cast<std::ptrdiff_t>(position) + 1,
                 colors[position]));
}

/// Where the entry at `position` of `before` stands in `today`: with its own colour when that is
/// still there (the palette was reordered; twins are told apart by their order), else at the same
/// position (the entry was edited). Nothing when that position is gone.
std::optional<int> moved_position(const std::vector<Rgb>& before, std::size_t position,
                                  const std::vector<Rgb>& today) {
  if (position < before.size()) {
    std::size_t left = occurrence_of(before, position);
    for (std::size_t i = 0; i < today.size(); ++i)
      if (today[i] == before[position] && --left == 0) return static_cast<int>(i);
  }
  if (position < today.size()) return static_cast<int>(position);
  return std::nullopt;
}

/// The position `color` had at the last build, as an entry or as a former colour of one.
std::optional<std::size_t> locked_position(Rgb color, const LockedPalette& locked) {
  const auto entry = std::ranges::find(locked.colors, color);
  if (entry != locked.colors.end()) return static_cast<std::size_t>(entry - locked.colors.begin());
  for (const auto& [position, colors] : locked.former)
    if (position >= 0 && std::ranges::find(colors, color) != colors.end())
      return static_cast<std::size_t>(position);
  return std::nullopt;
}

}  // namespace

std::optional<int> find_position(Rgb color, const Palette& today, const LockedPalette& locked) {
  if (const auto same = today.find(color)) return same;
  const auto before = locked_position(color, locked);
  if (!before) return std::nullopt;
  return moved_position(locked.colors, *before, today.colors);
}

ColorPositions follow_palette(std::span<const Rgb> master_colors, const Palette& today,
                              const LockedPalette& locked) {
  ColorPositions result;
  std::optional<NearestSearch> search;
  for (const Rgb color : master_colors) {
    if (result.position.contains(color)) continue;
    if (const auto known = find_position(color, today, locked)) {
      result.position[color] = *known;
      continue;
    }
    if (!search) search.emplace(today.colors, ColorMetric::oklab);
    result.guessed.push_back(color);
    result.position[color] = static_cast<int>(search->nearest(color));
  }
  std::ranges::sort(result.guessed);
  return result;
}

LockedPalette update_locked_palette(const LockedPalette& before, const Palette& today,
                                    std::span<const Rgb> used) {
  LockedPalette after{.colors = today.colors,
                      .auto_colors = before.auto_colors,
                      .extend = before.extend,
                      .added = before.added};
  std::vector<Rgb> sorted(used.begin(), used.end());
  std::ranges::sort(sorted);
  const auto doubles = std::ranges::unique(sorted);
  sorted.erase(doubles.begin(), doubles.end());
  for (const Rgb color : sorted) {
    if (today.find(color)) continue;
    // A colour that is only guessed never stood at a position, so it is not recorded.
    if (const auto position = find_position(color, today, before))
      after.former[*position].push_back(color);
  }
  return after;
}

std::vector<Rgb> colors_of(const Image& image) {
  // The colour that stood last in each place of a small table is not collected again: few doubles
  // are left to sort.
  constexpr std::uint32_t kOpaque = 0xff000000;
  std::array<std::uint32_t, 256> last{};
  std::vector<Rgb> colors;
  for (const Rgba& pixel : image.pixels) {
    if (!is_opaque(pixel)) continue;
    const std::uint32_t color = kOpaque | std::uint32_t{pixel.r} << 16U |
                                std::uint32_t{pixel.g} << 8U | std::uint32_t{pixel.b};
    std::uint32_t& seen = last.at(color * 0x9e3779b1U >> 24U);
    if (seen == color) continue;
    seen = color;
    colors.push_back(pixel.rgb());
  }
  std::ranges::sort(colors);
  const auto doubles = std::ranges::unique(colors);
  colors.erase(doubles.begin(), doubles.end());
  return colors;
}

}  // namespace dgxp
