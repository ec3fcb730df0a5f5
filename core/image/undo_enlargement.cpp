#include "core/image/undo_enlargement.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "core/image/enlarged_axis.hpp"
#include "core/image/even_cells.hpp"
#include "core/image/merge_near_colors.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kChannels = 4;
constexpr int kProbes = 16;     // lines of pixels that a hypothesis is tried on
constexpr int kProbeTries = 8;  // lines of which the liveliest is taken
constexpr int kStripe = 64;     // lines of pixels shrunk at a time
constexpr int kLeastSide = 16;  // pixels
constexpr int kMostSide = 4096;
constexpr double kMostError = 4;     // mean square, of rounding twice and of what was cut off
constexpr double kMostOff = 0.02;    // share of pixels
constexpr double kLeastError = 0.1;  // of rounding alone, and some more
constexpr int kRounding = 3;         // most that it moves a channel of the source
constexpr double kAsGood = 1.2;      // times the least error
constexpr float kAlike = 2.0F;       // of a channel
constexpr double kNeedle = 4;        // times the error where one cell fewer or more is no answer

constexpr std::array kInterpolations{
    Interpolation::bilinear,           Interpolation::catmull_rom,        Interpolation::lanczos3,
    Interpolation::sharp_cubic_padded, Interpolation::catmull_rom_padded, Interpolation::mitchell,
    Interpolation::lanczos4_padded};

/// Red, green and blue times alpha, and alpha.
using Channels = std::array<float, kChannels>;

/// A picture of real values.
struct Light {
  Size size;
  std::vector<Channels> pixels;

  const Channels& at(int x, int y) const { return pixels[index(x, y)]; }
  Channels& at(int x, int y) { return pixels[index(x, y)]; }

 private:
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) +
           static_cast<std::size_t>(x);
  }
};

Channels channels_of(const Channels& channels) {
  return channels;
}

Channels channels_of(const Rgba& p) {
  const float alpha = static_cast<float>(p.a) / 255;
  return {static_cast<float>(p.r) * alpha, static_cast<float>(p.g) * alpha,
          static_cast<float>(p.b) * alpha, static_cast<float>(p.a)};
}

Image image_of(const Light& light) {
  Image image(light.size);
  const auto byte = [](float v) {
    return static_cast<std::uint8_t>(std::clamp(v + 0.5F, 0.0F, 255.0F));
  };
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const auto& [red, green, blue, alpha] = light.pixels[i];
    if (alpha >= 0.5F) {
      const float scale = 255 / alpha;
      image.pixels[i] = {byte(red * scale), byte(green * scale), byte(blue * scale), byte(alpha)};
    }
  }
  return image;
}

int length_of(const Size& size, CellAxis axis) {
  return axis == CellAxis::across ? size.width : size.height;
}

int lines_of(const Size& size, CellAxis axis) {
  return axis == CellAxis::across ? size.height : size.width;
}

/// Pixel `place` of a line along an axis.
template <typename Picture>
decltype(auto) pixel_at(Picture& picture, CellAxis axis, int line, int place) {
  return axis == CellAxis::across ? picture.at(place, line) : picture.at(line, place);
}

