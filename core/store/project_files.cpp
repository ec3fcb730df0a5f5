#include "core/store/project_files.hpp"

#include <fcntl.h>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

// A FIFO must not make us wait, and a terminal must not become ours.
constexpr int kReadFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY;

bool means_absent(int code) {
  return code == ENOENT || code == ENOTDIR;
}

}  // namespace

Result<ProjectFiles> ProjectFiles::open(const std::filesystem::path& folder) {
  const std::string name = folder.empty() ? "." : folder.string();
  Descriptor root(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return Error{ErrorKind::storage, fmt::format("cannot open folder '{}': {}",
                                                 escape_for_terminal(name), errno_text(errno))};
  }
  return ProjectFiles(std::move(root), folder);
}

Error ProjectFiles::failure(std::string_view verb, std::string_view path, int code) const {
  return failure(verb, path, errno_text(code));
}

Error ProjectFiles::failure(std::string_view verb, std::string_view path,
                            std::string_view reason) const {
  // An absolute or hostile path is shown as it came: joining would hide what it is.
  const bool joinable = tidy_path(path).has_value() && !folder_.empty();
  const std::string shown =
      joinable ? (folder_ / path).lexically_normal().generic_string() : std::string(path);
  return {ErrorKind::storage,
          fmt::format("cannot {} '{}': {}", verb, escape_for_terminal(shown), reason)};
}

Result<std::string> ProjectFiles::tidy(std::string_view verb, std::string_view path) const {
  auto tidy = tidy_path(path);
  if (!tidy) return failure(verb, path, "it is not a path inside the project's folder");
  return *std::move(tidy);
}

OsResult<Bytes> ProjectFiles::read_tidy(const std::string& path, std::size_t max_bytes) const {
  auto file = open_beneath(root(), path, kReadFlags);
  if (!file) return os_error(file.error());
  return read_regular_file(file->get(), max_bytes);
}

Error ProjectFiles::read_failure(std::string_view path, std::size_t max_bytes, int code) const {
  if (code != EFBIG) return failure("read", path, code);
  Error error = failure("read", path, fmt::format("it is larger than {} bytes", max_bytes));
  error.kind = ErrorKind::input;
  return error;
}

Result<Bytes> ProjectFiles::read(std::string_view path, std::size_t max_bytes) const {
  auto tidy_name = tidy("read", path);
  if (!tidy_name) return tidy_name.error();
  auto content = read_tidy(*tidy_name, max_bytes);
  if (!content) return read_failure(path, max_bytes, content.error());
  return *std::move(content);
}

Result<std::optional<Bytes>> ProjectFiles::read_if_present(std::string_view path,
                                                           std::size_t max_bytes) const {
  auto tidy_name = tidy("read", path);
  if (!tidy_name) return tidy_name.error();
  auto content = read_tidy(*tidy_name, max_bytes);
  if (content) return std::optional<Bytes>(*std::move(content));
  if (means_absent(content.error())) return std::optional<Bytes>();
  return read_failure(path, max_bytes, content.error());
}

std::optional<Bytes> ProjectFiles::read_cached(const std::string& path,
                                               std::size_t max_bytes) const {
  auto content = read_tidy(path, max_bytes);
  if (!content) return std::nullopt;
  return *std::move(content);
}

std::optional<FileStart> ProjectFiles::read_start(const std::string& path,
                                                  std::size_t bytes) const {
  auto file = open_beneath(root(), path, kReadFlags);
  if (!file) return std::nullopt;
  auto start = read_file_start(file->get(), bytes);
  if (!start) return std::nullopt;
  return *std::move(start);
}

bool ProjectFiles::holds(const std::string& path, ByteView content) const {
  auto file = open_beneath(root(), path, kReadFlags);
  if (!file) return false;
  const auto same = holds_exactly(file->get(), content);
  return same && *same;
}

Result<Done> ProjectFiles::make_private_folder() const {
  auto stage = make_folder_beneath(root(), kStageFolder);
  if (!stage) return failure("make folder", kStageFolder, stage.error());
  const char* const ignore = ".dgxp/.gitignore";
  if (holds(ignore, as_bytes("*\n"))) return Done{};
  auto file = open_beneath(root(), ignore, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (!file) return failure("write", ignore, file.error());
  const int written = write_all(file->get(), as_bytes("*\n"));
  const int closed = file->close();
  if (written != 0 || closed != 0) return failure("write", ignore, written != 0 ? written : closed);
  return Done{};
}

int FolderCache::keep(const std::string& folder, Descriptor descriptor) {
  if (open_.size() >= kMaxFolders) open_.clear();
  return open_.insert_or_assign(folder, std::move(descriptor)).first->second.get();
}

OsResult<int> FolderCache::get(const std::string& folder) {
  if (const auto found = open_.find(folder); found != open_.end()) return found->second.get();
  auto opened = open_folder_beneath(root_, folder);
  if (!opened) return os_error(opened.error());
  return keep(folder, std::move(*opened));
}

OsResult<std::vector<std::string>> FolderCache::make(const std::string& folder) {
  if (open_.contains(folder)) return std::vector<std::string>();
  auto made = make_folder_beneath(root_, folder);
  if (!made) return os_error(made.error());
  keep(folder, std::move(made->descriptor));
  return std::move(made->changed_parents);
}

}  // namespace dgxp
