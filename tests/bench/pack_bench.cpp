// The page that holds a set of rectangles, beside stb_rect_pack, free-tex-packer and
// maxrects-packer: waste, CPU, and the time to the first page that holds all. Sets are the *.txt
// files ("width height" a line) of the folder in DGXP_BENCH_RECTS, and ten thousand drawn ones.
#include <cmath>
#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench_tools.hpp"
#include "core/atlas/best_fit.hpp"
#include "core/atlas/packing.hpp"

using namespace dgxp;
namespace fs = std::filesystem;

namespace {

constexpr PackRules kRules{.max_size = 8192, .padding = 0, .power_of_two = false};

struct RectSet {
  std::string name;
  std::vector<Size> sizes;
};

std::int64_t area_of(const std::vector<Size>& sizes) {
  std::int64_t area = 0;
  for (const Size& size : sizes) area += size.area();
  return area;
}

/// Sides from 8 to 127, small ones as likely as large ones.
RectSet drawn_set(const std::string& name, int count) {
  std::mt19937 random(5);
  const auto side = [&] {
    const int octave = 8 << (random() % 4);
    return octave + static_cast<int>(random() % static_cast<unsigned>(octave));
  };
  RectSet set{.name = name, .sizes = {}};
  for (int i = 0; i < count; ++i) {
    const int width = side();
    set.sizes.push_back({width, side()});
  }
  return set;
}

/// What sprites of a game look like: a few common sizes, trimmed by a little.
RectSet trimmed_set(const std::string& name, int count) {
  std::mt19937 random(6);
  RectSet set{.name = name, .sizes = {}};
  for (int i = 0; i < count; ++i) {
    const int side = 16 << (random() % 2);
    const auto trimmed = [&] { return side - static_cast<int>(random() % 12 * (random() % 2)); };
    const int width = trimmed();
    set.sizes.push_back({width, trimmed()});
  }
  return set;
}

std::vector<RectSet> load_sets() {
  std::vector<RectSet> sets;
  const char* folder = std::getenv("DGXP_BENCH_RECTS");
  if (folder == nullptr) {
    std::printf("DGXP_BENCH_RECTS names no folder of rectangles: drawn ones only\n");
    sets.push_back(trimmed_set("drawn, like sprites", 1000));
    sets.push_back(drawn_set("drawn, 8 to 127", 1000));
  } else {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".txt") files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
      RectSet set{.name = file.stem().string(), .sizes = {}};
      std::ifstream lines(file);
      for (Size size; lines >> size.width >> size.height;) set.sizes.push_back(size);
      sets.push_back(std::move(set));
    }
  }
  sets.push_back(trimmed_set("drawn, 10,000 like sprites", 10000));
  return sets;
}

double waste_of(Size page, std::int64_t area) {
  return 100.0 * (1.0 - static_cast<double>(area) / static_cast<double>(page.area()));
}

void print(const std::string& name, Size page, std::int64_t area, double milliseconds) {
  std::printf("  %-24s waste %6.3f %%, %4d x %4d, %9.1f ms\n", name.c_str(), waste_of(page, area),
              page.width, page.height, milliseconds);
}

/// The first page that holds all, in the way that the search begins with.
double first_page_ms(const std::vector<Size>& sizes) {
  const int width = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(area_of(sizes)))));
  return 1e3 * bench::median_cpu(9, [&] {
           if (!BestFit(sizes).pack({width, 2 * width}, {})) std::printf("  no page at all!\n");
         });
}

/// The waste of a peer, or 100 when it does not run here.
double run_peer(const std::string& name, const std::string& command, const RectSet& set) {
  const bench::TemporaryFolder folder;
  std::string list;
  for (const Size& size : set.sizes)
    list += std::to_string(size.width) + " " + std::to_string(size.height) + "\n";
  const fs::path file = folder.path() / "list";
  bench::write_bytes(file, as_bytes(list));
  const std::string output = bench::output_of(
      "timeout 300 bash " DGXP_SOURCE_DIR "/tests/bench/peers/" + command + " " + file.string());
  Size page;
  double pack = 0;
  double all = 0;
  if (std::sscanf(output.c_str(), "%d %d %lf %lf", &page.width, &page.height, &pack, &all) != 4) {
    std::printf("  %-24s skipped, it does not run here\n", name.c_str());
    return 100;
  }
  const std::int64_t area = area_of(set.sizes);
  print(name, page, area, all);
  return waste_of(page, area);
}

void compare(const RectSet& set) {
  constexpr std::size_t kMostForNode = 3000;  // beyond, one pack of theirs takes minutes
  const std::int64_t area = area_of(set.sizes);
  std::printf("%s, %zu rectangles:\n", set.name.c_str(), set.sizes.size());
  std::optional<FoundPage> found;
  std::optional<FoundPage> again;
  const double seconds =
      bench::median_cpu(1, [&] { found = find_smallest_page(set.sizes, kRules); });
  again = find_smallest_page(set.sizes, kRules);
  if (!found) {
    std::printf("  they do not fit one page\n");
    return;
  }
  print("dgxp", found->size, area, 1e3 * seconds);
  double best = run_peer("stb_rect_pack", "stb_pack.sh", set);
  for (const std::string peer : {"free-tex-packer-core", "maxrects-packer"}) {
    if (set.sizes.size() > kMostForNode)
      std::printf("  %-24s skipped, too slow for so many\n", peer.c_str());
    else
      best = std::min(best, run_peer(peer, "npm_pack.sh " + peer, set));
  }
  std::printf(
      "  %.2f of the best peer's waste (goal 0.5), %.0f ms (goal 1000); first page after %.1f ms "
      "(goal 5 for 10,000); second run %s\n",
      waste_of(found->size, area) / best, 1e3 * seconds, first_page_ms(set.sizes),
      again && again->places == found->places ? "the same" : "DIFFERENT");
}

}  // namespace

int main() {
  for (const RectSet& set : load_sets()) compare(set);
}
