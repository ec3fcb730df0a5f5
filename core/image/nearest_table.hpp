#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/palette.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// Finds the nearest palette entries of the 64 colours of one 4x4x4 cell of the RGB cube.
class CellSolver {
 public:
  static constexpr std::size_t kCellColors = 64;
  using Answer = std::array<std::uint8_t, kCellColors>;

  virtual ~CellSolver() = default;
  /// `low` is the darkest colour of the cell. Answers stand at (r % 4) * 16 + (g % 4) * 4 + b % 4.
  virtual Answer solve(Rgb low) const = 0;
};
std::unique_ptr<CellSolver> make_cell_solver(const Palette& palette, ColorMetric metric);

/// An exact answer for each of the 2^24 colours in two levels: 64^3 cells, each pointing to a run
/// of 64 answers. Cells with one answer share one run for each palette entry. A cell is solved when
/// it is first asked for, so a small picture pays for few cells. Several threads may ask at once:
/// an answer does not depend on who solved the cell first.
class NearestTable {
 public:
  NearestTable(const Palette& palette, ColorMetric metric);

  std::uint8_t nearest(Rgb color) const { return nearest(color.r, color.g, color.b); }
  std::uint8_t nearest(std::uint32_t r, std::uint32_t g, std::uint32_t b) const {
    const std::uint32_t cell = (r >> 2U) << 12U | (g >> 2U) << 6U | b >> 2U;
    const std::uint32_t place = (r & 3U) << 4U | (g & 3U) << 2U | (b & 3U);
    std::uint32_t run = __atomic_load_n(&runs_.get()[cell], __ATOMIC_ACQUIRE);
    if (run == kUnsolved) [[unlikely]]
      run = solve(cell);
    return answers_.get()[run * CellSolver::kCellColors + place];
  }

 private:
  static constexpr std::uint32_t kUnsolved = 0;
  static constexpr std::uint32_t kCells = 64U * 64U * 64U;
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  std::uint32_t solve(std::uint32_t cell) const;

  std::unique_ptr<CellSolver> solver_;
  // Zeroed pages that the system hands out when they are first touched.
  std::unique_ptr<std::uint32_t, Free> runs_;
  std::unique_ptr<std::uint8_t, Free> answers_;
  mutable std::mutex mutex_;  ///< over next_run_ and the writing of runs
  mutable std::uint32_t next_run_ = 0;
};

}  // namespace dgxp
