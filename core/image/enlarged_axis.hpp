#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace dgxp {

/// Ways in which programs and models enlarge a picture.
enum class Kernel {
  bilinear,
  catmull_rom,         ///< bicubic with a = -0.5
  catmull_rom_padded,  ///< the same, going on with the outer cells beyond the border
  sharp_cubic_padded,  ///< bicubic with a = -0.75
  mitchell,
  lanczos3,
  lanczos4_padded,
  blurred  ///< squares of one colour, seen through a Gaussian blur
};

struct Interpolation {
  Kernel kernel = Kernel::bilinear;
  double blur = 0;  ///< standard deviation in cells, up to 0.8
};

/// One side of a picture as an enlargement of cells of equal width, the centre of cell k at
/// (k + 0.5) widths: every pixel is the same weighted sum of a few cells in all lines.
///
/// Values stand place by place, each with `lanes` lines side by side; `lanes` is a multiple of 4.
class EnlargedAxis {
 public:
  /// `pixels` >= `cells` >= 1
  EnlargedAxis(int pixels, int cells, const Interpolation& interpolation);

  struct Shrunk {
    std::vector<float> cells;
    double error = 0;  ///< mean square of what the cells leave unexplained
    double off = 0;    ///< share of pixels of which more than rounding is unexplained
  };
  /// Guessing what was cut off at 0 and 255.
  struct Guessing {
    int rounds = 1;         ///< at most
    double most_error = 0;  ///< it ends where it is clear that the error will stay above that
  };
  /// The cells that explain the pixels best, by least squares.
  Shrunk shrink(std::span<const float> pixels, std::size_t lanes, const Guessing& guessing) const;

  static constexpr std::size_t kMostTaps = 8;

 private:
  struct Taps {
    std::size_t first = 0;
    std::array<float, kMostTaps> weights{};
  };

  template <typename Shape>
  void add_weights(std::size_t pixel, const Shape& shape);
  void factorise();
  std::vector<float> solve(std::span<const float> pixels, std::size_t lanes) const;
  std::vector<float> enlarge(std::span<const float> cells, std::size_t lanes) const;

  std::size_t cells_;
  std::vector<Taps> taps_;                           // of each pixel
  std::vector<std::array<float, kMostTaps>> lower_;  // of the factorised normal equations
  std::vector<float> diagonal_;                      // one over it
};

}  // namespace dgxp
