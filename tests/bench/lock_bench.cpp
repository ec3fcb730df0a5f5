// Palette lock from file to file, one process, beside ImageMagick, pngquant and Pillow: raw images
// as image models draw them, 8 of 1024 x 1024 and 128 of 256 x 256, as RGB files that libpng wrote.
// Then where the time goes, what a table costs, and the map alone. DGXP_BENCH_PICTURES names a
// folder of raw images of 1024 x 1024 to be used instead of the drawn ones.
#include <sys/resource.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <png.h>

#include "bench_tools.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/dither.hpp"
#include "core/image/lock_palette.hpp"
#include "core/image/nearest_table.hpp"
#include "core/image/palette_file.hpp"
#include "core/image/table_file.hpp"
#include "core/store/project_store.hpp"
#include "tests/support/nearest_by_search.hpp"

using namespace dgxp;
namespace fs = std::filesystem;

namespace {

constexpr int kRuns = 5;
constexpr int kSide = 1024;

/// The flat ground that the degrader would choose: the one farthest from the palette.
Rgb far_ground(const Palette& palette) {
  constexpr std::array<Rgb, 8> kGrounds{{{255, 255, 255},
                                         {255, 0, 255},
                                         {0, 255, 0},
                                         {128, 128, 128},
                                         {0, 0, 0},
                                         {200, 220, 240},
                                         {240, 230, 200},
                                         {40, 44, 52}}};
  const auto distance = [&](Rgb ground) {
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    for (const Rgb color : palette.colors)
      least =
          std::min(least, RgbMetric::distance(RgbMetric::point(color), RgbMetric::point(ground)));
    return least;
  };
  return *std::ranges::max_element(kGrounds, {}, distance);
}

/// Figures on a flat ground, in cells of a size that is no whole number, with soft edges, noise per
/// cell and per pixel: what the degrader of the recovery's evaluation draws at its middle level.
Image raw_image(const Palette& palette, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0; };
  const auto normal = [&] {
    return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform());
  };
  const double cell = 8 + 16 * uniform();
  const int cells = static_cast<int>(kSide / cell) + 2;
  const auto at = [&](int x, int y) { return static_cast<std::size_t>(y * cells + x); };
  std::vector<std::array<double, 3>> colors(static_cast<std::size_t>(cells * cells));
  const Rgb ground = far_ground(palette);
  for (int y = 0; y < cells; ++y)
    for (int x = 0; x < cells; ++x) {
      const bool is_figure = std::hypot(x % 24 - 12, y % 24 - 12) < 9;
      const auto shade = static_cast<std::size_t>(x / 3 * 7 + y / 2 * 5 + (random() % 4 == 0));
      const Rgb color = is_figure ? palette.colors[shade % palette.colors.size()] : ground;
      const double noise = is_figure ? 3 : 0;
      colors[at(x, y)] = {color.r + noise * normal(), color.g + noise * normal(),
                          color.b + noise * normal()};
    }
  Image image({kSide, kSide});
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      const double u = x / cell;
      const double v = y / cell;
      // A share of the next cell within the last tenth of this one.
      const auto mix = [](double t) {
        return std::clamp((t - std::floor(t) - 0.9) * 10, 0.0, 1.0);
      };
      const int cx = static_cast<int>(u);
      const int cy = static_cast<int>(v);
      std::array<std::uint8_t, 3> pixel{};
      for (std::size_t i = 0; i < 3; ++i) {
        const double top = std::lerp(colors[at(cx, cy)][i], colors[at(cx + 1, cy)][i], mix(u));
        const double low =
            std::lerp(colors[at(cx, cy + 1)][i], colors[at(cx + 1, cy + 1)][i], mix(u));
        const double light = 3 * std::sin(x / 90.0 + seed) * std::cos(y / 70.0);
        const double value = std::lerp(top, low, mix(v)) + light + 2.5 * normal();
        pixel[i] = static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
      }
      image.at(x, y) = {pixel[0], pixel[1], pixel[2], 255};
    }
  return image;
}

