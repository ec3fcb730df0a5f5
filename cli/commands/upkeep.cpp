// The verbs around a project: clean and doctor.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/report.hpp"
#include "core/store/clean_project.hpp"

namespace dgxp {
namespace {

struct Examination {
  std::string what;
  std::string found;
  std::optional<Error> problem;
};

Examination examine_manifest(const ManifestPlace& files, const Terminal& terminal) {
  auto manifest = load_project(files, terminal);
  if (!manifest) return {"manifest", files.shown, manifest.error()};
  return {"manifest",
          fmt::format("{}: {}, {}", files.shown,
                      count_text(manifest->spec.sprites.size(), "sprite", "sprites"),
                      count_text(manifest->spec.masters.size(), "master", "masters")),
          std::nullopt};
}

Examination examine_store(const ManifestPlace& files) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(files.folder, ignored)) {
    return {"folder", files.folder.string(),
            Error{.kind = ErrorKind::storage, .message = "there is no such folder"}};
  }
  const auto clean = clean_project(files.folder, DryRun::yes);
  if (!clean) return {"cache", ".dgxp", clean.error()};
  return {"cache",
          fmt::format(".dgxp holds {} of {:.1f} MB", count_text(clean->files, "file", "files"),
                      static_cast<double>(clean->bytes) / 1e6),
          std::nullopt};
}

Examination examine_worker(const Context& context, const ManifestPlace& files,
                           const std::string& flag) {
  const auto choice = choose_worker(flag, files.folder, {}, context.access);
  if (!choice) return {"worker", "", choice.error()};
  const std::string found = fmt::format("{} ({})", choice->address, choice->source);
  auto worker = worker_opener(*choice, context.threads)();
  if (!worker) return {"worker", found, worker.error()};
  const auto placeholders = (*worker)->makes_placeholders();
  if (!placeholders) return {"worker", found, placeholders.error()};
  return {"worker",
          found + (*placeholders ? ", answers; it draws placeholders" : ", answers; it makes art"),
          std::nullopt};
}

}  // namespace

int run_clean_command(const Context& context, const CleanArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ManifestPlace files = manifest_place(arguments.manifest);
  const auto report = clean_project(files.folder, arguments.dry_run ? DryRun::yes : DryRun::no);
  if (!report) return fail(context, report.error());
  if (terminal.json()) {
    const nlohmann::ordered_json document = {
        {"files", report->files}, {"bytes", report->bytes}, {"dry_run", arguments.dry_run}};
    terminal.data(document.dump(2) + "\n");
  }
  terminal.line(fmt::format(
      "{} {} of {:.1f} MB from .dgxp", arguments.dry_run ? "would remove" : "removed",
      count_text(report->files, "file", "files"), static_cast<double>(report->bytes) / 1e6));
  return 0;
}

int run_doctor_command(const Context& context, const DoctorArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ManifestPlace files = manifest_place(arguments.manifest);
  const std::vector<Examination> examinations{
      {"dgxp", DGXP_VERSION, std::nullopt},
      examine_manifest(files, terminal),
      examine_store(files),
      examine_worker(context, files, arguments.worker),
  };
  int exit_code = 0;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const Examination& one : examinations) {
    document.push_back({{"what", one.what},
                        {"found", one.found},
                        {"ok", !one.problem.has_value()},
                        {"problem", one.problem ? one.problem->message : ""}});
    terminal.line(
        fmt::format("{:<9} {} {}", one.what, one.problem ? "PROBLEM" : "ok     ", one.found));
    if (one.problem) {
      terminal.error(*one.problem);
      if (exit_code == 0) exit_code = static_cast<int>(exit_status_of(one.problem->kind));
    }
  }
  if (terminal.json()) terminal.data(document.dump(2) + "\n");
  return exit_code;
}

}  // namespace dgxp
