// The lines of a grid, from edge profiles. The spectrum of the profiles proposes cell sizes, and
// for each of them dynamic programming lays all lines of an axis at once: a line gains the edge
// strength at its place, and a step pays for its difference from the cell size. The sum of the
// gains over the square root of the number of lines then chooses among the proposals: half the true
// cell size has as much to gain but twice the lines, twice the size loses half the gain.
#include "core/image/find_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>

namespace dgxp {
namespace {

constexpr int kWindow = 256;        // pixels of one spectrum window
constexpr int kOversample = 4;      // frequencies per resolvable step
constexpr double kLeastCell = 2.6;  // pixels
constexpr double kMostCell = 72.0;
constexpr double kLargeQuarter = 9.0;  // pixels; only of larger cells are quarters looked for
constexpr double kElasticity = 30.0;
constexpr double kReach = 0.3;         // a step differs from the cell size by at most this share
constexpr double kSurroundings = 1.5;  // cells on both sides that a line is compared with
constexpr std::size_t kTries = 6;      // cell sizes tried while no grid is clear
constexpr double kClearConfidence = 0.75;
constexpr int kLeastPaces = 8;
constexpr double kMostPace = 0.04;
constexpr std::size_t kPeaks = 5;
constexpr double kChanceRelief = 0.6;       // lines can be laid so that a soft picture shows this
constexpr double kDividedShare = 0.08;      // strength of lines in between over that of lines
constexpr double kDividedSurety = 3.0;      // standard errors
constexpr double kExpectationWidth = 0.25;  // standard deviation of log(size / expected)

/// Mean 0, standard deviation 1, strong edges cut: what a line gains at each place.
std::vector<float> normalised(const std::vector<float>& profile) {
  std::vector<float> sorted(profile);
  const std::size_t rank = sorted.size() * 95 / 100;
  std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(rank));
  const float top = 1.5F * sorted[rank];
  double sum = 0;
  double squares = 0;
  std::vector<float> gain(profile.size());
  for (std::size_t i = 0; i < profile.size(); ++i) {
    gain[i] = top > 0 ? std::min(profile[i], top) : profile[i];
    sum += gain[i];
    squares += static_cast<double>(gain[i]) * gain[i];
  }
  const double n = static_cast<double>(profile.size());
  const double mean = sum / n;
  const double deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
  for (float& g : gain) {
    g = deviation > 0 ? static_cast<float>((g - mean) / deviation) : 0.0F;
  }
  return gain;
}

/// Adds the power of `gain` at frequency k / (kWindow * kOversample) to power[k].
void add_spectrum(const std::vector<float>& gain, std::vector<double>& power) {
  constexpr int kSteps = kWindow * kOversample;
  static const auto kTable = [] {
    std::array<std::array<float, 2>, kSteps> table{};
    for (int i = 0; i < kSteps; ++i) {
      const double angle = 2 * std::numbers::pi * i / kSteps;
      table[static_cast<std::size_t>(i)] = {static_cast<float>(std::cos(angle)),
                                            static_cast<float>(std::sin(angle))};
    }
    return table;
  }();
  const int size = static_cast<int>(gain.size());
  for (int start = 0; start == 0 || start + kWindow / 2 < size; start += kWindow / 2) {
    const int length = std::min(kWindow, size - start);
    std::array<float, kWindow> part{};
    float mean = 0;
    for (int i = 0; i < length; ++i) {
      mean += gain[static_cast<std::size_t>(start + i)] / static_cast<float>(length);
    }
    for (int i = 0; i < length; ++i) {
      const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (i + 0.5) / length);
      part[static_cast<std::size_t>(i)] =
          (gain[static_cast<std::size_t>(start + i)] - mean) * static_cast<float>(hann);
    }
    for (std::size_t k = 0; k < power.size(); ++k) {
      float re = 0;
      float im = 0;
      std::size_t phase = 0;
      for (int i = 0; i < length; ++i) {
        re += part[static_cast<std::size_t>(i)] * kTable[phase][0];
        im += part[static_cast<std::size_t>(i)] * kTable[phase][1];
        phase = (phase + k) % kSteps;
      }
      power[k] += static_cast<double>(re) * re + static_cast<double>(im) * im;
    }
  }
}

