#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "manifests/source_text.hpp"

// What must hold before a YAML scanner may see a text. The scanner keeps everything behind an open
// bracket in memory, and closers hidden in quotes fool any count of depth, so what is bounded here
// is the number of opening brackets, quotes or not; depth is bounded where events arrive.

namespace dgxp {
namespace {

/// Changes the direction of writing, ends a line, or cannot be seen at all: with these a text
/// shows a reviewer something else than what is read. Joiners that scripts need are not among them.
bool is_misleading(char32_t c) {
  return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200b || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

bool is_plain_ascii(char c) {
  return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

void report_character(const SourceText& source, std::size_t at, ProblemList& problems) {
  const std::string_view rest = source.text().substr(at);
  const auto byte = static_cast<std::uint8_t>(rest[0]);
  const Span span = source.span_of(at, 1);
  if (byte == '\r') {
    problems.error(span, "a carriage return stands alone", "save the file with LF line ends");
  } else if (byte < 0x20 || byte == 0x7f) {
    problems.error(span, fmt::format("control character \\x{:02x}", byte), "delete it");
  } else if (const CodePoint character = decode_utf8(rest); character.length == 0) {
    problems.error(span, fmt::format("byte \\x{:02x} is not UTF-8", byte),
                   "save the file as UTF-8");
  } else {
    problems.error(
        source.span_of(at, character.length),
        fmt::format("character U+{:04X} is invisible or changes the direction of writing",
                    static_cast<std::uint32_t>(character.value)),
        "delete it: it makes the text look like another");
  }
}

bool check_indentation(const SourceText& source, ProblemList& problems) {
  const std::string_view text = source.text();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    const std::size_t word = line.find_first_not_of(" \t");
    const std::size_t tab = line.substr(0, std::min(word, line.size())).find('\t');
    if (word != std::string_view::npos && tab != std::string_view::npos) {
      problems.error(source.span_of(start + tab, 1), "a tab in the indentation",
                     "indent with spaces");
      return false;
    }
    start = end + 1;
  }
  return true;
}

bool check_brackets(const SourceText& source, std::size_t most, ProblemList& problems) {
  const std::string_view text = source.text();
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '[' && text[i] != '{') continue;
    if (++count <= most) continue;
    problems.error(source.span_of(i, 1), fmt::format("more than {} opening brackets", most),
                   "close a bracket that is open, or write nested values on lines of their own");
    return false;
  }
  return true;
}

bool check_lines(const SourceText& source, std::size_t most, ProblemList& problems) {
  const std::string_view text = source.text();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end - start > most) {
      problems.error(source.span_of(start, 1), fmt::format("a line of more than {} bytes", most),
                     "write it as several lines");
      return false;
    }
    start = end + 1;
  }
  return true;
}

}  // namespace

std::size_t find_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (is_plain_ascii(text[i])) {
      ++i;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(text[i]);
    const CodePoint character = byte < 0x80 ? CodePoint{} : decode_utf8(text.substr(i));
    if (character.length == 0 || is_misleading(character.value)) return i;
    i += character.length;
  }
  return std::string_view::npos;
}

bool check_text(const SourceText& source, const TextLimits& limits, ProblemList& problems) {
  if (source.original_size() > limits.bytes) {
    problems.error(
        source.span_of(limits.bytes, 1),
        fmt::format("the file has {} bytes, more than {}", source.original_size(), limits.bytes),
        "write families of sprites as a matrix, or split the project");
    return false;
  }
  const std::size_t bad = find_bad_character(source.text());
  if (bad != std::string_view::npos) {
    report_character(source, bad, problems);
    return false;
  }
  return check_lines(source, limits.line_bytes, problems) && check_indentation(source, problems) &&
         check_brackets(source, limits.brackets, problems);
}

}  // namespace dgxp
