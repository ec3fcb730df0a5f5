#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/image/enlarged_axis.hpp"
#include "core/image/pixel_lines.hpp"

namespace dgxp {

/// How sure it must be that a picture is an enlargement.
enum class EnlargementProof {
  exact,  ///< enlarging again gives all pixels, but for rounding and what was cut off at 0 and 255
  likely  ///< what it does not give is noise, but for squares that were blurred evenly, too
};

/// How one side of a picture was enlarged.
struct EnlargedFrom {
  int cells = 0;
  Interpolation interpolation = {};
};

/// The bounds within which pixels are explained.
struct ErrorBounds {
  double error;  ///< mean square
  double off;    ///< share of pixels off by more than rounding
};
ErrorBounds error_bounds(EnlargementProof proof);
/// Until the guess settles; less where noise is no less than its error.
EnlargedAxis::Guessing guessing(EnlargementProof proof);

/// Lines of one axis of a picture, on which it is tried how they were enlarged.
class LineProbes {
 public:
  LineProbes(const Image& picture, CellAxis axis);
  LineProbes(const Light& picture, CellAxis axis);

  /// The first of `choices` that the lines were enlarged from: in the way that explains them best,
  /// of all, or in `interpolation` alone. Nothing for what can just as well have been enlarged from
  /// one cell fewer or more, like a picture that shows nothing.
  std::optional<EnlargedFrom> explain(std::span<const EvenCells> choices, EnlargementProof proof,
                                      const std::optional<Interpolation>& interpolation) const;

 private:
  struct Trial {
    EnlargedFrom from;
    double error = 0;
    double off = 0;
    int repeated = 0;  // cells that are like the one before
  };

  template <typename Picture>
  LineProbes(const Picture& picture, CellAxis axis, const std::vector<int>& lines);
  bool is_hopeless(const EnlargedAxis& axis) const;
  Trial attempt(const EnlargedFrom& from, EnlargementProof proof) const;
  std::optional<EnlargedFrom> explain_exactly(
      int cells, const std::optional<Interpolation>& interpolation) const;
  std::optional<EnlargedFrom> explain_roughly(
      int cells, const std::optional<Interpolation>& interpolation) const;
  static bool by_error(const Trial& a, const Trial& b) { return a.error < b.error; }
  Trial best_blur(int cells) const;
  Trial best_roughly(int cells) const;

  int pixels_;
  std::vector<float> values_;
  std::vector<float> some_values_;  ///< of some of these lines
};

}  // namespace dgxp
