#include "core/image/auto_palette.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include <libimagequant.h>

#include "core/image/color_counts.hpp"

// libimagequant sums in parallel with OpenMP, and the order of a sum decides its last bit. One
// thread makes the palette the same everywhere. Weak: a libimagequant without OpenMP has no need.
extern "C" void omp_set_num_threads(int count) __attribute__((weak));
extern "C" int omp_get_max_threads() __attribute__((weak));

namespace dgxp {
namespace {

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
std::vector<Rgb> quantize(const std::vector<ColorCount>& counts, int count) {
  std::vector<liq_histogram_entry> entries;
  for (const ColorCount& c : counts) {
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

}  // namespace

Result<Palette> make_auto_palette(std::span<const Image* const> images, int count) {
  return auto_palette_of_counts(count_colors(images), count);
}

Result<Palette> auto_palette_of_counts(const std::vector<ColorCount>& counts, int count) {
  assert(count >= 2 && count <= 256);
  if (counts.empty())
    return Error{.kind = ErrorKind::input,
                 .message = "no picture has an opaque pixel to make a palette of"};
  std::vector<Rgb> colors;
  if (counts.size() <= static_cast<std::size_t>(count))
    for (const ColorCount& c : counts) colors.push_back(c.color);
  else
    // libimagequant weighs in a space of its own; settling makes the error in RGB least.
    colors = settle_colors(quantize(counts, count), counts);
  if (colors.empty())
    return Error{.kind = ErrorKind::input, .message = "libimagequant could not make a palette"};
  return sort_by_lightness(colors);
}

}  // namespace dgxp
