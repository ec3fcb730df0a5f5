#include "core/image/palette_file.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <string>
#include <string_view>

#include "core/image/png_codec.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

/// "#rrggbb ..." or the error's message.
std::string show(const Result<Palette>& palette) {
  if (!palette) return palette.error().message;
  std::string text;
  for (const Rgb color : palette->colors) text += (text.empty() ? "" : " ") + to_hex(color);
  return text;
}
std::string parse(std::string_view name, std::string_view text) {
  return show(parse_palette(name, as_bytes(text)));
}
std::string parse(std::string_view name, const Bytes& bytes) {
  return show(parse_palette(name, bytes));
}

void put(Bytes& bytes, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i)
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(8 * i)));
}
void put(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

Bytes riff(int colors) {
  Bytes bytes;
  put(bytes, "RIFF");
  const auto data = static_cast<std::uint8_t>(4 + 4 * colors);
  bytes.insert(bytes.end(), {static_cast<std::uint8_t>(data + 12), 0, 0, 0});
  put(bytes, "PAL data");
  bytes.insert(bytes.end(), {data, 0, 0, 0, 0, 3, static_cast<std::uint8_t>(colors), 0});
  for (int i = 0; i < colors; ++i)
    bytes.insert(bytes.end(), {static_cast<std::uint8_t>(i), 2, 3, 0});
  return bytes;
}

struct AcoColor {
  std::uint32_t space;
  std::array<std::uint32_t, 4> words;
};
Bytes aco(std::initializer_list<AcoColor> colors, bool has_names) {
  Bytes bytes;
  for (int version = 1; version <= (has_names ? 2 : 1); ++version) {
    put(bytes, static_cast<std::uint32_t>(version), 2);
    put(bytes, static_cast<std::uint32_t>(colors.size()), 2);
    for (const AcoColor& color : colors) {
      put(bytes, color.space, 2);
      for (const std::uint32_t word : color.words) put(bytes, word, 2);
      if (version == 2) {
        put(bytes, 2, 4);
        put(bytes, 'a', 2);
        put(bytes, 0, 2);
      }
    }
  }
  return bytes;
}

Bytes ase_block(std::uint32_t type, const Bytes& data) {
  Bytes bytes;
  put(bytes, type, 2);
  put(bytes, static_cast<std::uint32_t>(data.size()), 4);
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}
Bytes ase_color(std::string_view model, std::initializer_list<float> values) {
  Bytes data;
  put(data, 0, 2);  // no name
  put(data, model);
  for (const float value : values) put(data, std::bit_cast<std::uint32_t>(value), 4);
  put(data, 0, 2);
  return ase_block(1, data);
}
Bytes ase(std::initializer_list<Bytes> blocks) {
  Bytes bytes;
  put(bytes, "ASEF");
  put(bytes, 0x00010000, 4);
  put(bytes, static_cast<std::uint32_t>(blocks.size()), 4);
  for (const Bytes& block : blocks) bytes.insert(bytes.end(), block.begin(), block.end());
  return bytes;
}

}  // namespace

TEST_CASE("hex takes marks, CRLF, blank lines, comments, alpha and double entries") {
  CHECK(parse("a.hex",
              "\xEF\xBB\xBF"
              "ff0000\r\n\r\n#00FF00\n ; note\n  0000ff80 \nff0000") ==
        "#ff0000 #00ff00 #0000ff #ff0000");
}

TEST_CASE("hex names the line that is not a colour") {
  CHECK(parse("a.hex", "ff0000\n\nred\n") == "a.hex:3:1: 'red' is not a colour");
  CHECK(parse("a.hex", "\t ff00\n") == "a.hex:1:3: 'ff00' is not a colour");
  CHECK(parse("a.hex",
              "\xEF\xBB\xBF"
              "ff00\n") == "a.hex:1:4: 'ff00' is not a colour");
  CHECK(parse("a.hex", "ff00\n") == "a.hex:1:1: 'ff00' is not a colour");
  CHECK(parse("a.hex", "") == "a.hex: the palette holds no colour");
  std::string many;
  for (int i = 0; i < 257; ++i) many += "000000\n";
  CHECK(parse("a.hex", many) == "a.hex:257:1: more than 256 colours");
  CHECK(parse("a.hex", many.substr(7)).size() == 256 * 8 - 1);
}

TEST_CASE("gpl takes tabs, leading blanks, colours without a name and an alpha column") {
  CHECK(parse("a.gpl",
              "GIMP Palette\nName: x\nColumns: 4\nChannels: RGBA\n# c\n255 0\t1 255 red one\n"
              "   0   2   0\n\t3 3 3\tUntitled\r\n") == "#ff0001 #000200 #030303");
}

TEST_CASE("gpl names the line that is not a colour") {
  CHECK(parse("a.gpl", "GIMP Palette\n1 2\n") == "a.gpl:2:1: '1 2' is not a colour");
  CHECK(parse("a.gpl", "GIMP Palette\n1 2 256 x\n") == "a.gpl:2:1: '1 2 256 x' is not a colour");
  CHECK(parse("a.gpl", "GIMP Palette\n1 2 -3\n") == "a.gpl:2:1: '1 2 -3' is not a colour");
  CHECK(parse("a.gpl", "ff0000\n") ==
        "a.gpl:1:1: a GIMP palette begins with the line 'GIMP Palette'");
}

