#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dgxp {

/// Letters A-Z in lower case, everything else as it is: ids and paths are ASCII, so that names
/// which are one for a file system that ignores case are equal.
char to_lower(char c);
std::string to_lower(std::string_view text);

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0 when they are not UTF-8
};

/// The first character of `text`, which is not empty. Overlong forms, surrogates and values beyond
/// U+10FFFF are not UTF-8 (RFC 3629).
CodePoint decode_utf8(std::string_view text);

bool is_utf8(std::string_view text);

/// At most `max` bytes of `text`, which is UTF-8, cut between characters.
std::string cut_text(std::string text, std::size_t max);

}  // namespace dgxp
