#pragma once

// What a worker has on a ComfyUI server, kept on disk, so that a worker that was killed finds its
// prompts again instead of posting them a second time.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

struct ComfyJournalEntry {
  std::string job;                     ///< its id
  std::string request;                 ///< digest of what it asks for
  std::string prompt;                  ///< id on the server
  std::uint64_t posted = 0;            ///< Unix milliseconds
  std::vector<OutputBinding> outputs;  ///< what it must give; places are left out
  std::string pixels;                  ///< pixel_digest of the picture once it was had, or empty
  std::uint64_t order = 0;             ///< of the last change, for forgetting
};

/// One file of records for each server, in turns: the one that is not in use is written anew when
/// the other has grown, and takes over with its last record. A torn end is cut off; a file that is
/// broken elsewhere is started over. Threads may share it.
class ComfyJournal {
 public:
  /// Opens the journal of `server` in `folder`, which is made when it is missing.
  /// Error: `storage`, also when another worker has it open.
  static Result<std::unique_ptr<ComfyJournal>> open(const std::filesystem::path& folder,
                                                    std::string_view server);
  /// One in memory, which forgets everything at its end.
  ComfyJournal();
  ComfyJournal(ComfyJournal&&) = delete;
  ~ComfyJournal();

  std::optional<ComfyJournalEntry> find(const std::string& job) const;
  /// Keeps the entry, on the disk when it returns. Error: `storage`; it is kept in memory then.
  Result<Done> begin(ComfyJournalEntry entry);
  /// The picture was had.
  void finish(const std::string& job, const std::string& prompt, std::string pixels);
  /// There is nothing on the server worth asking for any more.
  void drop(const std::string& job, const std::string& prompt);

 private:
  class File;
  void load(std::string_view content);
  Result<Done> append(const std::string& record, bool is_synced);
  Result<Done> write_anew();
  void remember(ComfyJournalEntry entry);

  mutable std::mutex mutex_;
  std::map<std::string, ComfyJournalEntry, std::less<>> entries_;
  std::uint64_t order_ = 0;
  std::unique_ptr<File> file_;  ///< null: in memory
};

}  // namespace dgxp
