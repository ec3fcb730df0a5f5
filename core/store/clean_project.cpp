#include "core/store/clean_project.hpp"

#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/store/project_store.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

bool is_kept(const fs::path& name) {
  const std::string text = name.string();
  return text == "lock" || text == "config.yaml" || text == ".gitignore" ||
         text.starts_with("delivered-") || text.starts_with("pending-");
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

Result<CleanReport> clean_project(const fs::path& folder, DryRun dry_run,
                                  const std::function<void()>& on_wait) {
  CleanReport report;
  const fs::path cache = folder / ".dgxp";
  std::error_code failure;
  if (!fs::is_directory(fs::symlink_status(cache, failure))) return report;
  std::unique_ptr<Store> alone;  // a build would miss what is removed under its hands
  if (dry_run == DryRun::no) {
    auto store = open_project(folder, {.on_wait = on_wait});
    if (!store) return store.error();
    alone = std::move(*store);
  }
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
