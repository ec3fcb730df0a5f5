#include "core/image/grid_evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/image/rule_lines.hpp"

namespace dgxp {
namespace {

struct Between {
  double on_lines = 0;  // profile on the lines, as often as there are places between them
  double rise = 0;
  double squares = 0;  // of each rise
  int count = 0;
};

void add_between(const std::vector<float>& profile, const std::vector<double>& lines, int parts,
                 double least, Between& between) {
  const auto strength = [&profile](double place) {
    return std::max({strength_at(profile, place - 1), strength_at(profile, place),
                     strength_at(profile, place + 1)});
  };
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double step = (lines[i + 1] - lines[i]) / parts;
    if (step < least || lines[i] < 1) {
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
}

/// Whether most middles of steps lie alike in the blocks of a JPEG, which are 8 pixels wide: within
/// a pixel, or exactly in halves of blocks.
bool lie_alike_in_blocks(const std::vector<double>& lines) {
  constexpr std::size_t kBlock = 8;
  constexpr double kMostAlike = 0.7;  // as many as that by no chance
  std::array<int, kBlock> middles{};
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double place = std::floor((lines[i] + lines[i + 1]) / 2 + 0.5) / kBlock;
    middles.at(static_cast<std::size_t>((place - std::floor(place)) * kBlock)) += 1;
  }
  int most = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const int near = middles[i] + middles[(i + 1) % kBlock] + middles[(i + 2) % kBlock];
    most = std::max({most, near, middles[i] + middles[(i + kBlock / 2) % kBlock]});
  }
  return most > kMostAlike * static_cast<double>(lines.size() - 1);
}

/// Of all places that were looked at.
PartEvidence judge(const Between& between) {
  constexpr int kLeastPlaces = 4;
  if (between.count < kLeastPlaces || between.on_lines <= 0) {
    return {};
  }
  const double spread = between.squares - between.rise * between.rise / between.count;
  return {.share = between.rise / between.on_lines,
          .surety = between.rise / std::sqrt(std::max(1e-9, spread))};
}

struct Relief {
  double lines = 0;    // profile summed over the lines
  double middles = 0;  // and over the places halfway between them
};

void add_relief(const std::vector<float>& profile, const std::vector<double>& lines,
                Relief& relief) {
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    relief.lines += strength_at(profile, lines[i]);
    relief.middles += strength_at(profile, (lines[i] + lines[i + 1]) / 2);
  }
}

}  // namespace

PartEvidence look_between(const EdgeProfiles& profiles, const GridLines& lines, int parts,
                          double least) {
  Between between;
  add_between(profiles.columns, lines.columns, parts, least, between);
  add_between(profiles.rows, lines.rows, parts, least, between);
  return judge(between);
}

double surety_of_halves(const EdgeProfiles& faint, const GridLines& lines) {
  constexpr double kLeastHalf = 4;  // pixels; blur makes more of smaller ones
  const auto surety = [](const std::vector<float>& profile, const std::vector<double>& along) {
    Between between;
    if (!lie_alike_in_blocks(along)) {
      add_between(profile, along, 2, kLeastHalf, between);
    }
    return judge(between).surety;
  };
  return std::min(surety(faint.columns, lines.columns), surety(faint.rows, lines.rows));
}

double measure_relief(const EdgeProfiles& profiles, const GridLines& lines) {
  Relief relief;
  add_relief(profiles.columns, lines.columns, relief);
  add_relief(profiles.rows, lines.rows, relief);
  return relief.lines > relief.middles ? 1 - relief.middles / relief.lines : 0.0;
}

}  // namespace dgxp
