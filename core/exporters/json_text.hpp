#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

// JSON written so that a diff shows one line for one thing: the caller says which containers are
// spread over lines. Values are finished JSON text.

using JsonMembers = std::map<std::string, std::string>;
using JsonOrderedMembers = std::vector<std::pair<std::string, std::string>>;

std::string json_string(std::string_view text);
/// The shortest text that reads back as `value`, which must be finite.
std::string json_number(double value);
/// {"h":1,"w":2,"x":3,"y":4}
std::string json_rect(Rect rect);
std::string json_size(Size size);
std::string json_strings(const std::vector<std::string>& texts);

std::string json_object(const JsonMembers& members);
std::string json_array(const std::vector<std::string>& values);

/// One member or value a line, `depth` levels deep in the document (0 = the document itself).
std::string json_object_lines(const JsonMembers& members, int depth);
std::string json_object_lines(const JsonOrderedMembers& members, int depth);
std::string json_array_lines(const std::vector<std::string>& values, int depth);

}  // namespace dgxp
