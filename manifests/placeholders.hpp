#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dgxp {

/// "{name}" in a text: letters, digits, '_', '-' and '.' between braces. Other braces are text.
struct Placeholder {
  std::string_view whole;  ///< with its braces, within the text
  std::string_view name;
};
std::vector<Placeholder> find_placeholders(std::string_view text);

/// The text with every placeholder replaced; those that `value_of` does not know stay as they are.
using PlaceholderValue = std::function<std::optional<std::string_view>(std::string_view name)>;
std::string fill_placeholders(std::string_view text, const PlaceholderValue& value_of);

/// The same for a list of words between commas: a part that has placeholders, all of them empty,
/// is left out, so that no ", ," remains.
std::string fill_word_list(std::string_view text, const PlaceholderValue& value_of);

/// `pattern` without the placeholders that `is_removed` names and without the separators -_./ that
/// would dangle then: "item/{kind}-{metal}" without metal is "item/{kind}".
std::string remove_placeholders(std::string_view pattern,
                                const std::function<bool(std::string_view name)>& is_removed);

}  // namespace dgxp
