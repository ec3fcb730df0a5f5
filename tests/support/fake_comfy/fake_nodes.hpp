#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_json.hpp"

namespace dgxp {

struct FakeNodeOptions {
  std::map<std::string, std::vector<std::string>> models;  ///< folder -> files
  std::vector<std::string> inputs;                         ///< uploaded files
  std::vector<std::string> missing_classes;
  bool combo_objects = false;
};

/// What GET /object_info answers: every node class the fake knows, with the lists of today.
FakeJson fake_object_info(const FakeNodeOptions& options);

/// The values a list input may have, whichever way it is written; null when it is no list.
FakeJson fake_combo_values(const FakeJson& input_config);

}  // namespace dgxp
