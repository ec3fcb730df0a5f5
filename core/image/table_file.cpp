#include "core/image/table_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/image/cell_points.hpp"
#include "core/image/checksum.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kMagic = "dgxptab2";
constexpr std::size_t kDigestBytes = sizeof(Digest::bytes);
constexpr std::size_t kHeadBytes = 8 + kDigestBytes + 3 * 4;
constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kPairBytes = kCellColors / 8;  // one bit for each colour of a cell of two

enum class Kind : std::uint32_t { unsolved, one, two, many };  ///< answers of a cell

/// Cells one after the other: 18 bits of count - 1, 2 of kind, 8 of position (for `one`).
struct Stretch {
  Kind kind = Kind::unsolved;
  std::uint8_t position = 0;
  std::uint32_t count = 0;

  std::uint32_t word() const {
    return (count - 1) | static_cast<std::uint32_t>(kind) << 18U | std::uint32_t{position} << 20U;
  }
  static Stretch of_word(std::uint32_t word) {
    return {.kind = static_cast<Kind>(word >> 18U & 3U),
            .position = static_cast<std::uint8_t>(word >> 20U),
            .count = (word & 0x3FFFFU) + 1};
  }
};

void put_u32(Bytes& to, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    to.push_back(static_cast<std::uint8_t>(value >> shift));
}
std::uint32_t read_u32(const std::uint8_t* from) {
  return std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8U | std::uint32_t{from[2]} << 16U |
         std::uint32_t{from[3]} << 24U;
}

/// The other answer of a cell of two; nothing when there are more.
std::optional<std::uint8_t> second_answer(const std::uint8_t* answers) {
  std::uint8_t second = answers[0];
  for (std::size_t i = 1; i < kCellColors; ++i) {
    if (answers[i] == answers[0] || answers[i] == second) continue;
    if (second != answers[0]) return std::nullopt;
    second = answers[i];
  }
  return second;
}

constexpr std::uint64_t kEach = 0x0101010101010101U;

/// For each byte of a pair eight bytes, 255 where its bit is set.
constexpr std::array<std::array<std::uint8_t, 8>, 256> make_masks() {
  std::array<std::array<std::uint8_t, 8>, 256> masks{};
  for (std::size_t bits = 0; bits < 256; ++bits)
    for (std::size_t i = 0; i < 8; ++i) masks[bits][i] = (bits >> i & 1U) != 0 ? 255 : 0;
  return masks;
}
constexpr auto kMasks = make_masks();

void expand_pair(const std::uint8_t* bits, const std::uint8_t* positions, std::uint8_t* answers) {
  const std::uint64_t first = kEach * positions[0];
  const std::uint64_t both = kEach * positions[1] ^ first;
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kPairBytes; ++i) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, kMasks[bits[i]].data(), sizeof eight);
    eight = first ^ (both & eight);
    std::memcpy(answers + 8 * i, &eight, sizeof eight);
  }
}

/// The cells of a table in their kinds.
class TableWriter {
 public:
  void add(const std::uint8_t* answers) {
    if (answers == nullptr) return extend(Kind::unsolved, 0);
    const auto second = second_answer(answers);
    if (second == answers[0]) return extend(Kind::one, answers[0]);
    extend(second ? Kind::two : Kind::many, 0);
    if (second)
      add_pair(answers, *second);
    else
      many_.insert(many_.end(), answers, answers + kCellColors);
  }

  Bytes finish(const Digest& key) && {
    Bytes content(kMagic.begin(), kMagic.end());
    content.insert(content.end(), key.bytes.begin(), key.bytes.end());
    put_u32(content, static_cast<std::uint32_t>(stretches_.size()));
    put_u32(content, static_cast<std::uint32_t>(pair_bits_.size() / kPairBytes));
    put_u32(content, static_cast<std::uint32_t>(many_.size() / kCellColors));
    for (const Stretch& stretch : stretches_) put_u32(content, stretch.word());
    for (const Bytes* part : {&pair_bits_, &pair_positions_, &many_})
      content.insert(content.end(), part->begin(), part->end());
    put_u32(content, crc32(content));
    return content;
  }