TEST_CASE("JASC takes LF, CRLF and a fourth column") {
  CHECK(parse("a.pal", "JASC-PAL\r\n0100\r\n2\r\n1 2 3\r\n4 5 6 255\r\n") == "#010203 #040506");
  CHECK(parse("a.pal", "JASC-PAL\n0100\n1\n1 2 3") == "#010203");
}

TEST_CASE("JASC with a wrong count is an error") {
  CHECK(parse("a.pal", "JASC-PAL\n0100\n3\n1 2 3\n") ==
        "a.pal:3:1: 3 colours are announced but 1 follow");
  CHECK(parse("a.pal", "JASC-PAL\n0100\n99999\n1 2 3\n") ==
        "a.pal:3:1: the number of colours must be 1 to 256");
  CHECK(parse("a.pal", "JASC-PAL\n0200\n1\n1 2 3\n") ==
        "a.pal:2:1: a JASC palette has version '0100'");
}

TEST_CASE("RIFF shares its suffix with JASC and is told apart by its magic") {
  CHECK(parse("a.pal", riff(2)) == "#000203 #010203");
  CHECK(parse("a.pal", "neither") == "a.pal: neither a JASC nor a RIFF palette");
}

TEST_CASE("act has 256 entries or a count") {
  Bytes bytes(768);
  bytes[0] = 9;
  CHECK(parse_palette("a.act", bytes)->colors.size() == 256);
  bytes.insert(bytes.end(), {0, 2, 0xFF, 0xFF});
  CHECK(parse("a.act", bytes) == "#090000 #000000");
  CHECK(parse("a.act", Bytes(700)) == "a.act: an .act palette has 768 or 772 bytes, not 700");
  bytes[768] = 9;
  CHECK(parse("a.act", bytes) == "a.act: 2306 colours are announced, at most 256 fit");
}

TEST_CASE("aco takes RGB, HSB, CMYK, Lab and gray") {
  CHECK(parse("a.aco", aco({{0, {65535, 0, 257, 0}},
                            {1, {0, 65535, 65535, 0}},
                            {2, {65535, 0, 0, 65535}},
                            {7, {10000, 0, 0, 0}},
                            {8, {0, 0, 0, 0}},
                            {9, {0, 10000, 10000, 0}}},
                           true)) == "#ff0001 #ff0000 #ff0000 #ffffff #ffffff #ff0000");
  CHECK(parse("a.aco", aco({{14, {}}}, false)) ==
        "a.aco: colour 1 has colour space 14, which is not supported");
}

TEST_CASE("ase takes RGB, CMYK, LAB, gray, groups and colours without a name") {
  CHECK(parse("a.ase", ase({ase_block(0xC001, {0, 1, 0, 0}), ase_color("RGB ", {1, 0.5F, 0}),
                            ase_color("CMYK", {0, 1, 1, 0}), ase_color("LAB ", {1, 0, 0}),
                            ase_color("Gray", {0}), ase_block(0xC002, {})})) ==
        "#ff8000 #ff0000 #ffffff #000000");
}

TEST_CASE("a picture of Aseprite is told apart from an Adobe swatch file") {
  CHECK(parse("a.ase", Bytes{0, 1, 0, 0, 0xE0, 0xA5, 1, 0}) ==
        "a.ase: this is a picture of Aseprite, not an Adobe swatch file");
}

