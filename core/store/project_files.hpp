#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/store/beneath.hpp"
#include "core/store/os.hpp"

namespace dgxp {

inline constexpr const char* kStageFolder = ".dgxp/stage";
inline constexpr const char* kLockFile = ".dgxp/lock";
inline constexpr const char* kStampFile = ".dgxp/stamp";

/// The folder of a project, opened: reads below it and words errors with the names that the user
/// knows. Everything that opens a file of the project goes through here or a Batch.
class ProjectFiles {
 public:
  /// Error: `storage` when there is no such folder.
  static Result<ProjectFiles> open(const std::filesystem::path& folder);

  int root() const { return root_.get(); }
  /// "cannot <verb> '<path>': <reason>", kind `storage`.
  Error failure(std::string_view verb, std::string_view path, int code) const;
  Error failure(std::string_view verb, std::string_view path, std::string_view reason) const;
  /// The path as tidy_path gives it. Error: `storage` when there is no safe form of it.
  Result<std::string> tidy(std::string_view verb, std::string_view path) const;

  Result<Bytes> read(std::string_view path, std::size_t max_bytes) const;
  Result<std::optional<Bytes>> read_if_present(std::string_view path, std::size_t max_bytes) const;
  /// For caches, where every failure means "not there".
  std::optional<Bytes> read_cached(const std::string& path, std::size_t max_bytes) const;
  /// The same: its first bytes, as many as there are up to `bytes`.
  std::optional<FileStart> read_start(const std::string& path, std::size_t bytes) const;
  /// The same: whether the file is there and holds these bytes, which is sooner known.
  bool holds(const std::string& path, ByteView content) const;

  /// Makes `.dgxp/` with its .gitignore and `.dgxp/stage/`.
  Result<Done> make_private_folder() const;

 private:
  ProjectFiles(Descriptor root, std::filesystem::path folder)
      : root_(std::move(root)), folder_(std::move(folder)) {}
  OsResult<Bytes> read_tidy(const std::string& path, std::size_t max_bytes) const;
  Error read_failure(std::string_view path, std::size_t max_bytes, int code) const;

  Descriptor root_;
  std::filesystem::path folder_;  ///< as the user named it
};

/// Open folders by path, at most kMaxFolders at a time, so that neither a tight loop opens one
/// twice nor a project of ten thousand folders runs out of descriptors.
class FolderCache {
 public:
  explicit FolderCache(int root) : root_(root) {}
  OsResult<int> get(const std::string& folder);
  /// Makes what is missing; says which folders got a new entry.
  OsResult<std::vector<std::string>> make(const std::string& folder);

 private:
  int keep(const std::string& folder, Descriptor descriptor);

  static constexpr std::size_t kMaxFolders = 128;
  int root_;
  std::map<std::string, Descriptor> open_;
};

}  // namespace dgxp
