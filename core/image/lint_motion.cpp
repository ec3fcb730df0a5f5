#include "core/image/lint_motion.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

namespace dgxp {
namespace {

bool is_near_shade(Rgba left, Rgba right) {
  constexpr int kNear = 40;
  if (left.a == 0 || right.a == 0) return false;
  const int r = left.r - right.r;
  const int g = left.g - right.g;
  const int b = left.b - right.b;
  return r * r + g * g + b * b <= kNear * kNear;
}

/// The baseline that most frames have, the lower one of two; nothing when all are empty.
std::optional<int> usual_baseline(std::span<const Image> frames) {
  std::map<int, int> counts;
  for (const Image& frame : frames)
    if (const auto baseline = baseline_of(frame)) ++counts[*baseline];
  std::optional<int> usual;
  int most = 0;
  for (const auto& [baseline, count] : counts) {
    if (count < most) continue;
    most = count;
    usual = baseline;
  }
  return usual;
}

std::optional<int> top_of(const Image& frame) {
  for (std::size_t i = 0; i < frame.pixels.size(); ++i)
    if (frame.pixels[i].a != 0) return static_cast<int>(i) / frame.size.width;
  return std::nullopt;
}

/// Pixels that differ, transparent ones being all alike.
int changed_pixels(const Image& left, const Image& right) {
  int changed = 0;
  for (std::size_t i = 0; i < left.pixels.size(); ++i) {
    const Rgba a = left.pixels[i];
    const Rgba b = right.pixels[i];
    if (a.a == 0 && b.a == 0) continue;
    if (a != b) ++changed;
  }
  return changed;
}

struct Flicker {
  int pixels = 0;
  int figure = 0;
  Point first;
};

Flicker count_flicker(const Image& before, const Image& now, const Image& after) {
  Flicker flicker;
  for (int y = 0; y < now.size.height; ++y)
    for (int x = 0; x < now.size.width; ++x) {
      const Rgba pixel = now.at(x, y);
      if (pixel.a == 0) continue;
      ++flicker.figure;
      if (before.at(x, y) != after.at(x, y) || before.at(x, y) == pixel ||
          !is_near_shade(before.at(x, y), pixel))
        continue;
      if (flicker.pixels++ == 0) flicker.first = {x, y};
    }
  return flicker;
}

}  // namespace

std::optional<int> baseline_of(const Image& frame) {
  for (std::size_t i = frame.pixels.size(); i-- > 0;)
    if (frame.pixels[i].a != 0) return static_cast<int>(i) / frame.size.width;
  return std::nullopt;
}

std::optional<double> centre_of(const Image& frame) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (int y = 0; y < frame.size.height; ++y)
    for (int x = 0; x < frame.size.width; ++x) {
      if (frame.at(x, y).a == 0) continue;
      sum += 2 * x + 1;
      ++count;
    }
  if (count == 0) return std::nullopt;
  return static_cast<double>(sum) / static_cast<double>(2 * count);
}

MotionDrift measure_drift(std::span<const Image> frames) {
  MotionDrift drift;
  const std::optional<int> usual = usual_baseline(frames);
  if (!usual) return drift;
  int lowest = *usual;
  int highest = *usual;
  std::optional<double> left;
  std::optional<double> right;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto baseline = baseline_of(frames[i]);
    if (!baseline) continue;
    const int frame = static_cast<int>(i);
    if (std::abs(*baseline - *usual) > std::max(lowest - *usual, *usual - highest))
      drift.baseline_frame = frame;
    lowest = std::max(lowest, *baseline);
    highest = std::min(highest, *baseline);
    const double centre = *centre_of(frames[i]);
    if (!left || centre < *left || centre > *right) drift.centre_frame = left ? frame : 0;
    left = std::min(left.value_or(centre), centre);
    right = std::max(right.value_or(centre), centre);
  }
  drift.baseline = lowest - highest;
  drift.centre = *right - *left;
  return drift;
}

std::optional<Flaw> find_flicker(std::span<const Image> frames, bool loops, double most_share) {
  constexpr int kLeastPixels = 4;
  std::optional<Flaw> worst;
  double most = most_share;
  if (frames.size() < 3) return worst;
  const std::size_t count = frames.size();
  for (std::size_t i = loops ? 0 : 1; i < (loops ? count : count - 1); ++i) {
    const Flicker flicker =
        count_flicker(frames[(i + count - 1) % count], frames[i], frames[(i + 1) % count]);
    if (flicker.pixels < kLeastPixels) continue;
    const double share = static_cast<double>(flicker.pixels) / flicker.figure;
    if (share <= most) continue;
    most = share;
    worst = Flaw{.frame = static_cast<int>(i),
                 .at = flicker.first,
                 .message = fmt::format("{} pixels change their shade for this frame alone",
                                        flicker.pixels)};
  }
  return worst;
}

std::optional<Flaw> find_loop_seam(std::span<const Image> frames) {
  constexpr std::size_t kLeastFrames = 4;
  constexpr double kTimes = 1.5;
  if (frames.size() < kLeastFrames) return std::nullopt;
  int most = 0;
  for (std::size_t i = 1; i < frames.size(); ++i)
    most = std::max(most, changed_pixels(frames[i - 1], frames[i]));
  const int seam = changed_pixels(frames.back(), frames.front());
  if (seam <= kTimes * most || seam * 20 < frames.front().size.area()) return std::nullopt;
  return Flaw{.frame = static_cast<int>(frames.size()) - 1,
              .at = {},
              .message = fmt::format("the step back to the first frame changes {} pixels, no other "
                                     "step more than {}",
                                     seam, most)};
}

std::vector<Image> aligned_to_baseline(std::vector<Image> frames) {
  const std::optional<int> usual = usual_baseline(frames);
  if (!usual) return frames;
  for (Image& frame : frames) {
    const auto baseline = baseline_of(frame);
    if (!baseline) continue;
    const int shift = std::max(*usual - *baseline, -*top_of(frame));
    if (shift == 0) continue;
    Image moved(frame.size);
    paste(moved, frame, {0, shift});
    frame = std::move(moved);
  }
  return frames;
}

}  // namespace dgxp
