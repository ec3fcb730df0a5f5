// Least squares over the grid of cells: light differs between neighbours by what the tilts on both
// sides of their border say, is what a cell shows beyond its colour, and is 0 without any clue.
// Solved by Gaussian belief propagation: each cell tells each neighbour the light there as far as
// it knows without that neighbour, so that what comes back to a cell is not its own word.
#include "core/image/estimate_light.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/image/float_lanes.hpp"

namespace dgxp {
namespace {

constexpr float kZeroTrust = 0.06F;  // of light being even
constexpr double kMostScale = 1.2;

std::vector<float> tilts_to(std::span<const LightEstimate::Tilts> tilts, std::size_t side) {
  std::vector<float> of_side;
  of_side.reserve(tilts.size());
  for (const LightEstimate::Tilts& tilt : tilts) {
    of_side.push_back(tilt[side]);
  }
  return of_side;
}

}  // namespace

LightEstimate::LightEstimate(Size size, std::span<const Tilts> tilts)
    : width_(static_cast<std::size_t>(size.width)),
      height_(static_cast<std::size_t>(size.height)),
      found_{LightLinks(size, LightLinks::Axis::across, tilts_to(tilts, 0), tilts_to(tilts, 1)),
             LightLinks(size, LightLinks::Axis::down, tilts_to(tilts, 2), tilts_to(tilts, 3))} {
  // Along the shorter side, so that the room around them is less than the cells themselves.
  const bool is_wide = width_ >= height_;
  const std::size_t pitch = std::min(width_, height_) + kLanes;
  right_ = is_wide ? pitch : pitch + 1;
  down_ = is_wide ? pitch + 1 : pitch;
  first_ = pitch + 1;
  const std::size_t count = (width_ + height_ + 1) * pitch + 1 + kLanes;
  for (Links& links : links_) {
    links = {.rise = Field(count), .weight = Field(count)};
  }
  for (Told& told : told_) {
    told = {.weight = Field(count), .light = Field(count)};
  }
  own_ = {.weight = Field(count), .light = Field(count)};
  light_ = Field(count);
}

/// `axis` is 0 for neighbours side by side, 1 for one below the other.
void LightEstimate::link_cells(std::span<const float> colors, std::size_t axis) {
  LightLinks& found = found_[axis];
  found.judge(colors);
  const bool is_across = axis == 0;
  const std::size_t columns = is_across ? width_ - 1 : width_;  // of cells that have a neighbour
  const std::size_t rows = is_across ? height_ : height_ - 1;
  Links& links = links_[axis];
  for (std::size_t y = 0; y < rows; ++y) {
    float* rise = links.rise.data() + place(0, y);
    float* weight = links.weight.data() + place(0, y);
    for (std::size_t x = 0; x < columns; ++x) {
      rise[x * right_] = found.rise(y * width_ + x);
      weight[x * right_] = found.weight(y * width_ + x);
    }
  }
}

struct LightEstimate::Known {
  FourFloats weight;
  FourFloats light;  ///< times weight
};

LightEstimate::Known LightEstimate::known_of(std::size_t place) const {
  const auto sum_up = [this, place](Field Told::* field) {
    return load_lanes((told_[0].*field).data() + place) +
           load_lanes((told_[1].*field).data() + place) +
           load_lanes((told_[2].*field).data() + place) +
           load_lanes((told_[3].*field).data() + place);
  };
  return {.weight = sum_up(&Told::weight), .light = sum_up(&Told::light)};
}

/// Cells from `from` on that know `known` in all tell their neighbours on a side what they did not
/// hear from there.
void LightEstimate::tell(const Known& known, std::size_t from, std::size_t side,
                         std::ptrdiff_t to) {
  const std::size_t behind = from + static_cast<std::size_t>(to);
  const bool is_ahead = to > 0;
  const Links& links = links_[side / 2];
  const std::size_t link = is_ahead ? from : behind;
  const FourFloats trust = load_lanes(links.weight.data() + link);
  const FourFloats rise = load_lanes(links.rise.data() + link);
  const FourFloats weight = known.weight - load_lanes(told_[side].weight.data() + from);
  const FourFloats light = known.light - load_lanes(told_[side].light.data() + from);
  const FourFloats passed = trust / (trust + weight);
  const FourFloats passed_light = passed * (light + weight * (is_ahead ? rise : -rise));
  Told& told = told_[side ^ 1U];
  const auto keep = [&](FourFloats now, Field& field) {
    store_lanes(trust > 0.0F ? now : load_lanes(field.data() + behind), field.data() + behind);
  };
  keep(passed * weight, told.weight);
  keep(passed_light, told.light);
}

/// Calls `visit` with each place whose cells are of diagonal `diagonal`, four at a time.
template <typename Visit>
void LightEstimate::each_place(std::size_t diagonal, Visit visit) const {
  const std::size_t shorter = std::min(width_, height_);
  const std::size_t longer = std::max(width_, height_);
  const std::size_t begin = diagonal < longer ? 0 : diagonal - longer + 1;
  const std::size_t end = std::min(diagonal + 1, shorter);
  const std::size_t pitch = std::min(right_, down_);
  for (std::size_t i = begin; i < end; i += kLanes) {
    visit(first_ + diagonal * pitch + i);
  }
}

void LightEstimate::sweep() {
  const std::size_t diagonals = width_ + height_ - 1;
  const auto right = static_cast<std::ptrdiff_t>(right_);
  const auto down = static_cast<std::ptrdiff_t>(down_);
  const auto all_of = [this](std::size_t place) {
    const Known told = known_of(place);
    return Known{.weight = told.weight + load_lanes(own_.weight.data() + place),
                 .light = told.light + load_lanes(own_.light.data() + place)};
  };
  for (std::size_t diagonal = 0; diagonal < diagonals; ++diagonal) {
    each_place(diagonal, [&](std::size_t place) {
      const Known all = all_of(place);
      tell(all, place, 1, right);
      tell(all, place, 3, down);
    });
  }
  for (std::size_t diagonal = diagonals; diagonal-- > 0;) {
    each_place(diagonal, [&](std::size_t place) {
      const Known all = all_of(place);
      tell(all, place, 0, -right);
      tell(all, place, 2, -down);
    });
  }
}

std::vector<float> LightEstimate::judge(std::span<const float> seen, std::span<const float> colors,
                                        std::span<const float> trust) {
  link_cells(colors, 0);
  link_cells(colors, 1);
  for (std::size_t y = 0, i = 0; y < height_; ++y) {
    for (std::size_t x = 0; x < width_; ++x, ++i) {
      own_.weight[place(x, y)] = kZeroTrust + trust[i];
      own_.light[place(x, y)] = trust[i] * (seen[i] - colors[i]);
    }
  }
  sweep();
  for (std::size_t diagonal = 0; diagonal + 1 < width_ + height_; ++diagonal) {
    each_place(diagonal, [&](std::size_t place) {
      const Known told = known_of(place);
      store_lanes(told.light / (told.weight + kZeroTrust), light_.data() + place);
    });
  }
  return scaled_light(seen, colors, trust);
}

/// In reading order, by as much as the cells themselves confirm.
std::vector<float> LightEstimate::scaled_light(std::span<const float> seen,
                                               std::span<const float> colors,
                                               std::span<const float> trust) const {
  std::vector<float> light(seen.size());
  double product = 0;
  double square = 100;
  for (std::size_t y = 0, i = 0; y < height_; ++y) {
    for (std::size_t x = 0; x < width_; ++x, ++i) {
      light[i] = light_[place(x, y)];
      if (trust[i] > 0.7F && trust[i] <= 1) {
        product += static_cast<double>(light[i]) * static_cast<double>(seen[i] - colors[i]);
        square += static_cast<double>(light[i]) * static_cast<double>(light[i]);
      }
    }
  }
  const auto scale = static_cast<float>(std::clamp(product / square, 0.0, kMostScale));
  for (float& l : light) {
    l *= scale;
  }
  return light;
}

}  // namespace dgxp
