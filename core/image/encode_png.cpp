// The writing half of png_codec.hpp: chunks by hand, so that nothing but the pixels decides a byte.
#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "core/image/checksum.hpp"
#include "core/image/deflate.hpp"
#include "core/image/deflate_block.hpp"
#include "core/image/deflate_parse.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/png_forms.hpp"
#include "core/image/png_memory.hpp"
#include "core/image/png_rows.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLeastBytes = 8 + 25 + 12 + 12;  // signature, IHDR, frames of IDAT and IEND

void put_u32(Bytes& bytes, std::uint32_t value) {
  const std::array<std::uint8_t, 4> four{
      static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U),
      static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
  bytes.insert(bytes.end(), four.begin(), four.end());
}

void put_chunk(Bytes& png, std::string_view type, ByteView data) {
  put_u32(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  put_u32(png, crc32(ByteView(png).subspan(start)));
}

Bytes header_data(Size size, const PngForm& form) {
  Bytes data;
  put_u32(data, static_cast<std::uint32_t>(size.width));
  put_u32(data, static_cast<std::uint32_t>(size.height));
  data.insert(data.end(), {static_cast<std::uint8_t>(form.depth),
                           static_cast<std::uint8_t>(form.type), 0, 0, 0});
  return data;
}

Bytes write_form(Size size, const PngForm& form, const Bytes& stream) {
  Bytes png;
  png.reserve(kLeastBytes + form.chunk_bytes() + stream.size());
  png.insert(png.end(), {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
  put_chunk(png, "IHDR", header_data(size, form));
  if (!form.palette.empty()) {
    Bytes colors;
    colors.reserve(3 * form.palette.size());
    for (const Rgba& color : form.palette) colors.insert(colors.end(), {color.r, color.g, color.b});
    put_chunk(png, "PLTE", colors);
  }
  if (!form.transparency.empty()) put_chunk(png, "tRNS", form.transparency);
  put_chunk(png, "IDAT", stream);
  put_chunk(png, "IEND", {});
  return png;
}

/// What becomes of each byte of plain rows when the palette is reordered. Position 0 must stay,
/// since filter bytes and the rest of a row's last byte are 0 too.
using ByteMap = std::array<std::uint8_t, 256>;
ByteMap relabelled_bytes(const PaletteOrder& order, unsigned depth) {
  ByteMap bytes{};
  const unsigned mask = (1U << depth) - 1U;
  for (unsigned byte = 0; byte < 256; ++byte)
    for (unsigned shift = 0; shift < 8; shift += depth)
      bytes[byte] = static_cast<std::uint8_t>(bytes[byte] | order[byte >> shift & mask] << shift);
  return bytes;
}

/// Positions by how often they stand in literals, so that neighbouring codes are alike and the head
/// of the block is short.
PaletteOrder order_by_literals(const PngForm& form, const SymbolCounts& counts) {
  IndexedImage as_written{.palette = form.palette, .counts = {}, .indexes = {}};
  as_written.counts.resize(form.palette.size());
  const unsigned mask = (1U << form.depth) - 1U;
  for (unsigned byte = 0; byte < 256; ++byte)
    for (unsigned shift = 0; shift < 8; shift += form.depth)
      if ((byte >> shift & mask) < as_written.counts.size())
        as_written.counts[byte >> shift & mask] += counts.literals[byte];
  as_written.counts[0] = std::numeric_limits<std::uint32_t>::max();
  return order_by_use(as_written);
}

SymbolCounts relabelled(const SymbolCounts& counts, const ByteMap& bytes) {
  SymbolCounts other = counts;
  std::fill_n(other.literals.begin(), bytes.size(), 0U);
  for (std::size_t byte = 0; byte < bytes.size(); ++byte)
    other.literals[bytes[byte]] += counts.literals[byte];
  return other;
}

/// Copies stay copies whatever the colours are called: the order of the palette can be chosen when
/// the tokens are known.
void choose_order(PngForm& form, std::vector<DeflateToken>& tokens) {
  const SymbolCounts counts = count_symbols(tokens);
  const PaletteOrder order = order_by_literals(form, counts);
  const ByteMap bytes = relabelled_bytes(order, form.depth);
  if (block_cost(relabelled(counts, bytes)) >= block_cost(counts)) return;
  const std::vector<Rgba> before = form.palette;
  for (std::size_t i = 0; i < before.size(); ++i) form.palette[order[i]] = before[i];
  for (std::uint8_t& byte : form.rows) byte = bytes[byte];
  for (DeflateToken& token : tokens)
    if (token.is_literal()) token.value = bytes[token.value];
}

/// A form and what a quick pass over its rows found.
struct Trial {
  PngForm form;
  std::vector<DeflateToken> tokens;
  SymbolCounts counts;
  std::uint64_t bits = 0;
};

/// Quick passes over the forms of one picture, one after the other.
class FormParser {
 public:
  explicit FormParser(PngMemory* memory) : memory_(memory) {}

  std::vector<DeflateToken> parse(const Bytes& rows) {
    if (memory_ == nullptr || rows.size() > PngMemory::kMostBytes) return parse_quickly(rows);
    if (memory_->parses.size() <= next_) memory_->parses.emplace_back();
    ParsedData& known = memory_->parses[next_++];
    auto tokens = parse_quickly_after(rows, known);
    known = {.data = rows, .tokens = tokens};
    return tokens;
  }

 private:
  PngMemory* memory_;
  std::size_t next_ = 0;
};

/// The long search gains most where there are many bytes to copy, so a form with a whole byte a
/// pixel is worth a trial when it is nearly as good.
Trial try_form(PngForm form, FormParser& parser) {
  Trial trial{.tokens = parser.parse(form.rows)};
  trial.counts = count_symbols(trial.tokens);
  const std::uint64_t stream = block_cost(trial.counts);
  trial.bits = 8 * form.chunk_bytes() + (form.depth == 8 ? stream - stream / 20 : stream);
  trial.form = std::move(form);
  return trial;
}

/// Keeps the form that promises the fewest bytes.
class FormChoice {
 public:
  FormChoice(PngForm form, PngMemory* memory)
      : parser_(memory), best_(try_form(std::move(form), parser_)) {}
  void offer(PngForm form) {
    Trial trial = try_form(std::move(form), parser_);
    if (trial.bits < best_.bits) best_ = std::move(trial);
  }
  Trial take() && { return std::move(best_); }

 private:
  FormParser parser_;
  Trial best_;
};

/// Filters gain on smooth pictures of many shades.
bool may_be_smooth(const IndexedImage& image) {
  constexpr std::size_t kFewShades = 10;
  if (image.palette.size() < kFewShades) return false;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < image.indexes.size(); ++i)
    changes += image.indexes[i] != image.indexes[i - 1] ? 1U : 0U;
  return 2 * changes >= image.indexes.size();
}

Trial choose_form(const IndexedImage& first_use, PngColors colors, PngMemory* memory) {
  constexpr int kTinyArea = 400;
  constexpr std::size_t kFewColors = 8;
  const IndexedImage own = first_use.counts.empty() ? with_counts(first_use) : IndexedImage();
  const IndexedImage& counted = first_use.counts.empty() ? own : first_use;
  const IndexedImage image = reordered(counted, order_by_use(counted));
  const std::size_t count = image.palette.size();
  FormChoice choice(plain_form(image, least_depth(count)), memory);
  if (least_depth(count) < 8) choice.offer(plain_form(image, 8));
  if (may_be_smooth(image)) choice.offer(filtered_form(image));
  if (colors == PngColors::indexed) return std::move(choice).take();
  if (auto gray = gray_form(image)) {
    choice.offer(filtered(*gray, image.size));
    choice.offer(*std::move(gray));
  } else if (image.size.area() <= kTinyArea && count > kFewColors) {
    if (auto truecolor = truecolor_form(image)) {
      choice.offer(filtered(*truecolor, image.size));
      choice.offer(*std::move(truecolor));
    }
  }
  return std::move(choice).take();
}

}  // namespace

Bytes encode_png(const IndexedImage& image, PngEffort effort, PngColors colors, PngMemory* memory) {
  if (effort == PngEffort::fast) {
    const PngForm form = plain_form(image, least_depth(image.palette.size()));
    return write_form(image.size, form, compress_zlib(form.rows, DeflateEffort::fast));
  }
  auto [form, tokens, counts, bits] = choose_form(image, colors, memory);
  if (form.rows.size() > kThoroughBytes)
    return write_form(image.size, form, write_zlib(form.rows, tokens, BlockCare::full));
  tokens = parse_thoroughly(form.rows, counts);
  if (form.type == PngColorType::indexed && !form.is_filtered) choose_order(form, tokens);
  return write_form(image.size, form, write_zlib(form.rows, tokens, BlockCare::full));
}

Bytes encode_png(const Image& image, PngEffort effort, PngColors colors) {
  assert(image.size.width > 0 && image.size.height > 0);
  if (const auto indexed = index_colors(image)) return encode_png(*indexed, effort, colors);
  const PngForm form = truecolor_alpha_form(image);
  const DeflateEffort search =
      effort == PngEffort::fast ? DeflateEffort::fast : DeflateEffort::small;
  return write_form(image.size, form, compress_zlib(form.rows, search));
}

}  // namespace dgxp
