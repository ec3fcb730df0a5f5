#include "core/store/table_cache.hpp"

#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>

#include "core/store/batch.hpp"
#include "core/store/project_files.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = ".dgxp/tables";
constexpr std::size_t kMostBytes = std::size_t{24} << 20U;

std::string path_of(const Digest& key) {
  return std::string(kFolder) + "/" + key.hex();
}

/// Removes all tables when there are too many of them: which were used last is not known.
void make_room(const fs::path& project, const ProjectFiles& files, const Digest& key) {
  const auto folder = open_folder_beneath(files.root(), kFolder);
  if (!folder) return;
  std::vector<std::string> others;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(project / kFolder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name != key.hex()) others.push_back(name);
  }
  if (others.size() < kMostTables) return;
  for (const std::string& name : others) ::unlinkat(folder->get(), name.c_str(), 0);
}

}  // namespace

std::optional<fs::path> find_project_folder(const fs::path& folder) {
  std::error_code failure;
  fs::path at = fs::absolute(folder, failure).lexically_normal();
  while (!failure && !at.empty()) {
    std::error_code ignored;
    if (fs::is_directory(fs::symlink_status(at / ".dgxp", ignored))) return at;
    if (at == at.parent_path()) break;
    at = at.parent_path();
  }
  return std::nullopt;
}

std::optional<Bytes> find_table(const fs::path& project, const Digest& key) {
  const auto files = ProjectFiles::open(project);
  if (!files) return std::nullopt;
  return files->read_cached(path_of(key), kMostBytes);
}

Result<Done> keep_table(const fs::path& project, const Digest& key, ByteView content) {
  const auto files = ProjectFiles::open(project);
  if (!files) return files.error();
  make_room(project, *files, key);
  // No fsync: a table that is torn after a power cut does not verify.
  Batch batch(*files, Sync::no);
  auto staged = batch.stage(path_of(key), content);
  return staged ? batch.publish() : std::move(staged);
}

}  // namespace dgxp
