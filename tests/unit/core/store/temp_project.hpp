#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "core/store/project_store.hpp"

namespace dgxp {

/// A folder of its own for a test; left behind when a REQUIRE failed.
class TempProject {
 public:
  TempProject() : TempProject(std::filesystem::temp_directory_path()) {}
  explicit TempProject(const std::filesystem::path& base) {
    std::string name = (base / "dgxp-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = name;
  }
  TempProject(const TempProject&) = delete;
  TempProject& operator=(const TempProject&) = delete;
  ~TempProject() {
    // A failed REQUIRE is on its way up: the folder stays for the person who looks for the cause.
    if (std::uncaught_exceptions() > 0) return;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path at(const std::string& path) const { return folder_ / path; }

  void put(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(at(path).parent_path());
    std::ofstream(at(path), std::ios::binary) << text;
  }
  /// "<absent>" when there is no such file.
  std::string get(const std::string& path) const {
    std::ifstream file(at(path), std::ios::binary);
    if (!file) return "<absent>";
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  /// Every regular file below `folder` with its content; without `.dgxp`.
  std::map<std::string, std::string> tree(const std::string& folder = "") const {
    std::map<std::string, std::string> files;
    if (!std::filesystem::exists(at(folder))) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(at(folder))) {
      const std::string path = entry.path().lexically_relative(folder_).generic_string();
      if (entry.is_regular_file() && !path.starts_with(".dgxp/")) files[path] = get(path);
    }
    return files;
  }
  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> found;
    if (!std::filesystem::exists(at(folder))) return found;
    for (const auto& entry : std::filesystem::directory_iterator(at(folder))) {
      found.push_back(entry.path().filename().string());
    }
    std::ranges::sort(found);
    return found;
  }
  struct stat status(const std::string& path) const {
    struct stat found{};
    REQUIRE(::lstat(at(path).c_str(), &found) == 0);
    return found;
  }

  std::unique_ptr<Store> open(Sync sync = Sync::no) const {
    auto store = open_project(folder_, {.sync = sync, .lock_timeout = std::chrono::seconds(5)});
    REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
    return std::move(*store);
  }

  /// The message with this folder's name as "P", so that tests can compare whole messages.
  std::string anonymous(const std::string& message) const {
    const std::string name = folder_.string();
    std::string shown;
    std::size_t from = 0;
    for (std::size_t at = 0; (at = message.find(name, from)) != std::string::npos;) {
      shown.append(message, from, at - from).append("P");
      from = at + name.size();
    }
    return shown.append(message, from);
  }

 private:
  std::filesystem::path folder_;
};

/// A folder in memory where there is one, for tests that make hundreds of projects.
inline std::filesystem::path fast_folder() {
  const std::filesystem::path memory = "/dev/shm";
  const bool usable = ::access(memory.c_str(), W_OK | X_OK) == 0;
  return usable ? memory : std::filesystem::temp_directory_path();
}

/// "ok" or the whole message, for one comparison of either.
template <typename T>
std::string said(const Result<T>& result) {
  return result ? std::string("ok") : result.error().message;
}

inline OutputFile output(const std::string& path, const std::string& text,
                         PublishStep step = PublishStep::extra) {
  return {path, to_bytes(text), step};
}

inline bool same_file_state(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

}  // namespace dgxp