 private:
  void extend(Kind kind, std::uint8_t position) {
    if (stretches_.empty() || stretches_.back().kind != kind ||
        stretches_.back().position != position)
      stretches_.push_back({.kind = kind, .position = position});
    ++stretches_.back().count;
  }

  void add_pair(const std::uint8_t* answers, std::uint8_t second) {
    pair_positions_.insert(pair_positions_.end(), {answers[0], second});
    for (std::size_t start = 0; start < kCellColors; start += 8) {
      unsigned bits = 0;
      for (unsigned i = 0; i < 8; ++i) bits |= (answers[start + i] == second ? 1U : 0U) << i;
      pair_bits_.push_back(static_cast<std::uint8_t>(bits));
    }
  }

  std::vector<Stretch> stretches_;
  Bytes pair_bits_;
  Bytes pair_positions_;
  Bytes many_;
};

/// A file whose checksum is right, in its parts.
struct TableParts {
  ByteView stretches;
  ByteView pair_bits;
  ByteView pair_positions;
  ByteView many;

  std::size_t pairs() const { return pair_bits.size() / kPairBytes; }
};

std::optional<TableParts> split_file(const Digest& key, ByteView content) {
  if (content.size() < kHeadBytes + kCrcBytes || content.size() > kMostTableBytes)
    return std::nullopt;
  const ByteView body = content.first(content.size() - kCrcBytes);
  if (as_text(body.first(kMagic.size())) != kMagic ||
      !std::ranges::equal(body.subspan(kMagic.size(), kDigestBytes), key.bytes) ||
      read_u32(body.data() + body.size()) != crc32(body))
    return std::nullopt;
  const std::uint8_t* counts = body.data() + kMagic.size() + kDigestBytes;
  const std::size_t stretches = std::size_t{4} * read_u32(counts);
  const std::size_t pairs = read_u32(counts + 4);
  const std::size_t many = kCellColors * read_u32(counts + 8);
  const ByteView rest = body.subspan(kHeadBytes);
  if (stretches + (kPairBytes + 2) * pairs + many != rest.size()) return std::nullopt;
  return TableParts{.stretches = rest.first(stretches),
                    .pair_bits = rest.subspan(stretches, kPairBytes * pairs),
                    .pair_positions = rest.subspan(stretches + kPairBytes * pairs, 2 * pairs),
                    .many = rest.last(many)};
}

/// Whether every byte is a position of a palette of so many colours.
bool are_positions(ByteView bytes, std::size_t colors) {
  using SixteenBytes = std::uint8_t __attribute__((vector_size(16)));
  SixteenBytes most{};
  for (; bytes.size() >= sizeof most; bytes = bytes.subspan(sizeof most)) {
    SixteenBytes now;
    std::memcpy(&now, bytes.data(), sizeof now);
    most = now > most ? now : most;
  }
  for (const std::uint8_t byte : bytes) most[0] = std::max(most[0], byte);
  for (std::size_t i = 0; i < sizeof most; ++i)
    if (most[i] >= colors) return false;
  return true;
}

/// Says of cells one after the other where their answers stand: those of the pairs, then those of
/// the cells of more.
class RunWriter {
 public:
  RunWriter(const TableParts& parts, const TableRoom& room)
      : runs_(room.runs),
        colors_(room.colors),
        end_of_pairs_(run_of(1 + room.colors + parts.pairs())),
        end_(run_of(1 + room.colors + parts.pairs() + parts.many.size() / kCellColors)) {
    next(Kind::two) = run_of(1 + room.colors);
    next(Kind::many) = end_of_pairs_;
  }

