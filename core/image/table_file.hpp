#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/image/palette.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

// A NearestTable as a file: a head (magic, key, counts), cells in stretches of one kind, the
// answers of the cells of two (which of the two each colour has, then the two), those of the cells
// of more, and the CRC-32 of all that. Numbers are little endian.
//
// The checksum is against accidents. Whoever can write into a cache can forge it: then answers may
// be wrong ones, but never lie outside of the palette or the table.

/// Of the palette's colours in their order, the metric and the version of this format: a table that
/// was kept for one key is of no use for another.
Digest table_key(const Palette& palette, ColorMetric metric);

/// `runs` says for each of the 64^3 cells where its 64 answers begin in `answers`; 0 means that it
/// is not solved.
Bytes encode_table(const Digest& key, std::span<const std::uint32_t> runs,
                   const std::uint8_t* answers);

/// What decode_table fills. `answers` begins with one run for each of `colors` positions, at
/// (1 + position) * 64, and has room for a run of every cell behind them.
struct TableRoom {
  std::span<std::uint32_t> runs;
  std::uint8_t* answers = nullptr;
  std::size_t colors = 0;
};

/// How many bytes of `room.answers` are in use then. Nothing when a single bit is not as it was
/// written (of larger damage one in 2^32 is not seen) or it was kept for another key; `room` is
/// then of no use. No position is `colors` or more and no run lies outside, whoever wrote the file.
std::optional<std::uint32_t> decode_table(const Digest& key, ByteView content,
                                          const TableRoom& room);

inline constexpr std::size_t kMostTableBytes = std::size_t{24} << 20U;

}  // namespace dgxp
