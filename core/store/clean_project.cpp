#include "core/store/clean_project.hpp"

#include <system_error>

#include <fmt/format.h>

namespace dgxp {
namespace {

namespace fs = std::filesystem;

bool is_kept(const fs::path& name) {
  return name == "lock" || name == "config.yaml" || name == ".gitignore";
}

void count_files(const fs::path& path, CleanReport& report) {
  std::error_code ignored;
  if (fs::is_regular_file(fs::symlink_status(path, ignored))) {
    ++report.files;
    const std::uintmax_t size = fs::file_size(path, ignored);
    if (!ignored) report.bytes += size;
    return;
  }
  if (!fs::is_directory(fs::symlink_status(path, ignored))) return;
  for (const auto& entry : fs::directory_iterator(path, ignored)) count_files(entry.path(), report);
}

}  // namespace

Result<CleanReport> clean_project(const fs::path& folder, DryRun dry_run) {
  CleanReport report;
  const fs::path cache = folder / ".dgxp";
  std::error_code failure;
  if (!fs::is_directory(fs::symlink_status(cache, failure))) return report;
  for (const auto& entry : fs::directory_iterator(cache, failure)) {
    if (is_kept(entry.path().filename())) continue;
    count_files(entry.path(), report);
    if (dry_run == DryRun::yes) continue;
    std::error_code reason;
    fs::remove_all(entry.path(), reason);
    if (reason) {
      return Error{.kind = ErrorKind::storage,
                   .message = fmt::format("cannot remove '{}': {}", entry.path().string(),
                                          reason.message())};
    }
  }
  if (failure) {
    return Error{.kind = ErrorKind::storage,
                 .message = fmt::format("cannot read '{}': {}", cache.string(), failure.message())};
  }
  return report;
}

}  // namespace dgxp