/// Cell sizes at the highest peaks of the spectrum, best first.
std::vector<double> spectrum_peaks(const std::vector<float>& columns,
                                   const std::vector<float>& rows) {
  constexpr double kSteps = kWindow * kOversample;
  const auto first = static_cast<std::size_t>(std::ceil(kSteps / kMostCell));
  const auto last = static_cast<std::size_t>(kSteps / kLeastCell);
  std::vector<double> power(last + 2);
  add_spectrum(columns, power);
  add_spectrum(rows, power);
  std::vector<std::pair<double, double>> peaks;  // -power, cell size
  for (std::size_t k = std::max<std::size_t>(first, 1); k <= last; ++k) {
    if (power[k] > power[k - 1] && power[k] >= power[k + 1]) {
      const double bend = power[k - 1] - 2 * power[k] + power[k + 1];
      const double shift = bend < 0 ? 0.5 * (power[k - 1] - power[k + 1]) / bend : 0.0;
      peaks.emplace_back(-power[k], kSteps / (static_cast<double>(k) + shift));
    }
  }
  std::ranges::sort(peaks);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < std::min(kPeaks, peaks.size()); ++i) {
    sizes.push_back(peaks[i].second);
  }
  return sizes;
}

struct Ruling {
  std::vector<int> lines;
  double gain = 0;  ///< of all lines, elastic cost taken off
};

/// All lines of one axis for one cell size. The first and the last line lie within one step of the
/// borders and may lie up to half a step outside of them, where nothing is gained.
Ruling rule_axis(const std::vector<float>& gain, double cell) {
  const int size = static_cast<int>(gain.size()) - 1;
  const int least = std::max(1, static_cast<int>(std::floor(cell * (1 - kReach))));
  const int most = std::max(least, static_cast<int>(std::ceil(cell * (1 + kReach))));
  std::vector<float> cost;
  for (int step = least; step <= most; ++step) {
    const double off = (step - cell) / cell;
    cost.push_back(static_cast<float>(kElasticity * off * off));
  }
  const int start = static_cast<int>(std::ceil(cell));
  std::vector<float> best(gain.size(), std::numeric_limits<float>::lowest());
  std::vector<int> from(gain.size(), -1);
  for (int x = 0; x <= size; ++x) {
    const auto here = static_cast<std::size_t>(x);
    if (x < start) {
      best[here] = 0;
    }
    for (int step = least; step <= std::min(most, x); ++step) {
      const float value =
          best[static_cast<std::size_t>(x - step)] - cost[static_cast<std::size_t>(step - least)];
      if (value > best[here]) {
        best[here] = value;
        from[here] = x - step;
      }
    }
    best[here] += gain[here];
  }
  int end = size;
  for (int x = std::max(0, size - start + 1); x <= size; ++x) {
    if (best[static_cast<std::size_t>(x)] > best[static_cast<std::size_t>(end)]) {
      end = x;
    }
  }
  Ruling ruling{.lines = {}, .gain = best[static_cast<std::size_t>(end)]};
  for (int x = end; x >= 0; x = from[static_cast<std::size_t>(x)]) {
    ruling.lines.push_back(x);
  }
  std::ranges::reverse(ruling.lines);
  return ruling;
}

double expectation_bonus(double cell, const std::optional<double>& expected) {
  if (!expected) {
    return 0;
  }
  const double off = std::log(cell / *expected) / kExpectationWidth;
  return off * off / 2;
}

struct Choice {
  double cell = 0;
  double score = -1;
};

double score_cell(const std::vector<float>& columns, const std::vector<float>& rows, double cell,
                  const GridExpectation& expectation) {
  const Ruling x = rule_axis(columns, cell);
  const Ruling y = rule_axis(rows, cell);
  const double count = static_cast<double>(x.lines.size() + y.lines.size());
  return (x.gain + y.gain) / std::sqrt(count) *
         std::exp(-expectation_bonus(cell, expectation.cell_width));
}

/// Cell sizes worth a try, best first.
std::vector<Choice> rank_cells(const std::vector<float>& columns, const std::vector<float>& rows,
                               const GridExpectation& expectation) {
  std::vector<double> sizes = spectrum_peaks(columns, rows);
  const std::size_t peaks = sizes.size();
  for (std::size_t i = 0; i < std::min<std::size_t>(peaks, 2); ++i) {
    for (const double factor : {2.0, 3.0, 0.5, 1.0 / 3}) {
      sizes.push_back(sizes[i] * factor);
    }
  }
  if (expectation.cell_width) {
    sizes.push_back(*expectation.cell_width);
  }
  std::vector<Choice> choices;
  for (const double size : sizes) {
    if (size >= kLeastCell && size <= kMostCell) {
      choices.push_back({size, score_cell(columns, rows, size, expectation)});
    }
  }
  std::ranges::sort(choices, [](const Choice& a, const Choice& b) {
    return a.score != b.score ? a.score > b.score : a.cell < b.cell;
  });
  return choices;
}

