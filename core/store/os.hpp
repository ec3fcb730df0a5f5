#pragma once

#include <cerrno>
#include <cstddef>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <tl/expected.hpp>

#include "core/base/bytes.hpp"

namespace dgxp {

/// A T, or the errno of the system call that failed.
template <typename T>
using OsResult = tl::expected<T, int>;

inline tl::unexpected<int> os_error(int code) {
  return tl::unexpected<int>(code);
}

/// Files are read and compared in pieces of this many bytes.
inline constexpr std::size_t kPieceBytes = 65536;

/// A file descriptor that closes itself. Moved from or default constructed it holds none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  /// 0, or the errno of close(2): some file systems report a failed write only there. EINTR is
  /// not one: Linux has closed the descriptor then.
  int close() {
    if (number_ < 0) return 0;
    const int status = ::close(std::exchange(number_, -1));
    return status == 0 || errno == EINTR ? 0 : errno;
  }

 private:
  int number_ = -1;
};

/// An error code of our own, beside those of errno: a device, pipe or socket instead of a file.
inline constexpr int kNotRegularFile = -1;

/// The rest of a file. Error: EFBIG when there is more than `max_bytes`, without reading it all;
/// EISDIR or kNotRegularFile when it is no regular file.
OsResult<Bytes> read_regular_file(int file, std::size_t max_bytes);

/// The first bytes of a regular file, and how many it has.
struct FileStart {
  Bytes bytes;
  std::size_t file_bytes = 0;
};
/// `file` as it was opened. Error: as read_regular_file.
OsResult<FileStart> read_file_start(int file, std::size_t bytes);

/// The rest of whatever `file` is (a pipe, a terminal). Error: EFBIG as above.
OsResult<Bytes> read_to_end(int file, std::size_t max_bytes);

/// Writes all of `content`; 0 or errno.
int write_all(int file, ByteView content);

/// Whether the rest of `file` is exactly `content`.
OsResult<bool> holds_exactly(int file, ByteView content);

/// errno as people read it; the two that openat2 uses for links and escapes are put in words.
const char* errno_text(int code);

}  // namespace dgxp
