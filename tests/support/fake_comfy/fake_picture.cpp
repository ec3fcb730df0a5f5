#include "tests/support/fake_comfy/fake_picture.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <zlib.h>

#include "core/base/digest.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"

namespace dgxp {

namespace {

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xffU);
}

void append_chunk(std::string& out, const std::string& type, const std::string& data) {
  append_u32(out, static_cast<std::uint32_t>(data.size()));
  const std::string body = type + data;
  out += body;
  append_u32(out, static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                                                     static_cast<uInt>(body.size()))));
}

std::string scan_lines(const Image& image, bool alpha) {
  std::string rows;
  rows.reserve(image.pixels.size() * 4 + static_cast<std::size_t>(image.size.height));
  for (int y = 0; y < image.size.height; ++y) {
    rows += '\0';  // no filter
    for (int x = 0; x < image.size.width; ++x) {
      const auto pixel = image.at(x, y);
      rows += static_cast<char>(pixel.r);
      rows += static_cast<char>(pixel.g);
      rows += static_cast<char>(pixel.b);
      if (alpha) rows += static_cast<char>(pixel.a);
    }
  }
  return rows;
}

std::string deflated(const std::string& data) {
  auto size = ::compressBound(static_cast<uLong>(data.size()));
  std::string out(size, '\0');
  ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
              reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()), 1);
  out.resize(size);
  return out;
}

/// One text for all that may change the picture.
std::string facts_of(const FakeDrawing& drawing) {
  std::string facts =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", drawing.prompt, drawing.negative,
                  drawing.seed, drawing.index, drawing.steps, drawing.cfg, drawing.sampler,
                  drawing.scheduler, drawing.denoise, drawing.checkpoint);
  for (const auto& lora : drawing.loras) {
    if (lora.model_weight == 0 && lora.clip_weight == 0) continue;
    facts += fmt::format("{} {} {}\n", lora.file, lora.model_weight, lora.clip_weight);
  }
  for (const auto& control : drawing.controls) {
    facts += fmt::format("{} {} {} {} {}\n", control.net, control.strength, control.start,
                         control.end, control.image ? pixel_digest(*control.image).hex() : "");
  }
  for (const auto& image : {drawing.init, drawing.mask}) {
    facts += image ? pixel_digest(*image).hex() + "\n" : "-\n";
  }
  return facts;
}

struct Figure {
  Size cells;
  std::array<Rgba, 4> colors;   ///< outline and three materials
  std::vector<int> half_width;  ///< of each row of cells, 0 = nothing
};

/// Small pictures get smaller cells: below eight a side all figures would look the same.
int cell_of(const FakeDrawing& drawing) {
  const int most = std::min(drawing.size.width, drawing.size.height) / 8;
  return std::max(1, std::min(drawing.cell, most));
}

Figure figure_of(const FakeDrawing& drawing) {
  const auto hash = sha256(facts_of(drawing)).bytes;
  const int cell = cell_of(drawing);
  Figure figure;
  figure.cells = {(drawing.size.width + cell - 1) / cell, (drawing.size.height + cell - 1) / cell};
  figure.colors[0] = {20, 16, 24, 255};
  for (std::size_t i = 1; i < figure.colors.size(); ++i) {
    // Away from the outline and from magenta, which is what a background usually is.
    figure.colors[i] = {static_cast<std::uint8_t>(40 + hash[i] % 120),
                        static_cast<std::uint8_t>(90 + hash[i + 4] % 160),
                        static_cast<std::uint8_t>(40 + hash[i + 8] % 120), 255};
  }
  const int rows = figure.cells.height;
  const int widest = std::max(1, figure.cells.width / 2 - 1);
  for (int y = 0; y < rows; ++y) {
    const bool inside = rows < 4 || (y >= 1 && y < rows - 1);
    const int width = 1 + hash[static_cast<std::size_t>(12 + y % 20)] % widest;
    figure.half_width.push_back(inside ? width : 0);
  }
  return figure;
}

Rgba color_at(const Figure& figure, int x, int y, Rgba background) {
  const int center = figure.cells.width / 2;
  const int offset = x < center ? center - x : x - center + 1;
  const int half = figure.half_width[static_cast<std::size_t>(y)];
  if (offset > half) return background;
  if (offset == half) return figure.colors[0];
  const auto band = static_cast<std::size_t>(y * 3 / std::max(1, figure.cells.height));
  return figure.colors[1 + std::min<std::size_t>(band, 2)];
}

}  // namespace

Image draw_blocky_figure(const FakeDrawing& drawing) {
  Image image(drawing.size, drawing.background);
  const auto figure = figure_of(drawing);
  const int cell = cell_of(drawing);
  for (int y = 0; y < drawing.size.height; ++y) {
    for (int x = 0; x < drawing.size.width; ++x) {
      image.at(x, y) = color_at(figure, x / cell, y / cell, drawing.background);
    }
  }
  return image;
}

