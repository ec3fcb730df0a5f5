#include "core/store/deliver.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fcntl.h>

#include <fmt/format.h>

#include "core/store/batch.hpp"
#include "core/store/record_log.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kLogKind = "delivered";
constexpr std::size_t kMaxOutputBytes = std::size_t{1} << 30;

/// What the log says: path -> contents that we put there. Several when a delivery was cut short.
using Delivered = std::map<std::string, std::set<Digest>>;

struct Planned {
  const OutputFile* output;
  std::string path;
  bool changed = false;
};

Delivered load_delivered(const ProjectFiles& files, const std::string& log) {
  Delivered delivered;
  for (const Record& record : load_log(files, log).good) {
    if (tidy_path(record.text) == record.text) delivered[record.text].insert(record.digest);
  }
  return delivered;
}

std::string encode_delivered(const std::string& log, const Delivered& delivered) {
  std::vector<Record> records;
  for (const auto& [path, digests] : delivered) {
    for (const Digest& digest : digests) records.push_back({digest, path});
  }
  return encode_log(log, records);
}

/// Replaces the log when it does not say this yet.
Result<Done> note_delivered(const ProjectFiles& files, Sync sync, const std::string& log,
                            const Delivered& delivered) {
  const std::string path = fmt::format(".dgxp/{}", log);
  const std::string text = encode_delivered(log, delivered);
  Batch batch(files, sync);
  auto differs = batch.differs(path, as_bytes(text));
  if (!differs) return differs.error();
  if (!*differs) return Done{};
  auto staged = batch.stage(path, as_bytes(text));
  if (!staged) return staged;
  auto published = batch.publish();
  return published ? batch.sync_folders() : std::move(published);
}

bool is_reserved(const std::string& path) {
  const auto has_part = [&path](std::string_view part) {
    const std::string padded = "/" + path + "/";
    return padded.find(fmt::format("/{}/", part)) != std::string::npos;
  };
  return has_part(".dgxp") || has_part(".git");
}

/// The outputs in the order of publishing.
Result<std::vector<Planned>> plan_delivery(const ProjectFiles& files,
                                           std::span<const OutputFile> outputs) {
  std::vector<Planned> planned;
  std::set<std::string> seen;
  for (const OutputFile& output : outputs) {
    auto path = files.tidy("write", output.path);
    if (!path) return path.error();
    if (is_reserved(*path)) return files.failure("write", *path, "the folder is not for outputs");
    if (!seen.insert(*path).second) return files.failure("write", *path, "two outputs go there");
    planned.push_back({&output, *std::move(path)});
  }
  for (const std::string& path : seen) {
    for (std::string above = split_path(path).folder; !above.empty();
         above = split_path(above).folder) {
      if (seen.contains(above)) return files.failure("write", path, "it lies below another output");
    }
  }
  std::ranges::sort(planned, {}, [](const Planned& file) {
    return std::pair<PublishStep, const std::string&>(file.output->step, file.path);
  });
  return planned;
}

Result<Done> stage_changed(Batch& batch, std::vector<Planned>& planned) {
  for (Planned& file : planned) {
    auto differs = batch.differs(file.path, file.output->content);
    if (!differs) return differs.error();
    file.changed = *differs;
  }
  for (const Planned& file : planned) {
    if (!file.changed) continue;
    auto staged = batch.stage(file.path, file.output->content);
    if (!staged) return staged;
  }
  return batch.settle();
}

Delivered contents_of(const std::vector<Planned>& planned) {
  Delivered contents;
  for (const Planned& file : planned) contents[file.path] = {sha256(file.output->content)};
  return contents;
}

enum class Leftover { absent, ours, changed };

/// Only a file that still is what we delivered is ours to remove.
Leftover look_at_leftover(const ProjectFiles& files, const std::string& path,
                          const std::set<Digest>& digests) {
  auto file = open_beneath(files.root(), path, O_RDONLY | O_NONBLOCK);
  if (!file) {
    const bool absent = file.error() == ENOENT || file.error() == ENOTDIR;
    return absent ? Leftover::absent : Leftover::changed;
  }
  const auto content = read_regular_file(file->get(), kMaxOutputBytes);
  return content && digests.contains(sha256(*content)) ? Leftover::ours : Leftover::changed;
}

Result<Done> remove_leftovers(const ProjectFiles& files, Batch& batch, const Delivered& before,
                              const Delivered& now, DeliveryReport& report) {
  for (const auto& [path, digests] : before) {
    if (now.contains(path)) continue;
    switch (look_at_leftover(files, path, digests)) {
      case Leftover::absent:
        break;
      case Leftover::changed:
        report.kept.push_back(path);
        break;
      case Leftover::ours: {
        auto removed = batch.remove(path);
        if (!removed) return removed;
        report.removed.push_back(path);
      }
    }
  }
  return Done{};
}

DeliveryReport report_on(const std::vector<Planned>& planned) {
  DeliveryReport report;
  for (const Planned& file : planned) {
    if (file.changed) report.written.push_back(file.path);
  }
  report.unchanged = planned.size() - report.written.size();
  std::ranges::sort(report.written);
  return report;
}

}  // namespace

std::string delivery_log(std::string_view manifest) {
  return manifest.empty() ? std::string(kLogKind) : fmt::format("{}-{}", kLogKind, manifest);
}

Result<DeliveryReport> deliver_files(const ProjectFiles& files, Sync sync, const std::string& log,
                                     std::span<const OutputFile> outputs) {
  auto planned = plan_delivery(files, outputs);
  if (!planned) return planned.error();
  Batch batch(files, sync);
  auto staged = stage_changed(batch, *planned);
  if (!staged) return staged.error();

  // From here on the log names everything that may be ours, before and after.
  const Delivered before = load_delivered(files, log);
  const Delivered now = contents_of(*planned);
  Delivered either = before;
  for (const auto& [path, digests] : now) either[path].insert(digests.begin(), digests.end());
  if (either != before) {
    auto noted = note_delivered(files, sync, log, either);
    if (!noted) return noted.error();
  }

  auto published = batch.publish();
  if (!published) return published.error();
  DeliveryReport report = report_on(*planned);
  auto removed = remove_leftovers(files, batch, before, now, report);
  if (!removed) return removed.error();
  auto synced = batch.sync_folders();
  if (!synced) return synced.error();

  // Only now is it true that nothing else of ours is left.
  auto noted = note_delivered(files, sync, log, now);
  if (!noted) return noted.error();
  for (const auto& [path, digests] : now) report.digests.emplace(path, *digests.begin());
  return report;
}

std::vector<std::string> delivered_folders(const ProjectFiles& files, const std::string& log) {
  std::set<std::string> folders;
  for (const auto& [path, digests] : load_delivered(files, log)) {
    folders.insert(split_path(path).folder);
  }
  return {folders.begin(), folders.end()};
}

}  // namespace dgxp
