#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/image/flaw.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// What the frames of one animation show together. All frames have one size; empty ones do not
/// count.

/// The lowest row with an opaque pixel, where feet stand; nothing for an empty frame.
std::optional<int> baseline_of(const Image& frame);
/// The mean x of all opaque pixels, in pixels from the left edge; nothing for an empty frame.
std::optional<double> centre_of(const Image& frame);

/// How far the figure wanders over all frames, in pixels.
struct MotionDrift {
  int baseline = 0;
  double centre = 0;       ///< sideways
  int baseline_frame = 0;  ///< the first frame farthest from the usual baseline
  int centre_frame = 0;
};
MotionDrift measure_drift(std::span<const Image> frames);

/// Pixels that change to a near shade in one frame and back in the next, so that a still surface
/// trembles: reported for the worst frame when they are more than `most_share` of its figure. What
/// `loops` goes on with its first frame behind the last. Needs three frames.
std::optional<Flaw> find_flicker(std::span<const Image> frames, bool loops,
                                 double most_share = 0.02);

/// A loop whose first frame is farther from its last one than any two neighbours are apart.
std::optional<Flaw> find_loop_seam(std::span<const Image> frames);

/// Every frame moved up or down so that all stand on the baseline that most of them have (the lower
/// one of two), as far as nothing leaves the frame.
std::vector<Image> aligned_to_baseline(std::vector<Image> frames);

}  // namespace dgxp
