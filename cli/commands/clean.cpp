#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
#include "core/store/clean_project.hpp"

namespace dgxp {

int run_clean_command(const Context& context, const CleanArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ManifestPlace files = manifest_place(arguments.manifest);
  const auto report =
      clean_project(files.folder, arguments.dry_run ? DryRun::yes : DryRun::no,
                    [&terminal] { terminal.note("another dgxp works on this project, waiting"); });
  if (!report) return fail(context, report.error());
  if (terminal.json()) {
    const nlohmann::ordered_json document = {
        {"files", report->files}, {"bytes", report->bytes}, {"dry_run", arguments.dry_run}};
    terminal.data(json_text(document));
  }
  terminal.line(fmt::format(
      "{} {} of {:.1f} MB from .dgxp", arguments.dry_run ? "would remove" : "removed",
      count_text(report->files, "file", "files"), static_cast<double>(report->bytes) / 1e6));
  return 0;
}

}  // namespace dgxp
