#include "core/image/explain_recovery.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace dgxp {
namespace {

constexpr Rgba kSureLine{60, 200, 90, 255};
constexpr Rgba kSetLine{230, 200, 40, 255};
constexpr Rgba kDoubtfulFrame{255, 40, 40, 255};
constexpr float kSeenEdge = 0.5F;   // confidence of a line that shows an edge
constexpr double kRoomyCell = 8.0;  // pixels in which a line hides little
constexpr int kMostZoom = 8;
constexpr int kMostSide = 4096;  // of the result, pixels

Image dimmed(const Image& raw, int zoom) {
  Image shown({raw.size.width * zoom, raw.size.height * zoom});
  const auto dim = [](std::uint8_t v) { return static_cast<std::uint8_t>(32 + v * 3 / 4); };
  for (int y = 0; y < shown.size.height; ++y) {
    for (int x = 0; x < shown.size.width; ++x) {
      const Rgba& p = raw.at(x / zoom, y / zoom);
      shown.at(x, y) =
          p.a == 0 ? Rgba{128, 128, 128, 255} : Rgba{dim(p.r), dim(p.g), dim(p.b), 255};
    }
  }
  return shown;
}

int zoom_of(const Image& raw, const Grid& grid) {
  const double cell = std::max(1.0, std::min(grid.cell_width, grid.cell_height));
  const int wanted = static_cast<int>(std::ceil(kRoomyCell / cell));
  const int fits = kMostSide / std::max({1, raw.size.width, raw.size.height});
  return std::clamp(wanted, 1, std::clamp(fits, 1, kMostZoom));
}

class Explanation {
 public:
  Explanation(const Image& raw, const Grid& grid) : zoom_(zoom_of(raw, grid)) {
    image_ = dimmed(raw, zoom_);
  }

  int place(double line) const { return static_cast<int>(std::lround(line * zoom_)); }
  void dot(int x, int y, Rgba color) {
    if (image_.contains(x, y)) {
      image_.at(x, y) = color;
    }
  }
  void draw_column(double line, float confidence, const GridWarp& warp) {
    for (int y = 0; y < image_.size.height; ++y) {
      const double bent = line + warp.at(line, (y + 0.5) / zoom_).x;
      dot(place(bent), y, confidence >= kSeenEdge ? kSureLine : kSetLine);
    }
  }
  void draw_row(double line, float confidence, const GridWarp& warp) {
    for (int x = 0; x < image_.size.width; ++x) {
      const double bent = line + warp.at((x + 0.5) / zoom_, line).y;
      dot(x, place(bent), confidence >= kSeenEdge ? kSureLine : kSetLine);
    }
  }
  void frame(double left, double top, double right, double bottom) {
    for (int x = place(left); x <= place(right); ++x) {
      dot(x, place(top), kDoubtfulFrame);
      dot(x, place(bottom), kDoubtfulFrame);
    }
    for (int y = place(top); y <= place(bottom); ++y) {
      dot(place(left), y, kDoubtfulFrame);
      dot(place(right), y, kDoubtfulFrame);
    }
  }
  Image take() { return std::move(image_); }

 private:
  int zoom_;
  Image image_;
};

}  // namespace

Image explain_recovery(const Image& raw, const Recovered& recovered) {
  const Grid& grid = recovered.grid;
  Explanation shown(raw, grid);
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    shown.draw_column(grid.columns[i], grid.column_confidence[i], grid.warp);
  }
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    shown.draw_row(grid.rows[i], grid.row_confidence[i], grid.warp);
  }
  const auto width = static_cast<std::size_t>(recovered.native.size.width);
  for (std::size_t i = 0; i < recovered.cell_confidence.size(); ++i) {
    if (recovered.cell_confidence[i] < kDoubtfulCell) {
      const std::size_t x = i % width;
      const std::size_t y = i / width;
      const GridWarp::Shift shift = grid.warp.at((grid.columns[x] + grid.columns[x + 1]) / 2,
                                                 (grid.rows[y] + grid.rows[y + 1]) / 2);
      shown.frame(grid.columns[x] + shift.x, grid.rows[y] + shift.y, grid.columns[x + 1] + shift.x,
                  grid.rows[y + 1] + shift.y);
    }
  }
  return shown.take();
}

}  // namespace dgxp
