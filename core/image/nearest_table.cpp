#include "core/image/nearest_table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "core/image/pixel_words.hpp"
#include "core/image/table_file.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
      solver_(make_cell_solver(palette, metric, level)) {
  allocate();
}

void NearestTable::allocate() {
  runs_.reset(checked<std::uint32_t>(std::calloc(kCells, sizeof(std::uint32_t))));
  answers_.reset(checked<std::uint8_t>(std::malloc((1 + colors_ + kCells) * kCellColors)));
  next_run_ = static_cast<std::uint32_t>((1 + colors_) * kCellColors);
  std::fill_n(answers_.get(), kCellColors, kUnknown);
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
      return raced_cells_ >= 2500;
    case ColorMetric::oklab:
    case ColorMetric::hyab:
      return raced_cells_ >= 15000;
    case ColorMetric::recover:
    case ColorMetric::rgb:
      break;
  }
  return false;  // all cells take less
}

void NearestTable::find_block(const Block& pixels, std::size_t count,
                              std::uint8_t* positions) const {
  find_bytes(reinterpret_cast<const std::uint8_t*>(pixels.data()), count, positions);
}

// Copying them into a block first was measured to cost half of the time of the look-ups, which
// then wait for memory.
void NearestTable::find(std::span<const Rgba> pixels, std::uint8_t* positions) const {
  constexpr bool kAreWords = std::endian::native == std::endian::little;
  Block block{};
  while (!pixels.empty()) {
    const std::size_t count = std::min(pixels.size(), kBlock);
    if (kAreWords && count == kBlock) {
      find_bytes(reinterpret_cast<const std::uint8_t*>(pixels.data()), count, positions);
    } else {
      load_words(pixels.data(), block.data(), count);
      find_block(block, count, positions);
    }
    pixels = pixels.subspan(count);
    positions += count;
  }
}

// Words, in bytes since they may be those of an image; up to a multiple of 8 can be read. Whether a
// cell is solved is not asked pixel by pixel: an unsolved one answers kUnknown, and what answers so
// is looked at again.
void NearestTable::find_bytes(const std::uint8_t* pixels, std::size_t count,
                              std::uint8_t* positions) const {
#if defined(__x86_64__)
  if (level_ >= SimdLevel::bits)
    find_by_bits(pixels, count, positions);
  else
#endif
    find_by_split(pixels, count, positions);
  if (std::memchr(positions, kUnknown, count) == nullptr) return;
  for (std::size_t i = 0; i < count; ++i)
    if (positions[i] == kUnknown) {
      std::uint32_t word = 0;
      std::memcpy(&word, pixels + i * sizeof word, sizeof word);
      positions[i] = nearest(word & 255U, word >> 8U & 255U, word >> 16U & 255U);
    }
}

void NearestTable::find_by_split(const std::uint8_t* pixels, std::size_t count,
                                 std::uint8_t* positions) const {
  Block cells;
  Block places;
  split_colors(pixels, count, cells.data(), places.data(), level_);
  const std::uint32_t* runs = runs_.get();
  const std::uint8_t* answers = answers_.get();
  // Gathering the two look-ups with AVX2 was measured to be slower than four pixels in turn.
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; ++i)
    positions[i] =
        answers[__atomic_load_n(&runs[cells.data()[i]], __ATOMIC_ACQUIRE) + places.data()[i]];
}

#if defined(__x86_64__)
[[gnu::target("bmi2")]] void NearestTable::find_by_bits(const std::uint8_t* pixels,
                                                        std::size_t count,
                                                        std::uint8_t* positions) const {
  const std::uint32_t* runs = runs_.get();
  const std::uint8_t* answers = answers_.get();
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, pixels + i * sizeof word, sizeof word);
    const std::uint32_t color = __builtin_bswap32(word);  // red in the high byte
    const std::uint32_t run =
        __atomic_load_n(&runs[_pext_u32(color, 0xFCFCFC00U)], __ATOMIC_ACQUIRE);
    positions[i] = answers[run + _pext_u32(color, 0x03030300U)];
  }
}
#endif

std::uint32_t NearestTable::solve(std::uint32_t cell) const {
  const CellSolution solution = solver_->solve({static_cast<std::uint8_t>(cell >> 12U << 2U),
                                                static_cast<std::uint8_t>((cell >> 6U & 63U) << 2U),
                                                static_cast<std::uint8_t>((cell & 63U) << 2U)});
  const CellAnswer& answer = solution.answer;
  // All are equal where each equals the next.
  const bool is_uniform =
      solution.edge != 0 || std::memcmp(answer.data(), answer.data() + 1, answer.size() - 1) == 0;
  const std::scoped_lock lock(mutex_);
  const std::uint32_t known = runs_.get()[cell];
  if (known != kUnsolved) return known;
  std::uint32_t run = (1U + answer[0]) * kCellColors;
  if (solution.edge == 0) ++raced_cells_;
  if (is_uniform) {
    spread(run, cell, solution.edge);
  } else {
    run = std::exchange(next_run_, next_run_ + kCellColors);
    std::ranges::copy(answer, answers_.get() + run);
    __atomic_store_n(&runs_.get()[cell], run, __ATOMIC_RELEASE);
  }
  return run;
}

/// All cells of the box of that edge around the cell have one answer.
void NearestTable::spread(std::uint32_t run, std::uint32_t cell, int edge) const {
  const std::uint32_t side = std::max(1U, static_cast<std::uint32_t>(edge) / 4);
  const std::uint32_t inside = (side - 1) * 0b000001'000001'000001U;
  const std::uint32_t corner = cell & ~inside;
  for (std::uint32_t r = 0; r < side; ++r)
    for (std::uint32_t g = 0; g < side; ++g)
      for (std::uint32_t b = 0; b < side; ++b)
        __atomic_store_n(&runs_.get()[corner + (r << 12U | g << 6U | b)], run, __ATOMIC_RELEASE);
}

}  // namespace dgxp