/// RGB with libpng's own choice of filters and of the level of zlib.
void write_with_libpng(const fs::path& path, const Image& image) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.size.width),
               static_cast<png_uint_32>(image.size.height), 8, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  Bytes row;
  for (int y = 0; y < image.size.height; ++y) {
    row.clear();
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba p = image.at(x, y);
      row.insert(row.end(), {p.r, p.g, p.b});
    }
    png_write_row(png, row.data());
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

std::vector<Image> raw_images(const Palette& palette) {
  std::vector<Image> images;
  if (const char* folder = std::getenv("DGXP_BENCH_PICTURES")) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files)
      if (auto image = decode_png(bench::read_bytes(file)); image && images.size() < 8)
        images.push_back(std::move(*image));
    return images;
  }
  for (std::uint32_t seed = 1; seed <= 8; ++seed) images.push_back(raw_image(palette, seed));
  return images;
}

std::vector<Image> quarters_of_quarters(const std::vector<Image>& images) {
  std::vector<Image> parts;
  for (const Image& image : images)
    for (int y = 0; y < kSide; y += 256)
      for (int x = 0; x < kSide; x += 256)
        parts.push_back(crop(image, {.x = x, .y = y, .width = 256, .height = 256}));
  return parts;
}

double children_cpu() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The median CPU seconds of a command over fresh copies of the pictures; 0 when it fails.
double measure_peer(const fs::path& pictures, const fs::path& work, const std::string& command) {
  std::vector<double> seconds;
  for (int run = 0; run < kRuns; ++run) {
    fs::remove_all(work);
    fs::copy(pictures, work);
    const double start = children_cpu();
    const std::string line = "cd " + work.string() + " && " + command + " >/dev/null 2>&1";
    if (std::system(line.c_str()) != 0) return 0;
    seconds.push_back(children_cpu() - start);
  }
  return bench::median(std::move(seconds));
}

struct Peer {
  const char* name;
  std::string command;
  double goal;
};

std::vector<Peer> peers(const fs::path& palette) {
  const std::string file = palette.string();
  return {{"mogrify -remap", "mogrify +dither -remap " + file + " *.png", 30},
          {"pngquant --map", "pngquant --map " + file + " --nofs --force --ext .png *.png", 4},
          {"Pillow quantize(palette)",
           "/usr/bin/python3 -c \"import glob;from PIL import Image;p=Image.open('" + file +
               "').convert('RGB').quantize(256);"
               "[Image.open(f).convert('RGB').quantize(palette=p,dither=0).save(f) for f in "
               "glob.glob('*.png')]\"",
           1.3}};
}

/// CPU seconds of the steps of a lock.
struct Steps {
  double read = 0;
  double decode = 0;
  double map = 0;
  double encode = 0;
  double write = 0;
  double sum() const { return read + decode + map + encode + write; }
};

/// Locks every file, the table included.
Steps lock_files(const std::vector<fs::path>& files, const fs::path& work, const Palette& palette) {
  Steps steps;
  double before = bench::cpu_seconds();
  const auto lap = [&](double& step) {
    const double now = bench::cpu_seconds();
    step += now - before;
    before = now;
  };
  const PaletteMapper mapper(palette, ColorMetric::rgb);
  for (const fs::path& file : files) {
    const Bytes content = bench::read_bytes(file);
    lap(steps.read);
    const auto image = decode_png(content);
    lap(steps.decode);
    const auto locked = mapper.lock_indexed(*image, Dither::none, 128);
    lap(steps.map);
    const Bytes png = encode_png(*locked, PngEffort::fast);
    lap(steps.encode);
    bench::write_bytes(work / file.filename(), png);
    lap(steps.write);
  }
  return steps;
}

