#pragma once

#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_json.hpp"

namespace dgxp {

struct FakeValidation {
  FakeJson error;  ///< null when at least one output can run
  FakeJson node_errors = FakeJson::object();
  std::vector<std::string> outputs;  ///< ids of the output nodes that run
};

/// Checks a graph as POST /prompt does; literals in `graph` are converted to the input's type.
FakeValidation fake_validate(FakeJson& graph, const FakeJson& object_info, bool modern);

}  // namespace dgxp
