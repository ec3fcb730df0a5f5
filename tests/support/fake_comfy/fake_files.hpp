#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_json.hpp"

namespace dgxp {

/// The output, input and temp folders, in memory.
class FakeFiles {
 public:
  /// The next free "prefix_00001_.png"; the prefix may hold a subfolder. Answers
  /// {filename, subfolder, type}.
  FakeJson save(const std::string& type, const std::string& prefix, std::string content);
  /// As POST /upload/image: equal names with other content are renamed.
  FakeJson upload(const std::string& name, const std::string& subfolder, const std::string& type,
                  std::string content, bool overwrite);
  std::optional<std::string> read(const std::string& type, const std::string& path) const;
  void erase(const std::string& type, const std::string& path);
  /// Paths of the input folder, sorted.
  std::vector<std::string> inputs() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> files_;  ///< "output/rec/a_00001_.png" -> bytes
};

}  // namespace dgxp