/// How much the profile rises at places between lines, over the places halfway to the next one.
struct Between {
  double on_lines = 0;  ///< profile on the lines, as often as there are places between them
  double rise = 0;
  double squares = 0;  ///< of each rise
  int count = 0;
};

/// Looks at `parts` - 1 places in each step.
Between look_between(const std::vector<float>& profile, const std::vector<int>& lines, int parts) {
  const auto strength = [&profile](double place) {
    const auto at = static_cast<std::size_t>(std::lround(place));
    return static_cast<double>(std::max({profile[at - 1], profile[at], profile[at + 1]}));
  };
  Between between;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double step = static_cast<double>(lines[i + 1] - lines[i]) / parts;
    if (step < kLeastCell || lines[i] < 1) {
      continue;
    }
    between.on_lines += strength(lines[i]) * (parts - 1);
    for (int part = 1; part < parts; ++part) {
      const double place = lines[i] + part * step;
      const double rise =
          strength(place) - (strength(place - step / 2) + strength(place + step / 2)) / 2;
      between.rise += rise;
      between.squares += rise * rise;
      ++between.count;
    }
  }
  return between;
}

/// Whether there are lines between those found: the profile there is well above that around, and
/// not by chance.
bool is_divided(const Between& between) {
  if (between.count < 4) {
    return false;
  }
  const double spread = between.squares - between.rise * between.rise / between.count;
  return between.rise > kDividedShare * between.on_lines &&
         between.rise > kDividedSurety * std::sqrt(std::max(0.0, spread));
}

/// `cell`, or a whole part of it while the lines of both axes turn out to be divided.
double divided_cell(const EdgeProfiles& profiles, const std::vector<float>& columns,
                    const std::vector<float>& rows, double cell) {
  for (bool again = true; again;) {
    again = false;
    for (const int parts : {2, 3, 4}) {
      if (cell / parts >= (parts == 4 ? kLargeQuarter : kLeastCell) &&
          is_divided(look_between(profiles.columns, rule_axis(columns, cell).lines, parts)) &&
          is_divided(look_between(profiles.rows, rule_axis(rows, cell).lines, parts))) {
        cell /= parts;
        again = true;
        break;
      }
    }
  }
  return cell;
}

struct Relief {
  double lines = 0;    ///< profile summed over the lines
  double middles = 0;  ///< and over the places halfway between them
};

Relief measure_relief(const std::vector<float>& profile, const std::vector<int>& lines) {
  Relief relief;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const auto line = static_cast<std::size_t>(lines[i]);
    const auto middle = static_cast<std::size_t>((lines[i] + lines[i + 1]) / 2);
    relief.lines += static_cast<double>(profile[line]);
    relief.middles += static_cast<double>(profile[middle]);
  }
  return relief;
}

/// What is gained over the mean of the surroundings, so that a line costs nothing in a blank margin
/// and none is left out there.
std::vector<float> over_surroundings(const std::vector<float>& gain, double cell) {
  const int radius = static_cast<int>(std::lround(kSurroundings * cell));
  const int size = static_cast<int>(gain.size());
  std::vector<double> sums{0};
  for (const float g : gain) {
    sums.push_back(sums.back() + static_cast<double>(g));
  }
  std::vector<float> over;
  for (int i = 0; i < size; ++i) {
    const int first = std::max(0, i - radius);
    const int end = std::min(size, i + radius + 1);
    const double mean =
        (sums[static_cast<std::size_t>(end)] - sums[static_cast<std::size_t>(first)]) /
        (end - first);
    over.push_back(gain[static_cast<std::size_t>(i)] - static_cast<float>(mean));
  }
  return over;
}

double mean_step(const std::vector<int>& lines, double fallback) {
  return lines.size() < 2 ? fallback
                          : static_cast<double>(lines.back() - lines.front()) /
                                static_cast<double>(lines.size() - 1);
}

