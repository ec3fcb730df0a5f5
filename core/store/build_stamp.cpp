#include "core/store/build_stamp.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <thread>

#include <fcntl.h>

#include <fmt/format.h>

#include "core/store/batch.hpp"
#include "core/store/project_files.hpp"
#include "core/store/stamp_file.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMaxStampBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;
// Kernels note times in ticks of up to 10 ms: a file that changed this shortly before it was looked
// at may change again without another time.
constexpr std::int64_t kTickNs = 20'000'000;
constexpr std::int64_t kPauseNs = 25'000'000;

std::int64_t to_ns(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}
std::int64_t now_ns() {
  return to_ns(std::chrono::system_clock::now());
}

FileMark mark_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size), static_cast<std::uint64_t>(status.st_ino),
          to_ns(status.st_mtim), to_ns(status.st_ctim)};
}

std::int64_t newest_time(const FileMark& mark) {
  return std::max(mark.modified_ns, mark.changed_ns);
}

/// What stands at a name of an open folder; -1 for the folder: there is none.
struct Seen {
  enum class Kind { absent, file, other } kind = Kind::absent;
  FileMark mark = {};
};

Seen look_at(int folder, const std::string& name) {
  struct stat status{};
  if (folder < 0) return {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return {errno == ENOENT ? Seen::Kind::absent : Seen::Kind::other};
  }
  if (!S_ISREG(status.st_mode)) return {Seen::Kind::other};
  return {Seen::Kind::file, mark_of(status)};
}

std::optional<Digest> digest_of_file(int folder, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const Descriptor file(::openat(folder, name.c_str(), kFlags));
  if (!file) return std::nullopt;
  const auto content = read_regular_file(file.get(), kMaxFileBytes);
  if (!content) return std::nullopt;
  return sha256(*content);
}

bool is_unchanged(int folder, const StampEntry& entry, std::int64_t trusted_before_ns) {
  if (entry.kind == StampEntry::Kind::changed) return false;
  const Seen seen = look_at(folder, entry.name);
  if (entry.kind == StampEntry::Kind::absent) return seen.kind == Seen::Kind::absent;
  if (seen.kind != Seen::Kind::file || seen.mark.size != entry.mark.size) return false;
  if (seen.mark == entry.mark && newest_time(seen.mark) < trusted_before_ns) return true;
  return digest_of_file(folder, entry.name) == entry.digest;
}

bool is_unchanged(const ProjectFiles& files, const StampFolder& folder, std::int64_t trusted_ns) {
  const auto opened = open_folder_beneath(files.root(), folder.path);
  const bool absent = !opened && (opened.error() == ENOENT || opened.error() == ENOTDIR);
  if (!opened && !absent) return false;
  const int at = opened ? opened->get() : -1;
  return std::ranges::all_of(folder.entries, [at, trusted_ns](const StampEntry& entry) {
    return is_unchanged(at, entry, trusted_ns);
  });
}

/// The paths by folder, without duplicates, sorted: every folder is opened once.
using Layout = std::map<std::string, std::set<std::string>>;

Result<Layout> lay_out(const ProjectFiles& files, const StampInput& input) {
  Layout layout;
  const auto add = [&](const std::string& path) -> Result<Done> {
    auto tidy = files.tidy("note", path);
    if (!tidy) return tidy.error();
    SplitPath split = split_path(*tidy);
    layout[std::move(split.folder)].insert(std::move(split.name));
    return Done{};
  };
  for (const std::string& path : input.paths) {
    if (auto added = add(path); !added) return added.error();
  }
  for (const auto& [path, digest] : input.known) {
    if (auto added = add(path); !added) return added.error();
  }
  return layout;
}

/// The digests under the tidy form of their paths.
std::map<std::string, Digest> tidy_digests(const std::map<std::string, Digest>& known) {
  std::map<std::string, Digest> tidy;
  for (const auto& [path, digest] : known) {
    if (auto name = tidy_path(path)) tidy.insert_or_assign(*std::move(name), digest);
  }
  return tidy;
}

