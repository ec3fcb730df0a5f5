// CPU of the recovery of one 1024x1024 picture, without decoding it, and, where the environment
// variable DGXP_RECOVERY_CASES names folders of degraded pictures with their truth (separated by
// ':'; input/, palette/, truth/ and cases.json), how many cells and sprites come back right.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/procedural/draw_procedural.hpp"
#include "tests/bench/recovery_score.hpp"

namespace dgxp::bench {
namespace {

constexpr int kRuns = 5;
constexpr double kGoal = 12;  // ms

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Milliseconds of CPU of one recovery by a build, which knows the size of the master; the median
/// of several.
double time_recovery(const Image& raw, const Palette& palette, const MasterShape& shape) {
  std::vector<double> times;
  for (int run = 0; run < kRuns; ++run) {
    const double before = cpu_ms();
    const auto made = recover_master(raw, {}, palette, 256, shape);
    times.push_back(cpu_ms() - before);
    if (!made) fmt::print("  no master: {}\n", made.error().message);
  }
  return median(std::move(times));
}

Palette colors_of(const Image& native) {
  Palette palette;
  for (const Rgba& p : native.pixels) {
    if (p.a != 0 && std::ranges::find(palette.colors, p.rgb()) == palette.colors.end()) {
      palette.colors.push_back(p.rgb());
    }
  }
  return palette;
}

/// CPU of a program that only scales down and knows the number of cells: what any recovery costs
/// in ImageMagick. Nothing when it is not installed.
void time_peer(const Image& raw, int cells) {
  if (std::system("command -v convert >/dev/null 2>&1") != 0) {
    fmt::print("  ImageMagick: not installed, skipped\n");
    return;
  }
  const auto folder = std::filesystem::temp_directory_path();
  const std::string in = (folder / "dgxp-pixels-bench-in.png").string();
  const std::string out = (folder / "dgxp-pixels-bench-out.png").string();
  const Bytes png = encode_png(raw);
  std::ofstream(in, std::ios::binary)
      .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  std::vector<double> times;
  for (int run = 0; run < kRuns; ++run) {
    const auto used = [] {
      rusage usage{};
      getrusage(RUSAGE_CHILDREN, &usage);
      return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
             static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
    };
    const double before = used();
    if (std::system(
            fmt::format("convert '{}' -sample {}x{} '{}'", in, cells, cells, out).c_str()) != 0) {
      fmt::print("  ImageMagick: failed, skipped\n");
      return;
    }
    times.push_back(used() - before);
  }
  std::filesystem::remove(in);
  std::filesystem::remove(out);
  fmt::print("  ImageMagick -sample, told the cells, with decoding: {:.1f} ms\n", median(times));
}

void time_all() {
  fmt::print("recovery of 1024x1024 without decoding, CPU, median of {} (goal {} ms)\n", kRuns,
             kGoal);
  for (const int cells : {128, 64, 32}) {
    const ProceduralRequest request{.prompt = "knight with a red cape",
                                    .frame_size = {cells, cells},
                                    .render_scale = 1024 / cells,
                                    .seed = 7};
    const Palette palette = colors_of(draw_native(request));
    const Image raw = draw_procedural(request);
    fmt::print("  {0}x{0} cells, {1} colours: {2:.1f} ms\n", cells, palette.colors.size(),
               time_recovery(raw, palette, {.frame_size = {cells, cells}, .frames = 1}));
  }
  time_peer(draw_procedural({.prompt = "knight", .frame_size = {64, 64}, .seed = 7}), 64);
}

void print_scores(const std::map<std::string, Score>& scores) {
  fmt::print("  {:8}{:>9}{:>9}{:>9}{:>9}{:>11}   wrong cells by cause\n", "level", "pictures",
             "sprites", "grid %", "cells %", "perfect %");
  for (const auto& [level, s] : scores) {
    std::string causes;
    for (std::size_t i = 0; i < kLossNames.size(); ++i) {
      causes += fmt::format("{}{} {}", i == 0 ? "" : ", ", kLossNames[i], s.losses[i]);
    }
    fmt::print("  {:8}{:9}{:9}{:9.1f}{:9.2f}{:11.2f}   {}\n", level, s.pictures, s.sprites,
               100.0 * s.grids / s.pictures, 100 * s.cells / s.pictures,
               100.0 * s.perfect / s.sprites, causes);
  }
}

/// What removing the background by flooding it from the border costs the figures, beside what
/// recovery without it takes for ground.
void score_background(const std::vector<RecoveryCase>& cases) {
  std::array<Score, 2> scores;
  for (const RecoveryCase& one : cases) {
    const Image raw = read_raw(one);
    for (const bool removed : {false, true}) {
      const auto found = recover_native(
          raw,
          {.background = removed ? Background::border_flood : Background::none, .despeckle = 0},
          one.palette);
      scores.at(removed ? 1 : 0).add(RecoveryScorer::score(one, found ? &found->native : nullptr));
    }
  }
  const auto lost = [&](std::size_t i) {
    return scores.at(i).losses.at(static_cast<std::size_t>(Loss::lost));
  };
  fmt::print("figure cells taken for ground: {} as drawn, {} with the background removed\n",
             lost(0), lost(1));
}

/// `with_palette`: the colours of the case are told, as its own scorer expects.
void score_cases(const std::vector<RecoveryCase>& cases, bool with_palette) {
  std::map<std::string, Score> scores;
  std::vector<double> times;  // ms
  for (const RecoveryCase& one : cases) {
    const Image raw = read_raw(one);
    const double before = cpu_ms();
    const auto found = recover_native(raw, {.background = Background::none, .despeckle = 0},
                                      with_palette ? one.palette : Palette{});
    times.push_back(cpu_ms() - before);
    const Score score = RecoveryScorer::score(one, found ? &found->native : nullptr);
    scores[one.level].add(score);
    scores["total"].add(score);
  }
  fmt::print("{} pictures, {}: CPU without decoding {:.1f} ms each, {:.1f} at most, {} above {}\n",
             cases.size(), with_palette ? "palette known" : "palette unknown, locked afterwards",
             std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size()),
             std::ranges::max(times),
             std::ranges::count_if(times, [](double time) { return time > kGoal; }), kGoal);
  print_scores(scores);
}

void score_all() {
  const char* folders = std::getenv("DGXP_RECOVERY_CASES");
  if (folders == nullptr || *folders == '\0') {
    fmt::print("no degraded pictures: DGXP_RECOVERY_CASES is not set, scores skipped\n");
    return;
  }
  std::vector<RecoveryCase> cases;
  const std::string all(folders);
  for (std::size_t begin = 0; begin <= all.size();) {
    const std::size_t end = std::min(all.find(':', begin), all.size());
    for (RecoveryCase& one : read_cases(all.substr(begin, end - begin))) {
      cases.push_back(std::move(one));
    }
    begin = end + 1;
  }
  if (cases.empty()) {
    fmt::print("no degraded pictures in '{}'\n", all);
    return;
  }
  score_cases(cases, true);
  score_cases(cases, false);
  score_background(cases);
}

}  // namespace
}  // namespace dgxp::bench

int main() {
  // As the command does, which recovers one picture after the other.
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  dgxp::bench::time_all();
  dgxp::bench::score_all();
}
