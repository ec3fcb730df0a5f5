#include "core/store/batch.hpp"

#include <array>
#include <atomic>
#include <memory>

#include <dirent.h>
#include <fcntl.h>

#include <fmt/format.h>

#include "core/store/record_log.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kForeignLog = "foreign";
constexpr std::string_view kLitterPrefix = ".dgxp-";
constexpr std::string_view kLitterSuffix = ".tmp";
constexpr int kMaxNameAttempts = 10000;

/// Distinct within this process; O_EXCL and another try keep it apart from all others.
std::string fresh_name() {
  static std::atomic<unsigned> next{0};
  return fmt::format("{}-{}", ::getpid(), next++);
}

struct FreshFile {
  Descriptor file;
  std::string name;
};

OsResult<FreshFile> make_fresh_file(int folder, std::string_view prefix, std::string_view suffix) {
  for (int attempt = 0; attempt < kMaxNameAttempts; ++attempt) {
    std::string name = fmt::format("{}{}{}", prefix, fresh_name(), suffix);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor file(::openat(folder, name.c_str(), kFlags, 0666));
    if (file) return FreshFile{std::move(file), std::move(name)};
    if (errno != EEXIST) return os_error(errno);
  }
  return os_error(EEXIST);
}

int sync_file(int file, Sync sync) {
  return sync == Sync::no || ::fsync(file) == 0 ? 0 : errno;
}

bool is_litter(std::string_view name) {
  return name.starts_with(kLitterPrefix) && name.ends_with(kLitterSuffix);
}

std::vector<std::string> names_in(const ProjectFiles& files, const std::string& folder) {
  std::vector<std::string> names;
  auto opened = open_folder_beneath(files.root(), folder);
  if (!opened) return names;
  const int copy = ::fcntl(opened->get(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(copy), ::closedir);
  if (!listing) {
    ::close(copy);
    return names;
  }
  while (const dirent* entry = ::readdir(listing.get())) names.emplace_back(entry->d_name);
  return names;
}

void remove_names(const ProjectFiles& files, const std::string& folder,
                  bool (*matches)(std::string_view)) {
  auto opened = open_folder_beneath(files.root(), folder);
  if (!opened) return;
  for (const std::string& name : names_in(files, folder)) {
    if (matches(name)) ::unlinkat(opened->get(), name.c_str(), 0);
  }
}

int copy_content(int from, int to) {
  std::array<std::uint8_t, kPieceBytes> room;
  for (;;) {
    const ssize_t count = ::read(from, room.data(), room.size());
    if (count == 0) return 0;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    const int code = write_all(to, ByteView(room).first(static_cast<std::size_t>(count)));
    if (code != 0) return code;
  }
}

}  // namespace

Batch::~Batch() {
  for (std::size_t i = published_; i < staged_.size(); ++i) {
    ::unlinkat(stage_folder_.get(), staged_[i].name.c_str(), 0);
  }
}

