// `auto: N` over 670 sprites beside libimagequant's own shared histogram, which takes one picture
// after the other: error, CPU without decoding, and whether the order of files matters. Then
// `extend: K` beside libimagequant with fixed colours.
#include <libimagequant.h>

#include <cstdio>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "bench_tools.hpp"
#include "core/image/auto_palette.hpp"
#include "core/image/color_counts.hpp"
#include "core/image/extend_palette.hpp"
#include "core/image/palette_file.hpp"

using namespace dgxp;

namespace {

constexpr int kRuns = 5;
constexpr std::size_t kSprites = 670;

using Pictures = std::vector<const Image*>;

/// Blots in the shades of a few hues, when there is no folder of sprites.
std::vector<Image> drawn_sprites(std::size_t count) {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  std::vector<Image> images;
  for (std::size_t i = 0; i < count; ++i) {
    Image image({32, 32});
    const int hue[3] = {below(256), below(256), below(256)};
    for (int blot = 0; blot < 12; ++blot) {
      const int left = below(24);
      const int top = below(24);
      const int shade = 40 + below(216);
      const auto channel = [&](int c) { return static_cast<std::uint8_t>(hue[c] * shade / 255); };
      for (int y = top; y < top + 8; ++y)
        for (int x = left; x < left + 8; ++x)
          image.at(x, y) = {channel(0), channel(1), channel(2), 255};
    }
    images.push_back(std::move(image));
  }
  return images;
}

/// Sprites spread evenly over the whole folder.
std::vector<Image> load_sprites() {
  const char* folder = std::getenv("DGXP_BENCH_SPRITES");
  if (folder == nullptr) {
    std::printf("DGXP_BENCH_SPRITES names no folder of sprites: %zu drawn ones\n", kSprites);
    return drawn_sprites(kSprites);
  }
  auto all = bench::bench_sprites();
  std::vector<Image> images;
  const std::size_t count = std::min(kSprites, all.size());
  images.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    images.push_back(std::move(all[i * all.size() / count].image));
  return images;
}

/// Mean squared distance of opaque pixels to the nearest colour, all channels together.
double error_of(std::span<const ColorCount> counts, const std::vector<Rgb>& palette) {
  double error = 0;
  double pixels = 0;
  for (const ColorCount& c : counts) {
    int least = 1 << 30;
    for (const Rgb p : palette) {
      const int r = c.color.r - p.r;
      const int g = c.color.g - p.g;
      const int b = c.color.b - p.b;
      least = std::min(least, r * r + g * g + b * b);
    }
    error += static_cast<double>(least) * static_cast<double>(c.pixels);
    pixels += static_cast<double>(c.pixels);
  }
  return error / pixels;
}

struct LiqFree {
  void operator()(liq_attr* attributes) const { liq_attr_destroy(attributes); }
  void operator()(liq_histogram* histogram) const { liq_histogram_destroy(histogram); }
  void operator()(liq_image* image) const { liq_image_destroy(image); }
  void operator()(liq_result* result) const { liq_result_destroy(result); }
};

/// What libimagequant makes of the pictures in this order, at its default speed: the opaque ones of
/// `count` colours, `fixed` among them.
std::vector<Rgb> quantize_with_liq(const Pictures& pictures, const std::vector<Rgb>& fixed,
                                   int count) {
  const std::unique_ptr<liq_attr, LiqFree> attributes(liq_attr_create());
  liq_set_max_colors(attributes.get(), count);
  const std::unique_ptr<liq_histogram, LiqFree> histogram(liq_histogram_create(attributes.get()));
  for (const Image* picture : pictures) {
    const std::unique_ptr<liq_image, LiqFree> image(liq_image_create_rgba(
        attributes.get(), picture->pixels.data(), picture->size.width, picture->size.height, 0));
    liq_histogram_add_image(histogram.get(), attributes.get(), image.get());
  }
  for (const Rgb c : fixed) liq_histogram_add_fixed_color(histogram.get(), {c.r, c.g, c.b, 255}, 0);
  liq_result* raw = nullptr;
  if (liq_histogram_quantize(histogram.get(), attributes.get(), &raw) != LIQ_OK) return {};
  const std::unique_ptr<liq_result, LiqFree> result(raw);
  const liq_palette* const palette = liq_get_palette(result.get());
  std::vector<Rgb> colors;
  for (const liq_color& c : std::span(palette->entries, palette->count))
    if (c.a > 127) colors.push_back({c.r, c.g, c.b});
  return colors;
}

/// The same pictures as they come, backwards, and shuffled.
std::vector<Pictures> orders_of(const std::vector<Image>& images) {
  Pictures sorted;
  for (const Image& image : images) sorted.push_back(&image);
  std::vector<Pictures> orders{sorted, {sorted.rbegin(), sorted.rend()}};
  std::mt19937 random(11);
  for (int i = 0; i < 3; ++i) {
    for (std::size_t k = sorted.size(); k > 1; --k) std::swap(sorted[k - 1], sorted[random() % k]);
    orders.push_back(sorted);
  }
  return orders;
}

struct Row {
  double best = 0;
  double worst = 0;
  double milliseconds = 0;
  std::size_t palettes = 0;  ///< different ones
};

template <typename Make>
Row measure(const std::vector<Pictures>& orders, std::span<const ColorCount> counts, Make make) {
  std::set<std::vector<Rgb>> palettes;
  for (const Pictures& order : orders) palettes.insert(make(order));
  Row row{.best = 1e30, .palettes = palettes.size()};
  for (const auto& palette : palettes) {
    row.best = std::min(row.best, error_of(counts, palette));
    row.worst = std::max(row.worst, error_of(counts, palette));
  }
  row.milliseconds = 1e3 * bench::median_cpu(kRuns, [&] { make(orders.front()); });
  return row;
}

void print(const char* name, const Row& row) {
  std::printf("  %-34s error %8.2f to %8.2f, %zu palette%s of %d orders, %6.1f ms\n", name,
              row.best, row.worst, row.palettes, row.palettes == 1 ? "" : "s", 5, row.milliseconds);
}

}  // namespace

