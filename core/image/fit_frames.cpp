#include "core/image/fit_frames.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dgxp {
namespace {

/// One frame's part of the recovered picture.
struct Slot {
  int left = 0;   ///< first column in the picture
  int right = 0;  ///< one behind the last
  Rect figure;    ///< opaque bounds in the picture; empty when there are none
};

Rect opaque_bounds(const Image& image, int left, int right) {
  int x0 = right;
  int x1 = left - 1;
  int y0 = image.size.height;
  int y1 = -1;
  for (int y = 0; y < image.size.height; ++y) {
    for (int x = left; x < right; ++x) {
      if (image.at(x, y).a != 0) {
        x0 = std::min(x0, x);
        x1 = std::max(x1, x);
        y0 = std::min(y0, y);
        y1 = std::max(y1, y);
      }
    }
  }
  return x1 < x0 ? Rect{} : Rect{x0, y0, x1 - x0 + 1, y1 - y0 + 1};
}

std::vector<Slot> cut_slots(const Image& native, int frames) {
  std::vector<Slot> slots;
  for (int i = 0; i < frames; ++i) {
    const auto edge = [&](int n) {
      return static_cast<int>((std::int64_t{native.size.width} * n * 2 + frames) / (2 * frames));
    };
    Slot slot{edge(i), edge(i + 1), {}};
    slot.figure = opaque_bounds(native, slot.left, slot.right);
    slots.push_back(slot);
  }
  return slots;
}

/// A figure as large as its slot is a picture without background (a tile): what stands over at the
/// borders are cells that the raw image shows in part, so the middle is kept.
Rect cut_to_frame(const Rect& figure, const Slot& slot, const Size& native, const Size& frame) {
  constexpr int kPartCells = 2;
  Rect kept = figure;
  const int over_x = kept.width - frame.width;
  if (over_x > 0 && over_x <= kPartCells && figure.width == slot.right - slot.left) {
    kept.x += over_x / 2;
    kept.width = frame.width;
  }
  const int over_y = kept.height - frame.height;
  if (over_y > 0 && over_y <= kPartCells && figure.height == native.height) {
    kept.y += over_y / 2;
    kept.height = frame.height;
  }
  return kept;
}

int centred(int outer, int inner) {
  return (outer - inner) / 2;
}

/// How far figures are moved from their place in the slot to that in the frame: with the slot's
/// middle when slots are about as wide as frames, else so that all figures together, laid over one
/// another, stand in the middle.
int shift_across(const std::vector<Slot>& slots, const Size& frame) {
  const int width = slots.front().right - slots.front().left;
  if (std::abs(width - frame.width) <= std::max(3, frame.width / 6)) {
    return centred(frame.width, width);
  }
  int left = width;
  int right = 0;
  for (const Slot& slot : slots) {
    if (slot.figure.width == 0) continue;
    left = std::min(left, slot.figure.x - slot.left);
    right = std::max(right, slot.figure.x - slot.left + slot.figure.width);
  }
  return centred(frame.width, right - left) - left;
}

}  // namespace

Result<Image> fit_frames(const Image& native, const MasterShape& shape) {
  const Size frame = shape.frame_size;
  const Size strip{frame.width * shape.frames, frame.height};
  if (native.size == strip) {
    return native;
  }
  Image fitted(strip);
  std::vector<Slot> slots = cut_slots(native, shape.frames);
  for (Slot& slot : slots) {
    if (slot.figure.width > 0) slot.figure = cut_to_frame(slot.figure, slot, native.size, frame);
  }
  const int shift = shift_across(slots, frame);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    if (slot.figure.width == 0) {
      continue;
    }
    if (slot.figure.width > frame.width || slot.figure.height > frame.height) {
      return Error{
          ErrorKind::input,
          fmt::format("the figure in frame {} is {}x{} pixels, larger than its frame of "
                      "{}x{}",
                      i + 1, slot.figure.width, slot.figure.height, frame.width, frame.height)};
    }
    const int feet = native.size.height - (slot.figure.y + slot.figure.height);
    const int across =
        std::clamp(slot.figure.x - slot.left + shift, 0, frame.width - slot.figure.width);
    const Point at{static_cast<int>(i) * frame.width + across,
                   std::max(0, frame.height - slot.figure.height - feet)};
    for (int y = 0; y < slot.figure.height; ++y) {
      for (int x = 0; x < slot.figure.width; ++x) {
        fitted.at(at.x + x, at.y + y) = native.at(slot.figure.x + x, slot.figure.y + y);
      }
    }
  }
  return fitted;
}

Image with_color_limit(Image image, int limit) {
  std::map<Rgb, int> counts;
  for (const Rgba& p : image.pixels) {
    if (p.a != 0) {
      counts[p.rgb()]++;
    }
  }
  if (limit <= 0 || counts.size() <= static_cast<std::size_t>(limit)) {
    return image;
  }
  std::vector<std::pair<int, Rgb>> ranked;
  for (const auto& [color, count] : counts) {
    ranked.emplace_back(-count, color);
  }
  std::ranges::sort(ranked);
  ranked.resize(static_cast<std::size_t>(limit));
  std::map<Rgb, Rgb> target;
  for (const auto& [color, count] : counts) {
    int best = -1;
    for (const auto& [rank, kept] : ranked) {
      const int r = color.r - kept.r;
      const int g = color.g - kept.g;
      const int b = color.b - kept.b;
      const int d = r * r + g * g + b * b;
      if (best < 0 || d < best) {
        best = d;
        target[color] = kept;
      }
    }
  }
  for (Rgba& p : image.pixels) {
    if (p.a != 0) {
      p = opaque(target[p.rgb()]);
    }
  }
  return image;
}

}  // namespace dgxp
