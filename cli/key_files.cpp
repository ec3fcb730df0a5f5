#include "cli/key_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/store/project_store.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestKeyFile = 1U << 20U;
constexpr mode_t kSecret = S_IRUSR | S_IWUSR;
constexpr mode_t kPublic = kSecret | S_IRGRP | S_IROTH;

/// "~/x" as a shell would read it: configuration files have no shell.
fs::path expanded(const std::string& file) {
  const char* home = std::getenv("HOME");
  return file.starts_with("~/") && home != nullptr ? fs::path(home) / file.substr(2)
                                                   : fs::path(file);
}

Error file_error(const char* what, const fs::path& file) {
  return {ErrorKind::storage, fmt::format("cannot {} {}: {}", what,
                                          escape_for_terminal(file.string()), strerror(errno))};
}

Result<Done> create_file(const fs::path& file, std::string_view text, mode_t mode) {
  const int descriptor =
      open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (descriptor < 0) {
    Error error = file_error("make", file);
    if (errno == EEXIST)
      error.hint = "keys are never overwritten: choose another --name or --output";
    return error;
  }
  const bool written =
      write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(descriptor) == 0;
  const bool closed = close(descriptor) == 0;
  if (!written || !closed) return file_error("write", file);
  return Done{};
}

}  // namespace

Result<CurveKeys> load_secret_key(const std::string& file) {
  const fs::path path = expanded(file);
  auto text = read_plain_file(path, kLargestKeyFile);
  if (!text) return text.error();
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return file_error("look at", path);
  // Group bits stay out of it: a service manager that hands over a key may need them.
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return Error{
        ErrorKind::usage,
        fmt::format("others may read the secret key {}", escape_for_terminal(path.string())),
        fmt::format("chmod 600 {}", escape_for_terminal(path.string()))};
  }
  return parse_secret_key(path.string(), *text);
}

Result<std::set<std::string>> load_public_keys(const std::string& file) {
  const fs::path path = expanded(file);
  auto text = read_plain_file(path, kLargestKeyFile);
  if (!text) return text.error();
  return parse_public_keys(path.string(), *text);
}

Result<std::string> load_public_key(const std::string& key_or_file) {
  if (is_curve_key(key_or_file)) return key_or_file;
  auto keys = load_public_keys(key_or_file);
  if (!keys) return keys.error();
  if (keys->size() != 1) {
    return Error{ErrorKind::input, fmt::format("{} holds {} public keys, and a worker has one",
                                               escape_for_terminal(key_or_file), keys->size())};
  }
  return *keys->begin();
}

Result<WrittenKeys> write_new_keys(const std::string& folder, const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos) {
    return Error{ErrorKind::usage, "the name of a key has no '/' in it"};
  }
  const auto keys = make_curve_keys();
  if (!keys) return keys.error();
  std::error_code ignored;
  fs::create_directories(folder, ignored);  // if it cannot, the file cannot either, and says why
  const fs::path secret = fs::path(folder) / (name + ".key");
  const fs::path open = fs::path(folder) / (name + ".pub");
  if (fs::exists(fs::symlink_status(open, ignored))) {
    errno = EEXIST;
    Error error = file_error("make", open);
    error.hint = "keys are never overwritten: choose another --name or --output";
    return error;
  }
  if (auto done = create_file(secret, secret_key_text(*keys), kSecret); !done) return done.error();
  const std::string line = fmt::format("{} {}\n", keys->public_key, name);
  if (auto done = create_file(open, line, kPublic); !done) return done.error();
  return WrittenKeys{secret.string(), open.string(), keys->public_key};
}

}  // namespace dgxp