/// The run of median length.
Steps measure_ours(const fs::path& pictures, const fs::path& work, const Palette& palette) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(pictures)) files.push_back(entry.path());
  fs::create_directories(work);
  std::vector<Steps> runs;
  for (int run = 0; run < kRuns; ++run) runs.push_back(lock_files(files, work, palette));
  std::ranges::sort(runs, {}, &Steps::sum);
  return runs[kRuns / 2];
}

std::size_t count_wrong(const fs::path& pictures, const fs::path& work, const Palette& palette) {
  std::size_t wrong = 0;
  for (const auto& entry : fs::directory_iterator(pictures)) {
    const auto before = decode_png(bench::read_bytes(entry.path()));
    const auto after = decode_png(bench::read_bytes(work / entry.path().filename()));
    for (std::size_t i = 0; i < before->pixels.size(); ++i) {
      const auto nearest = nearest_by_search(before->pixels[i].rgb(), palette, ColorMetric::rgb);
      if (after->pixels[i] != opaque(palette.colors[nearest])) ++wrong;
    }
  }
  return wrong;
}

void compare(const std::vector<Image>& images, const Palette& palette) {
  const bench::TemporaryFolder folder;
  const fs::path pictures = folder.path() / "in";
  fs::create_directories(pictures);
  double pixels = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    write_with_libpng(pictures / (std::to_string(i) + ".png"), images[i]);
    pixels += static_cast<double>(images[i].pixels.size());
  }
  const fs::path palette_file = folder.path() / "palette.png";
  bench::write_bytes(palette_file, write_palette(palette, PaletteFormat::png, "palette"));
  const Steps ours = measure_ours(pictures, folder.path() / "ours", palette);
  const auto each = [&](double seconds) { return seconds * 1e9 / pixels; };
  std::printf(
      "%zu of %d x %d: dgxp %.3f s, %zu pixels that are not the nearest colour\n"
      "  ns a pixel: read %.1f, decode %.1f, table and map %.1f, encode %.1f, write %.1f\n",
      images.size(), images[0].size.width, images[0].size.height, ours.sum(),
      count_wrong(pictures, folder.path() / "ours", palette), each(ours.read), each(ours.decode),
      each(ours.map), each(ours.encode), each(ours.write));
  for (const Peer& peer : peers(palette_file)) {
    const double theirs = measure_peer(pictures, folder.path() / "peer", peer.command);
    if (theirs == 0)
      std::printf("  %-26s skipped, it does not run here\n", peer.name);
    else
      std::printf("  %-26s %.3f s, %.1f times ours (goal %.1f)\n", peer.name, theirs,
                  theirs / ours.sum(), peer.goal);
  }
}

/// Pixels into positions, whole pictures that are in memory.
void measure_map(const std::vector<Image>& images, const Palette& palette) {
  double pixels = 0;
  for (const Image& image : images) pixels += static_cast<double>(image.pixels.size());
  const auto each = [&](auto map) {
    map();  // solves the cells
    return bench::median_cpu(9, map) * 1e9 / pixels;
  };
  const auto kernel = [&](SimdLevel level) {
    const NearestTable table(palette, ColorMetric::rgb, level);
    Bytes positions(kSide * kSide);
    return each([&] {
      for (const Image& image : images) table.find(image.pixels, positions.data());
    });
  };
  std::printf("map, ns a pixel: %.2f (goal 1.2)", kernel(simd_level()));
  if (simd_level() > SimdLevel::avx2) std::printf(", by AVX2 %.2f", kernel(SimdLevel::avx2));
  if (simd_level() > SimdLevel::baseline)
    std::printf(", by neither %.2f", kernel(SimdLevel::baseline));
  const NearestTable table(palette, ColorMetric::rgb);
  const auto plain = [&] {
    for (const Image& image : images) find_positions(image, table, 128);
  };
  const double whole = each(plain);
  std::printf(", whole pictures %.2f", whole);
  for (const int matrix : {2, 4, 8}) {
    const double bayer = each([&] {
      for (const Image& image : images) dither_ordered(image, kSide, table, palette, matrix, 128);
    });
    std::printf(", Bayer %d %.2f (%.2f times, goal 1.5)", matrix, bayer, bayer / whole);
  }
  const double diffused = each([&] {
    for (const Image& image : images)
      dither_diffused(image, kSide, table, palette, Dither::floyd_steinberg, 128);
  });
  std::printf(", Floyd-Steinberg %.2f\n", diffused);
}

