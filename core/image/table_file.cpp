#include "core/image/table_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/image/cell_points.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kMagic = "dgxptab1";
constexpr std::size_t kDigestBytes = sizeof(Digest::bytes);
constexpr std::size_t kHeadBytes = 8 + kDigestBytes + 3 * 4;
constexpr std::size_t kPairBytes = 2 + kCellColors / 8;  // two positions, one bit for each colour

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

void put_pair(Bytes& to, const std::uint8_t* answers, std::uint8_t second) {
  to.push_back(answers[0]);
  to.push_back(second);
  for (std::size_t start = 0; start < kCellColors; start += 8) {
    unsigned bits = 0;
    for (unsigned i = 0; i < 8; ++i) bits |= (answers[start + i] == second ? 1U : 0U) << i;
    to.push_back(static_cast<std::uint8_t>(bits));
  }
}

using EightBytes = std::uint8_t __attribute__((vector_size(8)));

/// For each byte of a pair 255 where its bit is set.
constexpr std::array<std::array<std::uint8_t, 8>, 256> make_masks() {
  std::array<std::array<std::uint8_t, 8>, 256> masks{};
  for (std::size_t bits = 0; bits < 256; ++bits)
    for (std::size_t i = 0; i < 8; ++i) masks[bits][i] = (bits >> i & 1U) != 0 ? 255 : 0;
  return masks;
}
constexpr auto kMasks = make_masks();

void expand_pair(const std::uint8_t* pair, std::uint8_t* answers) {
  const EightBytes first = EightBytes{} + pair[0];
  const EightBytes both = (EightBytes{} + pair[1]) ^ first;
  for (std::size_t i = 0; i < kCellColors / 8; ++i) {
    EightBytes mask;
    std::memcpy(&mask, kMasks[pair[2 + i]].data(), sizeof mask);
    const EightBytes eight = first ^ (both & mask);
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
      put_pair(pairs_, answers, *second);
    else
      many_.insert(many_.end(), answers, answers + kCellColors);
  }

  Bytes finish(const Digest& key) && {
    Bytes content(kMagic.begin(), kMagic.end());
    content.insert(content.end(), key.bytes.begin(), key.bytes.end());
    put_u32(content, static_cast<std::uint32_t>(stretches_.size()));
    put_u32(content, static_cast<std::uint32_t>(pairs_.size() / kPairBytes));
    put_u32(content, static_cast<std::uint32_t>(many_.size() / kCellColors));
    for (const Stretch& stretch : stretches_) put_u32(content, stretch.word());
    content.insert(content.end(), pairs_.begin(), pairs_.end());
    content.insert(content.end(), many_.begin(), many_.end());
    const Digest digest = sha256(ByteView(content));
    content.insert(content.end(), digest.bytes.begin(), digest.bytes.end());
    return content;
  }

 private:
  void extend(Kind kind, std::uint8_t position) {
    if (stretches_.empty() || stretches_.back().kind != kind ||
        stretches_.back().position != position)
      stretches_.push_back({.kind = kind, .position = position});
    ++stretches_.back().count;
  }

  std::vector<Stretch> stretches_;
  Bytes pairs_;
  Bytes many_;
};

/// A file whose digest is right, in its parts.
struct TableParts {
  ByteView stretches;
  ByteView pairs;
  ByteView many;
};

std::optional<TableParts> split_file(const Digest& key, ByteView content) {
  if (content.size() < kHeadBytes + kDigestBytes || content.size() > kMostTableBytes)
    return std::nullopt;
  const ByteView body = content.first(content.size() - kDigestBytes);
  if (as_text(body.first(kMagic.size())) != kMagic ||
      !std::ranges::equal(body.subspan(kMagic.size(), kDigestBytes), key.bytes) ||
      !std::ranges::equal(content.last(kDigestBytes), sha256(body).bytes))
    return std::nullopt;
  const std::uint8_t* counts = body.data() + kMagic.size() + kDigestBytes;
  const std::size_t stretches = std::size_t{4} * read_u32(counts);
  const std::size_t pairs = kPairBytes * read_u32(counts + 4);
  const std::size_t many = kCellColors * read_u32(counts + 8);
  const ByteView rest = body.subspan(kHeadBytes);
  if (stretches + pairs + many != rest.size()) return std::nullopt;
  return TableParts{.stretches = rest.first(stretches),
                    .pairs = rest.subspan(stretches, pairs),
                    .many = rest.last(many)};
}

/// Whether every answer is a position of the palette.
bool names_colors(const TableParts& parts, std::size_t colors) {
  std::uint8_t highest = 0;
  for (std::size_t at = 0; at < parts.pairs.size(); at += kPairBytes)
    highest = std::max({highest, parts.pairs.data()[at], parts.pairs.data()[at + 1]});
  for (const std::uint8_t answer : parts.many) highest = std::max(highest, answer);
  return highest < colors || (parts.pairs.empty() && parts.many.empty());
}

/// Lays cells out one after the other; false when the file speaks of more than it has.
class TableReader {
 public:
  TableReader(const TableParts& parts, const TableRoom& room)
      : parts_(parts),
        room_(room),
        next_run_(static_cast<std::uint32_t>((1 + room.colors) * kCellColors)) {}

  bool add(const Stretch& stretch) {
    if (stretch.count > room_.runs.size() - cell_) return false;
    const auto runs = room_.runs.subspan(cell_, stretch.count);
    cell_ += stretch.count;
    switch (stretch.kind) {
      case Kind::unsolved:
        std::ranges::fill(runs, 0U);
        return true;
      case Kind::one:
        std::ranges::fill(runs, static_cast<std::uint32_t>((1U + stretch.position) * kCellColors));
        return stretch.position < room_.colors;
      case Kind::two:
        return fill(runs, parts_.pairs, kPairBytes, expand_pair);
      case Kind::many:
        break;
    }
    return fill(runs, parts_.many, kCellColors, [](const std::uint8_t* from, std::uint8_t* to) {
      std::memcpy(to, from, kCellColors);
    });
  }
  bool is_complete() const {
    return cell_ == room_.runs.size() && parts_.pairs.empty() && parts_.many.empty();
  }
  std::uint32_t used() const { return next_run_; }

 private:
  template <typename Put>
  bool fill(std::span<std::uint32_t> runs, ByteView& from, std::size_t bytes, Put put) {
    if (runs.size() * bytes > from.size()) return false;
    const std::uint8_t* source = from.data();
    for (std::uint32_t& run : runs) {
      run = next_run_;
      put(source, room_.answers + next_run_);
      source += bytes;
      next_run_ += kCellColors;
    }
    from = from.subspan(runs.size() * bytes);
    return true;
  }

  TableParts parts_;
  TableRoom room_;
  std::size_t cell_ = 0;
  std::uint32_t next_run_;
};

}  // namespace

Digest table_key(const Palette& palette, ColorMetric metric) {
  Bytes text;
  text.reserve(kMagic.size() + 1 + 3 * palette.colors.size());
  text.insert(text.end(), kMagic.begin(), kMagic.end());
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
  if (!parts || !names_colors(*parts, room.colors)) return std::nullopt;
  TableReader reader(*parts, room);
  for (std::size_t at = 0; at < parts->stretches.size(); at += 4)
    if (!reader.add(Stretch::of_word(read_u32(parts->stretches.data() + at)))) return std::nullopt;
  if (!reader.is_complete()) return std::nullopt;
  return reader.used();
}

}  // namespace dgxp
