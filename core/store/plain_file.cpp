#include "core/store/plain_file.hpp"

#include <fcntl.h>

#include <deque>
#include <utility>

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

/// A file on its way: what can fail before its target is touched comes first.
class PlainWrite {
 public:
  PlainWrite(const PlainFile& file, std::size_t index)
      : file_(&file), index_(index), is_stream_(file.path == "-") {}
  PlainWrite(const PlainWrite&) = delete;
  PlainWrite& operator=(const PlainWrite&) = delete;
  ~PlainWrite() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  const std::filesystem::path& path() const { return file_->path; }
  /// Standard output, a device or a pipe: what went there cannot be taken back.
  bool is_stream() const { return is_stream_; }

  /// Opens a stream, or writes a regular file beside its target. 0 or errno.
  int prepare() {
    if (path() == "-") return 0;
    target_ = behind_links(path());
    struct stat status{};
    const bool present = ::stat(target_.c_str(), &status) == 0;
    if (present && S_ISDIR(status.st_mode)) return EISDIR;
    if (present && !S_ISREG(status.st_mode)) {
      is_stream_ = true;
      stream_ = Descriptor(::open(target_.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
      return stream_ ? 0 : errno;
    }
    if (present && holds_already(target_, file_->content)) return 0;
    return write_beside(present ? status.st_mode : 0666);
  }

  /// 0 or errno.
  int finish() {
    if (path() == "-") return write_all(STDOUT_FILENO, file_->content);
    if (is_stream_) {
      const int written = write_all(stream_.get(), file_->content);
      const int closed = stream_.close();
      return written != 0 ? written : closed;
    }
    if (temporary_.empty()) return 0;
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) return errno;
    temporary_.clear();
    return 0;
  }

 private:
  int write_beside(mode_t mode) {
    std::filesystem::path temporary = target_;
    temporary.replace_filename(fmt::format(".dgxp-{}-{}-{}.tmp", ::getpid(), index_,
                                           target_.filename().string().substr(0, 100)));
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                           mode & 0777));
    if (!file) return errno;
    temporary_ = std::move(temporary);
    int code = write_all(file.get(), file_->content);
    if (code == 0 && ::fsync(file.get()) != 0) code = errno;
    const int closed = file.close();
    return code != 0 ? code : closed;
  }

  const PlainFile* file_;
  std::size_t index_;
  bool is_stream_;
  std::filesystem::path target_;
  std::filesystem::path temporary_;  ///< its content, until it is in its place
  Descriptor stream_;
};

}  // namespace

Result<Bytes> read_plain_file(const std::filesystem::path& path, std::size_t max_bytes) {
  auto content = read_named(path, max_bytes);
  if (content) return *std::move(content);
  if (content.error() != EFBIG) return failure("read", path, errno_text(content.error()));
  Error error = failure("read", path, fmt::format("it is larger than {} bytes", max_bytes));
  error.kind = ErrorKind::input;
  return error;
}

Result<Done> write_plain_files(std::span<const PlainFile> files) {
  std::deque<PlainWrite> writes;
  for (const PlainFile& file : files) {
    PlainWrite& write = writes.emplace_back(file, writes.size());
    if (const int code = write.prepare(); code != 0)
      return failure("write", file.path, errno_text(code));
  }
  // A stream can still fail, a rename hardly.
  for (const bool streams : {true, false}) {
    for (PlainWrite& write : writes) {
      if (write.is_stream() != streams) continue;
      if (const int code = write.finish(); code != 0)
        return failure("write", write.path(), errno_text(code));
    }
  }
  return Done{};
}

Result<Done> write_plain_file(const std::filesystem::path& path, ByteView content) {
  const PlainFile file{.path = path, .content = content};
  return write_plain_files({&file, 1});
}

}  // namespace dgxp