/// Lines of a picture as EnlargedAxis takes them.
template <typename Picture>
std::vector<float> side_by_side(const Picture& picture, CellAxis axis,
                                const std::vector<int>& lines) {
  const int length = length_of(picture.size, axis);
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(length) * lines.size() * kChannels);
  for (int place = 0; place < length; ++place) {
    for (const int line : lines) {
      const Channels pixel = channels_of(pixel_at(picture, axis, line, place));
      values.insert(values.end(), pixel.begin(), pixel.end());
    }
  }
  return values;
}

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
std::vector<int> choose_probes(const Picture& picture, CellAxis axis) {
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

struct Hypothesis {
  int cells = 0;
  Interpolation interpolation = Interpolation::bilinear;
};

/// Lines of one axis that hypotheses are tried on.
class Probes {
 public:
  template <typename Picture>
  Probes(const Picture& picture, CellAxis axis)
      : pixels_(length_of(picture.size, axis)),
        values_(side_by_side(picture, axis, choose_probes(picture, axis))) {}

  /// How the lines were enlarged from so many cells. Nothing where they were not, or where they can
  /// just as well have been enlarged from one cell fewer or more, as what shows nothing at all.
  std::optional<Hypothesis> explain(int cells,
                                    std::span<const Interpolation> interpolations) const {
    std::vector<Trial> trials;
    for (const Interpolation interpolation : interpolations) {
      const Trial trial = attempt({cells, interpolation});
      if (trial.error <= kMostError && trial.off <= kMostOff) {
        trials.push_back(trial);
      }
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
      return attempt({other, best->hypothesis.interpolation}).error >
             kNeedle * (best->error + kLeastError);
    };
    return is_worse(cells - 1) && is_worse(cells + 1) ? std::optional(best->hypothesis)
                                                      : std::nullopt;
  }

 private:
  struct Trial {
    Hypothesis hypothesis;
    double error = 0;
    double off = 0;
    int repeated = 0;  // cells that are like the one before
  };

  Trial attempt(const Hypothesis& hypothesis) const {
    constexpr std::size_t kLanes = kProbes * kChannels;
    const EnlargedAxis axis(pixels_, hypothesis.cells, hypothesis.interpolation);
    const EnlargedAxis::Shrunk shrunk = axis.shrink(values_, kLanes);
    Trial trial{.hypothesis = hypothesis, .error = shrunk.error, .off = shrunk.off};
    for (std::size_t i = kLanes; i < shrunk.cells.size(); ++i) {
      trial.repeated += std::abs(shrunk.cells[i] - shrunk.cells[i - kLanes]) <= kAlike ? 1 : 0;
    }
    return trial;
  }

  int pixels_;
  std::vector<float> values_;
};

/// The fewest cells of `choices` that the probes confirm, in one of the `interpolations`.
std::optional<Hypothesis> find_hypothesis(const Probes& probes,
                                          const std::vector<EvenCells>& choices,
                                          std::span<const Interpolation> interpolations) {
  for (const EvenCells& choice : choices) {
    if (const auto hypothesis = probes.explain(choice.count, interpolations)) {
      return hypothesis;
    }
  }
  return std::nullopt;
}

struct ShrunkLight {
  Light light;
  double error = 0;
  double off = 0;

  bool is_explained() const { return error <= kMostError && off <= kMostOff; }
};

template <typename Picture>
ShrunkLight shrink_along(const Picture& picture, CellAxis axis, const Hypothesis& hypothesis) {
  const int lines = lines_of(picture.size, axis);
  const EnlargedAxis model(length_of(picture.size, axis), hypothesis.cells,
                           hypothesis.interpolation);
  ShrunkLight result;
  result.light.size =
      axis == CellAxis::across ? Size{hypothesis.cells, lines} : Size{lines, hypothesis.cells};
  result.light.pixels.resize(static_cast<std::size_t>(result.light.size.area()));
  for (int first = 0; first < lines; first += kStripe) {
    std::vector<int> stripe(static_cast<std::size_t>(std::min(kStripe, lines - first)));
    std::iota(stripe.begin(), stripe.end(), first);
    const EnlargedAxis::Shrunk shrunk =
        model.shrink(side_by_side(picture, axis, stripe), stripe.size() * kChannels);
    result.error += shrunk.error * static_cast<double>(stripe.size()) / lines;
    result.off += shrunk.off * static_cast<double>(stripe.size()) / lines;
    const float* value = shrunk.cells.data();
    for (int cell = 0; cell < hypothesis.cells; ++cell) {
      for (const int line : stripe) {
        std::copy_n(value, kChannels, pixel_at(result.light, axis, line, cell).begin());
        value += kChannels;
      }
    }
  }
  return result;
}

/// Cells that either side may have.
struct SideChoices {
  std::vector<EvenCells> across;
  std::vector<EvenCells> down;

  const std::vector<EvenCells>& along(CellAxis axis) const {
    return axis == CellAxis::across ? across : down;
  }
};

/// The source of a picture that was enlarged along `last` in the last step. What a step makes is
/// rounded and cut off at 0 and 255, so steps are undone one by one.
std::optional<Image> undo_steps(const Image& raw, const SideChoices& choices, CellAxis last) {
  const CellAxis first = last == CellAxis::down ? CellAxis::across : CellAxis::down;
  const auto second_step = find_hypothesis(Probes(raw, last), choices.along(last), kInterpolations);
  if (!second_step) {
    return std::nullopt;
  }
  const ShrunkLight flat = shrink_along(raw, last, *second_step);
  if (!flat.is_explained()) {
    return std::nullopt;
  }
  const auto first_step = find_hypothesis(Probes(flat.light, first), choices.along(first),
                                          std::array{second_step->interpolation});
  if (!first_step) {
    return std::nullopt;
  }
  const ShrunkLight source = shrink_along(flat.light, first, *first_step);
  return source.is_explained() ? std::optional(image_of(source.light)) : std::nullopt;
}

}  // namespace

std::optional<Image> undo_enlargement(const Image& raw, std::span<const Rgb> known) {
  if (std::min(raw.size.width, raw.size.height) < kLeastSide ||
      std::max(raw.size.width, raw.size.height) > kMostSide) {
    return std::nullopt;
  }
  SideChoices choices{.across = find_even_cells(raw, CellAxis::across), .down = {}};
  if (!choices.across.empty()) {
    choices.down = find_even_cells(raw, CellAxis::down);
  }
  if (choices.down.empty()) {
    return std::nullopt;
  }
  std::optional<Image> source = undo_steps(raw, choices, CellAxis::down);
  if (!source) {
    source = undo_steps(raw, choices, CellAxis::across);
  }
  return source ? std::optional(merge_near_colors(*std::move(source), kRounding, known))
                : std::nullopt;
}

}  // namespace dgxp
