// False alarms: how many sprites of true pixel art each rule of `dgxp lint` finds fault with.
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench_tools.hpp"
#include "core/image/lint_pixels.hpp"

using namespace dgxp;

namespace {

Image enlarged(const Image& image) {
  Image large({2 * image.size.width, 2 * image.size.height});
  for (int y = 0; y < large.size.height; ++y)
    for (int x = 0; x < large.size.width; ++x) large.at(x, y) = image.at(x / 2, y / 2);
  return large;
}

}  // namespace

int main() {
  using Rule = std::function<std::optional<Flaw>(const Image&)>;
  const std::vector<std::pair<const char*, Rule>> rules{{"mixels", find_mixed_pixels},
                                                        {"strays", find_stray_pixels},
                                                        {"outline", find_outline_gaps},
                                                        {"empty", find_empty_canvas}};
  const auto sprites = bench::bench_sprites();
  for (const auto& [name, rule] : rules) {
    std::size_t alarms = 0;
    std::string first;
    const double seconds = bench::median_cpu(1, [&] {
      for (const auto& sprite : sprites) {
        if (!rule(sprite.image)) continue;
        if (std::getenv("DGXP_BENCH_VERBOSE") != nullptr)
          std::printf("  %s\n", sprite.path.c_str());
        ++alarms;
      }
    });
    const auto count = static_cast<double>(sprites.size());
    std::printf("%-8s %4zu of %zu sprites (%.2f %%), %.1f us each\n", name, alarms, sprites.size(),
                100.0 * static_cast<double>(alarms) / count, seconds * 1e6 / count);
  }
  std::size_t found = 0;
  for (const auto& sprite : sprites)
    if (find_mixed_pixels(enlarged(sprite.image))) ++found;
  std::printf("mixels   found in %zu of %zu sprites enlarged to 2x2\n", found, sprites.size());
}