  /// False when the file speaks of more cells or colours than there are.
  bool add(const Stretch& stretch) {
    if (stretch.count > runs_.size()) return false;
    next(Kind::one) = run_of(1 + std::size_t{stretch.position});
    std::uint32_t& run = next(stretch.kind);
    const std::uint32_t step = stretch.kind < Kind::two ? 0 : kCellColors;
    fill(stretch.count, run, step);
    run += stretch.count * step;
    runs_ = runs_.subspan(stretch.count);
    return stretch.kind != Kind::one || stretch.position < colors_;
  }
  /// Whether that was every cell, and all answers of the file are one's. As each is of another
  /// cell, there is room for them then.
  bool is_complete() {
    return runs_.empty() && next(Kind::two) == end_of_pairs_ && next(Kind::many) == end_;
  }

 private:
  using FourRuns = std::uint32_t __attribute__((vector_size(16)));

  static std::uint32_t run_of(std::size_t cell) {
    return static_cast<std::uint32_t>(cell * kCellColors);
  }
  std::uint32_t& next(Kind kind) { return next_[static_cast<std::size_t>(kind)]; }

  // Most stretches are of a few cells: four at once, and what is too much is written over.
  void fill(std::size_t count, std::uint32_t run, std::uint32_t step) {
    std::size_t cell = 0;
    FourRuns four = run + step * FourRuns{0, 1, 2, 3};
    for (; cell < count && cell + 4 <= runs_.size(); cell += 4) {
      std::memcpy(runs_.data() + cell, &four, sizeof four);
      four += 4 * step;
    }
    for (; cell < count; ++cell) runs_[cell] = run + static_cast<std::uint32_t>(cell) * step;
  }

  std::span<std::uint32_t> runs_;  ///< of the cells that follow
  std::size_t colors_;
  std::uint32_t end_of_pairs_;
  std::uint32_t end_;
  std::array<std::uint32_t, 4> next_{};  ///< by kind; of unsolved cells 0
};

bool write_runs(const TableParts& parts, const TableRoom& room) {
  RunWriter writer(parts, room);
  for (std::size_t at = 0; at < parts.stretches.size(); at += 4)
    if (!writer.add(Stretch::of_word(read_u32(parts.stretches.data() + at)))) return false;
  return writer.is_complete();
}

/// Behind those of single colours. Returns where they end.
std::uint32_t write_answers(const TableParts& parts, const TableRoom& room) {
  std::uint8_t* answers = room.answers + (1 + room.colors) * kCellColors;
  for (std::size_t i = 0; i < parts.pairs(); ++i, answers += kCellColors)
    expand_pair(parts.pair_bits.data() + kPairBytes * i, parts.pair_positions.data() + 2 * i,
                answers);
  std::ranges::copy(parts.many, answers);
  return static_cast<std::uint32_t>(answers - room.answers) +
         static_cast<std::uint32_t>(parts.many.size());
}

}  // namespace

Digest table_key(const Palette& palette, ColorMetric metric) {
  Bytes text(kMagic.begin(), kMagic.end());
  text.push_back(static_cast<std::uint8_t>(metric));
  for (const Rgb color : palette.colors) text.insert(text.end(), {color.r, color.g, color.b});
  return sha256(ByteView(text));
}

Bytes encode_table(const Digest& key, std::span<const std::uint32_t> runs,
                   const std::uint8_t* answers) {
  TableWriter writer;
  for (const std::uint32_t run : runs) writer.add(run == 0 ? nullptr : answers + run);
  return std::move(writer).finish(key);
}

std::optional<std::uint32_t> decode_table(const Digest& key, ByteView content,
                                          const TableRoom& room) {
  const auto parts = split_file(key, content);
  if (!parts || !are_positions(parts->pair_positions, room.colors) ||
      !are_positions(parts->many, room.colors) || !write_runs(*parts, room))
    return std::nullopt;
  return write_answers(*parts, room);
}

}  // namespace dgxp