TEST_CASE("Lospec JSON gives its colours and nothing else is looked at") {
  CHECK(
      parse("a.json",
            R"({"name":"x","more":{"colors":["zz"],"n":[1,{}]},"colors":["ff0000","#00ff00"]})") ==
      "#ff0000 #00ff00");
}

TEST_CASE("JSON that is no palette is an error") {
  CHECK(parse("a.json", "{\n\"colors\": [\n\"ff0000\",,]}") ==
        "a.json:3:10: this is not JSON of a palette");
  CHECK(parse("a.json", R"({"colors":["ff0000",7]})") ==
        "a.json: 'colors' must be a list of strings");
  CHECK(parse("a.json", R"({"colors":"ff0000"})") == "a.json: 'colors' must be a list of strings");
  CHECK(parse("a.json", R"({"colors":["ff00"]})") ==
        "a.json: colour 1 is not six hexadecimal digits");
  CHECK(parse("a.json", R"({"name":"x"})") == "a.json: there is no list 'colors'");
  CHECK(parse("a.json", R"({"colors":[]})") == "a.json: the palette holds no colour");
  CHECK(parse("a.json", std::string(500000, '[')) == "a.json:1:1: this is not JSON of a palette");
}

TEST_CASE("a PNG gives its opaque colours in reading order, each once") {
  Image strip({4, 1});
  strip.pixels = {{1, 1, 1, 255}, {0, 0, 0, 255}, {7, 7, 7, 0}, {1, 1, 1, 255}};
  CHECK(parse("a.png", encode_png(strip)) == "#010101 #000000");
  CHECK(parse("a.png", encode_png(Image({2, 2}))) == "a.png: the picture has no opaque pixel");
}

TEST_CASE("the magic goes before the suffix") {
  CHECK(parse("a.hex", "JASC-PAL\n0100\n1\n1 2 3\n") == "#010203");
  CHECK(parse("a.pal", "GIMP Palette\n1 2 3\n") == "#010203");
  CHECK(parse("a.act", ase({ase_color("Gray", {1})})) == "#ffffff");
  CHECK(parse("A.HEX", "010203") == "#010203");
  CHECK(parse("a.txt", "010203") ==
        "a.txt: unknown palette format; known are .hex .gpl .pal .act .aco .ase .json .png");
}

TEST_CASE("what is written is read back in every format") {
  Random random(1);
  const std::array<std::pair<PaletteFormat, std::string_view>, 7> formats{
      {{PaletteFormat::hex, "a.hex"},
       {PaletteFormat::gpl, "a.gpl"},
       {PaletteFormat::jasc, "a.pal"},
       {PaletteFormat::act, "a.act"},
       {PaletteFormat::ase, "a.ase"},
       {PaletteFormat::lospec_json, "a.json"},
       {PaletteFormat::png, "a.png"}}};
  for (const int count : {1, 2, 7, 100, 256})
    for (const auto& [format, name] : formats) {
      const Palette palette = random.palette(count);
      const auto read = parse_palette(name, write_palette(palette, format, "my \"palette\"\n\xFF"));
      REQUIRE(show(read) == show(palette));
    }
}

TEST_CASE("written text formats look as their tools write them") {
  const Palette palette{{{255, 0, 10}, {1, 2, 3}}};
  const auto text = [&](PaletteFormat format) {
    return std::string(as_text(write_palette(palette, format, "two")));
  };
  CHECK(text(PaletteFormat::hex) == "ff000a\n010203\n");
  CHECK(text(PaletteFormat::gpl) ==
        "GIMP Palette\nName: two\nColumns: 0\n#\n255   0  10\t#ff000a\n  1   2   3\t#010203\n");
  CHECK(text(PaletteFormat::jasc) == "JASC-PAL\r\n0100\r\n2\r\n255 0 10\r\n1 2 3\r\n");
  CHECK(text(PaletteFormat::lospec_json) ==
        "{\n  \"name\": \"two\",\n  \"author\": \"\",\n  \"colors\": [\n    \"ff000a\",\n"
        "    \"010203\"\n  ]\n}\n");
}

TEST_CASE("a binary palette that is cut off anywhere is an error") {
  const Palette palette{{{255, 0, 10}, {1, 2, 3}}};
  const auto is_refused_when_cut = [](std::string_view name, const Bytes& bytes) {
    REQUIRE(parse_palette(name, bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      REQUIRE_FALSE(parse_palette(name, ByteView(bytes).first(size)));
  };
  is_refused_when_cut("a.pal", riff(3));
  is_refused_when_cut("a.aco", aco({{0, {1, 2, 3, 0}}}, false));
  is_refused_when_cut("a.ase", write_palette(palette, PaletteFormat::ase, "x"));
  is_refused_when_cut("a.png", write_palette(palette, PaletteFormat::png, "x"));
  Bytes json = write_palette(palette, PaletteFormat::lospec_json, "x");
  json.pop_back();  // the newline behind the last brace
  is_refused_when_cut("a.json", json);
}

TEST_CASE("huge counts are refused without being believed") {
  Bytes bytes = riff(1);
  bytes[22] = 0xFF;
  bytes[23] = 0xFF;
  CHECK_FALSE(parse_palette("a.pal", bytes));
  Bytes swatches = ase({ase_color("Gray", {1})});
  swatches[8] = 0xFF;
  CHECK(parse("a.ase", swatches) == "a.ase: the palette ends too early");
  Bytes names = aco({{0, {1, 2, 3, 0}}}, true);
  names[names.size() - 8] = 0xFF;
  CHECK(parse("a.aco", names) == "a.aco: the palette ends too early");
  CHECK(parse("a.hex", std::string(2U << 20U, ' ')) ==
        "a.hex: 2097152 bytes are too many for a palette");
}

TEST_CASE("palettes with random damage are read or refused, never more") {
  Random random(9);
  const Palette palette = random.palette(5);
  for (const PaletteFormat format :
       {PaletteFormat::hex, PaletteFormat::gpl, PaletteFormat::jasc, PaletteFormat::act,
        PaletteFormat::ase, PaletteFormat::lospec_json, PaletteFormat::png}) {
    const Bytes bytes = write_palette(palette, format, "x");
    for (int round = 0; round < 500; ++round) {
      Bytes broken = bytes;
      for (int i = 0; i < 1 + random.below(4); ++i)
        broken[static_cast<std::size_t>(random.below(static_cast<int>(broken.size())))] =
            random.byte();
      for (const std::string_view name : {"a.hex", "a.aco", "a.act", "a.json", "a.pal"}) {
        const auto read = parse_palette(name, broken);
        if (read) REQUIRE((!read->colors.empty() && read->colors.size() <= 256));
      }
    }
  }
}
