#include "core/image/palette_binary.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/image/palette_text.hpp"

namespace dgxp {
namespace {

/// Reads numbers one after another. Reading past the end gives 0 and sets `is_short`, so that a
/// parser checks once a record instead of once a field.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  bool is_short() const { return is_short_; }
  std::size_t left() const { return bytes_.size(); }
  ByteView take(std::size_t count) {
    if (count > bytes_.size()) {
      is_short_ = true;
      bytes_ = {};
      return {};
    }
    const ByteView part = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return part;
  }
  std::uint32_t big(std::size_t count) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(count)) value = value << 8U | byte;
    return value;
  }
  std::uint32_t little(std::size_t count) {
    std::uint32_t value = 0;
    unsigned shift = 0;
    for (const std::uint8_t byte : take(count)) {
      value |= std::uint32_t{byte} << shift;
      shift += 8;
    }
    return value;
  }
  /// A big-endian IEEE single; what is not a number reads as 0.
  double big_float() {
    const auto value = std::bit_cast<float>(big(4));
    return std::isfinite(value) ? static_cast<double>(value) : 0.0;
  }

 private:
  ByteView bytes_;
  bool is_short_ = false;
};

Error ends_early(std::string_view name) {
  return palette_error(name, {}, "the palette ends too early");
}

Result<Palette> checked(std::string_view name, Palette palette) {
  if (palette.colors.empty()) return palette_error(name, {}, "the palette holds no colour");
  if (palette.colors.size() > kMostPaletteColors)
    return palette_error(name, {}, "more than 256 colours");
  return palette;
}

std::uint8_t channel(double share) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.0, 1.0) * 255.0));
}

Rgb from_shares(double r, double g, double b) {
  return {channel(r), channel(g), channel(b)};
}

/// The plain conversion without a colour profile, shares of ink 0..1.
Rgb from_cmyk(double c, double m, double y, double k) {
  return from_shares((1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k));
}

/// h, s, v 0..1.
Rgb from_hsb(double h, double s, double v) {
  const auto part = [&](double n) {
    const double k = std::fmod(n + h * 6, 6.0);
    return v - v * s * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
  };
  return from_shares(part(5), part(3), part(1));
}

double to_srgb_share(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

/// L 0..100 under D50, as Adobe writes it, to sRGB (Bradford adaptation in the matrix).
Rgb from_lab(double l, double a, double b) {
  const auto uncurve = [](double t) {
    return t > 6.0 / 29.0 ? t * t * t : 3 * (6.0 / 29.0) * (6.0 / 29.0) * (t - 4.0 / 29.0);
  };
  const double middle = (l + 16) / 116;
  const double x = 0.96422 * uncurve(middle + a / 500);
  const double y = uncurve(middle);
  const double z = 0.82521 * uncurve(middle - b / 200);
  return from_shares(to_srgb_share(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
                     to_srgb_share(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z),
                     to_srgb_share(0.0719453 * x - 0.2289914 * y + 1.4052427 * z));
}

double signed_word(std::uint32_t word) {
  return static_cast<double>(static_cast<std::int16_t>(static_cast<std::uint16_t>(word)));
}

/// One colour of an .aco file; nothing for a colour space that is a name in a book of inks.
std::optional<Rgb> aco_color(std::uint32_t space, const std::array<std::uint32_t, 4>& words) {
  std::array<double, 4> shares{};
  for (std::size_t i = 0; i < 4; ++i) shares.at(i) = words.at(i) / 65535.0;
  switch (space) {
    case 0:
      return from_shares(shares[0], shares[1], shares[2]);
    case 1:
      return from_hsb(shares[0], shares[1], shares[2]);
    case 2:
      return from_cmyk(1 - shares[0], 1 - shares[1], 1 - shares[2], 1 - shares[3]);
    case 7:
      return from_lab(words[0] / 100.0, signed_word(words[1]) / 100, signed_word(words[2]) / 100);
    case 8: {
      const double light = 1 - words[0] / 10000.0;  // 0..10000 of black ink
      return from_shares(light, light, light);
    }
    case 9:
      return from_cmyk(words[0] / 10000.0, words[1] / 10000.0, words[2] / 10000.0,
                       words[3] / 10000.0);
    default:
      return std::nullopt;
  }
}

/// One section of an .aco file: the second one repeats the colours of the first, with names.
Result<Palette> read_aco_section(std::string_view name, ByteReader& reader, bool has_names) {
  const std::uint32_t count = reader.big(2);
  Palette palette;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t space = reader.big(2);
    std::array<std::uint32_t, 4> words{};
    for (std::uint32_t& word : words) word = reader.big(2);
    if (has_names) reader.take(2 * std::size_t{reader.big(4)});
    if (reader.is_short()) return ends_early(name);
    const auto color = aco_color(space, words);
    if (!color)
      return palette_error(name, {},
                           fmt::format("colour {} has colour space {}, which is not "
                                       "supported",
                                       i + 1, space));
    palette.colors.push_back(*color);
    if (palette.colors.size() > kMostPaletteColors) break;
  }
  if (reader.is_short()) return ends_early(name);
  return checked(name, std::move(palette));
}

/// The colour of one 0x0001 block of an .ase file; nothing when the block is malformed.
std::optional<Rgb> ase_color(ByteView block) {
  ByteReader reader(block);
  reader.take(2 * std::size_t{reader.big(2)});  // the name, in UTF-16 with its NUL
  const ByteView bytes = reader.take(4);
  const std::string model(bytes.begin(), bytes.end());
  std::array<double, 4> values{};
  const std::size_t count = model == "CMYK" ? 4 : model == "Gray" ? 1 : 3;
  for (std::size_t i = 0; i < count; ++i) values.at(i) = reader.big_float();
  if (reader.is_short()) return std::nullopt;
  if (model == "RGB ") return from_shares(values[0], values[1], values[2]);
  if (model == "CMYK") return from_cmyk(values[0], values[1], values[2], values[3]);
  if (model == "LAB " || model == "Lab ") return from_lab(values[0] * 100, values[1], values[2]);
  if (model == "Gray") return from_shares(values[0], values[0], values[0]);
  return std::nullopt;
}

void put_big(Bytes& bytes, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i)
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(8 * i)));
}

