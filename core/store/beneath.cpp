#include "core/store/beneath.hpp"

#include <algorithm>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

namespace dgxp {
namespace {

bool is_control(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code < 0x20 || code == 0x7f;
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0 && path.substr(0, slash) != ".") parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

OsResult<Descriptor> checked(long number) {
  if (number < 0) return os_error(errno);
  return Descriptor(static_cast<int>(number));
}

OsResult<Descriptor> open_by_openat2(int root, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<__u64>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed meanwhile and the kernel could not prove that we stayed inside.
  for (int attempt = 0;; ++attempt) {
    auto opened = checked(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
    const bool again = !opened && (opened.error() == EAGAIN || opened.error() == EINTR);
    if (!again || attempt == 32) return opened;
  }
}

/// With O_DIRECTORY the kernel calls a symbolic link "not a directory"; we say what it is.
int link_or(int folder, const std::string& part, int code) {
  if (code != ENOTDIR) return code;
  struct stat status{};
  const bool known = ::fstatat(folder, part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  return known && S_ISLNK(status.st_mode) ? ELOOP : code;
}

OsResult<Descriptor> open_part(int folder, const std::string& part, int flags, mode_t mode) {
  if (part == "..") return os_error(EXDEV);
  auto opened = checked(::openat(folder, part.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!opened) return os_error(link_or(folder, part, opened.error()));
  return opened;
}

}  // namespace

std::optional<std::string> tidy_path(std::string_view path) {
  constexpr std::size_t kMaxPath = 4000;
  constexpr std::size_t kMaxPart = 255;
  if (path.starts_with('/') || path.size() > kMaxPath) return std::nullopt;
  if (std::ranges::any_of(path, is_control)) return std::nullopt;
  std::string tidy;
  for (const std::string& part : parts_of(path)) {
    if (part == ".." || part.size() > kMaxPart) return std::nullopt;
    if (!tidy.empty()) tidy += '/';
    tidy += part;
  }
  if (tidy.empty()) return std::nullopt;
  return tidy;
}

SplitPath split_path(const std::string& tidy) {
  const std::size_t slash = tidy.rfind('/');
  if (slash == std::string::npos) return {"", tidy};
  return {tidy.substr(0, slash), tidy.substr(slash + 1)};
}

OsResult<Descriptor> open_beneath(int root, const std::string& path, int flags, mode_t mode) {
  auto opened = open_by_openat2(root, path, flags, mode);
  // Sandboxes answer EPERM for system calls that they do not know.
  if (!opened && (opened.error() == ENOSYS || opened.error() == EPERM)) {
    return open_beneath_by_walk(root, path, flags, mode);
  }
  return opened;
}

OsResult<Descriptor> open_beneath_by_walk(int root, const std::string& path, int flags,
                                          mode_t mode) {
  if (path.starts_with('/')) return os_error(EXDEV);
  const std::vector<std::string> parts = parts_of(path);
  if (parts.empty()) return checked(::openat(root, ".", flags | O_CLOEXEC, mode));
  Descriptor folder;
  int at = root;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    auto next = open_part(at, parts[i], O_PATH | O_DIRECTORY, 0);
    if (!next) return next;
    folder = std::move(*next);
    at = folder.get();
  }
  return open_part(at, parts.back(), flags, mode);
}

OsResult<Descriptor> open_folder_beneath(int root, const std::string& folder) {
  return open_beneath(root, folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

OsResult<MadeFolder> make_folder_beneath(int root, const std::string& folder) {
  auto present = open_folder_beneath(root, folder);
  if (present) return MadeFolder{std::move(*present), {}};
  if (present.error() != ENOENT) return os_error(present.error());

  auto at = open_folder_beneath(root, "");
  MadeFolder made;
  std::string reached;
  for (const std::string& part : parts_of(folder)) {
    if (!at) return os_error(at.error());
    auto next = open_folder_beneath(at->get(), part);
    if (!next && next.error() == ENOENT) {
      if (::mkdirat(at->get(), part.c_str(), 0777) == 0) {
        made.changed_parents.push_back(reached);
      } else if (errno != EEXIST) {
        return os_error(errno);
      }
      next = open_folder_beneath(at->get(), part);
    }
    at = std::move(next);
    reached += reached.empty() ? part : "/" + part;
  }
  if (!at) return os_error(at.error());
  made.descriptor = std::move(*at);
  return made;
}

}  // namespace dgxp
