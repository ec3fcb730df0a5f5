#pragma once

#include <span>
#include <string_view>

namespace dgxp {

/// What a verb's help shows as an example.
struct VerbExample {
  std::string_view verb;  ///< "build", "jobs watch"
  std::string_view command;
};
std::span<const VerbExample> verb_examples();

}  // namespace dgxp
