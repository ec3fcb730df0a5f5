#pragma once

#include <set>
#include <string>

#include "core/base/result.hpp"
#include "core/worker/curve_keys.hpp"

namespace dgxp {

/// Error: `usage`, when others may read the file; `storage`, when it cannot be read; `input`, when
/// it holds no pair of keys.
Result<CurveKeys> load_secret_key(const std::string& file);

/// `key_or_file` is the key itself, or a file that holds exactly one.
Result<std::string> load_public_key(const std::string& key_or_file);

Result<std::set<std::string>> load_public_keys(const std::string& file);

struct WrittenKeys {
  std::string secret_file;
  std::string public_file;
  std::string public_key;
};
/// Makes a pair and writes FOLDER/NAME.key, which nobody else may read, and FOLDER/NAME.pub.
///
/// Error: `storage`; also when one of the files exists: a key that is lost cannot be replaced.
Result<WrittenKeys> write_new_keys(const std::string& folder, const std::string& name);

}  // namespace dgxp
