#include "core/image/auto_palette.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <libimagequant.h>

#include "core/image/color_metric.hpp"

// libimagequant sums in parallel with OpenMP, and the order of a sum decides its last bit. One
// thread makes the palette the same everywhere. Weak: a libimagequant without OpenMP has no need.
extern "C" void omp_set_num_threads(int count) __attribute__((weak));
extern "C" int omp_get_max_threads() __attribute__((weak));

namespace dgxp {
namespace {

struct Count {
  Rgb color;
  std::uint64_t pixels = 0;
};

/// A growing table of counts by colour: a set of sprites has many pixels but few colours.
class ColorCounter {
 public:
  void add(Rgb color, std::uint64_t pixels) {
    if (2 * used_ >= slots_.size()) grow();
    Count& slot = find(color);
    if (slot.pixels == 0) {
      slot.color = color;
      ++used_;
    }
    slot.pixels += pixels;
  }
  /// Sorted by colour.
  std::vector<Count> take() && {
    std::erase_if(slots_, [](const Count& slot) { return slot.pixels == 0; });
    std::ranges::sort(slots_, {}, &Count::color);
    return std::move(slots_);
  }

 private:
  Count& find(Rgb color) {
    const std::uint32_t code =
        std::uint32_t{color.r} << 16U | std::uint32_t{color.g} << 8U | color.b;
    std::size_t slot = (code * 0x9E3779B1U >> 7U) & (slots_.size() - 1);
    while (slots_[slot].pixels > 0 && slots_[slot].color != color)
      slot = (slot + 1) & (slots_.size() - 1);
    return slots_[slot];
  }
  void grow() {
    std::vector<Count> before(slots_.size() * 2);
    std::swap(before, slots_);
    for (const Count& slot : before)
      if (slot.pixels > 0) find(slot.color) = slot;
  }

  std::vector<Count> slots_ = std::vector<Count>(1024);  ///< a power of two
  std::size_t used_ = 0;
};

/// How often each colour occurs in all pictures together, sorted by colour.
std::vector<Count> count_colors(std::span<const Image* const> images) {
  ColorCounter counter;
  for (const Image* image : images) {
    const auto& pixels = image->pixels;
    for (std::size_t i = 0; i < pixels.size();) {
      std::size_t end = i + 1;
      while (end < pixels.size() && pixels[end] == pixels[i]) ++end;
      if (is_opaque(pixels[i])) counter.add(pixels[i].rgb(), end - i);
      i = end;
    }
  }
  return std::move(counter).take();
}

Palette sorted_by_lightness(const std::vector<Rgb>& colors) {
  std::set<std::pair<std::int64_t, Rgb>> sorted;  // equal colours fall together
  for (const Rgb color : colors) sorted.emplace(OklabMetric::point(color)[0], color);
  Palette palette;
  for (const auto& [lightness, color] : sorted) palette.colors.push_back(color);
  return palette;
}

class OneThread {
 public:
  OneThread() {
    if (omp_set_num_threads == nullptr || omp_get_max_threads == nullptr) return;
    before_ = omp_get_max_threads();
    omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ > 0) omp_set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_ = 0;
};

struct LiqFree {
  void operator()(liq_attr* attributes) const { liq_attr_destroy(attributes); }
  void operator()(liq_histogram* histogram) const { liq_histogram_destroy(histogram); }
  void operator()(liq_result* result) const { liq_result_destroy(result); }
};

/// Empty when libimagequant fails, which only lack of memory makes it do here.
std::vector<Rgb> quantize(const std::vector<Count>& counts, int count) {
  std::vector<liq_histogram_entry> entries;
  for (const Count& c : counts) {
    const auto pixels = std::min<std::uint64_t>(c.pixels, std::numeric_limits<unsigned>::max());
    entries.push_back(
        {.color = {c.color.r, c.color.g, c.color.b, 255}, .count = static_cast<unsigned>(pixels)});
  }
  const OneThread one_thread;
  const std::unique_ptr<liq_attr, LiqFree> attributes(liq_attr_create());
  if (!attributes) return {};
  liq_set_max_colors(attributes.get(), count);
  liq_set_speed(attributes.get(), 4);
  const std::unique_ptr<liq_histogram, LiqFree> histogram(liq_histogram_create(attributes.get()));
  if (!histogram || liq_histogram_add_colors(histogram.get(), attributes.get(), entries.data(),
                                             static_cast<int>(entries.size()), 0) != LIQ_OK)
    return {};
  liq_result* raw = nullptr;
  if (liq_histogram_quantize(histogram.get(), attributes.get(), &raw) != LIQ_OK) return {};
  const std::unique_ptr<liq_result, LiqFree> result(raw);
  const liq_palette* palette = liq_get_palette(result.get());
  std::vector<Rgb> colors;
  for (unsigned i = 0; i < palette->count; ++i)
    colors.push_back({palette->entries[i].r, palette->entries[i].g, palette->entries[i].b});
  return colors;
}

/// Moves each colour to the mean of the pixels that are nearest to it, a few times over (Lloyd), in
/// whole numbers. libimagequant weighs in a space of its own; this makes the error in RGB least.
std::vector<Rgb> settle(std::vector<Rgb> colors, const std::vector<Count>& counts) {
  struct Sum {
    std::array<std::uint64_t, 3> channels{};
    std::uint64_t pixels = 0;
    std::uint8_t mean(std::size_t i) const {
      return static_cast<std::uint8_t>((2 * channels[i] + pixels) / (2 * pixels));
    }
  };
  if (colors.empty()) return colors;
  constexpr std::size_t kMostSteps = std::size_t{1} << 26U;
  const std::size_t rounds = std::min<std::size_t>(8, kMostSteps / (counts.size() * colors.size()));
  std::vector<RgbMetric::Point> points(colors.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    std::ranges::transform(colors, points.begin(), RgbMetric::point);
    std::vector<Sum> sums(colors.size());
    for (const Count& c : counts) {
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
    for (std::size_t i = 0; i < colors.size(); ++i)
      if (sums[i].pixels > 0) colors[i] = {sums[i].mean(0), sums[i].mean(1), sums[i].mean(2)};
  }
  return colors;
}

}  // namespace

Result<Palette> make_auto_palette(std::span<const Image* const> images, int count) {
  assert(count >= 2 && count <= 256);
  const std::vector<Count> counts = count_colors(images);
  if (counts.empty())
    return Error{.kind = ErrorKind::input,
                 .message = "no picture has an opaque pixel to make a palette of"};
  std::vector<Rgb> colors;
  if (counts.size() <= static_cast<std::size_t>(count))
    for (const Count& c : counts) colors.push_back(c.color);
  else
    colors = settle(quantize(counts, count), counts);
  if (colors.empty())
    return Error{.kind = ErrorKind::input, .message = "libimagequant could not make a palette"};
  return sorted_by_lightness(colors);
}

}  // namespace dgxp