/// The mean step between neighbouring lines that both show an edge, which blank parts have no say
/// in; `cell` when there are few, and never far from it.
double paced_cell(const std::vector<float>& gain, double cell) {
  const std::vector<int> lines = rule_axis(gain, cell).lines;
  int sum = 0;
  int count = 0;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const auto first = static_cast<std::size_t>(lines[i]);
    const auto second = static_cast<std::size_t>(lines[i + 1]);
    if (gain[first] > 0 && gain[second] > 0) {
      sum += lines[i + 1] - lines[i];
      ++count;
    }
  }
  return count < kLeastPaces ? cell
                             : std::clamp(static_cast<double>(sum) / count, cell * (1 - kMostPace),
                                          cell * (1 + kMostPace));
}

/// The lines, and one more beyond either end while more than half a cell is left of the picture.
std::vector<int> with_margins(std::vector<int> lines, int size) {
  const double cell = mean_step(lines, size);
  while (lines.front() > cell / 2) {
    lines.insert(lines.begin(), lines.front() - static_cast<int>(std::lround(cell)));
  }
  while (size - lines.back() > cell / 2) {
    lines.push_back(lines.back() + static_cast<int>(std::lround(cell)));
  }
  return lines;
}

std::vector<float> line_confidence(const std::vector<int>& lines, const std::vector<float>& gain) {
  std::vector<float> confidence;
  for (const int line : lines) {
    const bool inside = line >= 0 && line < static_cast<int>(gain.size());
    const float g = inside ? gain[static_cast<std::size_t>(line)] : -1.0F;
    confidence.push_back(std::clamp(0.5F + g / 2, 0.0F, 1.0F));
  }
  return confidence;
}

/// The grid of cells of about `cell` pixels; nothing when it has no cell.
std::optional<Grid> lay_grid(const EdgeProfiles& profiles, const std::vector<float>& columns,
                             const std::vector<float>& rows, double cell) {
  Ruling x = rule_axis(over_surroundings(columns, cell), paced_cell(columns, cell));
  Ruling y = rule_axis(over_surroundings(rows, cell), paced_cell(rows, cell));
  if (x.lines.size() < 2 || y.lines.size() < 2) {
    return std::nullopt;
  }
  const Relief across = measure_relief(profiles.columns, x.lines);
  const Relief down = measure_relief(profiles.rows, y.lines);
  const double strength = across.lines + down.lines;
  const double relief = strength > 0 ? 1 - (across.middles + down.middles) / strength : 0.0;
  Grid grid;
  grid.confidence = std::clamp((relief - kChanceRelief) / (1 - kChanceRelief), 0.0, 1.0);
  x.lines = with_margins(std::move(x.lines), static_cast<int>(columns.size()) - 1);
  y.lines = with_margins(std::move(y.lines), static_cast<int>(rows.size()) - 1);
  grid.columns.assign(x.lines.begin(), x.lines.end());
  grid.rows.assign(y.lines.begin(), y.lines.end());
  grid.cell_width = mean_step(x.lines, cell);
  grid.cell_height = mean_step(y.lines, cell);
  grid.column_confidence = line_confidence(x.lines, columns);
  grid.row_confidence = line_confidence(y.lines, rows);
  return grid;
}

}  // namespace

std::optional<Grid> find_grid(const EdgeProfiles& profiles, const GridExpectation& expectation) {
  const std::vector<float> columns = normalised(profiles.columns);
  const std::vector<float> rows = normalised(profiles.rows);
  std::vector<Choice> choices = rank_cells(columns, rows, expectation);
  choices.resize(std::min(choices.size(), kTries));
  std::optional<Grid> best;
  for (const Choice& choice : choices) {
    std::optional<Grid> grid =
        lay_grid(profiles, columns, rows, divided_cell(profiles, columns, rows, choice.cell));
    if (grid && (!best || grid->confidence > best->confidence)) {
      best = std::move(grid);
    }
    if (best && best->confidence >= kClearConfidence) {
      break;
    }
  }
  return best;
}

Grid make_even_grid(Size size, double cell, Point offset) {
  const auto lines = [cell](int length, int start) {
    const double first = start - std::ceil(start / cell) * cell;
    std::vector<double> all;
    for (int i = 0; first + (i - 0.5) * cell < length; ++i) {
      const double line = first + i * cell;
      if (line > -0.5 * cell) {
        all.push_back(line);
      }
    }
    return all;
  };
  Grid grid{.columns = lines(size.width, offset.x), .rows = lines(size.height, offset.y)};
  grid.cell_width = grid.cell_height = cell;
  grid.confidence = 1;
  grid.column_confidence.assign(grid.columns.size(), 1.0F);
  grid.row_confidence.assign(grid.rows.size(), 1.0F);
  return grid;
}

}  // namespace dgxp
