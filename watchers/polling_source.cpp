#include "watchers/polling_source.hpp"

#include <sys/stat.h>

#include <compare>
#include <cstdint>
#include <map>
#include <utility>

namespace dgxp {
namespace {

/// What tells one state of a file from the next; all zero for one that is not there.
struct SeenFile {
  std::int64_t size = 0;
  std::int64_t inode = 0;
  std::int64_t modified = 0;
  std::int64_t changed = 0;
  friend bool operator==(const SeenFile&, const SeenFile&) = default;
};

std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

class PollingSource final : public ChangeSource {
 public:
  PollingSource(std::filesystem::path project, std::chrono::milliseconds interval)
      : project_(std::move(project)), interval_(interval) {}

  Result<bool> watch(const std::set<std::string>& paths) override {
    bool is_more = false;
    std::map<std::string, SeenFile> seen;
    for (const std::string& path : paths) {
      const auto known = seen_.find(path);
      is_more = is_more || known == seen_.end();
      seen.emplace(path, known == seen_.end() ? look_at(path) : known->second);
    }
    seen_ = std::move(seen);
    return is_more;
  }

  Changes take() override {
    Changes changes;
    const WatchClock::time_point now = WatchClock::now();
    if (now < next_) return changes;
    next_ = now + interval_;
    for (auto& [path, before] : seen_) {
      const SeenFile today = look_at(path);
      if (today == before) continue;
      before = today;
      changes.add(path);
    }
    return changes;
  }

  int descriptor() const override { return -1; }
  std::optional<std::chrono::milliseconds> interval() const override { return interval_; }

 private:
  using WatchClock = std::chrono::steady_clock;

  SeenFile look_at(const std::string& path) const {
    struct stat status{};
    if (::lstat((project_ / path).c_str(), &status) != 0) return {};
    return {.size = status.st_size,
            .inode = static_cast<std::int64_t>(status.st_ino),
            .modified = to_ns(status.st_mtim),
            .changed = to_ns(status.st_ctim)};
  }

  std::filesystem::path project_;
  std::chrono::milliseconds interval_;
  WatchClock::time_point next_;
  std::map<std::string, SeenFile> seen_;
};

}  // namespace

std::unique_ptr<ChangeSource> make_polling_source(const std::filesystem::path& project,
                                                  std::chrono::milliseconds interval) {
  return std::make_unique<PollingSource>(project, interval);
}

}  // namespace dgxp
