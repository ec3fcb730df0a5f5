#include "core/image/remove_background.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace dgxp {
namespace {

constexpr float kSame = 30.0F;       // RGB distance of cells that show one background
constexpr float kKeyReach = 100.0F;  // how far from the key a model may paint it
constexpr std::size_t kMostProbes = 160;
constexpr double kGroundShare = 0.95;  // of the ground's cells are as near as a hole has to be
constexpr float kGroundReach = 10.0F;  // RGB distance that no clean picture is held against
constexpr float kSureChoice = 0.99F;   // confidence of a hole that is always enough

float distance(const std::array<float, 3>& a, const std::array<float, 3>& b) {
  const float r = a[0] - b[0];
  const float g = a[1] - b[1];
  const float bl = a[2] - b[2];
  return std::sqrt(r * r + g * g + bl * bl);
}

std::size_t place(Size size, int x, int y) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) +
         static_cast<std::size_t>(x);
}

std::vector<std::size_t> border_places(Size size) {
  std::vector<std::size_t> places;
  for (int x = 0; x < size.width; ++x) {
    places.push_back(place(size, x, 0));
    if (size.height > 1) {
      places.push_back(place(size, x, size.height - 1));
    }
  }
  for (int y = 1; y + 1 < size.height; ++y) {
    places.push_back(place(size, 0, y));
    if (size.width > 1) {
      places.push_back(place(size, size.width - 1, y));
    }
  }
  return places;
}

/// Mean of those of `colors` that lie within `reach` of `center`, and how many these are.
struct Cluster {
  std::array<float, 3> mean{};
  std::size_t count = 0;
};
Cluster cluster_around(const std::vector<std::array<float, 3>>& colors,
                       const std::array<float, 3>& center, float reach) {
  Cluster cluster;
  std::array<double, 3> sum{};
  for (const auto& color : colors) {
    if (distance(color, center) <= reach) {
      for (std::size_t c = 0; c < 3; ++c) {
        sum[c] += color[c];
      }
      cluster.count++;
    }
  }
  for (std::size_t c = 0; c < 3 && cluster.count > 0; ++c) {
    cluster.mean[c] = static_cast<float>(sum[c] / static_cast<double>(cluster.count));
  }
  return cluster;
}

Rgb rounded(const std::array<float, 3>& color) {
  const auto byte = [](float v) {
    return static_cast<std::uint8_t>(std::clamp(v + 0.5F, 0.0F, 255.0F));
  };
  return {byte(color[0]), byte(color[1]), byte(color[2])};
}

/// The value that `share` of `values` do not exceed. Not for none.
float quantile(std::vector<float> values, double share) {
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * last + 0.5);
  std::ranges::nth_element(values, at);
  return *at;
}

/// What the cells of `places` show, channel by channel the one in the middle.
std::array<float, 3> middle_color(const CellSamples& cells,
                                  const std::vector<std::size_t>& places) {
  std::array<float, 3> middle{};
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<float> channel;
    channel.reserve(places.size());
    for (const std::size_t at : places) {
      channel.push_back(cells.colors[at][c]);
    }
    middle[c] = quantile(std::move(channel), 0.5);
  }
  return middle;
}

/// What a hole is measured against.
struct Ground {
  std::array<float, 3> color{};
  float reach = 0;       // RGB distance of the most distant cells but a few
  float confidence = 0;  // of the least sure ones but a few
};

std::optional<Ground> measure_ground(const CellSamples& cells,
                                     std::span<const std::uint8_t> reached,
                                     std::span<const float> confidence) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i] != 0) {
      places.push_back(i);
    }
  }
  if (places.empty()) {
    return std::nullopt;
  }
  Ground ground{.color = middle_color(cells, places)};
  std::vector<float> distances;
  std::vector<float> sure;
  for (const std::size_t at : places) {
    distances.push_back(distance(cells.colors[at], ground.color));
    sure.push_back(confidence[at]);
  }
  ground.reach = std::max(kGroundReach, quantile(std::move(distances), kGroundShare));
  ground.confidence = std::min(kSureChoice, quantile(std::move(sure), 1 - kGroundShare));
  return ground;
}

/// The cells of `open` that are 4-connected with the one at `start`; they are open no more.
std::vector<std::size_t> take_area(Size size, std::size_t start, std::vector<std::uint8_t>& open) {
  const auto width = static_cast<std::size_t>(size.width);
  std::vector<std::size_t> area{start};
  open[start] = 0;
  const auto visit = [&](std::size_t at) {
    if (open[at] != 0) {
      open[at] = 0;
      area.push_back(at);
    }
  };
  for (std::size_t i = 0; i < area.size(); ++i) {
    const std::size_t at = area[i];
    if (at % width > 0) visit(at - 1);
    if (at % width + 1 < width) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at + width < open.size()) visit(at + width);
  }
  return area;
}

