#include "core/image/sample_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "core/image/pixel_lanes.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kBins = 4;
/// What the means of four equal parts between 1/6 and 5/6 of a cell say of the rise from its middle
/// to the border behind the last of them. Fitted to light that changes over one to two cells.
constexpr std::array<double, kBins> kTiltWeights{-0.52, -0.24, 0.42, 1.08};

constexpr int kManyRows = 4;   // of a middle; every other of them says much the same as all
constexpr double kPair = 2.5;  // pixels; smaller cells are sampled as a whole

/// Pixels of a cell along one axis.
struct Span {
  int first = 0;  ///< of the middle half
  int end = 0;
  std::array<int, kBins + 1> bins{};  ///< edges of the parts
  bool fine = false;                  ///< whether every part has a pixel
};

/// floor(place + 0.5) without a call.
int nearest_pixel(double place) {
  const double moved = place + 0.5;
  const int whole = static_cast<int>(moved);
  return whole - (moved < whole ? 1 : 0);
}

/// Between two lines; the middle has at least one pixel.
Span middle(double begin, double end, int length) {
  const double width = end - begin;
  const auto pixel = [&](double share) { return nearest_pixel(begin + share * width); };
  Span span;
  // Of two pixels neither is the middle.
  const double margin = width < kPair ? 0.0 : 0.25;
  span.first = std::clamp(pixel(margin), 0, length - 1);
  span.end = std::clamp(pixel(1 - margin), span.first + 1, length);
  span.fine = pixel(1.0 / 6) >= 0 && pixel(5.0 / 6) <= length;
  for (std::size_t bin = 0; bin <= kBins; ++bin) {
    span.bins[bin] = pixel((1.0 + static_cast<double>(bin)) / 6);
    span.fine = span.fine && (bin == 0 || span.bins[bin] > span.bins[bin - 1]);
  }
  return span;
}

/// The spans between all lines of an axis.
std::vector<Span> middles(const std::vector<double>& lines, int length) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    spans.push_back(middle(lines[i], lines[i + 1], length));
  }
  return spans;
}

/// Calls `look` with the column and row span of each cell, in reading order.
template <typename Look>
void each_even_cell(const Size& image, const Grid& grid, Look look) {
  const std::vector<Span> columns = middles(grid.columns, image.width);
  const std::vector<Span> rows = middles(grid.rows, image.height);
  for (const Span& row : rows) {
    for (const Span& column : columns) {
      look(column, row);
    }
  }
}

/// The same where lines bend.
template <typename Look>
void each_bent_cell(const Size& image, const Grid& grid, Look look) {
  std::vector<GridWarp::Between> places;  // of the middle of each column
  for (std::size_t column = 0; column + 1 < grid.columns.size(); ++column) {
    places.push_back(grid.warp.column((grid.columns[column] + grid.columns[column + 1]) / 2));
  }
  for (std::size_t row = 0; row + 1 < grid.rows.size(); ++row) {
    const double top = grid.rows[row];
    const double bottom = grid.rows[row + 1];
    const GridWarp::Between place = grid.warp.row((top + bottom) / 2);
    for (std::size_t column = 0; column < places.size(); ++column) {
      const GridWarp::Shift shift = grid.warp.at(places[column], place);
      look(middle(grid.columns[column] + shift.x, grid.columns[column + 1] + shift.x, image.width),
           middle(top + shift.y, bottom + shift.y, image.height));
    }
  }
}

template <typename Look>
void each_cell(const Size& image, const Grid& grid, Look look) {
  if (grid.warp.empty()) {
    each_even_cell(image, grid, look);
  } else {
    each_bent_cell(image, grid, look);
  }
}

Size cell_count(const Grid& grid) {
  return {static_cast<int>(grid.columns.size()) - 1, static_cast<int>(grid.rows.size()) - 1};
}

using Words = FourPixels::Words;
using Places = std::int32_t __attribute__((vector_size(16)));
constexpr int kWidth = kPixels<FourPixels>;
constexpr int kMostRows = 4096;  // whose squares of red + green + blue 32 bits hold

/// The square of what the lower 16 bits of each word hold; the others are 0.
Words squares_of(Words words) {
#if defined(__SSE2__)
  const auto halves = reinterpret_cast<__m128i>(words);
  return reinterpret_cast<Words>(_mm_madd_epi16(halves, halves));
#else
  return words * words;
#endif
}

/// All bits of the lanes from column `first` to before `end`, for columns from `x` on.
Words lanes_within(int x, int first, int end) {
  const Places places = Places{0, 1, 2, 3} + x;
  return reinterpret_cast<Words>((places >= first) & (places < end));
}

