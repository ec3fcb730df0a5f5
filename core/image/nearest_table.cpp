#include "core/image/nearest_table.hpp"

#include <algorithm>
#include <cassert>
#include <new>

#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

template <typename Metric>
class MetricSolver : public CellSolver {
 public:
  explicit MetricSolver(const Palette& palette) {
    for (const Rgb color : palette.colors) entries_.push_back(Metric::point(color));
  }

  Answer solve(Rgb low) const override {
    Answer answer{};
    for (unsigned i = 0; i < kCellColors; ++i) {
      const Rgb color{static_cast<std::uint8_t>(low.r + (i >> 4U)),
                      static_cast<std::uint8_t>(low.g + (i >> 2U & 3U)),
                      static_cast<std::uint8_t>(low.b + (i & 3U))};
      answer.at(i) = nearest(Metric::point(color));
    }
    return answer;
  }

 private:
  std::uint8_t nearest(const typename Metric::Point& point) const {
    std::size_t best = 0;
    auto least = Metric::distance(point, entries_[0]);
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      const auto distance = Metric::distance(point, entries_[i]);
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return static_cast<std::uint8_t>(best);
  }

  std::vector<typename Metric::Point> entries_;
};

template <typename T>
T* allocate_zeroed(std::size_t count) {
  void* memory = std::calloc(count, sizeof(T));
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<T*>(memory);
}

}  // namespace

std::unique_ptr<CellSolver> make_cell_solver(const Palette& palette, ColorMetric metric) {
  assert(!palette.colors.empty() && palette.colors.size() <= 256);
  switch (metric) {
    case ColorMetric::oklab:
      return std::make_unique<MetricSolver<OklabMetric>>(palette);
    case ColorMetric::hyab:
      return std::make_unique<MetricSolver<HyabMetric>>(palette);
    case ColorMetric::ciede2000:
      return std::make_unique<MetricSolver<Ciede2000Metric>>(palette);
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return std::make_unique<MetricSolver<RgbMetric>>(palette);
}

NearestTable::NearestTable(const Palette& palette, ColorMetric metric)
    : solver_(make_cell_solver(palette, metric)),
      runs_(allocate_zeroed<std::uint32_t>(kCells)),
      // Run 0 stays unused: 0 says that a cell is not solved yet.
      answers_(allocate_zeroed<std::uint8_t>((1 + palette.colors.size() + kCells) *
                                             CellSolver::kCellColors)),
      next_run_(static_cast<std::uint32_t>(1 + palette.colors.size())) {
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    std::fill_n(answers_.get() + (1 + i) * CellSolver::kCellColors, CellSolver::kCellColors,
                static_cast<std::uint8_t>(i));
}

std::uint32_t NearestTable::solve(std::uint32_t cell) const {
  const CellSolver::Answer answer =
      solver_->solve({static_cast<std::uint8_t>(cell >> 12U << 2U),
                      static_cast<std::uint8_t>((cell >> 6U & 63U) << 2U),
                      static_cast<std::uint8_t>((cell & 63U) << 2U)});
  const bool is_uniform =
      std::ranges::all_of(answer, [&](std::uint8_t i) { return i == answer[0]; });
  const std::scoped_lock lock(mutex_);
  const std::uint32_t known = runs_.get()[cell];
  if (known != kUnsolved) return known;
  std::uint32_t run = 1U + answer[0];
  if (!is_uniform) {
    run = next_run_++;
    std::ranges::copy(answer, answers_.get() + run * CellSolver::kCellColors);
  }
  __atomic_store_n(&runs_.get()[cell], run, __ATOMIC_RELEASE);
  return run;
}

}  // namespace dgxp
