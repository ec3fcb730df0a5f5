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

constexpr float kLinkTrust = 2.0F;       // of a difference told by tilts, against `trust` 1
constexpr float kZeroTrust = 0.06F;      // of light being even
constexpr float kHardContrast = 120.0F;  // sum of contrasts around a link that halves its trust
constexpr double kSoftContrast = 30.0;   // contrasts beyond it weigh the same in the leak
constexpr double kMostScale = 1.2;

}  // namespace

/// What blur lets of the contrasts on both sides into a tilt.
struct LightEstimate::Leak {
  float near = 0;  ///< share of the contrast with the neighbour on the side of the tilt
  float far = 0;   ///< and with the one on the other side
};

LightEstimate::Leak LightEstimate::fit_leak(std::span<const Side> sides) {
  double same = 1;
  double mixed = 0;
  double near = 0;
  double far = 0;
  for (const Side& side : sides) {
    const double before = static_cast<double>(side.contrast[0]);
    const double behind = static_cast<double>(side.contrast[1]);
    const double squares = before * before + behind * behind;
    if (squares == 0) {
      continue;
    }
    const double weight = 1 / (kSoftContrast * kSoftContrast + squares);
    const double back = static_cast<double>(side.tilt[0]);
    const double ahead = static_cast<double>(side.tilt[1]);
    same += weight * squares;
    mixed += weight * 2 * before * behind;
    near += weight * (back * before + ahead * behind);
    far += weight * (back * behind + ahead * before);
  }
  const double determinant = same * same - mixed * mixed;
  if (determinant < 1e-6) {
    return {};
  }
  return {static_cast<float>((near * same - far * mixed) / determinant),
          static_cast<float>((far * same - near * mixed) / determinant)};
}

LightEstimate::LightEstimate(Size size, std::span<const Tilts> tilts)
    : width_(static_cast<std::size_t>(size.width)), height_(static_cast<std::size_t>(size.height)) {
  for (const Tilts& tilt : tilts) {
    sides_[0].push_back({.tilt = {tilt[0], tilt[1]}});
    sides_[1].push_back({.tilt = {tilt[2], tilt[3]}});
  }
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
  const bool is_across = axis == 0;
  std::vector<Side>& sides = sides_[axis];
  Links& links = links_[axis];
  const std::size_t step = is_across ? 1 : width_;
  const std::size_t columns = is_across ? width_ - 1 : width_;  // of cells that have a neighbour
  const std::size_t rows = is_across ? height_ : height_ - 1;
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t i = y * width_; i < y * width_ + columns; ++i) {
      sides[i].contrast[1] = colors[i + step] - colors[i];
      sides[i + step].contrast[0] = colors[i] - colors[i + step];
    }
  }
  const Leak leak = fit_leak(sides);
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x) {
      const Side& here = sides[y * width_ + x];
      const Side& there = sides[y * width_ + x + step];
      const float ahead = here.tilt[1] - leak.near * here.contrast[1] - leak.far * here.contrast[0];
      const float behind =
          there.tilt[0] - leak.near * there.contrast[0] - leak.far * there.contrast[1];
      const float hardness = (std::abs(here.contrast[0]) + 2 * std::abs(here.contrast[1]) +
                              std::abs(there.contrast[1])) /
                             kHardContrast;
      links.rise[place(x, y)] = ahead - behind;
      links.weight[place(x, y)] = kLinkTrust / (1 + hardness * hardness);
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
