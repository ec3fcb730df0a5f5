#pragma once

// How well recovered pictures agree with their truth, counted as the degrader's own scorer does:
// every sprite is compared, in and one cell around its figure, at its best whole-cell shift. Also
// says why cells are wrong.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/image/palette.hpp"
#include "core/image/palette_file.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/recover_master.hpp"

namespace dgxp::bench {

struct RecoveryCase {
  std::string name;
  std::string level;
  std::filesystem::path folder;
  std::vector<Rect> boxes;
  double cells_x = 0;  ///< cells that the picture shows
  double cells_y = 0;
  Grid lines;  ///< the true ones, without the 2-D warp
  Palette palette;
  Image truth;
};

inline Bytes read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return {text.begin(), text.end()};
}

inline std::vector<RecoveryCase> read_cases(const std::filesystem::path& folder) {
  std::vector<RecoveryCase> cases;
  std::ifstream in(folder / "cases.json");
  const auto document = nlohmann::json::parse(in, nullptr, false);
  for (const auto& entry : document.is_array() ? document : nlohmann::json::array()) {
    RecoveryCase one{.name = entry["name"], .level = entry["level"], .folder = folder};
    one.cells_x = entry["cells_x"];
    one.cells_y = entry["cells_y"];
    one.lines.columns = entry["lines_x"].get<std::vector<double>>();
    one.lines.rows = entry["lines_y"].get<std::vector<double>>();
    for (const auto& b : entry["boxes"]) one.boxes.push_back({b[0], b[1], b[2], b[3]});
    std::ifstream hex(folder / "palette" / (one.name + ".hex"));
    for (std::string line; hex >> line;) one.palette.colors.push_back(*parse_hex_color(line));
    one.truth = *decode_png(read_bytes(folder / "truth" / (one.name + ".png")));
    cases.push_back(std::move(one));
  }
  return cases;
}

inline Image read_raw(const RecoveryCase& one) {
  return *decode_png(read_bytes(one.folder / "input" / (one.name + ".png")));
}

/// Why a cell is wrong.
enum class Loss { grid, lost, halo, neighbour, near, far };
inline constexpr std::array<const char*, 6> kLossNames{
    "grid", "figure->ground", "ground->figure", "neighbour", "near colour", "far colour"};

struct Score {
  int pictures = 0;
  int sprites = 0;
  int perfect = 0;
  int grids = 0;
  double cells = 0;  ///< sum over pictures of their share of right cells
  std::array<int, 6> losses{};
  std::array<int, 6> spoiled{};  ///< sprites that are not perfect, by their most frequent cause
  int clipped = 0;               ///< pictures with a figure cell turned into ground

  void add(const Score& other) {
    pictures += other.pictures;
    sprites += other.sprites;
    perfect += other.perfect;
    grids += other.grids;
    cells += other.cells;
    clipped += other.clipped;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      losses[i] += other.losses[i];
      spoiled[i] += other.spoiled[i];
    }
  }
};

class RecoveryScorer {
 public:
  /// `found` may be nothing: no grid was found.
  static Score score(const RecoveryCase& one, const Image* found) {
    Score result{.pictures = 1, .sprites = static_cast<int>(one.boxes.size())};
    const RecoveryScorer scorer(one, found);
    int cells = 0;
    int right = 0;
    for (const Rect& box : one.boxes) {
      const auto [total, equal, causes] = scorer.compare(box);
      cells += total;
      right += equal;
      result.perfect += total == equal ? 1 : 0;
      for (std::size_t i = 0; i < causes.size(); ++i) result.losses[i] += causes[i];
      if (total != equal) {
        result
            .spoiled[static_cast<std::size_t>(std::ranges::max_element(causes) - causes.begin())]++;
      }
    }
    result.cells = static_cast<double>(right) / cells;
    const auto fits = [](int size, int side, double shown) {
      return std::min<double>(side, shown) - 1.5 <= size &&
             size <= std::max<double>(side, shown) + 1.5;
    };
    result.grids = found && fits(found->size.width, one.truth.size.width, one.cells_x) &&
                           fits(found->size.height, one.truth.size.height, one.cells_y)
                       ? 1
                       : 0;
    result.clipped = result.losses[static_cast<std::size_t>(Loss::lost)] > 0 ? 1 : 0;
    return result;
  }

