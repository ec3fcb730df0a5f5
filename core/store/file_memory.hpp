#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

/// A file that holds something else than before.
struct ChangedFile {
  enum class Now { written, empty, gone, unreadable };
  std::string path;
  Now now = Now::written;
  bool is_output = false;  ///< nobody reads it: it was delivered
  friend bool operator==(const ChangedFile&, const ChangedFile&) = default;
};

/// What a project's files held when they were last looked at, for a process that is told of
/// changes: what nobody wrote to since is not read again. Contents are kept while they are at most
/// kMostBytes together, of the others the digest. May be used by several threads.
class FileMemory {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

  /// What the file held (an inner nothing: it was not there); an outer nothing when it is not
  /// known, or may have changed since.
  std::optional<std::optional<Bytes>> find(const std::string& path) const;
  void remember(const std::string& path, const std::optional<Bytes>& content);
  /// Its content is known, but nobody will read it: outputs.
  void remember_digest(const std::string& path, const Digest& digest);
  /// All that is not among `paths` is forgotten: what the project no longer has.
  void keep_only(const std::set<std::string>& paths);

  /// All known paths.
  std::set<std::string> paths() const;
  /// Another number whenever paths() is another set.
  std::size_t revision() const;

  /// Looks at those of `paths` that are known, and remembers what they hold now. Comes back with
  /// those that hold something else than before, sorted by path.
  std::vector<ChangedFile> look_again(const std::set<std::string>& paths, Store& disk);

 private:
  /// A file whose content is kept needs no digest; one without either is not there.
  struct Known {
    Digest digest = {};
    std::optional<Bytes> content = {};
    bool is_readable = true;  ///< else: there is something that cannot be read
    bool is_output = false;
    bool is_absent() const { return digest.empty() && !content; }
  };
  bool holds(const std::string& path, ByteView content) const;
  bool knows_as(const std::string& path, const Known& today) const;
  std::optional<bool> is_output(const std::string& path) const;  ///< nothing: not known
  void put(const std::string& path, Known known);
  static bool hold_same(const Known& before, const Known& today);
  static ChangedFile::Now now_of(const Known& known);
  static Known known_of(const std::string& path, bool is_output, Store& disk);

  mutable std::mutex mutex_;
  std::map<std::string, Known> files_;
  std::size_t bytes_ = 0;
  std::size_t revision_ = 0;
};

/// The files of `disk`, for read_if_present through a memory; `read` asks the disk. So does what
/// `always_read` names, but that is remembered: files that other programs write while they hold the
/// project's lock. `memory` has to outlive it.
std::unique_ptr<Store> make_resident_store(std::unique_ptr<Store> disk, FileMemory& memory,
                                           std::set<std::string> always_read);

}  // namespace dgxp
