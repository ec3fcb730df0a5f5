#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/store/project_files.hpp"

namespace dgxp {

/// One line of a log below `.dgxp/`: a digest and a text, guarded by a checksum of its own. What it
/// means is up to the log.
struct Record {
  Digest digest;
  std::string text;
  friend auto operator<=>(const Record&, const Record&) = default;
};

struct Records {
  std::vector<Record> good;
  bool damaged = false;  ///< lines were dropped: torn, changed, or of another version
};

/// The head line of a log, and each record as one line. `name` tells the logs apart: a line moved
/// from one to another does not verify.
std::string encode_log(std::string_view name, const std::vector<Record>& records);
std::string encode_record(std::string_view name, const Record& record);

/// All records that verify, whatever else the bytes hold. Never fails: damage only loses records.
Records decode_log(std::string_view name, ByteView content);

/// The bytes of the log `.dgxp/<name>`; a missing one is empty.
Bytes read_log(const ProjectFiles& files, std::string_view name);
/// Its records.
Records load_log(const ProjectFiles& files, std::string_view name);

/// Adds lines at the end, after repairing a torn last line. 0 or errno.
int append_to_log(const ProjectFiles& files, std::string_view name,
                  const std::vector<Record>& records);

}  // namespace dgxp
