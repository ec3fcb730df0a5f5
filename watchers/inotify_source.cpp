#include "watchers/inotify_source.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "watchers/watched_names.hpp"

namespace dgxp {
namespace {

// Not IN_MODIFY: a file that somebody is still writing is not looked at before it is closed.
constexpr std::uint32_t kMask = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB |
                                IN_ONLYDIR | IN_EXCL_UNLINK;

Error limit_error(int code) {
  if (code == ENOSPC) {
    return {ErrorKind::storage, "the kernel watches no more folders for this user",
            "raise it with `sysctl fs.inotify.max_user_watches=524288`"};
  }
  if (code == EMFILE) {
    return {ErrorKind::storage, "the kernel opens no more inotify instances for this user",
            "raise it with `sysctl fs.inotify.max_user_instances=512`"};
  }
  return {ErrorKind::storage, fmt::format("cannot watch files: {}", strerror(code))};
}

class InotifySource final : public ChangeSource {
 public:
  InotifySource(int file, std::filesystem::path project)
      : file_(file), project_(std::move(project)) {}
  ~InotifySource() override { ::close(file_); }
  InotifySource(const InotifySource&) = delete;
  InotifySource& operator=(const InotifySource&) = delete;

  Result<bool> watch(const std::set<std::string>& paths) override {
    names_ = watched_names(paths);
    names_[""];
    return add_watches();
  }

  Changes take() override {
    Changes changes;
    // Aligned for the events, and room for many: a checkout is thousands.
    alignas(inotify_event) std::array<char, 65536> buffer;
    for (;;) {
      const ssize_t count = ::read(file_, buffer.data(), buffer.size());
      if (count <= 0) break;
      for (const char* at = buffer.data(); at < buffer.data() + count;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);
        note(*event, changes);
        at += sizeof(inotify_event) + event->len;
      }
    }
    return changes;
  }

  int descriptor() const override { return file_; }
  std::optional<std::chrono::milliseconds> interval() const override {
    // A project folder that is gone comes back without an event.
    return watch_of_.contains("") ? std::nullopt : std::optional(kPollInterval);
  }

 private:
  /// The folders that are there; those of a folder that is not come when it does.
  Result<bool> add_watches() {
    bool is_more = false;
    std::map<std::string, int> kept;
    for (const auto& [folder, names] : names_) {
      const std::string place = folder.empty() ? project_.string() : (project_ / folder).string();
      const int watch = ::inotify_add_watch(file_, place.c_str(), kMask);
      if (watch < 0 && (errno == ENOSPC || errno == ENOMEM)) return limit_error(errno);
      if (watch < 0) continue;
      const auto before = watch_of_.find(folder);
      is_more = is_more || before == watch_of_.end() || before->second != watch;
      kept.emplace(folder, watch);
    }
    std::map<int, std::string> folder_of;
    for (const auto& [folder, watch] : kept) folder_of.emplace(watch, folder);
    for (const auto& [folder, watch] : watch_of_)
      if (!folder_of.contains(watch)) ::inotify_rm_watch(file_, watch);
    watch_of_ = std::move(kept);
    folder_of_ = std::move(folder_of);
    return is_more;
  }

  void note(const inotify_event& event, Changes& changes) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) changes.everything = true;
    const auto folder = folder_of_.find(event.wd);
    if (folder == folder_of_.end()) return;
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) {
      changes.everything = true;
      forget(event, folder->second);
      return;
    }
    if (event.len == 0) return;
    const std::string name(event.name, strnlen(event.name, event.len));
    const auto names = names_.find(folder->second);
    if (names == names_.end() || !names->second.contains(name)) return;
    const std::string path = folder->second.empty() ? name : folder->second + "/" + name;
    // A folder on the way to a file came or went, with all that is in it.
    if (names_.contains(path) || (event.mask & IN_ISDIR) != 0) {
      changes.everything = true;
    } else {
      changes.add(path);
    }
  }

  /// The folder is not what is watched any more; the next watch() looks for it by its path.
  void forget(const inotify_event& event, const std::string& folder) {
    if ((event.mask & IN_IGNORED) == 0) ::inotify_rm_watch(file_, event.wd);
    watch_of_.erase(folder);
    folder_of_.erase(event.wd);
  }

  int file_;
  std::filesystem::path project_;
  WatchedNames names_;
  std::map<std::string, int> watch_of_;
  std::map<int, std::string> folder_of_;
};

}  // namespace

Result<std::unique_ptr<ChangeSource>> open_inotify_source(const std::filesystem::path& project) {
  const int file = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (file < 0) return limit_error(errno);
  return std::unique_ptr<ChangeSource>(std::make_unique<InotifySource>(file, project));
}

}  // namespace dgxp
