// The grid of a picture, from its edges. Their spectrum proposes cell sizes, and for each
// of them dynamic programming lays all lines of an axis at once: a line gains the edge strength at
// its place, and a step pays for its difference from the cell size. The sum of the gains over the
// square root of the number of lines then ranks the proposals: half the true cell size has as much
// to gain but twice the lines, twice the size loses half the gain.
//
// What is drawn in patches of two or four cells ranks a multiple of the cell size first. Two things
// tell: edges that stand out at the same part of each step, and cells that are not of one colour.
//
// Clear edges alone do not tell how many lines there are in the midst of a large flat area, where
// they may drift by a cell. There faint ones do: lines gain a bit of them as well.
#include "core/image/find_grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>

#include "core/image/grid_evidence.hpp"
#include "core/image/grid_spectrum.hpp"
#include "core/image/plain_math.hpp"
#include "core/image/rule_lines.hpp"

namespace dgxp {
namespace {

constexpr double kLeastCell = 2.6;   // pixels
constexpr double kMostPeak = 72.0;   // of what the spectrum can tell
constexpr double kMostCell = 144.0;  // and no less than this many of them along a side
constexpr double kLeastCells = 7;
constexpr double kLeastThird = 4.0;    // pixels; blur makes more of smaller ones
constexpr double kLargeQuarter = 9.0;  // pixels; only of larger cells are quarters looked for
constexpr std::size_t kTries = 10;     // cell sizes that are laid out
constexpr double kAlike = 0.015;       // sizes that differ by less are laid out once
constexpr int kMostDivisions = 4;
constexpr double kSure = 1.5;           // standard errors of edges inside cells
constexpr double kFaintlySure = 3.0;    // the same of faint edges, of either axis
constexpr double kDenied = -2.2;        // standard errors; so few edges that a cell has no parts
constexpr double kBroken = 0.01;        // share of broken cells that the true grid hardly shows
constexpr double kBrokenWeight = 40.0;  // of that share against the gain
constexpr double kLeastWorth = 0.35;    // of a grid of cells broken by their texture
constexpr double kTextureWeight = 3.0;
constexpr double kFairConfidence = 0.5;     // less is a reason to look further
constexpr float kStrongShare = 0.1F;        // of what is above the strength of usual lines
constexpr double kChanceRelief = 0.6;       // lines can be laid so that a soft picture shows this
constexpr float kFaintWeight = 0.3F;        // of faint edges against clear ones
constexpr float kMostFaint = 2.5F;          // standard deviations
constexpr float kDeviations = 1.4826F;      // median sizes in a standard deviation
constexpr double kExpectationWidth = 0.25;  // standard deviation of log(size / expected)

/// Mean 0, standard deviation 1, strong edges lowered but still highest in their middle: what a
/// line gains at each place.
std::vector<float> normalised(const std::vector<float>& profile) {
  std::vector<float> sorted(profile);
  const std::size_t rank = sorted.size() * 95 / 100;
  std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(rank));
  const float top = 1.5F * sorted[rank];
  double sum = 0;
  double squares = 0;
  std::vector<float> gain(profile.size());
  for (std::size_t i = 0; i < profile.size(); ++i) {
    gain[i] = top > 0 && profile[i] > top ? top + kStrongShare * (profile[i] - top) : profile[i];
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

/// What a line gains at each place by faint edges: how much they stand out from their surroundings,
/// measured by how much places usually do.
std::vector<float> faint_gain(const std::vector<float>& profile, double cell) {
  std::vector<float> gain = over_surroundings(profile, cell);
  std::vector<float> sizes(gain.size());
  std::ranges::transform(gain, sizes.begin(), [](float g) { return std::abs(g); });
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  const float scale = *middle > 0 ? 1 / (kDeviations * *middle) : 0.0F;
  for (float& g : gain) {
    g = kFaintWeight * std::clamp(g * scale, -kMostFaint, kMostFaint);
  }
  return gain;
}

struct Choice {
  double cell = 0;
  double score = -1;
};

/// 1 for the expected cell size, less for others.
double expected_share(double cell, const std::optional<double>& expected) {
  if (!expected || !(*expected > 0)) {
    return 1;
  }
  const double off =
      static_cast<double>(plain_log(static_cast<float>(cell / *expected))) / kExpectationWidth;
  return static_cast<double>(plain_exp(static_cast<float>(-off * off / 2)));
}

double mean_step(const std::vector<double>& lines, double fallback) {
  return lines.size() < 2 ? fallback
                          : (lines.back() - lines.front()) / static_cast<double>(lines.size() - 1);
}

/// The lines, and one more beyond either end while more than half a cell is left of the picture.
std::vector<double> with_margins(std::vector<double> lines, double size) {
  const double cell = mean_step(lines, size);
  while (lines.front() > cell / 2) {
    lines.insert(lines.begin(), lines.front() - cell);
  }
  while (size - lines.back() > cell / 2) {
    lines.push_back(lines.back() + cell);
  }
  return lines;
}

std::vector<float> line_confidence(const std::vector<double>& lines,
                                   const std::vector<float>& gain) {
  std::vector<float> confidence;
  for (const double line : lines) {
    const bool inside = line >= 0 && line <= static_cast<double>(gain.size() - 1);
    const double g = inside ? strength_at(gain, line) : -1.0;
    confidence.push_back(static_cast<float>(std::clamp(0.5 + g / 2, 0.0, 1.0)));
  }
  return confidence;
}

class Search {
 public:
  Search(const PictureEdges& edges, const GridExpectation& expectation, const GridJudge& judge)
      : edges_(edges),
        expectation_(expectation),
        judge_(judge),
        columns_(normalised(edges.clear.columns)),
        rows_(normalised(edges.clear.rows)),
        spectrum_(measure_spectrum(columns_, rows_)) {}

  std::optional<Grid> find() const {
    std::vector<Choice> choices = rank_cells();
    choices.resize(std::min(choices.size(), kTries));
    std::vector<double> seen;
    std::optional<Grid> best;
    double best_worth = 0;
    for (const Choice& choice : choices) {
      if (best && choice.score <= best_worth) {
        break;  // none of the others can be worth more
      }
      if (std::ranges::any_of(seen, [&](double c) { return alike(c, choice.cell); })) {
        continue;
      }
      seen.push_back(choice.cell);
      const Laid laid = lay_divided(choice.cell);
      seen.push_back(laid.cell);
      const double worth = choice.score * worth_of(laid);
      if (laid.grid && (!best || worth > best_worth)) {
        best = laid.grid;
        best_worth = worth;
      }
    }
    return best;
  }

 private:
  struct Laid {
    double cell = 0;
    GridLines lines = {};
    std::optional<Grid> grid = {};
    double broken = 0;  // share of cells that are not of one colour
  };

  static bool alike(double a, double b) { return std::abs(a - b) < kAlike * a; }

  static double worth_of(const Laid& laid) {
    const auto shrunk = [&laid](double weight) {
      return static_cast<double>(plain_exp(static_cast<float>(-weight * laid.broken)));
    };
    return std::max(kLeastWorth, shrunk(kBrokenWeight)) * shrunk(kTextureWeight) *
           std::min(1.0, confidence_of(laid) / kFairConfidence);
  }

  static double confidence_of(const Laid& laid) { return laid.grid ? laid.grid->confidence : 0.0; }

  double score_cell(double cell) const {
    const Ruling x = rule_axis(columns_, cell, RuleSteps::whole);
    const Ruling y = rule_axis(rows_, cell, RuleSteps::whole);
    const double count = static_cast<double>(x.lines.size() + y.lines.size());
    return (x.gain + y.gain) / std::sqrt(count) * expected_share(cell, expectation_.cell_width);
  }

  /// Cell sizes worth a try, best first.
  std::vector<Choice> rank_cells() const {
    std::vector<double> sizes = spectrum_peaks(spectrum_, kLeastCell, kMostPeak);
    const std::size_t peaks = sizes.size();
    for (std::size_t i = 0; i < std::min<std::size_t>(peaks, 2); ++i) {
      for (const double factor : {2.0, 3.0, 0.5, 1.0 / 3}) {
        sizes.push_back(sizes[i] * factor);
      }
    }
    if (expectation_.cell_width) {
      sizes.push_back(*expectation_.cell_width);
    }
    const double side = static_cast<double>(std::min(columns_.size(), rows_.size()));
    const double most = std::min(side / kLeastCells, kMostCell);
    std::vector<Choice> choices;
    for (const double size : sizes) {
      if (size >= kLeastCell && size <= most) {
        choices.push_back({size, score_cell(size)});
      }
    }
    std::ranges::sort(choices, [](const Choice& a, const Choice& b) {
      return a.score != b.score ? a.score > b.score : a.cell < b.cell;
    });
    return choices;
  }

  static std::vector<double> lay_lines(const std::vector<float>& clear,
                                       const std::vector<float>& faint, double cell) {
    std::vector<float> gain = over_surroundings(clear, cell);
    if (!faint.empty()) {
      std::ranges::transform(gain, faint_gain(faint, cell), gain.begin(), std::plus());
    }
    return rule_axis(gain, cell, RuleSteps::fine).lines;
  }

  Laid lay(double cell) const {
    Laid laid{.cell = cell,
              .lines = {.columns = lay_lines(columns_, edges_.faint.columns, cell),
                        .rows = lay_lines(rows_, edges_.faint.rows, cell)}};
    laid.grid = make_grid(laid.lines, cell);
    laid.broken = judge_ && laid.grid ? judge_(*laid.grid) : 0.0;
    return laid;
  }

  /// What is drawn in patches of two cells throughout still differs a little from cell to cell.
  bool has_faint_halves(const Laid& laid) const {
    return !edges_.faint.columns.empty() &&
           surety_of_halves(edges_.faint, laid.lines) > kFaintlySure;
  }

  /// The parts that edges inside the cells speak for most; 0 for none.
  int parts_of(const Laid& laid) const {
    struct Parts {
      int count;
      double least;        // pixels of a part
      double least_share;  // what the true grid shows by chance, and some more
    };
    int best = 0;
    double surety = kSure;
    for (const Parts& parts :
         {Parts{2, kLeastCell, 0.01}, {3, kLeastThird, 0.03}, {4, kLargeQuarter, 0.08}}) {
      if (laid.cell / parts.count < parts.least) {
        continue;
      }
      const PartEvidence seen = look_between(edges_.clear, laid.lines, parts.count, kLeastCell);
      if (seen.share > parts.least_share && seen.surety > surety) {
        best = parts.count;
        surety = seen.surety;
      }
    }
    return best;
  }

  /// Whether the lines in between are no more than what blur makes of any place.
  static bool is_vague(const Laid& divided, const Laid& whole) {
    return confidence_of(divided) < std::min(kFairConfidence, confidence_of(whole));
  }

  /// Cells of `cell` pixels, or of a whole part of it while that is what the picture shows.
  Laid lay_divided(double cell) const {
    Laid laid = lay(cell);
    bool is_halved = false;  // by faint edges, which tell so once
    for (int division = 0; division < kMostDivisions; ++division) {
      int parts = parts_of(laid);
      if (parts == 0 && !is_halved && has_faint_halves(laid)) {
        is_halved = true;
        parts = 2;
      }
      if (parts == 0) {
        break;
      }
      Laid divided = lay(peak_near(spectrum_, laid.cell / parts));
      if (divided.broken > laid.broken + kBroken || is_vague(divided, laid)) {
        break;
      }
      laid = std::move(divided);
    }
    for (const int parts : {2, 3}) {
      if (laid.broken > kBroken && laid.cell / parts >= kLeastCell &&
          look_between(edges_.clear, laid.lines, parts, kLeastCell).surety > kDenied) {
        Laid divided = lay(peak_near(spectrum_, laid.cell / parts));
        if (divided.broken * 4 < laid.broken && !is_vague(divided, laid)) {
          return divided;
        }
      }
    }
    return laid;
  }

  std::optional<Grid> make_grid(const GridLines& lines, double cell) const {
    if (lines.columns.size() < 2 || lines.rows.size() < 2) {
      return std::nullopt;
    }
    const double relief = measure_relief(edges_.clear, lines);
    Grid grid;
    grid.confidence = std::clamp((relief - kChanceRelief) / (1 - kChanceRelief), 0.0, 1.0);
    grid.columns = with_margins(lines.columns, static_cast<double>(columns_.size()) - 1);
    grid.rows = with_margins(lines.rows, static_cast<double>(rows_.size()) - 1);
    grid.cell_width = mean_step(grid.columns, cell);
    grid.cell_height = mean_step(grid.rows, cell);
    grid.column_confidence = line_confidence(grid.columns, columns_);
    grid.row_confidence = line_confidence(grid.rows, rows_);
    return grid;
  }

  const PictureEdges& edges_;
  const GridExpectation& expectation_;
  const GridJudge& judge_;
  std::vector<float> columns_;  // gains
  std::vector<float> rows_;
  std::vector<double> spectrum_;
};

}  // namespace

std::optional<Grid> find_grid(const PictureEdges& edges, const GridExpectation& expectation,
                              const GridJudge& judge) {
  return Search(edges, expectation, judge).find();
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
