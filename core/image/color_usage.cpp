#include "core/image/color_usage.hpp"

#include <algorithm>
#include <cmath>

namespace dgxp {
namespace {

constexpr double kPriorPairs = 8;  // pairs as if by chance, times the geometric mean of the shares

}  // namespace

ColorUsage::ColorUsage(std::size_t colors, Pairs pairs)
    : colors_(colors),
      count_(colors),
      pairs_(pairs == Pairs::yes ? colors * colors : 0),
      share_(colors),
      lift_(pairs_.size(), -1.0F) {}

void ColorUsage::finish() {
  most_common_ = static_cast<std::uint16_t>(std::ranges::max_element(count_) - count_.begin());
  all_ = cells_ + kUnseen * static_cast<double>(colors_);
  for (std::size_t k = 0; k < colors_; ++k) {
    share_[k] = (count_[k] + kUnseen) / all_;
  }
}

float ColorUsage::share(std::uint16_t color, float own) const {
  if (count_[color] > kManyCells || own <= 0) {
    return static_cast<float>(share_[color]);
  }
  const double count = std::max(0.0, count_[color] - static_cast<double>(own));
  return static_cast<float>((count + kUnseen) / all_);
}

float ColorUsage::find_lift(std::uint16_t color, std::uint16_t neighbour) const {
  const double chance = share_[color] * share_[neighbour];
  const double prior = kPriorPairs * std::sqrt(chance);
  const double pairs = pairs_[color * colors_ + neighbour] + pairs_[neighbour * colors_ + color];
  const double lift = (pairs + prior) / (all_pairs_ * chance + prior);
  // To the power of 3/4.
  const double root = all_pairs_ > 0 ? std::sqrt(lift) : 1.0;
  const auto found = static_cast<float>(root * std::sqrt(root));
  lift_[color * colors_ + neighbour] = found;
  return found;
}

FourFloats ColorUsage::find_lifts(const std::uint16_t* colors, std::uint16_t neighbour) const {
  return FourFloats{lift(neighbour, colors[0]), lift(neighbour, colors[1]),
                    lift(neighbour, colors[2]), lift(neighbour, colors[3])};
}

}  // namespace dgxp