std::string fake_png(const Image& image, bool alpha,
                     const std::map<std::string, std::string>& texts) {
  std::string out = "\x89PNG\r\n\x1a\n";
  std::string header;
  append_u32(header, static_cast<std::uint32_t>(image.size.width));
  append_u32(header, static_cast<std::uint32_t>(image.size.height));
  header += '\x08';
  header += alpha ? '\x06' : '\x02';
  header += std::string(3, '\0');
  append_chunk(out, "IHDR", header);
  for (const auto& [key, text] : texts) append_chunk(out, "tEXt", key + '\0' + text);
  append_chunk(out, "IDAT", deflated(scan_lines(image, alpha)));
  append_chunk(out, "IEND", "");
  return out;
}

std::string fake_jpeg(int grey, std::size_t bytes) {
  const auto hex = [](std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return out;
  };
  std::string out = hex("ffd8");
  while (out.size() < bytes) {  // comments
    const std::size_t size = std::min<std::size_t>(bytes - out.size(), 65000);
    out += hex("fffe") + static_cast<char>((size + 2) >> 8U) +
           static_cast<char>((size + 2) & 0xffU) + std::string(size, ' ');
  }
  out += hex("ffdb004300") + std::string(64, '\x08');  // quantizers
  out += hex("ffc0000b080008000801011100");            // 8x8, one component
  // Both tables hold one code, '0': for DC it says that six bits follow, for AC the block's end.
  out += hex("ffc4001400") + '\x01' + std::string(15, '\0') + '\x06';
  out += hex("ffc4001410") + '\x01' + std::string(15, '\0') + '\0';
  out += hex("ffda0008010100003f00");
  out += static_cast<char>((32 + std::clamp(grey, 0, 31)) << 1);  // 0 vvvvvv 0
  out += hex("ffd9");
  return out;
}

Image fake_scaled(const Image& image, Size size) {
  Image out(size);
  if (image.pixels.empty()) return out;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      out.at(x, y) = image.at(static_cast<int>(std::int64_t{x} * image.size.width / size.width),
                              static_cast<int>(std::int64_t{y} * image.size.height / size.height));
    }
  }
  return out;
}

Image fake_feathered(const Image& mask, FakeBorders borders) {
  const auto ramp = [](int distance, int width) {
    return distance < width ? static_cast<double>(distance + 1) / width : 1.0;
  };
  Image out = mask;
  for (int y = 0; y < mask.size.height; ++y) {
    for (int x = 0; x < mask.size.width; ++x) {
      const double part = ramp(x, borders.left) * ramp(y, borders.top) *
                          ramp(mask.size.width - 1 - x, borders.right) *
                          ramp(mask.size.height - 1 - y, borders.bottom);
      const auto level = static_cast<std::uint8_t>(mask.at(x, y).r * part);
      out.at(x, y) = {level, level, level, 255};
    }
  }
  return out;
}

Image fake_combined(const Image& mask, const Image& source, Point at,
                    const std::string& operation) {
  const auto combine = [&](int a, int b) {
    if (operation == "multiply") return a * b / 255;
    if (operation == "add") return std::min(255, a + b);
    if (operation == "subtract") return std::max(0, a - b);
    const bool first = a > 127;
    const bool second = b > 127;
    if (operation == "and") return first && second ? 255 : 0;
    if (operation == "or") return first || second ? 255 : 0;
    return first != second ? 255 : 0;
  };
  Image out = mask;
  for (int y = 0; y < source.size.height; ++y) {
    for (int x = 0; x < source.size.width; ++x) {
      if (!out.contains(x + at.x, y + at.y)) continue;
      auto& pixel = out.at(x + at.x, y + at.y);
      const auto level = static_cast<std::uint8_t>(combine(pixel.r, source.at(x, y).r));
      pixel = {level, level, level, 255};
    }
  }
  return out;
}

Image fake_composited(const Image& target, const Image& source, Point at, const Image* mask) {
  Image out = target;
  for (int y = 0; y < source.size.height; ++y) {
    for (int x = 0; x < source.size.width; ++x) {
      if (!out.contains(x + at.x, y + at.y)) continue;
      const int part = mask == nullptr || !mask->contains(x, y) ? 255 : mask->at(x, y).r;
      const auto from = source.at(x, y);
      auto& to = out.at(x + at.x, y + at.y);
      const auto mixed = [&](int a, int b) {
        return static_cast<std::uint8_t>((a * part + b * (255 - part)) / 255);
      };
      to = {mixed(from.r, to.r), mixed(from.g, to.g), mixed(from.b, to.b), 255};
    }
  }
  return out;
}

}  // namespace dgxp
