#include "core/store/file_memory.hpp"

#include <algorithm>
#include <utility>

#include "core/store/beneath.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30U;  // as deliveries

bool is_private(const std::string& path) {
  return path.starts_with(".dgxp/");
}

class ResidentStore final : public Store {
 public:
  ResidentStore(std::unique_ptr<Store> disk, FileMemory& memory, std::set<std::string> always_read)
      : disk_(std::move(disk)), memory_(memory), always_read_(std::move(always_read)) {}

  Result<Bytes> read(const std::string& path, std::size_t max_bytes) override {
    return disk_->read(path, max_bytes);
  }
  Result<std::optional<Bytes>> read_if_present(const std::string& path,
                                               std::size_t max_bytes) override {
    const auto tidy = tidy_path(path);
    if (!tidy || is_private(*tidy)) return disk_->read_if_present(path, max_bytes);
    if (!always_read_.contains(*tidy)) {
      auto known = memory_.find(*tidy);
      if (known && (!*known || (*known)->size() <= max_bytes)) return *std::move(known);
    }
    auto content = disk_->read_if_present(path, max_bytes);
    if (content) memory_.remember(*tidy, *content);
    return content;
  }
  Result<bool> write(const std::string& path, ByteView content) override {
    auto written = disk_->write(path, content);
    const auto tidy = tidy_path(path);
    if (written && tidy && !is_private(*tidy)) {
      memory_.remember(*tidy, Bytes(content.begin(), content.end()));
    }
    return written;
  }
  std::optional<RawImage> find_raw(const Digest& key) override { return disk_->find_raw(key); }
  std::optional<RawHead> look_for_raw(const Digest& key) override {
    return disk_->look_for_raw(key);
  }
  Result<Done> keep_raw(const RawImage& raw) override { return disk_->keep_raw(raw); }
  std::optional<Digest> raw_of_master(const std::string& path) override {
    return disk_->raw_of_master(path);
  }
  void remember_raw_of_master(const std::string& path, const Digest& key) override {
    disk_->remember_raw_of_master(path, key);
  }
  std::optional<std::string> find_recipe(const Digest& recipe) override {
    return disk_->find_recipe(recipe);
  }
  void keep_recipe(const Digest& recipe, const std::string& text) override {
    disk_->keep_recipe(recipe, text);
  }
  Result<DeliveryReport> deliver(std::span<const OutputFile> files) override {
    auto delivered = disk_->deliver(files);
    if (!delivered) return delivered;
    for (const OutputFile& file : files) {
      const auto tidy = tidy_path(file.path);
      if (!tidy) continue;
      const auto digest = delivered->digests.find(*tidy);
      const bool is_known = digest != delivered->digests.end();
      memory_.remember_digest(*tidy, is_known ? digest->second : sha256(file.content));
    }
    return delivered;
  }
  Result<Done> check_writable(std::span<const std::string> folders) override {
    return disk_->check_writable(folders);
  }

 private:
  std::unique_ptr<Store> disk_;
  FileMemory& memory_;
  std::set<std::string> always_read_;
};

}  // namespace

std::optional<std::optional<Bytes>> FileMemory::find(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const auto found = files_.find(path);
  if (found == files_.end() || !found->second.is_readable) return std::nullopt;
  if (found->second.is_absent()) return std::optional<Bytes>();
  if (!found->second.content) return std::nullopt;
  return found->second.content;
}

void FileMemory::put(const std::string& path, Known known) {
  const std::lock_guard guard(mutex_);
  const auto [entry, is_new] = files_.try_emplace(path);
  if (is_new) ++revision_;
  Known& place = entry->second;
  if (place.content) bytes_ -= place.content->size();
  if (known.content && bytes_ + known.content->size() > kMostBytes) {
    known.digest = sha256(*known.content);
    known.content.reset();
  }
  if (known.content) bytes_ += known.content->size();
  place = std::move(known);
}

void FileMemory::remember(const std::string& path, const std::optional<Bytes>& content) {
  if (content && holds(path, *content)) return;
  put(path, {.content = content});
}

bool FileMemory::holds(const std::string& path, ByteView content) const {
  const std::lock_guard guard(mutex_);
  const auto found = files_.find(path);
  if (found == files_.end() || !found->second.is_readable || found->second.is_output) return false;
  return found->second.content && std::ranges::equal(*found->second.content, content);
}

void FileMemory::remember_digest(const std::string& path, const Digest& digest) {
  put(path, {.digest = digest, .is_output = true});
}

void FileMemory::keep_only(const std::set<std::string>& paths) {
  const std::lock_guard guard(mutex_);
  const std::size_t gone = std::erase_if(files_, [&](const auto& entry) {
    const bool is_gone = !paths.contains(entry.first);
    if (is_gone && entry.second.content) bytes_ -= entry.second.content->size();
    return is_gone;
  });
  if (gone > 0) ++revision_;
}

FileMemory::Known FileMemory::known_of(const std::string& path, bool is_output, Store& disk) {
  auto content = disk.read_if_present(path, kLargestFile);
  Known known{.is_output = is_output};
  known.is_readable = static_cast<bool>(content);
  if (!content || !*content) return known;
  if (is_output) {
    known.digest = sha256(**content);
  } else {
    known.content = *std::move(*content);
  }
  return known;
}

bool FileMemory::hold_same(const Known& before, const Known& today) {
  if (before.is_readable != today.is_readable || before.is_absent() != today.is_absent())
    return false;
  if (before.is_absent() || (before.content && today.content))
    return before.content == today.content;
  const auto digest_of = [](const Known& known) {
    return known.content ? sha256(*known.content) : known.digest;
  };
  return digest_of(before) == digest_of(today);
}

std::set<std::string> FileMemory::paths() const {
  const std::lock_guard guard(mutex_);
  std::set<std::string> all;
  for (const auto& [path, known] : files_) all.insert(all.end(), path);
  return all;
}

std::size_t FileMemory::revision() const {
  const std::lock_guard guard(mutex_);
  return revision_;
}

ChangedFile::Now FileMemory::now_of(const Known& known) {
  static const Digest kNothing = sha256(ByteView{});
  if (!known.is_readable) return ChangedFile::Now::unreadable;
  if (known.is_absent()) return ChangedFile::Now::gone;
  const bool is_empty = known.content ? known.content->empty() : known.digest == kNothing;
  return is_empty ? ChangedFile::Now::empty : ChangedFile::Now::written;
}

std::optional<bool> FileMemory::is_output(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const auto found = files_.find(path);
  return found == files_.end() ? std::nullopt : std::optional(found->second.is_output);
}

bool FileMemory::knows_as(const std::string& path, const Known& today) const {
  const std::lock_guard guard(mutex_);
  const auto found = files_.find(path);
  return found != files_.end() && hold_same(found->second, today);
}

std::vector<ChangedFile> FileMemory::look_again(const std::set<std::string>& paths, Store& disk) {
  std::vector<ChangedFile> changed;
  for (const std::string& path : paths) {
    const std::optional<bool> was_output = is_output(path);
    if (!was_output) continue;
    Known today = known_of(path, *was_output, disk);
    if (knows_as(path, today)) continue;
    changed.push_back({.path = path, .now = now_of(today), .is_output = *was_output});
    put(path, std::move(today));
  }
  return changed;
}

std::unique_ptr<Store> make_resident_store(std::unique_ptr<Store> disk, FileMemory& memory,
                                           std::set<std::string> always_read) {
  return std::make_unique<ResidentStore>(std::move(disk), memory, std::move(always_read));
}

}  // namespace dgxp
