#include "core/store/project_store.hpp"

#include <set>

#include <fcntl.h>

#include "core/store/batch.hpp"
#include "core/store/deliver.hpp"
#include "core/store/log_table.hpp"
#include "core/store/project_files.hpp"
#include "core/store/project_lock.hpp"
#include "core/store/raw_file.hpp"

namespace dgxp {
namespace {

enum class Access { read_only, read_write };

class ProjectStore final : public Store {
 public:
  ProjectStore(ProjectFiles files, Descriptor lock, Access access, Sync sync, std::string log,
               ProjectLogs* logs)
      : files_(std::move(files)),
        lock_(std::move(lock)),
        access_(access),
        sync_(sync),
        log_(std::move(log)),
        logs_(logs == nullptr ? own_logs_ : *logs) {
    logs_.look_again();
  }

  Result<Bytes> read(const std::string& path, std::size_t max_bytes) override {
    return files_.read(path, max_bytes);
  }
  Result<std::optional<Bytes>> read_if_present(const std::string& path,
                                               std::size_t max_bytes) override {
    return files_.read_if_present(path, max_bytes);
  }
  Result<bool> write(const std::string& path, ByteView content) override;

  std::optional<RawImage> find_raw(const Digest& key) override;
  std::optional<RawHead> look_for_raw(const Digest& key) override;
  Result<Done> keep_raw(const RawImage& raw) override;
  std::optional<Digest> raw_of_master(const std::string& path) override;
  void remember_raw_of_master(const std::string& path, const Digest& key) override;
  std::optional<std::string> find_recipe(const Digest& recipe) override;
  void keep_recipe(const Digest& recipe, const std::string& text) override;

  Result<DeliveryReport> deliver(std::span<const OutputFile> files) override;
  Result<Done> check_writable(std::span<const std::string> folders) override;

 private:
  Error read_only(std::string_view path) const {
    return files_.failure("write", path, "the project was opened for reading only");
  }
  int check_folder(const std::string& folder) const;

  ProjectFiles files_;
  Descriptor lock_;
  Access access_;
  Sync sync_;
  std::string log_;  ///< of deliveries
  ProjectLogs own_logs_;
  ProjectLogs& logs_;
};

Result<bool> ProjectStore::write(const std::string& path, ByteView content) {
  if (access_ == Access::read_only) return read_only(path);
  auto tidy = files_.tidy("write", path);
  if (!tidy) return tidy.error();
  Batch batch(files_, sync_);
  auto differs = batch.differs(*tidy, content);
  if (!differs || !*differs) return differs;
  auto staged = batch.stage(*tidy, content);
  if (!staged) return staged.error();
  auto published = batch.publish();
  if (!published) return published.error();
  auto synced = batch.sync_folders();
  if (!synced) return synced.error();
  return true;
}

std::optional<RawImage> ProjectStore::find_raw(const Digest& key) {
  auto content = files_.read_cached(raw_file_path(key), kMaxRawFileBytes);
  if (!content) return std::nullopt;
  return decode_raw_file(key, *std::move(content));
}

std::optional<RawHead> ProjectStore::look_for_raw(const Digest& key) {
  const auto start = files_.read_start(raw_file_path(key), kRawHeadBytes);
  return start ? decode_raw_head(key, start->bytes, start->file_bytes) : std::nullopt;
}

Result<Done> ProjectStore::keep_raw(const RawImage& raw) {
  const std::string path = raw_file_path(raw.key);
  if (access_ == Access::read_only) return read_only(path);
  // No fsync: it is checked whenever it is read, and can be made again.
  Batch batch(files_, Sync::no);
  auto staged = batch.stage(path, encode_raw_file(raw));
  return staged ? batch.publish() : std::move(staged);
}

std::optional<Digest> ProjectStore::raw_of_master(const std::string& path) {
  const Digest* const key = logs_.masters.find(files_, path);
  return key == nullptr ? std::nullopt : std::optional(*key);
}

void ProjectStore::remember_raw_of_master(const std::string& path, const Digest& key) {
  if (access_ == Access::read_write) logs_.masters.keep(files_, path, key);
}

std::optional<std::string> ProjectStore::find_recipe(const Digest& recipe) {
  const std::string* const text = logs_.recipes.find(files_, recipe);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

void ProjectStore::keep_recipe(const Digest& recipe, const std::string& text) {
  if (access_ == Access::read_write) logs_.recipes.keep(files_, recipe, text);
}

Result<DeliveryReport> ProjectStore::deliver(std::span<const OutputFile> files) {
  if (access_ == Access::read_only) {
    return read_only(files.empty() ? std::string_view(".") : std::string_view(files[0].path));
  }
  return deliver_files(files_, sync_, log_, files);
}

Result<Done> ProjectStore::check_writable(std::span<const std::string> folders) {
  for (const std::string& folder : folders) {
    const bool is_project = folder.empty() || folder == ".";
    auto tidy =
        is_project ? Result<std::string>(std::string()) : files_.tidy("write to folder", folder);
    if (!tidy) return tidy.error();
    const int code = check_folder(*tidy);
    if (code != 0) return files_.failure("write to folder", is_project ? "." : folder, code);
  }
  return Done{};
}

/// Asks the folder, or the nearest one above it that exists. Not the permission bits, which say
/// nothing to root and nothing about a read-only mount, but the kernel's answer for us.
int ProjectStore::check_folder(const std::string& folder) const {
  std::string nearest = folder;
  for (;;) {
    auto opened =
        open_beneath(files_.root(), nearest.empty() ? "." : nearest, O_PATH | O_DIRECTORY);
    if (opened) return ::faccessat(opened->get(), ".", W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
    if (opened.error() != ENOENT || nearest.empty()) return opened.error();
    nearest = split_path(nearest).folder;
  }
}

void clean_up(const ProjectFiles& files, const std::string& log) {
  empty_stage(files);
  std::set<std::string> folders;
  for (std::string& folder : folders_with_litter(files)) folders.insert(std::move(folder));
  for (std::string& folder : delivered_folders(files, log)) folders.insert(std::move(folder));
  for (const std::string& folder : folders) remove_litter(files, folder);
}

}  // namespace

Result<std::unique_ptr<Store>> open_project(const std::filesystem::path& folder,
                                            const StoreOptions& options) {
  auto files = ProjectFiles::open(folder);
  if (!files) return files.error();
  auto made = files->make_private_folder();
  if (!made) return made.error();
  auto lock = take_project_lock(*files, options.lock_timeout, options.on_wait);
  if (!lock) return lock.error();
  std::string log = delivery_log(options.manifest);
  clean_up(*files, log);
  return std::unique_ptr<Store>(std::make_unique<ProjectStore>(*std::move(files), *std::move(lock),
                                                               Access::read_write, options.sync,
                                                               std::move(log), options.logs));
}

Result<std::unique_ptr<Store>> open_project_read_only(const std::filesystem::path& folder) {
  auto files = ProjectFiles::open(folder);
  if (!files) return files.error();
  return std::unique_ptr<Store>(std::make_unique<ProjectStore>(
      *std::move(files), Descriptor(), Access::read_only, Sync::no, std::string(), nullptr));
}

}  // namespace dgxp
