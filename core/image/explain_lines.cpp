#include "core/image/explain_lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace dgxp {
namespace {

constexpr int kProbes = 16;      // lines of pixels that are looked at
constexpr int kSomeProbes = 4;   // of these
constexpr double kHopeless = 4;  // times the most error that is allowed
constexpr int kProbeTries = 8;   // lines of which the liveliest is taken
constexpr int kSettlingRounds = 40;
constexpr int kRoughRounds = 4;
constexpr double kLeastError = 0.1;    // mean square; of rounding alone, and some more
constexpr double kNeedle = 4;          // times the error where one cell fewer or more is no answer
constexpr double kBluntNeedle = 1.15;  // the same under noise
constexpr double kAsGood = 1.2;        // times the least error
constexpr float kAlike = 2.0F;         // of a channel
constexpr double kLeastAgreement = 0.4;
constexpr double kMostOverNoise = 2;  // times the error of cells half as wide, which is noise
constexpr double kSomeNoise = 1;
constexpr std::size_t kMostTries = 3;
constexpr double kBlurStep = 0.15;  // cells; then halved
constexpr int kBlurSteps = 4;
constexpr int kHalvings = 2;

constexpr std::array kInterpolations{
    Interpolation{Kernel::bilinear},           Interpolation{Kernel::catmull_rom},
    Interpolation{Kernel::lanczos3},           Interpolation{Kernel::sharp_cubic_padded},
    Interpolation{Kernel::catmull_rom_padded}, Interpolation{Kernel::mitchell},
    Interpolation{Kernel::lanczos4_padded}};

constexpr std::array kUsualInterpolations{Interpolation{Kernel::bilinear},
                                          Interpolation{Kernel::catmull_rom},
                                          Interpolation{Kernel::lanczos3}};

/// How much colours change along a line.
template <typename Picture>
double liveliness(const Picture& picture, CellAxis axis, int line) {
  double sum = 0;
  Channels last = channels_of(pixel_at(picture, axis, line, 0));
  for (int place = 1; place < length_of(picture.size, axis); ++place) {
    const Channels pixel = channels_of(pixel_at(picture, axis, line, place));
    for (std::size_t c = 0; c < kChannels; ++c) {
      sum += static_cast<double>(std::abs(pixel[c] - last[c]));
    }
    last = pixel;
  }
  return sum;
}

/// Lines all over the picture that show much.
template <typename Picture>
std::vector<int> choose_lines(const Picture& picture, CellAxis axis) {
  const int lines = lines_of(picture.size, axis);
  std::vector<int> probes;
  for (int probe = 0; probe < kProbes; ++probe) {
    int best = 0;
    double most = -1;
    for (int attempt = 0; attempt < kProbeTries; ++attempt) {
      const int line = (probe * kProbeTries + attempt) * lines / (kProbes * kProbeTries);
      const double lively = liveliness(picture, axis, line);
      if (lively > most) {
        most = lively;
        best = line;
      }
    }
    probes.push_back(best);
  }
  return probes;
}

std::vector<int> every(int step, const std::vector<int>& lines) {
  std::vector<int> some;
  for (std::size_t i = 0; i < lines.size(); i += static_cast<std::size_t>(step)) {
    some.push_back(lines[i]);
  }
  return some;
}

}  // namespace

ErrorBounds error_bounds(EnlargementProof proof) {
  return proof == EnlargementProof::exact ? ErrorBounds{.error = 4, .off = 0.02}
                                          : ErrorBounds{.error = 80, .off = 1};
}

template <typename Picture>
LineProbes::LineProbes(const Picture& picture, CellAxis axis, const std::vector<int>& lines)
    : pixels_(length_of(picture.size, axis)),
      values_(side_by_side(picture, axis, lines)),
      some_values_(side_by_side(picture, axis, every(kProbes / kSomeProbes, lines))) {}

EnlargedAxis::Guessing guessing(EnlargementProof proof) {
  return {.rounds = proof == EnlargementProof::exact ? kSettlingRounds : kRoughRounds,
          .most_error = error_bounds(proof).error};
}

LineProbes::LineProbes(const Image& picture, CellAxis axis)
    : LineProbes(picture, axis, choose_lines(picture, axis)) {}

LineProbes::LineProbes(const Light& picture, CellAxis axis)
    : LineProbes(picture, axis, choose_lines(picture, axis)) {}

/// Whether some of the lines already say that this explains nothing exactly.
bool LineProbes::is_hopeless(const EnlargedAxis& axis) const {
  const EnlargedAxis::Guessing exact = guessing(EnlargementProof::exact);
  return axis.shrink(some_values_, kSomeProbes * kChannels, exact).error >
         kHopeless * exact.most_error;
}