std::int64_t sum_lanes(Words words) {
  return std::int64_t{words[0]} + words[1] + words[2] + words[3];
}

/// Four pixels of a row.
struct RowLoad {
  const Rgba* pixels;  // of row 0
  std::ptrdiff_t pitch;

  [[gnu::always_inline]] Words operator()(int y) const {
    Words words;
    load_pixels<FourPixels>(pixels + y * pitch, words);
    return words;
  }
};

/// The same where the row ends before; what is outside is 0.
struct RowEndLoad {
  const Rgba* pixels;
  std::ptrdiff_t pitch;
  int count;

  Words operator()(int y) const {
    Words words{};
    for (int lane = 0; lane < count; ++lane) {
      words[lane] = to_word(pixels[y * pitch + lane]);
    }
    return words;
  }
};

/// Calls `look` with what loads the columns from `x` on.
template <typename Look>
[[gnu::always_inline]] inline void with_load(const Image& image, int x, Look look) {
  const Rgba* pixels = image.pixels.data() + x;
  if (x + kWidth <= image.size.width) {
    look(RowLoad{pixels, image.size.width});
  } else {
    look(RowEndLoad{pixels, image.size.width, image.size.width - x});
  }
}

/// Sums over one cell; `all` is red + green + blue. 64 bits hold a cell of 16384 pixels a side.
struct CellSums {
  std::array<std::int64_t, 3> channel{};      ///< over the middle
  std::int64_t squares = 0;                   ///< of all, over the middle
  std::array<std::int64_t, kBins> columns{};  ///< of all, over the parts of the middle rows
  std::array<std::int64_t, kBins> rows{};     ///< of all, over the parts of the middle columns
};

/// Goes over a cell, four columns at a time.
class CellSummer {
 public:
  CellSummer(const Image& image, const Span& columns, const Span& rows)
      : image_(image), columns_(columns), rows_(rows) {}

  /// The middle alone, every `step`-th row.
  CellSums sum_middle(int step) {
    for (int x = columns_.first; x < columns_.end; x += kWidth) {
      for (int top = rows_.first; top < rows_.end; top += kMostRows) {
        with_load(image_, x, [&](const auto& load) {
          MiddleSums sums;
          for (int y = top; y < std::min(rows_.end, top + kMostRows); y += step) {
            sums.add(Channels(load(y)), ~Words{});
          }
          add_middle(x, sums);
        });
      }
    }
    return finish();
  }

  /// With the parts of those axes that are fine.
  CellSums sum_all() {
    const int left = columns_.fine ? columns_.bins[0] : columns_.first;
    const int right = columns_.fine ? columns_.bins[kBins] : columns_.end;
    const int first = rows_.fine ? rows_.bins[0] : rows_.first;
    const int end = rows_.fine ? rows_.bins[kBins] : rows_.end;
    for (int x = left; x < right; x += kWidth) {
      for (int top = first; top < end; top += kMostRows) {
        with_load(image_, x, [&](const auto& load) {
          add_columns(x, top, std::min(end, top + kMostRows), load);
        });
      }
    }
    return finish();
  }

 private:
  struct Channels {
    Words red;
    Words green;
    Words blue;
    Words all;
    explicit Channels(Words words)
        : red(words & 0xFFU),
          green(words >> 8U & 0xFFU),
          blue(words >> 16U & 0xFFU),
          all(red + green + blue) {}
  };

  /// Of four columns, over the rows of the middle.
  struct MiddleSums {
    Words red{};
    Words green{};
    Words blue{};
    Words squares{};
    void add(const Channels& row, Words mask) {
      red += row.red & mask;
      green += row.green & mask;
      blue += row.blue & mask;
      squares += squares_of(row.all & mask);
    }
  };

  template <typename Load>
  [[gnu::always_inline]] void add_columns(int x, int top, int bottom, const Load& load) {
    const Words middle = lanes_within(x, columns_.first, columns_.end);
    MiddleSums sums;
    std::size_t bin = 0;
    for (std::size_t i = 1; i < kBins && rows_.fine; ++i) {
      bin += top >= rows_.bins[i] ? 1 : 0;
    }
    for (int y = top; y < bottom; ++y) {
      const Channels row(load(y));
      part_[bin] += row.all & middle;
      // Without a branch: few rows are in one part of a cell.
      const std::uint32_t is_middle = y >= rows_.first && y < rows_.end ? ~0U : 0U;
      sums.add(row, Words{is_middle, is_middle, is_middle, is_middle});
      bin += bin + 1 < kBins && y + 1 >= rows_.bins[bin + 1] ? 1 : 0;
    }
    add_middle(x, sums);
  }

