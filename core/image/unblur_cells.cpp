// Next to an edge a blurred picture changes inside a cell, too: the steeper the change between its
// middle and its border against the contrast with the neighbour, the softer the edge, and the more
// of the neighbour's colour is in the mean of the cell's middle. With the leak of each axis known,
// what is seen is the true colours through a filter of three taps, and that is solved for them.
#include "core/image/unblur_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace dgxp {
namespace {

// Of a Gaussian blur: the square of a tilt, in contrasts, is this part of the leak, within 0.01 up
// to a deviation of 0.4 cells.
constexpr double kLeakOfTilt = 1.3;
constexpr double kLeastLeak = 0.008;  // less is lost in the noise that taking it out adds
constexpr double kMostLeak = 0.15;
constexpr double kLeastContrast = 60.0;  // red + green + blue
constexpr double kFarContrast = 0.2;
constexpr std::size_t kLeastEdges = 24;

double brightness(const std::array<float, 3>& color) {
  return static_cast<double>(color[0]) + static_cast<double>(color[1]) +
         static_cast<double>(color[2]);
}

/// Calls `visit` with the first cell of each line of cells along an axis.
template <typename Visit>
void each_line(const Size& size, bool is_across, Visit visit) {
  const auto width = static_cast<std::size_t>(size.width);
  const auto height = static_cast<std::size_t>(size.height);
  for (std::size_t line = 0; line < (is_across ? height : width); ++line) {
    visit(is_across ? line * width : line);
  }
}

/// How much of each contrast between two cells is seen as a tilt inside one of them, where its
/// other neighbour is much like it. Half of them are less: so a grid that is a little off in some
/// places, as few tilts there are far too large and as many too small, is no blur.
double usual_tilt(const CellSamples& cells, bool is_across) {
  const std::size_t step = is_across ? 1 : static_cast<std::size_t>(cells.size.width);
  const auto count = static_cast<std::size_t>(is_across ? cells.size.width : cells.size.height);
  const std::size_t back = is_across ? 0 : 2;  // of `tilts`
  std::vector<double> tilts;
  each_line(cells.size, is_across, [&](std::size_t first) {
    for (std::size_t i = 1; i + 1 < count; ++i) {
      const std::size_t cell = first + i * step;
      const double own = brightness(cells.colors[cell]);
      const double before = brightness(cells.colors[cell - step]) - own;
      const double behind = brightness(cells.colors[cell + step]) - own;
      const bool is_before = std::abs(before) > std::abs(behind);
      const double near = is_before ? before : behind;
      const double far = is_before ? behind : before;
      if (std::abs(near) >= kLeastContrast && std::abs(far) <= kFarContrast * std::abs(near)) {
        const float tilt = cells.tilts[cell][is_before ? back : back + 1];
        tilts.push_back(static_cast<double>(tilt) / near);
      }
    }
  });
  const auto middle = tilts.begin() + static_cast<std::ptrdiff_t>(tilts.size() / 2);
  std::ranges::nth_element(tilts, middle);
  return tilts.size() >= kLeastEdges ? *middle : 0.0;
}

double leak_along(const CellSamples& cells, bool is_across) {
  const double tilt = std::max(0.0, usual_tilt(cells, is_across));
  return std::min(kMostLeak, kLeakOfTilt * tilt * tilt);
}

/// Solves (leak, 1 - 2 leak, leak) over each line of cells, where the outer cells go on beyond the
/// border: a tridiagonal system, by elimination.
void take_out(CellSamples& cells, bool is_across, double leak) {
  const std::size_t step = is_across ? 1 : static_cast<std::size_t>(cells.size.width);
  const auto count = static_cast<std::size_t>(is_across ? cells.size.width : cells.size.height);
  if (leak < kLeastLeak || count < 2) {
    return;
  }
  std::vector<double> ratio(count);
  std::vector<double> value(count);
  each_line(cells.size, is_across, [&](std::size_t first) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const auto at = [&](std::size_t i) -> float& {
        return cells.colors[first + i * step][channel];
      };
      for (std::size_t i = 0; i < count; ++i) {
        const double own = i == 0 || i + 1 == count ? 1 - leak : 1 - 2 * leak;
        const double before = i == 0 ? 0.0 : leak;
        const double pivot = own - before * (i == 0 ? 0.0 : ratio[i - 1]);
        ratio[i] = leak / pivot;
        value[i] = (static_cast<double>(at(i)) - before * (i == 0 ? 0.0 : value[i - 1])) / pivot;
      }
      for (std::size_t i = count - 1; i-- > 0;) {
        value[i] -= ratio[i] * value[i + 1];
      }
      for (std::size_t i = 0; i < count; ++i) {
        at(i) = static_cast<float>(std::clamp(value[i], 0.0, 255.0));
      }
    }
  });
}

}  // namespace

CellLeak measure_leak(const CellSamples& cells) {
  return {.across = leak_along(cells, true), .down = leak_along(cells, false)};
}

void unblur_cells(CellSamples& cells) {
  const CellLeak leak = measure_leak(cells);
  take_out(cells, true, leak.across);
  take_out(cells, false, leak.down);
}

}  // namespace dgxp