/// What a table costs that nobody has asked before: for one picture, for a set of sprites, for all
/// colours; then keeping it and taking it up again.
void measure_table(const Image& image, const std::vector<bench::NamedImage>& sprites,
                   const Palette& palette, ColorMetric metric, const char* name) {
  const double first = bench::median_cpu(kRuns, [&] {
    const NearestTable table(palette, metric);
    find_positions(image, table, 128);
  });
  const double set = bench::median_cpu(kRuns, [&] {
    const NearestTable table(palette, metric);
    for (const auto& sprite : sprites) find_positions(sprite.image, table, 128);
  });
  std::uint32_t sum = 0;
  std::vector<double> solving;
  std::vector<double> saving;
  Bytes kept;
  for (int run = 0; run < kRuns; ++run) {
    const double start = bench::cpu_seconds();
    const NearestTable table(palette, metric);
    for (std::uint32_t r = 0; r < 256; r += 4)
      for (std::uint32_t g = 0; g < 256; g += 4)
        for (std::uint32_t b = 0; b < 256; b += 4) sum += table.nearest(r, g, b);
    solving.push_back(bench::cpu_seconds() - start);
    kept = table.save();
    saving.push_back(bench::cpu_seconds() - start - solving.back());
  }
  const bench::TemporaryFolder folder;
  const fs::path file = folder.path() / "table";
  bench::write_bytes(file, kept);
  const double cached = bench::median_cpu(kRuns, [&] {
    NearestTable table(palette, metric);
    const auto content = read_plain_file(file, kMostTableBytes);
    if (!content || !table.restore(*content)) std::abort();
  });
  std::printf(
      "%-9s table and map of one picture %.1f ms, of %zu sprites %.1f ms, table of all colours "
      "%.0f ms (goal 60), %zu bytes kept in %.1f ms, from there %.2f ms (goal 2)%s\n",
      name, first * 1e3, sprites.size(), set * 1e3, bench::median(solving) * 1e3, kept.size(),
      bench::median(saving) * 1e3, cached * 1e3, sum == 1 ? "!" : "");
}

void measure_tables(const Image& image, const Palette& palette) {
  constexpr std::array<std::pair<ColorMetric, const char*>, 4> kMetrics{
      {{ColorMetric::rgb, "rgb"},
       {ColorMetric::oklab, "oklab"},
       {ColorMetric::hyab, "hyab"},
       {ColorMetric::ciede2000, "ciede2000"}}};
  static const std::vector<bench::NamedImage> kSprites = bench::bench_sprites();
  std::printf("%zu colours\n", palette.colors.size());
  for (const auto& [metric, name] : kMetrics) measure_table(image, kSprites, palette, metric, name);
}

Palette random_palette(std::size_t colors) {
  std::mt19937 random(1);
  const auto byte = [&] { return static_cast<std::uint8_t>(random() >> 24U); };
  Palette palette;
  while (palette.colors.size() < colors) palette.colors.push_back({byte(), byte(), byte()});
  return palette;
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const auto palette = parse_palette(
      "cellar.gpl",
      bench::read_bytes(DGXP_SOURCE_DIR "/examples/bevy_project/palettes/cellar.gpl"));
  if (!palette) return 1;
  const std::vector<Image> images = raw_images(*palette);
  if (images.empty() || images[0].size != Size{kSide, kSide}) {
    std::printf("DGXP_BENCH_PICTURES holds no picture of 1024 x 1024\n");
    return 1;
  }
  measure_map(images, *palette);
  measure_tables(images[0], *palette);
  measure_tables(images[0], random_palette(256));
  compare(images, *palette);
  compare(quarters_of_quarters(images), *palette);
}
