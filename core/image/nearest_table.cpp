#include "core/image/nearest_table.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "core/image/table_file.hpp"

namespace dgxp {
namespace {

template <typename T>
T* checked(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<T*>(memory);
}

}  // namespace

NearestTable::NearestTable(const Palette& palette, ColorMetric metric, SimdLevel level)
    : key_(table_key(palette, metric)),
      metric_(metric),
      colors_(palette.colors.size()),
      level_(level),
      solver_(make_cell_solver(palette, metric)) {
  allocate();
}

void NearestTable::allocate() {
  runs_.reset(checked<std::uint32_t>(std::calloc(kCells, sizeof(std::uint32_t))));
  // Run 0 stays unused: 0 says that a cell is not solved yet.
  answers_.reset(checked<std::uint8_t>(std::malloc((1 + colors_ + kCells) * kCellColors)));
  next_run_ = static_cast<std::uint32_t>((1 + colors_) * kCellColors);
  for (std::size_t i = 0; i < colors_; ++i)
    std::fill_n(answers_.get() + (1 + i) * kCellColors, kCellColors, static_cast<std::uint8_t>(i));
}

Bytes NearestTable::save() const {
  return encode_table(key_, {runs_.get(), kCells}, answers_.get());
}

bool NearestTable::restore(ByteView content) {
  const auto used = decode_table(
      key_, content, {.runs = {runs_.get(), kCells}, .answers = answers_.get(), .colors = colors_});
  if (used)
    next_run_ = *used;
  else
    allocate();
  return used.has_value();
}

bool NearestTable::is_worth_saving() const {
  switch (metric_) {
    case ColorMetric::ciede2000:
      return solved_cells_ >= 1000;
    case ColorMetric::oklab:
    case ColorMetric::hyab:
      return solved_cells_ >= 100000;
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return false;  // all cells take less
}

void NearestTable::find_block(const Block& pixels, std::size_t count,
                              std::uint8_t* positions) const {
  Block cells;
  Block places;
  split_colors(pixels.data(), count, cells.data(), places.data(), level_);
  const std::uint32_t* runs = runs_.get();
  const std::uint8_t* answers = answers_.get();
  const std::uint32_t* cell_of = cells.data();
  const std::uint32_t* place_of = places.data();
  // Gathering the two look-ups with AVX2 was measured to be slower than four pixels in turn.
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t run = __atomic_load_n(&runs[cell_of[i]], __ATOMIC_ACQUIRE);
    if (run == kUnsolved) [[unlikely]]
      run = solve(cell_of[i]);
    positions[i] = answers[run + place_of[i]];
  }
}

std::uint32_t NearestTable::solve(std::uint32_t cell) const {
  const CellAnswer answer = solver_->solve({static_cast<std::uint8_t>(cell >> 12U << 2U),
                                            static_cast<std::uint8_t>((cell >> 6U & 63U) << 2U),
                                            static_cast<std::uint8_t>((cell & 63U) << 2U)});
  const bool is_uniform =
      std::ranges::all_of(answer, [&](std::uint8_t i) { return i == answer[0]; });
  const std::scoped_lock lock(mutex_);
  const std::uint32_t known = runs_.get()[cell];
  if (known != kUnsolved) return known;
  std::uint32_t run = (1U + answer[0]) * kCellColors;
  if (!is_uniform) {
    run = std::exchange(next_run_, next_run_ + kCellColors);
    std::ranges::copy(answer, answers_.get() + run);
  }
  ++solved_cells_;
  __atomic_store_n(&runs_.get()[cell], run, __ATOMIC_RELEASE);
  return run;
}

}  // namespace dgxp
