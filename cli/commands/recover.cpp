#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/opened_project.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "core/image/explain_recovery.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/recover_master.hpp"

namespace dgxp {
namespace {

Result<RecoverSpec> spec_of(const RecoverArguments& arguments) {
  RecoverSpec spec;
  spec.grid = arguments.grid;
  if (arguments.offset.size() == 2) spec.offset = Point{arguments.offset[0], arguments.offset[1]};
  if (arguments.size.size() == 2) spec.size = Size{arguments.size[0], arguments.size[1]};
  spec.alpha = arguments.alpha;
  spec.despeckle = arguments.despeckle;
  const auto background = parse_background(arguments.background);
  if (!background) return background.error();
  spec.background = *background;
  if (!arguments.key.empty()) {
    spec.key = parse_hex_color(arguments.key);
    if (!spec.key) return not_a_color(arguments.key);
    spec.background = Background::chroma_key;
  }
  return spec;
}

/// Recovers masters of the project again from the raw images that are still in the store.
int refresh_masters(const Context& context, const RecoverArguments& arguments) {
  int exit_code = 0;
  auto project = open_and_assess(context, arguments.manifest, "", Access::read_write, exit_code);
  if (!project) return exit_code;
  const auto wanted = find_masters(project->manifest.spec, arguments.inputs);
  if (!wanted) return fail(context, wanted.error());
  project->request.recover_again.insert(wanted->begin(), wanted->end());
  project->request.open_worker = worker_opener(project->worker, context.threads);
  ProgressReporter reporter(*context.terminal);
  const auto report = run_build(project->request, *project->store, reporter);
  if (!report) return fail(context, report.error(), &project->files, project->manifest.text);
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

std::string recovery_json(const Recovered& recovered) {
  const Grid& grid = recovered.grid;
  const nlohmann::ordered_json document = {
      {"width", recovered.native.size.width},
      {"height", recovered.native.size.height},
      {"cell_width", grid.cell_width},
      {"cell_height", grid.cell_height},
      {"grid_confidence", grid.confidence},
      {"quality", recovered.quality},
      {"columns", axis_json(grid.columns, grid.column_confidence)},
      {"rows", axis_json(grid.rows, grid.row_confidence)},
      {"doubtful", doubtful_json(recovered)}};
  return document.dump(2) + "\n";
}

}  // namespace

int run_recover_command(const Context& context, const RecoverArguments& arguments) {
  if (arguments.refresh) return refresh_masters(context, arguments);
  if (arguments.inputs.size() != 1 || arguments.output.empty()) {
    return fail(context, {.kind = ErrorKind::usage,
                          .message = "recover takes one image and -o OUT.png",
                          .hint = "dgxp recover raw.png -o sprite.png --palette ember.hex"});
  }
  const auto raw = read_image(arguments.inputs.front());
  if (!raw) return fail(context, raw.error());
  Palette palette;
  if (!arguments.palette.empty()) {
    auto read = read_palette(arguments.palette);
    if (!read) return fail(context, read.error());
    palette = std::move(*read);
  }
  const auto spec = spec_of(arguments);
  if (!spec) return fail(context, spec.error());
  const auto recovered = recover_native(*raw, *spec, palette);
  if (!recovered) {
    Error error = recovered.error();
    error.message = fmt::format("{}: {}", arguments.inputs.front(), error.message);
    return fail(context, error);
  }
  if (auto done = write_plain_file(arguments.output, encode_png(recovered->native)); !done) {
    return fail(context, done.error());
  }
  if (!arguments.explain.empty()) {
    const Bytes png = encode_png(explain_recovery(*raw, *recovered));
    if (auto done = write_plain_file(arguments.explain, png); !done) {
      return fail(context, done.error());
    }
  }
  if (context.terminal->json()) context.terminal->data(recovery_json(*recovered));
  if (recovered->quality < kDoubtfulQuality) {
    context.terminal->warning(
        fmt::format("{}: only {:.0f} % of its pixels are likely right; --explain shows which",
                    arguments.inputs.front(), recovered->quality * 100));
  }
  context.terminal->line(fmt::format(
      "{}: {}x{} sprite pixels of {:.2f}x{:.2f}, grid {:.0f} % sure, {:.0f} % of them likely right",
      arguments.output, recovered->native.size.width, recovered->native.size.height,
      recovered->grid.cell_width, recovered->grid.cell_height, recovered->grid.confidence * 100,
      recovered->quality * 100));
  return 0;
}

}  // namespace dgxp
