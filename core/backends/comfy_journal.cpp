#include "core/backends/comfy_journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/backends/server_json.hpp"
#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kHeader = "dgxp-comfy-journal 1 ";
constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kMostBytes = 1U << 20U;   // then it is written anew
constexpr std::size_t kMostToRead = 8U << 20U;  // a larger one is not ours
constexpr std::size_t kMostOutputs = 64;
constexpr std::size_t kSumDigits = 16;

Error storage_error(const std::filesystem::path& path, std::string_view what) {
  return {.kind = ErrorKind::storage,
          .message = fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno))};
}

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

/// "SUM JSON\n": the sum tells a record from a torn one.
std::string make_record(const Json& body) {
  const std::string text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return fmt::format("{} {}\n", sha256(text).hex().substr(0, kSumDigits), text);
}

std::optional<Json> read_record(std::string_view line) {
  if (line.size() < kSumDigits + 1 || line[kSumDigits] != ' ') return std::nullopt;
  const std::string_view text = line.substr(kSumDigits + 1);
  if (sha256(text).hex().substr(0, kSumDigits) != line.substr(0, kSumDigits)) return std::nullopt;
  return parse_json<Json>(text);
}

Json to_json(const ComfyJournalEntry& entry) {
  Json outputs = Json::array();
  for (const OutputBinding& output : entry.outputs) {
    outputs.push_back({{"name", output.name},
                       {"node", output.node},
                       {"count", output.count},
                       {"websocket", output.websocket}});
  }
  return {{"op", "begin"},          {"job", entry.job},       {"request", entry.request},
          {"prompt", entry.prompt}, {"posted", entry.posted}, {"outputs", std::move(outputs)},
          {"pixels", entry.pixels}};
}

ComfyJournalEntry read_entry(const Json& record) {
  ComfyJournalEntry entry{.job = text_member(record, "job", 1024),
                          .request = text_member(record, "request"),
                          .prompt = text_member(record, "prompt"),
                          .posted = count_member(record, "posted"),
                          .outputs = {},
                          .pixels = text_member(record, "pixels")};
  const Json* outputs = find_member(record, "outputs");
  if (outputs == nullptr || !outputs->is_array()) return entry;
  for (const Json& output : *outputs) {
    if (entry.outputs.size() == kMostOutputs) break;
    const Json* websocket = find_member(output, "websocket");
    entry.outputs.push_back(
        {.name = text_member(output, "name"),
         .node = text_member(output, "node"),
         .count = static_cast<int>(std::min<std::uint64_t>(count_member(output, "count"), 4096)),
         .websocket = websocket != nullptr && *websocket == true});
  }
  return entry;
}

struct JournalText {
  std::uint64_t generation = 0;  ///< 0: not usable
  std::string records;
};

