#include "core/image/color_usage.hpp"

#include <algorithm>
#include <cmath>

namespace dgxp {
namespace {

constexpr double kUnseen = 0.02;   // cells that every colour is counted with beforehand
constexpr double kPriorPairs = 3;  // pairs as if by chance that every neighbour is counted with

}  // namespace

ColorUsage::ColorUsage(Size size, std::span<const std::uint16_t> cells, std::size_t colors)
    : colors_(colors),
      cells_(static_cast<double>(cells.size())),
      count_(colors),
      pairs_(colors * colors),
      pairs_of_(colors),
      log_share_(colors),
      log_lift_(colors * colors) {
  const auto width = static_cast<std::size_t>(size.width);
  const auto add_pair = [this](std::uint16_t a, std::uint16_t b) {
    pairs_[a * colors_ + b] += 1;
    pairs_[b * colors_ + a] += 1;
    pairs_of_[a] += 1;
    pairs_of_[b] += 1;
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    count_[cells[i]] += 1;
    if ((i + 1) % width != 0) {
      add_pair(cells[i], cells[i + 1]);
    }
    if (i + width < cells.size()) {
      add_pair(cells[i], cells[i + width]);
    }
  }
  most_common_ = static_cast<std::uint16_t>(std::ranges::max_element(count_) - count_.begin());
  for (std::size_t k = 0; k < colors; ++k) {
    const double share = share_of(count_[k]);
    log_share_[k] = static_cast<float>(std::log(share));
    for (std::size_t n = 0; n < colors; ++n) {
      log_lift_[k * colors + n] =
          lift(static_cast<std::uint16_t>(k), static_cast<std::uint16_t>(n), share, 0);
    }
  }
}

double ColorUsage::share_of(double count) const {
  return (count + kUnseen) / (cells_ + kUnseen * static_cast<double>(colors_));
}

float ColorUsage::lift(std::uint16_t color, std::uint16_t neighbour, double share,
                       double without) const {
  const double pairs = std::max(0.0, pairs_[color * colors_ + neighbour] - without);
  const double all = std::max(0.0, pairs_of_[neighbour] - 1);
  return static_cast<float>(
      std::log((pairs + kPriorPairs * share) / ((all + kPriorPairs) * share)));
}

float ColorUsage::share_without(std::uint16_t color) const {
  return static_cast<float>(std::log(share_of(count_[color] - 1)));
}

float ColorUsage::beside_without(std::uint16_t color, std::uint16_t neighbour) const {
  return lift(color, neighbour, share_of(count_[color] - 1), color == neighbour ? 2 : 1);
}

}  // namespace dgxp
