#include "core/image/color_usage.hpp"

#include <algorithm>
#include <cmath>

#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr double kUnseen = 0.02;    // cells that every colour is counted with beforehand
constexpr double kPriorPairs = 8;   // pairs as if by chance, times the geometric mean of the shares
constexpr double kManyCells = 400;  // one cell more or less changes no share of so many

}  // namespace

ColorUsage::ColorUsage(std::size_t colors, Pairs pairs)
    : colors_(colors),
      count_(colors),
      pairs_(pairs == Pairs::yes ? colors * colors : 0),
      share_(colors),
      log_share_(colors),
      lift_(pairs_.size(), -1.0F) {}

void ColorUsage::finish() {
  most_common_ = static_cast<std::uint16_t>(std::ranges::max_element(count_) - count_.begin());
  for (std::size_t k = 0; k < colors_; ++k) {
    share_[k] = (count_[k] + kUnseen) / (cells_ + kUnseen * static_cast<double>(colors_));
    log_share_[k] = plain_log(static_cast<float>(share_[k]));
  }
}

float ColorUsage::share(std::uint16_t color, float own) const {
  if (count_[color] > kManyCells || own <= 0) {
    return static_cast<float>(share_[color]);
  }
  const double count = std::max(0.0, count_[color] - static_cast<double>(own));
  return static_cast<float>((count + kUnseen) / (cells_ + kUnseen * static_cast<double>(colors_)));
}

float ColorUsage::log_share(std::uint16_t color, float own) const {
  return count_[color] > kManyCells || own <= 0 ? log_share_[color] : plain_log(share(color, own));
}

float ColorUsage::find_lift(std::uint16_t color, std::uint16_t neighbour) const {
  const double chance = share_[color] * share_[neighbour];
  const double prior = kPriorPairs * std::sqrt(chance);
  const double lift = (pairs_[color * colors_ + neighbour] + prior) / (all_pairs_ * chance + prior);
  // To the power of 3/4.
  const double root = all_pairs_ > 0 ? std::sqrt(lift) : 1.0;
  const auto found = static_cast<float>(root * std::sqrt(root));
  lift_[color * colors_ + neighbour] = found;
  return found;
}

}  // namespace dgxp