Result<bool> Batch::differs(const std::string& path, ByteView content) {
  const SplitPath target = split_path(path);
  const auto folder = folders_.get(target.folder);
  if (!folder && folder.error() == ENOENT) return true;
  if (!folder) return files_.failure("write", path, folder.error());
  struct stat status{};
  if (::fstatat(*folder, target.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return true;
    return files_.failure("write", path, errno);
  }
  if (S_ISLNK(status.st_mode)) return files_.failure("write", path, ELOOP);
  if (S_ISDIR(status.st_mode)) return files_.failure("write", path, EISDIR);
  if (!S_ISREG(status.st_mode)) return files_.failure("write", path, kNotRegularFile);
  if (static_cast<std::size_t>(status.st_size) != content.size()) return true;
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const Descriptor file(::openat(*folder, target.name.c_str(), kFlags));
  if (!file) return files_.failure("read", path, errno);
  const auto same = holds_exactly(file.get(), content);
  if (!same) return files_.failure("read", path, same.error());
  return !*same;
}

Result<Done> Batch::stage(const std::string& path, ByteView content) {
  if (!stage_folder_) {
    auto folder = make_folder_beneath(files_.root(), kStageFolder);
    if (!folder) return files_.failure("make folder", kStageFolder, folder.error());
    stage_folder_ = std::move(folder->descriptor);
  }
  auto fresh = make_fresh_file(stage_folder_.get(), "", "");
  if (!fresh) return files_.failure("write", path, fresh.error());
  staged_.push_back({path, std::move(fresh->name), std::move(fresh->file)});
  auto written = write_staged(staged_.back(), content);
  if (!written) return written;
  return staged_.size() - settled_ < kMaxUnsettled ? Done{} : settle_files();
}

Result<Done> Batch::write_staged(Staged& staged, ByteView content) {
  int code = write_all(staged.file.get(), content);
  struct stat status{};
  if (code == 0 && ::fstat(staged.file.get(), &status) != 0) code = errno;
  if (code == 0 && static_cast<std::size_t>(status.st_size) != content.size()) code = EIO;
  if (code != 0) return files_.failure("write", staged.path, code);
  keep_mode(staged);
  // Starts the transfer, so that the fsyncs of a set wait for the disk together and not in turn.
  if (sync_ == Sync::yes) ::sync_file_range(staged.file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  return Done{};
}

/// Who made a file executable or readable to a group wants it to stay so.
void Batch::keep_mode(const Staged& staged) {
  const SplitPath target = split_path(staged.path);
  const auto folder = folders_.get(target.folder);
  struct stat status{};
  if (!folder || ::fstatat(*folder, target.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (S_ISREG(status.st_mode)) ::fchmod(staged.file.get(), status.st_mode & 0777);
}

Result<Done> Batch::settle_files() {
  for (; settled_ < staged_.size(); ++settled_) {
    Staged& staged = staged_[settled_];
    int code = sync_file(staged.file.get(), sync_);
    const int closed = staged.file.close();
    if (code == 0) code = closed;
    if (code != 0) return files_.failure("write", staged.path, code);
  }
  return Done{};
}

Result<Done> Batch::settle() {
  auto settled = settle_files();
  if (!settled) return settled;
  return make_target_folders();
}

Result<Done> Batch::make_target_folders() {
  for (std::size_t i = published_; i < staged_.size(); ++i) {
    const std::string folder = split_path(staged_[i].path).folder;
    auto parents = folders_.make(folder);
    if (!parents) return files_.failure("make folder", folder, parents.error());
    changed_folders_.insert(parents->begin(), parents->end());
  }
  return Done{};
}

Result<Done> Batch::publish() {
  auto settled = settle();
  if (!settled) return settled;
  for (; published_ < staged_.size(); ++published_) {
    auto moved = publish_one(staged_[published_]);
    if (!moved) return moved;
  }
  return Done{};
}

Result<Done> Batch::publish_one(const Staged& staged) {
  const SplitPath target = split_path(staged.path);
  const auto folder = folders_.get(target.folder);
  if (!folder) return files_.failure("write", staged.path, folder.error());
  changed_folders_.insert(target.folder);
  int code = 0;
  if (::renameat(stage_folder_.get(), staged.name.c_str(), *folder, target.name.c_str()) != 0) {
    code = errno == EXDEV ? move_across(staged, *folder, target) : errno;
  }
  if (code != 0) return files_.failure("write", staged.path, code);
  return Done{};
}

/// The target is on another file system: its temporary file must be beside it. Watchers that saw
/// that file appear may take the rename for something else, so the target is touched afterwards.
int Batch::move_across(const Staged& staged, int folder, const SplitPath& target) {
  const int noted = append_to_log(files_, kForeignLog, {{Digest{}, target.folder}});
  if (noted != 0) return noted;
  const Descriptor from(
      ::openat(stage_folder_.get(), staged.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!from) return errno;
  struct stat status{};
  if (::fstat(from.get(), &status) != 0) return errno;
  auto fresh = make_fresh_file(folder, kLitterPrefix, kLitterSuffix);
  if (!fresh) return fresh.error();
  int code = copy_content(from.get(), fresh->file.get());
  ::fchmod(fresh->file.get(), status.st_mode & 0777);
  if (code == 0) code = sync_file(fresh->file.get(), sync_);
  const int closed = fresh->file.close();
  if (code == 0) code = closed;
  if (code == 0 && ::renameat(folder, fresh->name.c_str(), folder, target.name.c_str()) != 0) {
    code = errno;
  }
  if (code != 0) {
    ::unlinkat(folder, fresh->name.c_str(), 0);
    return code;
  }
  ::utimensat(folder, target.name.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  ::unlinkat(stage_folder_.get(), staged.name.c_str(), 0);
  return 0;
}

Result<Done> Batch::remove(const std::string& path) {
  const SplitPath target = split_path(path);
  const auto folder = folders_.get(target.folder);
  if (!folder && folder.error() == ENOENT) return Done{};
  if (!folder) return files_.failure("remove", path, folder.error());
  changed_folders_.insert(target.folder);
  if (::unlinkat(*folder, target.name.c_str(), 0) == 0 || errno == ENOENT) return Done{};
  return files_.failure("remove", path, errno);
}

Result<Done> Batch::sync_folders() {
  for (const std::string& folder : changed_folders_) {
    const auto opened = folders_.get(folder);
    const int code = opened ? sync_file(*opened, sync_) : opened.error();
    if (code != 0) return files_.failure("write folder", folder.empty() ? "." : folder, code);
  }
  changed_folders_.clear();
  return Done{};
}

void empty_stage(const ProjectFiles& files) {
  remove_names(files, kStageFolder, [](std::string_view) { return true; });
}

void remove_litter(const ProjectFiles& files, const std::string& folder) {
  remove_names(files, folder, is_litter);
}

std::vector<std::string> folders_with_litter(const ProjectFiles& files) {
  std::set<std::string> folders;
  for (const Record& record : load_log(files, kForeignLog).good) folders.insert(record.text);
  return {folders.begin(), folders.end()};
}

}  // namespace dgxp
