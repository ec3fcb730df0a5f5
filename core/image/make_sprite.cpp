#include "core/image/make_sprite.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/image/color_wishes.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/lint_motion.hpp"

namespace dgxp {
namespace {

std::string row_title(const SpriteSpec& spec, const RowSpec& row) {
  return row.name.empty() ? fmt::format("sprite '{}'", spec.id)
                          : fmt::format("sprite '{}', row '{}'", spec.id, row.name);
}

/// What becomes of each colour of a master, and of the outline.
struct Paint {
  std::map<Rgb, Rgb> colors;
  std::optional<Rgb> outline;
  std::vector<Rgb> guessed;
};

Result<Paint> mix_paint(const Image& master, const SpriteSpec& spec, const SpriteColors& colors) {
  static const LockedPalette kNothingLocked;
  const LockedPalette& locked = colors.locked != nullptr ? *colors.locked : kNothingLocked;
  const Palette& target = colors.variant != nullptr ? *colors.variant : *colors.base;
  auto wishes = find_color_wishes(spec, colors);
  if (!wishes) return wishes.error();

  Paint paint;
  auto places = follow_palette(colors_of(master), *colors.base, locked);
  paint.guessed = std::move(places.guessed);
  for (const auto& [color, position] : places.position) {
    const auto move = wishes->moves.find(position);
    const int final_position = move == wishes->moves.end() ? position : move->second;
    paint.colors[color] = target.colors[static_cast<std::size_t>(final_position)];
  }
  if (wishes->outline) paint.outline = target.colors[static_cast<std::size_t>(*wishes->outline)];
  return paint;
}

/// Without a palette colours stand for themselves.
Paint mix_free_paint(const SpriteSpec& spec) {
  Paint paint;
  for (const auto& [from, to] : spec.recolor) paint.colors.emplace(from, to);
  paint.outline = spec.finish.outline;
  return paint;
}

std::size_t count_soft(const Image& image) {
  return static_cast<std::size_t>(std::ranges::count_if(
      image.pixels, [](const Rgba& pixel) { return pixel.a != 0 && pixel.a != 255; }));
}

void apply_palette(Image& image, const std::map<Rgb, Rgb>& colors) {
  std::optional<std::pair<Rgb, Rgb>> last;  // neighbours mostly share a colour
  for (Rgba& pixel : image.pixels) {
    if (!is_opaque(pixel)) {
      pixel = kTransparent;
      continue;
    }
    if (!last || last->first != pixel.rgb()) last = {pixel.rgb(), colors.at(pixel.rgb())};
    pixel = opaque(last->second);
  }
}

void apply_free_recolor(Image& image, const std::map<Rgb, Rgb>& colors) {
  for (Rgba& pixel : image.pixels) {
    if (pixel.a == 0) {
      pixel = kTransparent;
      continue;
    }
    const auto found = colors.find(pixel.rgb());
    if (found == colors.end()) continue;
    pixel = {found->second.r, found->second.g, found->second.b, pixel.a};
  }
}

bool touches_figure(const Image& image, int x, int y) {
  constexpr std::array<Point, 4> kSteps{Point{0, -1}, {-1, 0}, {1, 0}, {0, 1}};
  return std::ranges::any_of(kSteps, [&](Point step) {
    return image.contains(x + step.x, y + step.y) && is_opaque(image.at(x + step.x, y + step.y));
  });
}

Image with_outline(const Image& figure, Rgb color) {
  Image outlined = figure;
  for (int y = 0; y < figure.size.height; ++y)
    for (int x = 0; x < figure.size.width; ++x)
      if (figure.at(x, y).a == 0 && touches_figure(figure, x, y)) outlined.at(x, y) = opaque(color);
  return outlined;
}

}  // namespace

Result<MadeRow> make_sprite_row(const Image& master, const SpriteSpec& spec, const RowSpec& row,
                                const SpriteColors& colors) {
  const auto frames = static_cast<std::int64_t>(row.durations.size());
  if (master.size.width != frames * spec.size.width || master.size.height != spec.size.height)
    return Error{.kind = ErrorKind::input,
                 .message = fmt::format("{}: its master '{}' is {}x{}, not {}x{} ({} {} of {}x{})",
                                        row_title(spec, row), row.master, master.size.width,
                                        master.size.height, frames * spec.size.width,
                                        spec.size.height, frames, frames == 1 ? "frame" : "frames",
                                        spec.size.width, spec.size.height),
                 .hint =
                     "give the picture that size, or change 'size' or 'frames'; a generated "
                     "master that is deleted is drawn again"};
  const bool has_palette = colors.base != nullptr;
  auto paint = has_palette ? mix_paint(master, spec, colors) : mix_free_paint(spec);
  if (!paint) return paint.error();

  Image strip = row.mirrored ? mirror_frames(master, spec.size.width) : master;
  if (has_palette)
    apply_palette(strip, paint->colors);
  else
    apply_free_recolor(strip, paint->colors);

  MadeRow made{.row = {.name = row.name, .frames = {}}, .guessed = std::move(paint->guessed)};
  if (has_palette && !row.mirrored) made.cut = count_soft(master);
  for (int i = 0; i < static_cast<int>(frames); ++i) {
    Image frame = crop(strip, {i * spec.size.width, 0, spec.size.width, spec.size.height});
    made.row.frames.push_back(std::move(frame));
  }
  if (spec.finish.align == Align::baseline)
    made.row.frames = aligned_to_baseline(std::move(made.row.frames));
  if (paint->outline)
    for (Image& frame : made.row.frames) frame = with_outline(frame, *paint->outline);
  return made;
}

}  // namespace dgxp
