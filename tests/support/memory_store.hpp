#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/build/ports.hpp"

namespace dgxp {

/// A project's files in memory; it remembers what was written, in order.
class MemoryStore : public Store {
 public:
  std::map<std::string, Bytes> files;
  std::map<Digest, RawImage> raws;
  std::set<Digest> damaged_raws;  ///< behind their heads; keeping one again repairs it
  std::atomic<int> raw_reads = 0;
  std::map<std::string, Digest> raws_of_masters;
  std::map<Digest, std::string> recipes;
  std::vector<std::string> writes;

  Result<Bytes> read(const std::string& path, std::size_t max_bytes) override {
    auto content = read_if_present(path, max_bytes);
    if (content && *content) return std::move(**content);
    return Error{.kind = ErrorKind::storage, .message = "cannot read '" + path + "'"};
  }
  Result<std::optional<Bytes>> read_if_present(const std::string& path, std::size_t) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  Result<bool> write(const std::string& path, ByteView content) override {
    const Bytes bytes(content.begin(), content.end());
    if (const auto found = files.find(path); found != files.end() && found->second == bytes) {
      return false;
    }
    files[path] = bytes;
    writes.push_back(path);
    return true;
  }
  Result<Done> check_writable(std::span<const std::string>) override { return Done{}; }
  std::optional<RawImage> find_raw(const Digest& key) override {
    ++raw_reads;
    const auto found = raws.find(key);
    if (found == raws.end() || damaged_raws.contains(key)) return std::nullopt;
    return found->second;
  }
  std::optional<RawHead> look_for_raw(const Digest& key) override {
    const auto found = raws.find(key);
    if (found == raws.end()) return std::nullopt;
    return RawHead{.placeholder = found->second.placeholder};
  }
  Result<Done> keep_raw(const RawImage& raw) override {
    raws[raw.key] = raw;
    damaged_raws.erase(raw.key);
    return Done{};
  }
  std::optional<Digest> raw_of_master(const std::string& path) override {
    const auto found = raws_of_masters.find(path);
    return found == raws_of_masters.end() ? std::nullopt : std::optional(found->second);
  }
  void remember_raw_of_master(const std::string& path, const Digest& key) override {
    raws_of_masters[path] = key;
  }
  std::optional<std::string> find_recipe(const Digest& recipe) override {
    const auto found = recipes.find(recipe);
    return found == recipes.end() ? std::nullopt : std::optional(found->second);
  }
  void keep_recipe(const Digest& recipe, const std::string& text) override {
    recipes[recipe] = text;
  }
  Result<DeliveryReport> deliver(std::span<const OutputFile> outputs) override {
    std::vector<const OutputFile*> ordered;
    for (const OutputFile& file : outputs) ordered.push_back(&file);
    std::ranges::stable_sort(ordered, {}, [](const OutputFile* file) { return file->step; });
    DeliveryReport report;
    for (const OutputFile* file : ordered) {
      const auto written = write(file->path, file->content);
      if (*written) {
        report.written.push_back(file->path);
      } else {
        ++report.unchanged;
      }
    }
    std::ranges::sort(report.written);
    return report;
  }
};

}  // namespace dgxp