/// By the area's middle: its rim is mixed with the figure, as the ground's is.
bool is_ground(const Ground& ground, const CellSamples& cells, std::span<const float> confidence,
               const std::vector<std::size_t>& area) {
  std::vector<float> sure;
  for (const std::size_t at : area) {
    sure.push_back(confidence[at]);
  }
  return distance(middle_color(cells, area), ground.color) <= ground.reach &&
         quantile(std::move(sure), 0.5) >= ground.confidence;
}

}  // namespace

BorderColor find_border_color(const CellSamples& cells) {
  const std::vector<std::size_t> places = border_places(cells.size);
  std::vector<std::array<float, 3>> border;
  const std::size_t step = std::max<std::size_t>(1, places.size() / kMostProbes);
  for (std::size_t i = 0; i < places.size(); i += step) {
    border.push_back(cells.colors[places[i]]);
  }
  Cluster best;
  for (const auto& center : border) {
    const Cluster cluster = cluster_around(border, center, kSame);
    if (cluster.count > best.count) {
      best = cluster;
    }
  }
  return {rounded(best.mean), static_cast<float>(best.count) / static_cast<float>(border.size())};
}

Rgb observed_key(const CellSamples& cells, Rgb key) {
  std::array<float, 3> center{static_cast<float>(key.r), static_cast<float>(key.g),
                              static_cast<float>(key.b)};
  const Cluster wide = cluster_around(cells.colors, center, kKeyReach);
  if (wide.count == 0) {
    return key;
  }
  const Cluster close = cluster_around(cells.colors, wide.mean, kSame);
  return rounded(close.count > 0 ? close.mean : wide.mean);
}

std::vector<std::uint8_t> flood_from_border(Size size, std::span<const std::uint8_t> candidates) {
  std::vector<std::uint8_t> reached(candidates.size());
  std::vector<Point> open;
  const auto visit = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= size.width || y >= size.height) {
      return;
    }
    const std::size_t at = place(size, x, y);
    if (candidates[at] != 0 && reached[at] == 0) {
      reached[at] = 1;
      open.push_back({x, y});
    }
  };
  for (int x = 0; x < size.width; ++x) {
    visit(x, 0);
    visit(x, size.height - 1);
  }
  for (int y = 0; y < size.height; ++y) {
    visit(0, y);
    visit(size.width - 1, y);
  }
  while (!open.empty()) {
    const Point at = open.back();
    open.pop_back();
    visit(at.x - 1, at.y);
    visit(at.x + 1, at.y);
    visit(at.x, at.y - 1);
    visit(at.x, at.y + 1);
  }
  return reached;
}

std::vector<std::uint8_t> find_holes(const CellSamples& cells,
                                     std::span<const std::uint8_t> candidates,
                                     std::span<const std::uint8_t> reached,
                                     std::span<const float> confidence) {
  std::vector<std::uint8_t> holes(candidates.size());
  const std::optional<Ground> ground = measure_ground(cells, reached, confidence);
  std::vector<std::uint8_t> open(candidates.begin(), candidates.end());
  for (std::size_t i = 0; i < open.size(); ++i) {
    open[i] = reached[i] != 0 ? 0 : open[i];
  }
  for (std::size_t i = 0; ground && i < open.size(); ++i) {
    if (open[i] == 0) {
      continue;
    }
    const std::vector<std::size_t> area = take_area(cells.size, i, open);
    if (is_ground(*ground, cells, confidence, area)) {
      for (const std::size_t at : area) {
        holes[at] = 1;
      }
    }
  }
  return holes;
}

std::vector<std::uint8_t> despeckled(Size size, std::vector<std::uint8_t> opaque,
                                     std::span<const std::uint8_t> doubtful, int least) {
  std::vector<std::uint8_t> seen(opaque.size());
  std::vector<Point> figure;
  for (int y = 0; y < size.height && least > 1; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (opaque[place(size, x, y)] == 0 || seen[place(size, x, y)] != 0) {
        continue;
      }
      figure.assign(1, {x, y});
      seen[place(size, x, y)] = 1;
      for (std::size_t i = 0; i < figure.size(); ++i) {
        const Point at = figure[i];
        for (int ny = std::max(0, at.y - 1); ny <= std::min(size.height - 1, at.y + 1); ++ny) {
          for (int nx = std::max(0, at.x - 1); nx <= std::min(size.width - 1, at.x + 1); ++nx) {
            const std::size_t next = place(size, nx, ny);
            if (opaque[next] != 0 && seen[next] == 0) {
              seen[next] = 1;
              figure.push_back({nx, ny});
            }
          }
        }
      }
      const bool is_speck =
          figure.size() < static_cast<std::size_t>(least) &&
          std::ranges::all_of(
              figure, [&](Point at) { return doubtful[place(size, at.x, at.y)] != 0; });
      if (is_speck) {
        for (const Point& at : figure) {
          opaque[place(size, at.x, at.y)] = 0;
        }
      }
    }
  }
  return opaque;
}

}  // namespace dgxp
