#include "core/store/os.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace dgxp {
namespace {

OsResult<std::size_t> read_some(int file, std::span<std::uint8_t> room) {
  for (;;) {
    const ssize_t count = ::read(file, room.data(), room.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return os_error(errno);
  }
}

/// `expected_size` only decides how much memory is taken at first.
OsResult<Bytes> read_with_guess(int file, std::size_t expected_size, std::size_t max_bytes) {
  Bytes content;
  std::size_t filled = 0;
  // One byte more than expected, so that the end of the file shows in the same loop.
  content.resize(std::min(expected_size, max_bytes) + 1);
  for (;;) {
    if (filled == content.size()) content.resize(std::max(content.size() * 2, kPieceBytes));
    auto count = read_some(file, std::span(content).subspan(filled));
    if (!count) return os_error(count.error());
    if (*count == 0) break;
    filled += *count;
    if (filled > max_bytes) return os_error(EFBIG);
  }
  content.resize(filled);
  return content;
}

OsResult<std::size_t> regular_size(int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return os_error(errno);
  if (S_ISDIR(status.st_mode)) return os_error(EISDIR);
  if (!S_ISREG(status.st_mode)) return os_error(kNotRegularFile);
  return static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
}

}  // namespace

OsResult<Bytes> read_regular_file(int file, std::size_t max_bytes) {
  const auto size = regular_size(file);
  if (!size) return os_error(size.error());
  if (*size > max_bytes) return os_error(EFBIG);
  return read_with_guess(file, *size, max_bytes);
}

OsResult<FileStart> read_file_start(int file, std::size_t bytes) {
  const auto size = regular_size(file);
  if (!size) return os_error(size.error());
  FileStart start{.bytes = Bytes(std::min(bytes, *size)), .file_bytes = *size};
  for (std::size_t filled = 0; filled < start.bytes.size();) {
    const auto count = read_some(file, std::span(start.bytes).subspan(filled));
    if (!count) return os_error(count.error());
    if (*count == 0) return os_error(EIO);
    filled += *count;
  }
  return start;
}

OsResult<Bytes> read_to_end(int file, std::size_t max_bytes) {
  return read_with_guess(file, kPieceBytes, max_bytes);
}

int write_all(int file, ByteView content) {
  while (!content.empty()) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO;
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

OsResult<bool> holds_exactly(int file, ByteView content) {
  std::array<std::uint8_t, kPieceBytes> room;
  for (;;) {
    auto count = read_some(file, room);
    if (!count) return os_error(count.error());
    if (*count == 0) return content.empty();
    if (*count > content.size()) return false;
    if (std::memcmp(room.data(), content.data(), *count) != 0) return false;
    content = content.subspan(*count);
  }
}

const char* errno_text(int code) {
  if (code == ELOOP) return "it is, or lies behind, a symbolic link, and those are not followed";
  if (code == EXDEV) return "it lies outside the project";
  if (code == kNotRegularFile) return "it is not a regular file";
  return std::strerror(code);
}

}  // namespace dgxp