/// The header's number, 0 unless the file is whole up to where it took over.
JournalText read_journal(int descriptor) {
  const off_t length = ::lseek(descriptor, 0, SEEK_END);
  if (length <= 0 || static_cast<std::size_t>(length) > kMostToRead) return {};
  std::string text(static_cast<std::size_t>(length), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got =
        ::pread(descriptor, text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  const auto end = text.find('\n');
  if (!text.starts_with(kHeader) || end == std::string::npos) return {};
  JournalText journal;
  for (const char c : std::string_view(text).substr(kHeader.size(), end - kHeader.size())) {
    if (c < '0' || c > '9' || journal.generation > UINT64_MAX / 20) return {};
    journal.generation = journal.generation * 10 + static_cast<std::uint64_t>(c - '0');
  }
  journal.records = text.substr(end + 1);
  const bool is_whole = journal.records.find(make_record({{"op", "whole"}})) != std::string::npos;
  return is_whole ? journal : JournalText{};
}

}  // namespace

class ComfyJournal::File {
 public:
  static Result<std::unique_ptr<File>> open(const std::filesystem::path& folder,
                                            const std::string& name) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    auto file = std::make_unique<File>();
    for (std::size_t i = 0; i < 2; ++i) {
      file->path_ = folder / fmt::format("{}.{}.journal", name, i);
      file->files_[i] =
          Descriptor(::open(file->path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
      if (file->files_[i].get() < 0) return storage_error(file->path_, "cannot be opened");
    }
    // The kernel lets go of the lock when its owner dies, however it dies.
    if (::flock(file->files_[0].get(), LOCK_EX | LOCK_NB) != 0) {
      return Error{
          .kind = ErrorKind::storage,
          .message = fmt::format("{}: another worker has this journal open", folder.string()),
          .hint = "give each worker a state folder of its own"};
    }
    return file;
  }

  /// What the newer of the two files holds.
  std::string read() {
    JournalText first = read_journal(files_[0].get());
    JournalText second = read_journal(files_[1].get());
    active_ = second.generation > first.generation ? 1 : 0;
    JournalText& newer = active_ == 1 ? second : first;
    generation_ = newer.generation;
    return std::move(newer.records);
  }

  bool is_full() const { return size_ > kMostBytes; }

  Result<Done> append(std::string_view text, bool is_synced) {
    const auto begin = static_cast<off_t>(size_);
    std::size_t written = 0;
    while (written < text.size()) {
      const auto count = ::pwrite(files_[active_].get(), text.data() + written,
                                  text.size() - written, begin + static_cast<off_t>(written));
      if (count <= 0) return storage_error(path_, "cannot be written");
      written += static_cast<std::size_t>(count);
    }
    size_ += text.size();
    if (is_synced && ::fdatasync(files_[active_].get()) != 0) {
      return storage_error(path_, "cannot be synced");
    }
    return Done{};
  }

  /// The other file gets `records` and takes over.
  Result<Done> start_anew(std::string records) {
    const std::size_t other = 1 - active_;
    if (::ftruncate(files_[other].get(), 0) != 0) return storage_error(path_, "cannot be emptied");
    const std::size_t old_size = std::exchange(size_, 0);
    active_ = other;
    const auto written = append(
        fmt::format("{}{}\n{}{}", kHeader, ++generation_, records, make_record({{"op", "whole"}})),
        true);
    if (!written) {
      active_ = 1 - other;
      size_ = old_size;
    }
    return written;
  }

 private:
  std::filesystem::path path_;
  std::array<Descriptor, 2> files_;
  std::size_t active_ = 0;
  std::size_t size_ = 0;
  std::uint64_t generation_ = 0;
};

ComfyJournal::ComfyJournal() = default;
ComfyJournal::~ComfyJournal() = default;

Result<std::unique_ptr<ComfyJournal>> ComfyJournal::open(const std::filesystem::path& folder,
                                                         std::string_view server) {
  auto file = File::open(folder, "comfy-" + sha256(server).hex().substr(0, 8));
  if (!file) return file.error();
  auto journal = std::make_unique<ComfyJournal>();
  journal->load((*file)->read());
  journal->file_ = *std::move(file);
  if (const auto written = journal->write_anew(); !written) return written.error();
  return journal;
}

void ComfyJournal::load(std::string_view content) {
  while (!content.empty()) {
    const auto end = content.find('\n');
    const auto record =
        end == std::string_view::npos ? std::nullopt : read_record(content.substr(0, end));
    if (!record) {
      // Behind the end of what was written in time there is nothing; else it cannot be trusted.
      if (end != std::string_view::npos && end + 1 < content.size()) entries_.clear();
      return;
    }
    content.remove_prefix(end + 1);
    const std::string op = text_member(*record, "op");
    if (op == "begin") remember(read_entry(*record));
    const auto entry = entries_.find(text_member(*record, "job", 1024));
    if (entry == entries_.end() || entry->second.prompt != text_member(*record, "prompt")) continue;
    if (op == "finish") entry->second.pixels = text_member(*record, "pixels");
    if (op == "drop") entries_.erase(entry);
  }
}

void ComfyJournal::remember(ComfyJournalEntry entry) {
  entry.order = ++order_;
  std::string job = entry.job;
  entries_.insert_or_assign(std::move(job), std::move(entry));
  if (entries_.size() <= kMostEntries) return;
  const auto oldest =
      std::ranges::min_element(entries_, {}, [](const auto& item) { return item.second.order; });
  entries_.erase(oldest);
}

Result<Done> ComfyJournal::write_anew() {
  std::vector<const ComfyJournalEntry*> entries;
  for (const auto& [job, entry] : entries_) entries.push_back(&entry);
  std::ranges::sort(entries, {}, &ComfyJournalEntry::order);
  std::string records;
  for (const ComfyJournalEntry* entry : entries) records += make_record(to_json(*entry));
  return file_->start_anew(std::move(records));
}

Result<Done> ComfyJournal::append(const std::string& record, bool is_synced) {
  if (!file_) return Done{};
  if (file_->is_full()) return write_anew();  // it has what `record` says already
  return file_->append(record, is_synced);
}

std::optional<ComfyJournalEntry> ComfyJournal::find(const std::string& job) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(job);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

Result<Done> ComfyJournal::begin(ComfyJournalEntry entry) {
  const std::lock_guard lock(mutex_);
  const std::string record = make_record(to_json(entry));
  remember(std::move(entry));
  return append(record, true);
}

void ComfyJournal::finish(const std::string& job, const std::string& prompt, std::string pixels) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(job);
  if (found == entries_.end() || found->second.prompt != prompt) return;
  found->second.pixels = pixels;
  // When this is lost, the server is asked once more; nothing else happens.
  static_cast<void>(append(
      make_record(
          {{"op", "finish"}, {"job", job}, {"prompt", prompt}, {"pixels", std::move(pixels)}}),
      false));
}

void ComfyJournal::drop(const std::string& job, const std::string& prompt) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(job);
  if (found == entries_.end() || found->second.prompt != prompt) return;
  entries_.erase(found);
  static_cast<void>(append(make_record({{"op", "drop"}, {"job", job}, {"prompt", prompt}}), false));
}

}  // namespace dgxp
