#pragma once

#include <string>

namespace dgxp {

/// A document of --json as text with a line end. What is no UTF-8 in it, such as the name of a
/// file, is shown with replacement characters.
template <typename Json>
std::string json_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dgxp
