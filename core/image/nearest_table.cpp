#include "core/image/nearest_table.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

template <typename T>
T* checked(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<T*>(memory);
}

}  // namespace

NearestTable::NearestTable(const Palette& palette, ColorMetric metric)
    : solver_(make_cell_solver(palette, metric)),
      runs_(checked<std::uint32_t>(std::calloc(kCells, sizeof(std::uint32_t)))),
      // Run 0 stays unused: 0 says that a cell is not solved yet.
      answers_(
          checked<std::uint8_t>(std::malloc((1 + palette.colors.size() + kCells) * kCellColors))),
      next_run_(static_cast<std::uint32_t>(1 + palette.colors.size())) {
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    std::fill_n(answers_.get() + (1 + i) * kCellColors, kCellColors, static_cast<std::uint8_t>(i));
}

// Passes over a block that stays in the first cache: arithmetic on four pixels at once before and
// after the look-ups, which cannot be done so.
void NearestTable::map_block(Block& pixels, std::size_t count, const Values& values,
                             int alpha_threshold) const {
  using Four = std::uint32_t __attribute__((vector_size(16)));
  const auto threshold = static_cast<std::uint32_t>(alpha_threshold);
  Block cells;
  Block masks;
  for (std::size_t i = 0; i < count; i += 4) {
    Four w;
    std::memcpy(&w, &pixels[i], sizeof w);
    const Four cell = (w & 0xFCU) << 10U | (w & 0xFC00U) >> 4U | (w & 0xFC0000U) >> 18U;
    const Four place = (w & 3U) << 4U | (w & 0x300U) >> 6U | (w & 0x30000U) >> 16U;
    const auto is_opaque = (w >> 24U) >= threshold;
    std::memcpy(&cells[i], &cell, sizeof cell);
    std::memcpy(&pixels[i], &place, sizeof place);
    std::memcpy(&masks[i], &is_opaque, sizeof is_opaque);
  }
  const std::uint32_t* runs = runs_.get();
  const std::uint8_t* answers = answers_.get();
  const std::uint32_t* words = values.data();
  const std::uint32_t* cell_of = cells.data();
  std::uint32_t* out = pixels.data();
  // Gathering the three look-ups with AVX2 was measured to be slower than four pixels in turn.
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t run = __atomic_load_n(&runs[cell_of[i]], __ATOMIC_ACQUIRE);
    if (run == kUnsolved) [[unlikely]]
      run = solve(cell_of[i]);
    out[i] = words[answers[run * kCellColors + out[i]]];
  }
  for (std::size_t i = 0; i < count; i += 4) {
    Four value;
    Four mask;
    std::memcpy(&value, &pixels[i], sizeof value);
    std::memcpy(&mask, &masks[i], sizeof mask);
    value &= mask;
    std::memcpy(&pixels[i], &value, sizeof value);
  }
}

NearestTable::Values palette_words(const Palette& palette) {
  NearestTable::Values values{};
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    values[i] = to_word(opaque(palette.colors[i]));
  return values;
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
  std::uint32_t run = 1U + answer[0];
  if (!is_uniform) {
    run = next_run_++;
    std::ranges::copy(answer, answers_.get() + run * kCellColors);
  }
  __atomic_store_n(&runs_.get()[cell], run, __ATOMIC_RELEASE);
  return run;
}

}  // namespace dgxp