/// After a pause every time among the files lies safely in the past.
void let_tick_pass(const ProjectFiles& files, const Layout& layout) {
  std::int64_t newest = 0;
  for (const auto& [folder, names] : layout) {
    const auto opened = open_folder_beneath(files.root(), folder);
    if (!opened) continue;
    for (const std::string& name : names) {
      newest = std::max(newest, newest_time(look_at(opened->get(), name).mark));
    }
  }
  const std::int64_t now = now_ns();
  const std::int64_t pause = newest + kPauseNs - now;
  // A time in the future (another clock) would be waited for in vain.
  if (pause > 0 && newest <= now) std::this_thread::sleep_for(std::chrono::nanoseconds(pause));
}

struct Noting {
  std::map<std::string, Digest> known;
  std::int64_t unchanged_before_ns;  ///< older files are as they were when the build began
  bool knows_begin;
};

StampEntry note_file(int folder, const std::string& path, std::string name, const Noting& noting) {
  const auto known = noting.known.find(path);
  const bool is_known = known != noting.known.end();
  const bool found_absent = is_known && known->second.empty();
  const Seen seen = look_at(folder, name);
  if (found_absent || (!is_known && seen.kind == Seen::Kind::absent)) {
    return {std::move(name), StampEntry::Kind::absent};
  }
  StampEntry changed{std::move(name), StampEntry::Kind::changed};
  if (seen.kind != Seen::Kind::file) return changed;
  const bool old = noting.knows_begin && newest_time(seen.mark) < noting.unchanged_before_ns;
  if (!is_known && noting.knows_begin && !old) return changed;
  const auto digest = is_known && old ? known->second : digest_of_file(folder, changed.name);
  if (!digest || (is_known && *digest != known->second)) return changed;
  return {std::move(changed.name), StampEntry::Kind::present, seen.mark, *digest};
}

Stamp take_stamp(const ProjectFiles& files, const Layout& layout, const Noting& noting) {
  Stamp stamp;
  stamp.time_ns = now_ns();
  for (const auto& [path, names] : layout) {
    const auto opened = open_folder_beneath(files.root(), path);
    StampFolder folder{path, {}};
    for (const std::string& name : names) {
      const std::string whole = path.empty() ? name : fmt::format("{}/{}", path, name);
      folder.entries.push_back(note_file(opened ? opened->get() : -1, whole, name, noting));
    }
    stamp.folders.push_back(std::move(folder));
  }
  return stamp;
}

}  // namespace

bool is_up_to_date(const std::filesystem::path& project, const Digest& question) {
  const auto files = ProjectFiles::open(project);
  if (!files) return false;
  const auto content = files->read_cached(kStampFile, kMaxStampBytes);
  if (!content) return false;
  const auto stamp = decode_stamp(*content);
  if (!stamp || stamp->question != question) return false;
  return std::ranges::all_of(stamp->folders, [&](const StampFolder& folder) {
    return is_unchanged(*files, folder, stamp->time_ns - kTickNs);
  });
}

Result<Done> write_stamp(const std::filesystem::path& project, const StampInput& input) {
  auto files = ProjectFiles::open(project);
  if (!files) return files.error();
  auto layout = lay_out(*files, input);
  if (!layout) return layout.error();
  auto made = files->make_private_folder();
  if (!made) return made;

  let_tick_pass(*files, *layout);
  const Noting noting{tidy_digests(input.known), input.began ? to_ns(*input.began) - kTickNs : 0,
                      input.began.has_value()};
  Stamp stamp = take_stamp(*files, *layout, noting);
  stamp.question = input.question;
  // No fsync: a stamp that is torn after a power cut does not verify.
  Batch batch(*files, Sync::no);
  auto staged = batch.stage(kStampFile, encode_stamp(stamp));
  return staged ? batch.publish() : std::move(staged);
}

void remove_stamp(const std::filesystem::path& project) {
  const auto files = ProjectFiles::open(project);
  if (!files) return;
  const auto folder = open_folder_beneath(files->root(), ".dgxp");
  if (folder) ::unlinkat(folder->get(), "stamp", 0);
}

}  // namespace dgxp
