#include "core/store/shared_folder.hpp"

#include <fcntl.h>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/store/beneath.hpp"

namespace dgxp {
namespace {

/// What stands behind the folder's own name, also when that was given relative or by a link.
std::string_view relative_to(const std::filesystem::path& folder, std::string_view path) {
  std::error_code ignored;
  for (const auto& name : {folder, std::filesystem::absolute(folder, ignored),
                           std::filesystem::canonical(folder, ignored)}) {
    std::string prefix = name.lexically_normal().string();
    if (!prefix.ends_with('/')) prefix += '/';
    if (prefix.starts_with('/') && path.starts_with(prefix)) return path.substr(prefix.size());
  }
  return path;
}

}  // namespace

Result<Bytes> read_shared_file(const std::filesystem::path& folder, std::string_view path,
                               std::size_t max_bytes) {
  const std::string shown = escape_for_terminal(path.substr(0, 200));
  const auto tidy = tidy_path(relative_to(folder, path));
  if (!tidy) {
    return Error{ErrorKind::input, fmt::format("'{}' is not below '{}'", shown, folder.string())};
  }
  const auto failure = [&](int code) {
    if (code == EFBIG) {
      return Error{ErrorKind::input, fmt::format("'{}' is larger than {} bytes", shown, max_bytes)};
    }
    return Error{ErrorKind::storage, fmt::format("cannot read '{}' below '{}': {}", shown,
                                                 folder.string(), errno_text(code))};
  };
  const Descriptor root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return failure(errno);
  // Not to wait for the other end of a pipe.
  const auto file = open_beneath(root.get(), *tidy, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return failure(file.error());
  auto content = read_regular_file(file->get(), max_bytes);
  if (!content) return failure(content.error());
  return *std::move(content);
}

}  // namespace dgxp
