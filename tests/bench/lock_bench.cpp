// Palette lock from file to file, one process, beside ImageMagick, pngquant and Pillow: noisy
// pictures of large cells, 8 of 1024 x 1024 and 128 of 256 x 256. Then tables and the map alone.
#include <sys/resource.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "bench_tools.hpp"
#include "core/image/lock_palette.hpp"
#include "core/image/nearest_table.hpp"
#include "core/image/palette_file.hpp"
#include "core/image/pixel_words.hpp"

using namespace dgxp;
namespace fs = std::filesystem;

namespace {

constexpr int kRuns = 5;
constexpr int kSpread = 9;  // of the noise, in steps of a channel

/// Cells of 16 x 16 in the palette's colours, every pixel a little off.
Image noisy_picture(int side, const Palette& palette, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t count) { return random() % count; };
  std::vector<Rgb> cells;
  for (int i = 0; i < side / 16 * (side / 16); ++i)
    cells.push_back(palette.colors[below(palette.colors.size())]);
  Image image({side, side});
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const Rgb cell = cells[static_cast<std::size_t>(y / 16 * (side / 16) + x / 16)];
      const auto noisy = [&](int value) {
        const int noise = static_cast<int>(below(kSpread) + below(kSpread)) - (kSpread - 1);
        return static_cast<std::uint8_t>(std::clamp(value + noise, 0, 255));
      };
      image.at(x, y) = {noisy(cell.r), noisy(cell.g), noisy(cell.b), 255};
    }
  return image;
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

/// Locks every file and counts pixels that are not the nearest colour.
double measure_ours(const fs::path& pictures, const fs::path& work, const Palette& palette) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(pictures)) files.push_back(entry.path());
  fs::create_directories(work);
  return bench::median_cpu(kRuns, [&] {
    const PaletteMapper mapper(palette, ColorMetric::rgb);
    for (const fs::path& file : files) {
      const auto image = decode_png(bench::read_bytes(file));
      bench::write_bytes(work / file.filename(),
                         encode_png(mapper.lock(*image, Dither::none, 128), PngEffort::fast));
    }
  });
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

void compare(int count, int side, const Palette& palette) {
  const bench::TemporaryFolder folder;
  const fs::path pictures = folder.path() / "in";
  fs::create_directories(pictures);
  for (int i = 0; i < count; ++i)
    bench::write_bytes(pictures / (std::to_string(i) + ".png"),
                       encode_png(noisy_picture(side, palette, static_cast<std::uint32_t>(i + 1)),
                                  PngEffort::fast));
  const fs::path palette_file = folder.path() / "palette.png";
  bench::write_bytes(palette_file, write_palette(palette, PaletteFormat::png, "palette"));
  const double ours = measure_ours(pictures, folder.path() / "ours", palette);
  std::printf("%d of %d x %d: dgxp %.3f s, %zu pixels that are not the nearest colour\n", count,
              side, side, ours, count_wrong(pictures, folder.path() / "ours", palette));
  for (const Peer& peer : peers(palette_file)) {
    const double theirs = measure_peer(pictures, folder.path() / "peer", peer.command);
    if (theirs == 0)
      std::printf("  %-26s skipped, it does not run here\n", peer.name);
    else
      std::printf("  %-26s %.3f s, %.1f times ours (goal %.1f)\n", peer.name, theirs, theirs / ours,
                  peer.goal);
  }
}

void measure_map(const Palette& palette) {
  const Image image = noisy_picture(1024, palette, 99);
  const auto values = palette_words(palette);
  constexpr const char* kNames[] = {"recover", "rgb", "oklab", "hyab", "ciede2000"};
  for (const ColorMetric metric : {ColorMetric::rgb, ColorMetric::oklab, ColorMetric::hyab}) {
    const double start = bench::cpu_seconds();
    const NearestTable table(palette, metric);
    const double made = bench::cpu_seconds() - start;
    NearestTable::Block block{};
    std::uint32_t sum = 0;
    const auto map = [&] {
      for (std::size_t at = 0; at < image.pixels.size(); at += NearestTable::kBlock) {
        load_words(image.pixels.data() + at, block.data(), NearestTable::kBlock);
        table.map_block(block, NearestTable::kBlock, values, 128);
        sum += block[0];
      }
    };
    const double first = bench::median_cpu(1, map);
    const double warm = bench::median_cpu(9, map);
    const double cube = bench::median_cpu(1, [&] {
      for (std::uint32_t r = 0; r < 256; r += 4)
        for (std::uint32_t g = 0; g < 256; g += 4)
          for (std::uint32_t b = 0; b < 256; b += 4) sum += table.nearest(r, g, b);
    });
    std::printf(
        "%-9s table %.2f ms, first megapixel %.1f ms, rest of all colours %.0f ms (goal "
        "60), map %.2f ns a pixel (goal 1.2)%s\n",
        kNames[static_cast<int>(metric)], made * 1e3, first * 1e3, cube * 1e3,
        warm * 1e9 / static_cast<double>(image.pixels.size()), sum == 0 ? "!" : "");
  }
}

}  // namespace

int main() {
  const auto palette = parse_palette(
      "cellar.gpl",
      bench::read_bytes(DGXP_SOURCE_DIR "/examples/bevy_project/palettes/cellar.gpl"));
  if (!palette) return 1;
  compare(8, 1024, *palette);
  compare(128, 256, *palette);
  measure_map(*palette);
}