  [[gnu::always_inline]] void add_middle(int x, const MiddleSums& sums) {
    const Words middle = lanes_within(x, columns_.first, columns_.end);
    red_ += sums.red & middle;
    green_ += sums.green & middle;
    blue_ += sums.blue & middle;
    squares_ += sum_lanes(sums.squares & middle);
    const Words all = sums.red + sums.green + sums.blue;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      column_[bin] += all & lanes_within(x, columns_.bins[bin], columns_.bins[bin + 1]);
    }
  }

  CellSums finish() const {
    CellSums sums{.channel = {sum_lanes(red_), sum_lanes(green_), sum_lanes(blue_)},
                  .squares = squares_};
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      sums.columns[bin] = sum_lanes(column_[bin]);
      sums.rows[bin] = sum_lanes(part_[bin]);
    }
    return sums;
  }

  const Image& image_;
  const Span& columns_;
  const Span& rows_;
  Words red_{};
  Words green_{};
  Words blue_{};
  std::int64_t squares_ = 0;
  std::array<Words, kBins> column_{};
  std::array<Words, kBins> part_{};
};

/// The rises to the two borders along one axis, from the means of the parts less that of the
/// middle.
inline std::array<float, 2> tilts_of(const std::array<double, kBins>& parts) {
  double back = 0;
  double ahead = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    ahead += kTiltWeights[bin] * parts[bin];
    back += kTiltWeights[kBins - 1 - bin] * parts[bin];
  }
  return {static_cast<float>(back), static_cast<float>(ahead)};
}

std::array<float, 4> measure_tilts(const CellSums& sums, const Span& columns, const Span& rows,
                                   double mean) {
  std::array<float, 4> tilts{};
  std::array<double, kBins> parts{};
  if (columns.fine) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const int width = columns.bins[bin + 1] - columns.bins[bin];
      parts[bin] = static_cast<double>(sums.columns[bin]) /
                       (static_cast<double>(width) * (rows.end - rows.first)) -
                   mean;
    }
    const std::array<float, 2> rise = tilts_of(parts);
    tilts[0] = rise[0];
    tilts[1] = rise[1];
  }
  if (rows.fine) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const int height = rows.bins[bin + 1] - rows.bins[bin];
      parts[bin] = static_cast<double>(sums.rows[bin]) /
                       (static_cast<double>(height) * (columns.end - columns.first)) -
                   mean;
    }
    const std::array<float, 2> rise = tilts_of(parts);
    tilts[2] = rise[0];
    tilts[3] = rise[1];
  }
  return tilts;
}

}  // namespace

CellSamples sample_cells(const Image& image, const Grid& grid, SampleTilts tilts) {
  CellSamples cells;
  cells.size = cell_count(grid);
  const auto count = static_cast<std::size_t>(cells.size.area());
  cells.colors.reserve(count);
  cells.spread.reserve(count);
  cells.tilts.reserve(count);
  each_cell(image.size, grid, [&](const Span& columns, const Span& rows) {
    const int height = rows.end - rows.first;
    const int step = tilts == SampleTilts::no && height >= kManyRows ? 2 : 1;
    const double pixels =
        static_cast<double>(columns.end - columns.first) * ((height + step - 1) / step);
    CellSummer summer(image, columns, rows);
    const CellSums sums = tilts == SampleTilts::yes ? summer.sum_all() : summer.sum_middle(step);
    std::array<float, 3> mean{};
    for (std::size_t c = 0; c < 3; ++c) {
      mean[c] = static_cast<float>(static_cast<double>(sums.channel[c]) / pixels);
    }
    const double all =
        static_cast<double>(sums.channel[0] + sums.channel[1] + sums.channel[2]) / pixels;
    const double variance = static_cast<double>(sums.squares) / pixels - all * all;
    cells.colors.push_back(mean);
    cells.spread.push_back(static_cast<float>(std::sqrt(std::max(0.0, variance))));
    cells.tilts.push_back(tilts == SampleTilts::yes ? measure_tilts(sums, columns, rows, all)
                                                    : std::array<float, 4>{});
  });
  return cells;
}

std::vector<std::uint8_t> transparent_cells(const Image& image, const Grid& grid, int threshold) {
  std::vector<std::uint8_t> cells;
  each_cell(image.size, grid, [&](const Span& columns, const Span& rows) {
    int clear = 0;
    for (int y = rows.first; y < rows.end; ++y) {
      for (int x = columns.first; x < columns.end; ++x) {
        clear += image.at(x, y).a < threshold ? 1 : 0;
      }
    }
    const int count = (rows.end - rows.first) * (columns.end - columns.first);
    cells.push_back(clear * 2 > count ? 1 : 0);
  });
  return cells;
}

}  // namespace dgxp
