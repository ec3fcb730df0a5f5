#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <span>

#include "core/base/bytes.hpp"
#include "core/base/color.hpp"
#include "core/base/digest.hpp"
#include "core/image/cell_points.hpp"
#include "core/image/cell_solver.hpp"
#include "core/image/palette.hpp"
#include "core/image/split_colors.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// An exact answer for each of the 2^24 colours in two levels: 64^3 cells, each pointing to a run
/// of 64 answers. Cells with one answer share one run for each palette entry. A cell is solved when
/// it is first asked for, so a small picture pays for few cells. Several threads may ask at once:
/// an answer does not depend on who solved the cell first.
class NearestTable {
 public:
  NearestTable(const Palette& palette, ColorMetric metric, SimdLevel level = simd_level());

  static constexpr std::size_t kBlock = 256;
  using Block = std::array<std::uint32_t, kBlock>;  ///< pixels as in pixel_words.hpp
  /// The nearest position of each of the first `count` pixels, whatever their alpha.
  void find_block(const Block& pixels, std::size_t count, std::uint8_t* positions) const;
  /// The same for any number of pixels, where they are.
  void find(std::span<const Rgba> pixels, std::uint8_t* positions) const;

  std::uint8_t nearest(Rgb color) const { return nearest(color.r, color.g, color.b); }
  std::uint8_t nearest(std::uint32_t r, std::uint32_t g, std::uint32_t b) const {
    const std::uint32_t cell = (r >> 2U) << 12U | (g >> 2U) << 6U | b >> 2U;
    const std::uint32_t place = (r & 3U) << 4U | (g & 3U) << 2U | (b & 3U);
    std::uint32_t run = __atomic_load_n(&runs_.get()[cell], __ATOMIC_ACQUIRE);
    if (run == kUnsolved) [[unlikely]]
      run = solve(cell);
    return answers_.get()[run + place];
  }

  /// The cells that are solved, as a file (table_file.hpp). Not while others ask.
  Bytes save() const;
  /// Takes the cells that `content` has, where it is a whole file of this palette and metric. False
  /// when it is not: nothing has changed then. Before anybody asks.
  bool restore(ByteView content);
  /// Whether solving what was asked for took longer than reading a file would, by about 4 ms of a
  /// processor of 2020 or more: worth one. By counts, not by a clock.
  bool is_worth_saving() const;

 private:
  static constexpr std::uint32_t kUnsolved = 0;  ///< the run of a cell that is not solved yet
  static constexpr std::uint8_t kUnknown = 255;  ///< what stands there; may be a position, too
  static constexpr std::uint32_t kCells = 64U * 64U * 64U;
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  std::uint32_t solve(std::uint32_t cell) const;
  void spread(std::uint32_t run, std::uint32_t cell, int edge) const;
  void allocate();
  void find_bytes(const std::uint8_t* pixels, std::size_t count, std::uint8_t* positions) const;
  void find_by_split(const std::uint8_t* pixels, std::size_t count, std::uint8_t* positions) const;
  void find_by_bits(const std::uint8_t* pixels, std::size_t count, std::uint8_t* positions) const;

  Digest key_;
  ColorMetric metric_;
  std::size_t colors_;
  SimdLevel level_;
  std::unique_ptr<CellSolver> solver_;
  // For each cell where its run of answers begins. Room for every cell; the system hands out a page
  // only when it is first written.
  std::unique_ptr<std::uint32_t, Free> runs_;
  std::unique_ptr<std::uint8_t, Free> answers_;
  mutable std::mutex mutex_;  ///< over what is below and the writing of runs
  mutable std::uint32_t next_run_ = 0;
  mutable std::uint32_t raced_cells_ = 0;  ///< where entries had to be compared; not restored
};

}  // namespace dgxp
