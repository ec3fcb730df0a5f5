#pragma once

// Reading JSON that a server sent: no call throws, and a wrong type reads as absent. The library's
// type is a parameter, because no header names the library.

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/text.hpp"

namespace dgxp {

/// Whether no place of a JSON text lies deeper than 64 brackets: a deep document costs far more
/// memory than its text.
bool is_shallow_json(std::string_view text);

/// Nothing when it is not JSON, or too deep.
template <typename Json>
std::optional<Json> parse_json(std::string_view text) {
  if (!is_shallow_json(text)) return std::nullopt;
  Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

/// The member, or null when `object` is no object or lacks it.
template <typename Json>
const Json* find_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

/// The text, cut to `most` bytes; "" when it is absent or no text.
template <typename Json>
std::string text_member(const Json& object, std::string_view name, std::size_t most = 512) {
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_string()) return {};
  return cut_text(member->template get<std::string>(), most);
}

/// 0 when it is absent or no number.
template <typename Json>
double number_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_number()) return 0;
  const double value = member->template get<double>();
  return std::isfinite(value) ? value : 0;
}

/// 0 when it is absent or no whole number from 0.
template <typename Json>
std::uint64_t count_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return 0;
  if (member->is_number_unsigned()) return member->template get<std::uint64_t>();
  const double value = number_member(object, name);
  return value >= 0 && value < 9e15 ? static_cast<std::uint64_t>(value) : 0;
}

}  // namespace dgxp
