#include <fcntl.h>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/store/os.hpp"
#include "core/store/project_store.hpp"

namespace dgxp {
namespace {

std::string shown_name(std::string_view verb, const std::filesystem::path& path) {
  if (path != "-") return fmt::format("'{}'", escape_for_terminal(path.string()));
  return verb == "read" ? "standard input" : "standard output";
}

Error failure(std::string_view verb, const std::filesystem::path& path, std::string_view reason) {
  return {ErrorKind::storage,
          fmt::format("cannot {} {}: {}", verb, shown_name(verb, path), reason)};
}

OsResult<Bytes> read_named(const std::filesystem::path& path, std::size_t max_bytes) {
  if (path == "-") return read_to_end(STDIN_FILENO, max_bytes);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  if (!file) return os_error(errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return os_error(errno);
  // A pipe is what `<(command)` of a shell gives.
  return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)
             ? read_regular_file(file.get(), max_bytes)
             : read_to_end(file.get(), max_bytes);
}

int write_in_place(const std::filesystem::path& path, ByteView content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
  if (!file) return errno;
  const int written = write_all(file.get(), content);
  const int closed = file.close();
  return written != 0 ? written : closed;
}

/// Where the bytes really go: the user named the link, and means the file behind it.
std::filesystem::path behind_links(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(path, ignored)) return path;
  auto real = std::filesystem::weakly_canonical(path, ignored);
  return ignored ? path : real;
}

bool holds_already(const std::filesystem::path& path, ByteView content) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return false;
  const auto same = holds_exactly(file.get(), content);
  return same && *same;
}

int write_beside_and_rename(const std::filesystem::path& target, ByteView content, mode_t mode) {
  std::filesystem::path temporary = target;
  temporary.replace_filename(
      fmt::format(".dgxp-{}-{}.tmp", ::getpid(), target.filename().string().substr(0, 100)));
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                         mode & 0777));
  if (!file) return errno;
  int code = write_all(file.get(), content);
  if (code == 0 && ::fsync(file.get()) != 0) code = errno;
  const int closed = file.close();
  if (code == 0) code = closed;
  if (code == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) code = errno;
  if (code != 0) ::unlink(temporary.c_str());
  return code;
}

int write_named(const std::filesystem::path& path, ByteView content) {
  if (path == "-") return write_all(STDOUT_FILENO, content);
  const std::filesystem::path target = behind_links(path);
  struct stat status{};
  const bool present = ::stat(target.c_str(), &status) == 0;
  if (present && S_ISDIR(status.st_mode)) return EISDIR;
  if (present && !S_ISREG(status.st_mode)) return write_in_place(target, content);
  if (present && holds_already(target, content)) return 0;
  return write_beside_and_rename(target, content, present ? status.st_mode : 0666);
}

}  // namespace

Result<Bytes> read_plain_file(const std::filesystem::path& path, std::size_t max_bytes) {
  auto content = read_named(path, max_bytes);
  if (content) return *std::move(content);
  if (content.error() != EFBIG) return failure("read", path, errno_text(content.error()));
  Error error = failure("read", path, fmt::format("it is larger than {} bytes", max_bytes));
  error.kind = ErrorKind::input;
  return error;
}

Result<Done> write_plain_file(const std::filesystem::path& path, ByteView content) {
  const int code = write_named(path, content);
  if (code != 0) return failure("write", path, errno_text(code));
  return Done{};
}

}  // namespace dgxp
