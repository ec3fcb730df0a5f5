#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace dgxp {

/// Keeps the order of keys: events are compared as texts.
using FakeJson = nlohmann::ordered_json;

/// Python's answer to non-ASCII is \u escapes, and foreign text may be no UTF-8 at all.
inline std::string fake_dump(const FakeJson& value) {
  return value.dump(-1, ' ', true, FakeJson::error_handler_t::replace);
}

/// A key of an object, or null.
inline FakeJson fake_get(const FakeJson& value, const std::string& key) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(key);
  return found == value.end() ? FakeJson(nullptr) : *found;
}

inline std::string fake_text(const FakeJson& value, const std::string& key) {
  const auto found = fake_get(value, key);
  return found.is_string() ? found.get<std::string>() : "";
}

/// A link names another node's output: ["4", 0].
inline bool fake_is_link(const FakeJson& value) {
  return value.is_array();
}

}  // namespace dgxp