LineProbes::Trial LineProbes::attempt(const EnlargedFrom& from, EnlargementProof proof) const {
  constexpr std::size_t kValues = kProbes * kChannels;
  const EnlargedAxis axis(pixels_, from.cells, from.interpolation);
  if (proof == EnlargementProof::exact && is_hopeless(axis)) {
    return {.from = from, .error = std::numeric_limits<double>::infinity(), .off = 1};
  }
  const EnlargedAxis::Shrunk shrunk = axis.shrink(values_, kValues, guessing(proof));
  Trial trial{.from = from, .error = shrunk.error, .off = shrunk.off};
  for (std::size_t i = kValues; i < shrunk.cells.size(); ++i) {
    trial.repeated += std::abs(shrunk.cells[i] - shrunk.cells[i - kValues]) <= kAlike ? 1 : 0;
  }
  return trial;
}

std::optional<EnlargedFrom> LineProbes::explain_exactly(
    int cells, const std::optional<Interpolation>& interpolation) const {
  const ErrorBounds bounds = error_bounds(EnlargementProof::exact);
  std::vector<Trial> trials;
  const auto add = [&](const Interpolation& one) {
    const Trial trial = attempt({cells, one}, EnlargementProof::exact);
    if (trial.error <= bounds.error && trial.off <= bounds.off) {
      trials.push_back(trial);
    }
  };
  if (interpolation) {
    add(*interpolation);
  } else {
    std::ranges::for_each(kInterpolations, add);
  }
  if (trials.empty()) {
    return std::nullopt;
  }
  const double least = std::ranges::min_element(trials, {}, &Trial::error)->error;
  // Of twice the size most interpolations can be made from other cells by another one: the true
  // cells are of few colours, the others ripple.
  const Trial* best = nullptr;
  for (const Trial& trial : trials) {
    if (trial.error <= kAsGood * (least + kLeastError) &&
        (best == nullptr || trial.repeated > best->repeated)) {
      best = &trial;
    }
  }
  const auto is_worse = [&](int other) {
    return attempt({other, best->from.interpolation}, EnlargementProof::exact).error >
           kNeedle * (best->error + kLeastError);
  };
  return is_worse(cells - 1) && is_worse(cells + 1) ? std::optional(best->from) : std::nullopt;
}

LineProbes::Trial LineProbes::best_blur(int cells) const {
  const auto blurred = [&](double blur) {
    return attempt({cells, {Kernel::blurred, blur}}, EnlargementProof::likely);
  };
  Trial best = blurred(kBlurStep);
  for (int steps = 2; steps <= kBlurSteps; ++steps) {
    best = std::min(best, blurred(steps * kBlurStep), by_error);
  }
  double step = kBlurStep;
  for (int halving = 0; halving < kHalvings; ++halving) {
    step /= 2;
    const double blur = best.from.interpolation.blur;
    best = std::min({best, blurred(blur - step), blurred(blur + step)}, by_error);
  }
  step /= 2;
  // The lowest point of the parabola through three neighbours.
  const double blur = best.from.interpolation.blur;
  const double less = blurred(blur - step).error - best.error;
  const double more = blurred(blur + step).error - best.error;
  const double bend = less + more;
  const double shift = bend > 0 ? std::clamp((less - more) / (2 * bend), -1.0, 1.0) : 0.0;
  return std::min(best, blurred(blur + shift * step), by_error);
}

LineProbes::Trial LineProbes::best_roughly(int cells) const {
  Trial best = best_blur(cells);
  for (const Interpolation& interpolation : kUsualInterpolations) {
    best = std::min(best, attempt({cells, interpolation}, EnlargementProof::likely), by_error);
  }
  return best;
}

std::optional<EnlargedFrom> LineProbes::explain_roughly(
    int cells, const std::optional<Interpolation>& interpolation) const {
  const Trial best = interpolation ? attempt({cells, *interpolation}, EnlargementProof::likely)
                                   : best_roughly(cells);
  const auto error_of = [&](int other) {
    return attempt({other, best.from.interpolation}, EnlargementProof::likely).error;
  };
  const double worse = kBluntNeedle * (best.error + kLeastError);
  if (best.error > error_bounds(EnlargementProof::likely).error || error_of(cells - 1) < worse ||
      error_of(cells + 1) < worse) {
    return std::nullopt;
  }
  const bool has_parts = 2 * cells <= pixels_;
  const bool is_noise =
      !has_parts || best.error <= kMostOverNoise * (error_of(2 * cells) + kSomeNoise);
  return is_noise ? std::optional(best.from) : std::nullopt;
}

std::optional<EnlargedFrom> LineProbes::explain(
    std::span<const EvenCells> choices, EnlargementProof proof,
    const std::optional<Interpolation>& interpolation) const {
  std::size_t tries = 0;
  for (const EvenCells& choice : choices) {
    std::optional<EnlargedFrom> found;
    if (proof == EnlargementProof::exact) {
      found = explain_exactly(choice.count, interpolation);
    } else if (choice.agreement >= kLeastAgreement && ++tries <= kMostTries) {
      found = explain_roughly(choice.count, interpolation);
    }
    if (found) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace dgxp