int main() {
  const auto images = load_sprites();
  const auto orders = orders_of(images);
  const auto counts = count_colors(orders.front());
  std::printf("%zu sprites, %zu colours:\n", images.size(), counts.size());
  for (const int count : {8, 16, 32, 64, 128}) {
    const Row ours = measure(orders, counts, [&](const Pictures& pictures) {
      return make_auto_palette(pictures, count)->colors;
    });
    // Sprites have a transparent colour too, which libimagequant counts among its own.
    const Row liq = measure(orders, counts, [&](const Pictures& pictures) {
      return quantize_with_liq(pictures, {}, count + 1);
    });
    std::printf("%d colours: %.3f of libimagequant's error (goal 1), %.1f ms (goal 100)\n", count,
                ours.worst / liq.best, ours.milliseconds);
    print("dgxp, auto", ours);
    print("libimagequant, shared histogram", liq);
  }
  const auto base = parse_palette(
      "cellar.gpl",
      bench::read_bytes(DGXP_SOURCE_DIR "/examples/bevy_project/palettes/cellar.gpl"));
  if (!base) return 1;
  const int own = static_cast<int>(base->colors.size());
  for (const int more : {2, 4, 8, 16}) {
    const Row ours = measure(orders, counts, [&](const Pictures& pictures) {
      return extend_palette(*base, pictures, more).colors;
    });
    const Row liq = measure(orders, counts, [&](const Pictures& pictures) {
      return quantize_with_liq(pictures, base->colors, own + more + 1);
    });
    std::printf("%d colours and %d more: %.3f of libimagequant's error\n", own, more,
                ours.worst / liq.best);
    print("dgxp, extend", ours);
    print("libimagequant, fixed colours", liq);
  }
}
