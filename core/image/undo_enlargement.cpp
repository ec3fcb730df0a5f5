#include "core/image/undo_enlargement.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/image/enlarged_axis.hpp"
#include "core/image/even_cells.hpp"
#include "core/image/merge_near_colors.hpp"
#include "core/image/pixel_lines.hpp"

namespace dgxp {
namespace {

constexpr int kStripe = 64;      // lines of pixels shrunk at a time
constexpr int kLeastSide = 16;   // pixels
constexpr int kMostSide = 2048;  // larger ones would take seconds
constexpr double kMostStretch = 1.25;
constexpr int kRounding = 3;  // most that it moves a channel of the source

Image image_of(const Light& light) {
  Image image(light.size);
  const auto byte = [](float v) {
    return static_cast<std::uint8_t>(std::clamp(v + 0.5F, 0.0F, 255.0F));
  };
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const auto& [red, green, blue, alpha] = light.pixels[i];
    if (alpha >= 0.5F) {
      const float scale = 255 / alpha;
      image.pixels[i] = {byte(red * scale), byte(green * scale), byte(blue * scale), byte(alpha)};
    }
  }
  return image;
}

/// The cells of one axis; nothing where they do not explain all lines.
template <typename Picture>
std::optional<Light> shrink_along(const Picture& picture, CellAxis axis, const EnlargedFrom& from,
                                  EnlargementProof proof) {
  const int lines = lines_of(picture.size, axis);
  const EnlargedAxis model(length_of(picture.size, axis), from.cells, from.interpolation);
  Light light;
  light.size = axis == CellAxis::across ? Size{from.cells, lines} : Size{lines, from.cells};
  light.pixels.resize(static_cast<std::size_t>(light.size.area()));
  const ErrorBounds bounds = error_bounds(proof);
  double error = 0;
  double off = 0;
  for (int first = 0; first < lines; first += kStripe) {
    std::vector<int> stripe(static_cast<std::size_t>(std::min(kStripe, lines - first)));
    std::iota(stripe.begin(), stripe.end(), first);
    const EnlargedAxis::Shrunk shrunk = model.shrink(side_by_side(picture, axis, stripe),
                                                     stripe.size() * kChannels, guessing(proof));
    error += shrunk.error * static_cast<double>(stripe.size()) / lines;
    off += shrunk.off * static_cast<double>(stripe.size()) / lines;
    if (error > bounds.error || off > bounds.off) {
      return std::nullopt;
    }
    const float* value = shrunk.cells.data();
    for (int cell = 0; cell < from.cells; ++cell) {
      for (const int line : stripe) {
        std::copy_n(value, kChannels, pixel_at(light, axis, line, cell).begin());
        value += kChannels;
      }
    }
  }
  return light;
}

bool is_about_square(const Image& raw, const Light& source) {
  const double across = static_cast<double>(raw.size.width) / source.size.width;
  const double down = static_cast<double>(raw.size.height) / source.size.height;
  return std::max(across, down) <= kMostStretch * std::min(across, down);
}

/// The source of a picture that was enlarged along `last` in the last step. What a step makes is
/// rounded and cut off at 0 and 255, so steps are undone one by one.
std::optional<EnlargementSource> undo_steps(const Image& raw, const SideChoices& choices,
                                            CellAxis last, EnlargementProof proof) {
  const CellAxis first = last == CellAxis::down ? CellAxis::across : CellAxis::down;
  const auto second_step = LineProbes(raw, last).explain(choices.along(last), proof, std::nullopt);
  if (!second_step) {
    return std::nullopt;
  }
  const std::optional<Light> flat = shrink_along(raw, last, *second_step, proof);
  if (!flat) {
    return std::nullopt;
  }
  const auto first_step =
      LineProbes(*flat, first).explain(choices.along(first), proof, second_step->interpolation);
  const auto source = first_step ? shrink_along(*flat, first, *first_step, proof) : std::nullopt;
  if (!source || (proof == EnlargementProof::likely && !is_about_square(raw, *source))) {
    return std::nullopt;
  }
  return EnlargementSource{.image = image_of(*source), .interpolation = second_step->interpolation};
}

}  // namespace

SideChoices find_side_choices(const Image& raw) {
  if (std::min(raw.size.width, raw.size.height) < kLeastSide ||
      std::max(raw.size.width, raw.size.height) > kMostSide) {
    return {};
  }
  SideChoices choices{.across = find_even_cells(raw, CellAxis::across), .down = {}};
  if (!choices.across.empty()) {
    choices.down = find_even_cells(raw, CellAxis::down);
  }
  return choices;
}

std::optional<EnlargementSource> undo_enlargement(const Image& raw, const SideChoices& choices,
                                                  EnlargementProof proof,
                                                  std::span<const Rgb> known) {
  if (choices.across.empty() || choices.down.empty()) {
    return std::nullopt;
  }
  std::optional<EnlargementSource> source = undo_steps(raw, choices, CellAxis::down, proof);
  if (proof == EnlargementProof::exact) {
    if (!source) {
      source = undo_steps(raw, choices, CellAxis::across, proof);
    }
    if (source) {
      source->image = merge_near_colors(std::move(source->image), kRounding, known);
    }
  }
  return source;
}

}  // namespace dgxp
