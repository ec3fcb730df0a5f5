#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dgxp {

/// How many values fell below each of a few bounds. One thread adds, any may look.
class Histogram {
 public:
  static constexpr std::size_t kMostBounds = 24;
  /// At most kMostBounds, ascending; what `bounds` points to outlives the histogram.
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds.first(std::min(bounds.size(), kMostBounds))) {}

  void add(double value) {
    const auto place = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    counts_.at(static_cast<std::size_t>(place)).fetch_add(1, std::memory_order_relaxed);
    sum_.store(sum_.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  }

  struct Snapshot {
    std::span<const double> bounds;
    std::vector<std::uint64_t> cumulative;  ///< one a bound, and last that of all values
    double sum = 0;
    std::uint64_t count() const { return cumulative.back(); }
    /// The value that `share` (0 to 1) of all values are not above, as far as the bounds tell; 0
    /// when there are no values.
    double quantile(double share) const;
  };
  Snapshot snapshot() const;

 private:
  std::span<const double> bounds_;
  std::array<std::atomic<std::uint64_t>, kMostBounds + 1> counts_{};
  std::atomic<double> sum_{0};
};

inline Histogram::Snapshot Histogram::snapshot() const {
  Snapshot shot{.bounds = bounds_, .cumulative = {}, .sum = sum_.load(std::memory_order_relaxed)};
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    total += counts_.at(i).load(std::memory_order_relaxed);
    shot.cumulative.push_back(total);
  }
  return shot;
}

inline double Histogram::Snapshot::quantile(double share) const {
  const double wanted = share * static_cast<double>(count());
  double below = 0;
  double floor = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto reached = static_cast<double>(cumulative[i]);
    if (reached >= wanted && reached > below) {
      return floor + (bounds[i] - floor) * (wanted - below) / (reached - below);
    }
    below = reached;
    floor = bounds[i];
  }
  return count() > 0 && !bounds.empty() ? bounds.back() : 0;
}

}  // namespace dgxp