 private:
  static constexpr int kShift = 3;
  static constexpr int kNear = 48;  // RGB distance of near colours

  struct Compared {
    int total = 0;
    int equal = 0;
    std::array<int, 6> causes{};
  };

  RecoveryScorer(const RecoveryCase& one, const Image* found) : one_(one) {
    truth_ = lock(one.truth);
    if (found) {
      size_ = found->size;
      found_ = lock(*found);
    }
  }

  int nearest(Rgb color) const {
    int best = 0;
    for (std::size_t i = 1; i < one_.palette.colors.size(); ++i) {
      if (squared(color, one_.palette.colors[i]) <
          squared(color, one_.palette.colors[static_cast<std::size_t>(best)])) {
        best = static_cast<int>(i);
      }
    }
    return best;
  }
  static int squared(Rgb a, Rgb b) {
    const int r = a.r - b.r;
    const int g = a.g - b.g;
    const int bl = a.b - b.b;
    return r * r + g * g + bl * bl;
  }
  std::vector<int> lock(const Image& image) const {
    std::vector<int> index;
    for (const Rgba& p : image.pixels) {
      index.push_back(p.a < 128 ? ground() : nearest(p.rgb()));
    }
    return index;
  }
  int ground() const { return static_cast<int>(one_.palette.colors.size()) - 1; }
  int truth(int x, int y) const {
    return one_.truth.contains(x, y)
               ? truth_[static_cast<std::size_t>(y * one_.truth.size.width + x)]
               : ground();
  }
  int found(int x, int y) const {
    return x >= 0 && y >= 0 && x < size_.width && y < size_.height
               ? found_[static_cast<std::size_t>(y * size_.width + x)]
               : -1;
  }
  bool watched(int x, int y) const {
    return truth(x, y) != ground() || truth(x - 1, y) != ground() || truth(x + 1, y) != ground() ||
           truth(x, y - 1) != ground() || truth(x, y + 1) != ground();
  }

  Compared compare(const Rect& box) const {
    const int x0 = std::max(0, box.x - 1);
    const int y0 = std::max(0, box.y - 1);
    const int x1 = std::min(one_.truth.size.width, box.x + box.width + 1);
    const int y1 = std::min(one_.truth.size.height, box.y + box.height + 1);
    Compared best;
    Point shift;
    for (int dy = -kShift; dy <= kShift; ++dy) {
      for (int dx = -kShift; dx <= kShift; ++dx) {
        Compared here;
        for (int y = y0; y < y1; ++y) {
          for (int x = x0; x < x1; ++x) {
            if (!watched(x, y)) continue;
            here.total++;
            here.equal += found(x + dx, y + dy) == truth(x, y) ? 1 : 0;
          }
        }
        if (best.total == 0 || here.equal > best.equal) {
          best = here;
          shift = {dx, dy};
        }
      }
    }
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        const int got = found(x + shift.x, y + shift.y);
        if (!watched(x, y) || got == truth(x, y)) continue;
        best.causes[static_cast<std::size_t>(cause(x, y, got))]++;
      }
    }
    // A sprite that is wrong in many cells, and not by similar colours, stands on a wrong grid.
    const int wrong = best.total - best.equal;
    const int near = best.causes[static_cast<std::size_t>(Loss::near)];
    if (wrong * 20 > best.total * 3 && near * 2 < wrong) {
      best.causes = {};
      best.causes[static_cast<std::size_t>(Loss::grid)] = wrong;
    }
    return best;
  }

  Loss cause(int x, int y, int got) const {
    const int want = truth(x, y);
    const bool beside = truth(x - 1, y) == got || truth(x + 1, y) == got ||
                        truth(x, y - 1) == got || truth(x, y + 1) == got;
    if (got < 0) return Loss::grid;
    const int d = squared(one_.palette.colors[static_cast<std::size_t>(got)],
                          one_.palette.colors[static_cast<std::size_t>(want)]);
    if (d <= kNear * kNear) return Loss::near;
    if (got == ground()) return Loss::lost;
    if (want == ground()) return Loss::halo;
    return beside ? Loss::neighbour : Loss::far;
  }

  const RecoveryCase& one_;
  Size size_;
  std::vector<int> truth_;
  std::vector<int> found_;
};

}  // namespace dgxp::bench
