// Any picture, any options: recovery returns an error or a picture that fits the grid it names.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/image/recover_master.hpp"
#include "tests/fuzz/foreign_bytes.hpp"
#include "tests/unit/core/image/soft_enlargement.hpp"

namespace dgxp {
namespace {

using fuzz::ForeignBytes;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// Each cell as large as the others but for the outermost.
Image enlarged(const Image& small, int cell, Size size) {
  Image raw(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      raw.at(x, y) = small.at(std::min(x / cell, small.size.width - 1),
                              std::min(y / cell, small.size.height - 1));
    }
  }
  return raw;
}

/// A small picture, enlarged by a whole number or softly, and with noise, so that every way of
/// finding a grid is taken.
Image make_raw(ForeignBytes& bytes) {
  const Size native{1 + bytes.below(32), 1 + bytes.below(32)};
  const int cell = 1 + bytes.below(6);
  const int way = bytes.below(4);
  const int noise = way == 0 ? bytes.below(60) : bytes.below(6);  // of soft pictures most is lost
  const Size margin{bytes.below(9), bytes.below(9)};
  Image small(native);
  Rgba last{0, 0, 0, 255};
  for (Rgba& p : small.pixels) {
    const std::uint8_t word = bytes.byte();
    if (word >= 128) {
      last = {bytes.byte(), static_cast<std::uint8_t>(word * 2), bytes.byte(),
              static_cast<std::uint8_t>(word >= 240 ? word * 16 : 255)};
    }
    p = last;
  }
  const Size size{native.width * cell + margin.width, native.height * cell + margin.height};
  Image raw = way == 0   ? enlarged(small, cell, size)
              : way == 1 ? synthetic::softly_enlarged(small, size, synthetic::tent)
              : way == 2 ? synthetic::softly_enlarged(small, size, synthetic::cubic)
                         : synthetic::softly_enlarged(small, size, synthetic::lanczos);
  std::uint32_t dice = 1;
  const auto shaken = [&](std::uint8_t value) {
    dice = dice * 1664525U + 1013904223U;
    const int shift = noise == 0 ? 0 : static_cast<int>((dice >> 8U) % 256U) % (noise + 1);
    return static_cast<std::uint8_t>(std::clamp(value + shift - noise / 2, 0, 255));
  };
  for (Rgba& p : raw.pixels) {
    p = {shaken(p.r), shaken(p.g), shaken(p.b), p.a};
  }
  return raw;
}

RecoverSpec make_spec(ForeignBytes& bytes) {
  RecoverSpec spec;
  const int flags = bytes.byte();
  if (flags & 1) {
    spec.grid = bytes.below(4000) / 100.0;
  }
  if (flags & 2) {
    spec.offset = Point{bytes.below(200) - 100, bytes.below(200) - 100};
  }
  if (flags & 32) {
    spec.size = Size{bytes.below(100), bytes.below(100)};
  }
  spec.background = static_cast<Background>(flags / 4 % 3);
  if (flags & 16) {
    spec.key = Rgb{bytes.byte(), bytes.byte(), bytes.byte()};
  }
  spec.alpha = 1 + bytes.byte() % 255;
  spec.dither = static_cast<Dither>(bytes.byte() % 6);
  spec.despeckle = bytes.byte() % 8;
  spec.metric = static_cast<ColorMetric>(bytes.byte() % 5);
  return spec;
}

Palette make_palette(ForeignBytes& bytes) {
  Palette palette;
  palette.colors.resize(static_cast<std::size_t>(bytes.below(41)));
  for (Rgb& color : palette.colors) {
    color = {bytes.byte(), bytes.byte(), bytes.byte()};
  }
  return palette;
}

bool is_share(double value) {
  return value >= 0 && value <= 1;
}

void check_lines(const std::vector<double>& lines, const std::vector<float>& confidence,
                 int cells) {
  require(lines.size() == static_cast<std::size_t>(cells) + 1);
  require(confidence.size() == lines.size());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    require(lines[i] > lines[i - 1]);
  }
  require(std::ranges::all_of(confidence, [](float c) { return is_share(c); }));
}

}  // namespace
}  // namespace dgxp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dgxp;
  fuzz::ForeignBytes bytes({data, size});
  const RecoverSpec spec = make_spec(bytes);
  const Palette palette = make_palette(bytes);
  const MasterShape shape{.frame_size = {bytes.below(64), bytes.below(64)},
                          .frames = bytes.below(6)};
  const Image raw = make_raw(bytes);
  if (const auto found = recover_native(raw, spec, palette)) {
    check_lines(found->grid.columns, found->grid.column_confidence, found->native.size.width);
    check_lines(found->grid.rows, found->grid.row_confidence, found->native.size.height);
    require(is_share(found->grid.confidence) && is_share(found->quality));
    require(found->cell_confidence.size() == found->native.pixels.size());
    require(std::ranges::all_of(found->cell_confidence, [](float c) { return is_share(c); }));
  }
  if (const auto master = recover_master(raw, spec, palette, 3, shape)) {
    require(is_share(master->quality) &&
            master->image.size ==
                Size{shape.frame_size.width * shape.frames, shape.frame_size.height});
  }
  return 0;
}