void put_text(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

/// UTF-16 of an ASCII text, with the NUL at its end.
void put_utf16(Bytes& bytes, std::string_view ascii) {
  for (const char c : ascii) put_big(bytes, static_cast<unsigned char>(c), 2);
  put_big(bytes, 0, 2);
}

}  // namespace

Result<Palette> parse_riff_palette(std::string_view name, ByteView content) {
  ByteReader reader(content);
  reader.take(12);  // "RIFF", size, "PAL "
  while (reader.left() > 0) {
    const ByteView type = reader.take(4);
    const std::uint32_t size = reader.little(4);
    ByteReader chunk(reader.take(size));
    if (reader.is_short()) return ends_early(name);
    if (as_text(type) != "data") {
      reader.take(std::min<std::size_t>(size & 1U, reader.left()));  // chunks are padded to words
      continue;
    }
    chunk.take(2);  // version
    const std::uint32_t count = chunk.little(2);
    if (count > kMostPaletteColors) return palette_error(name, {}, "more than 256 colours");
    Palette palette;
    for (std::uint32_t i = 0; i < count; ++i) {
      const ByteView entry = chunk.take(4);
      if (chunk.is_short()) return ends_early(name);
      palette.colors.push_back({entry[0], entry[1], entry[2]});
    }
    if (chunk.is_short()) return ends_early(name);
    return checked(name, std::move(palette));
  }
  return ends_early(name);
}

Result<Palette> parse_act_palette(std::string_view name, ByteView content) {
  constexpr std::size_t kTable = 3 * kMostPaletteColors;
  if (content.size() != kTable && content.size() != kTable + 4)
    return palette_error(
        name, {}, fmt::format("an .act palette has 768 or 772 bytes, not {}", content.size()));
  ByteReader tail(content.subspan(kTable));
  std::size_t count = kMostPaletteColors;
  if (content.size() > kTable) count = tail.big(2);
  if (count > kMostPaletteColors)
    return palette_error(name, {}, fmt::format("{} colours are announced, at most 256 fit", count));
  if (count == 0) count = kMostPaletteColors;  // written by some tools for a full table
  Palette palette;
  for (std::size_t i = 0; i < count; ++i)
    palette.colors.push_back({content[3 * i], content[3 * i + 1], content[3 * i + 2]});
  return palette;
}

Result<Palette> parse_aco_palette(std::string_view name, ByteView content) {
  ByteReader reader(content);
  const std::uint32_t version = reader.big(2);
  if (reader.is_short()) return ends_early(name);
  if (version != 1 && version != 2)
    return palette_error(name, {}, fmt::format("version {} of .aco is not known", version));
  auto palette = read_aco_section(name, reader, version == 2);
  if (!palette || reader.left() == 0) return palette;
  if (version == 2 || reader.big(2) != 2 || reader.is_short())
    return palette_error(name, {}, "unknown bytes follow the colours");
  const auto named = read_aco_section(name, reader, true);
  if (!named) return named.error();
  return palette;
}

Result<Palette> parse_ase_palette(std::string_view name, ByteView content) {
  ByteReader reader(content);
  reader.take(8);  // "ASEF", version
  const std::uint32_t blocks = reader.big(4);
  if (reader.is_short()) return ends_early(name);
  Palette palette;
  for (std::uint32_t i = 0; i < blocks; ++i) {
    const std::uint32_t type = reader.big(2);
    const ByteView block = reader.take(reader.big(4));
    if (reader.is_short()) return ends_early(name);
    if (type != 0x0001) continue;  // begin and end of groups
    const auto color = ase_color(block);
    if (!color)
      return palette_error(
          name, {},
          fmt::format("colour {} is malformed or of an unknown model", palette.colors.size() + 1));
    palette.colors.push_back(*color);
    if (palette.colors.size() > kMostPaletteColors) break;
  }
  return checked(name, std::move(palette));
}

Bytes write_act_palette(const Palette& palette) {
  Bytes bytes;
  for (const Rgb color : palette.colors) bytes.insert(bytes.end(), {color.r, color.g, color.b});
  bytes.resize(3 * kMostPaletteColors);
  put_big(bytes, static_cast<std::uint32_t>(palette.colors.size()), 2);
  put_big(bytes, 0xFFFF, 2);  // no transparent entry
  return bytes;
}

Bytes write_ase_palette(const Palette& palette) {
  Bytes bytes;
  put_text(bytes, "ASEF");
  put_big(bytes, 0x00010000, 4);
  put_big(bytes, static_cast<std::uint32_t>(palette.colors.size()), 4);
  for (const Rgb color : palette.colors) {
    const std::string title = to_hex(color);
    Bytes block;
    put_big(block, static_cast<std::uint32_t>(title.size() + 1), 2);
    put_utf16(block, title);
    put_text(block, "RGB ");
    for (const std::uint8_t value : {color.r, color.g, color.b})
      put_big(block, std::bit_cast<std::uint32_t>(static_cast<float>(value) / 255.0F), 4);
    put_big(block, 2, 2);  // a plain colour, neither global nor spot
    put_big(bytes, 0x0001, 2);
    put_big(bytes, static_cast<std::uint32_t>(block.size()), 4);
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  return bytes;
}

}  // namespace dgxp
