#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/commands/recover_options.hpp"
#include "cli/commands/targets.hpp"
#include "cli/opened_project.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "core/image/explain_recovery.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/recover_master.hpp"
#include "core/store/plain_file.hpp"

namespace dgxp {
namespace {

Result<RecoverSpec> spec_of(const RecoverArguments& arguments) {
  RecoverSpec spec;
  spec.grid = arguments.grid;
  if (arguments.offset.size() == 2) spec.offset = Point{arguments.offset[0], arguments.offset[1]};
  if (arguments.size.size() == 2) spec.size = Size{arguments.size[0], arguments.size[1]};
  spec.alpha = arguments.alpha;
  spec.despeckle = arguments.despeckle;
  spec.holes = arguments.holes;
  const auto background = parse_background(arguments.background);
  if (!background) return background.error();
  spec.background = *background;
  const auto metric = parse_metric(arguments.metric);
  if (!metric) return metric.error();
  spec.metric = *metric;
  const auto dither = parse_dither(arguments.dither);
  if (!dither) return dither.error();
  spec.dither = *dither;
  if (!arguments.key.empty()) {
    spec.key = parse_hex_color(arguments.key);
    if (!spec.key) return not_a_color(arguments.key);
    spec.background = Background::chroma_key;
  }
  return spec;
}

/// Why masters that were asked for are left as they are, one line each. The build tells of those
/// whose recipe changed itself.
std::vector<std::string> notes_on_left(const ProjectSpec& spec, const std::set<std::string>& wanted,
                                       const BuildReport& report) {
  const std::set<std::string> made(report.made.made.begin(), report.made.made.end());
  std::vector<std::string> notes;
  for (const AssessedJob& assessed : report.jobs) {
    const std::string& id = assessed.job.id;
    if (!wanted.contains(id) || made.contains(id) || assessed.state != JobState::edited) continue;
    notes.push_back(
        fmt::format("'{}' was edited by hand and is kept; --overwrite-edited gives up the edit",
                    assessed.master->path));
  }
  for (const MasterSpec& master : spec.masters) {
    if (master.drawn_by_hand && wanted.contains(master.id))
      notes.push_back(fmt::format("'{}' is drawn by hand: it has no raw image", master.path));
  }
  return notes;
}

/// Recovers masters of the project again from the raw images that are still in the store.
int refresh_masters(const Context& context, const RecoverArguments& arguments) {
  int exit_code = 0;
  auto project = open_and_assess(context, arguments.manifest, "", Access::read_write, exit_code);
  if (!project) return exit_code;
  const auto wanted = find_masters(project->manifest.spec, arguments.inputs);
  if (!wanted) return fail(context, wanted.error());
  project->request.recover_again.insert(wanted->begin(), wanted->end());
  if (!arguments.inputs.empty()) project->request.told = project->request.recover_again;
  project->request.recover_edited = arguments.overwrite_edited;
  project->request.open_worker = worker_opener(project->worker, context.threads);
  ProgressReporter reporter(*context.terminal);
  auto report = run_build(project->request, *project->store, reporter);
  if (!report) return fail(context, report.error(), &project->files, project->manifest.text);
  // Without names everything is meant that can be recovered.
  if (!arguments.inputs.empty()) {
    std::ranges::copy(
        notes_on_left(project->manifest.spec, project->request.recover_again, *report),
        std::back_inserter(report->notes));
  }
  show_problems(context, project->files, *report);
  if (context.terminal->json()) context.terminal->data(report_json(*report, 0));
  context.terminal->line(
      fmt::format("{} recovered", count_text(report->made.recovered.size(), "master", "masters")));
  return report->made.failed.empty() ? 0 : 1;
}

nlohmann::ordered_json axis_json(const std::vector<double>& lines,
                                 const std::vector<float>& confidence) {
  nlohmann::ordered_json axis = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    axis.push_back({{"at", lines[i]}, {"confidence", confidence[i]}});
  }
  return axis;
}

/// The cells that --explain frames.
nlohmann::ordered_json doubtful_json(const Recovered& recovered) {
  nlohmann::ordered_json cells = nlohmann::ordered_json::array();
  const auto width = static_cast<std::size_t>(recovered.native.size.width);
  for (std::size_t i = 0; i < recovered.cell_confidence.size(); ++i) {
    const float confidence = recovered.cell_confidence[i];
    if (confidence >= kDoubtfulCell) continue;
    cells.push_back({{"x", i % width}, {"y", i / width}, {"confidence", confidence}});
  }
  return cells;
}

std::string_view background_text(const Recovered& recovered, const RecoverSpec& spec) {
  if (spec.background == Background::none) return "kept";
  return recovered.background_missing ? "not found" : "removed";
}

std::string recovery_json(const Recovered& recovered, const RecoverSpec& spec) {
  const Grid& grid = recovered.grid;
  const nlohmann::ordered_json document = {
      {"width", recovered.native.size.width},
      {"height", recovered.native.size.height},
      {"cell_width", grid.cell_width},
      {"cell_height", grid.cell_height},
      {"grid_confidence", grid.confidence},
      {"quality", recovered.quality},
      {"palette_fit", recovered.palette_fit},
      {"background", background_text(recovered, spec)},
      {"columns", axis_json(grid.columns, grid.column_confidence)},
      {"rows", axis_json(grid.rows, grid.row_confidence)},
      {"doubtful", doubtful_json(recovered)}};
  return document.dump(2) + "\n";
}

struct RawPicture {
  Image image;
  Palette palette;
};

Result<RawPicture> read_raw(const RecoverArguments& arguments) {
  auto image = read_image(arguments.inputs.front());
  if (!image) return image.error();
  RawPicture raw{.image = std::move(*image), .palette = {}};
  if (arguments.palette.empty()) return raw;
  auto palette = read_palette(arguments.palette);
  if (!palette) return palette.error();
  raw.palette = std::move(*palette);
  return raw;
}

Result<Recovered> recover_picture(const RawPicture& raw, const RecoverSpec& spec) {
  if (auto done = check_picture(raw.image, spec); !done) return done.error();
  auto recovered = recover_native(raw.image, spec, raw.palette);
  if (!recovered) return explain_failure(raw.image, spec, recovered.error());
  return recovered;
}

/// The recovered picture and, if asked for, the one that explains it: both or none.
Result<Done> write_pictures(const RecoverArguments& arguments, const Image& raw,
                            const Recovered& recovered) {
  const Bytes native = encode_png(recovered.native);
  Bytes explained;
  std::vector<PlainFile> files{{.path = arguments.output, .content = native}};
  if (!arguments.explain.empty()) {
    explained = encode_png(explain_recovery(raw, recovered));
    files.push_back({.path = arguments.explain, .content = explained});
  }
  return write_plain_files(files);
}

void report_recovery(const Context& context, const RecoverArguments& arguments,
                     const RecoverSpec& spec, const Recovered& recovered) {
  const Terminal& terminal = *context.terminal;
  const std::string& input = arguments.inputs.front();
  if (terminal.json()) terminal.data(recovery_json(recovered, spec));
  if (recovered.background_missing)
    terminal.warning(fmt::format("{}: no background was found to remove ({}): every pixel stays",
                                 input, to_text(spec.background)));
  if (recovered.palette_fit < kDoubtfulQuality)
    terminal.warning(fmt::format("{}: its colours are far from those of {}: is it drawn in them?",
                                 input, arguments.palette));
  if (recovered.quality < kDoubtfulQuality) {
    terminal.warning(
        fmt::format("{}: only {:.0f} % of its pixels are likely right; --explain shows which",
                    input, recovered.quality * 100));
  }
  const bool is_streamed = is_standard_output(arguments.output);
  say_written(
      terminal, is_standard_output(arguments.explain) ? arguments.explain : arguments.output,
      fmt::format(
          "{}: {}x{} sprite pixels of {:.2f}x{:.2f} raw ones, grid {:.0f} % sure, {:.0f} % of them "
          "likely right",
          is_streamed ? input : arguments.output, recovered.native.size.width,
          recovered.native.size.height, recovered.grid.cell_width, recovered.grid.cell_height,
          recovered.grid.confidence * 100, recovered.quality * 100));
}

}  // namespace

int run_recover_command(const Context& context, const RecoverArguments& arguments) {
  if (arguments.refresh) return refresh_masters(context, arguments);
  if (auto done = check_recover_options(arguments, context.terminal->json()); !done)
    return fail(context, done.error());
  const auto spec = spec_of(arguments);
  if (!spec) return fail(context, spec.error());
  const auto raw = read_raw(arguments);
  if (!raw) return fail(context, raw.error());
  const auto recovered = recover_picture(*raw, *spec);
  if (!recovered) {
    Error error = recovered.error();
    error.message = fmt::format("{}: {}", arguments.inputs.front(), error.message);
    return fail(context, error);
  }
  if (auto done = write_pictures(arguments, raw->image, *recovered); !done)
    return fail(context, done.error());
  report_recovery(context, arguments, *spec, *recovered);
  return 0;
}

}  // namespace dgxp
