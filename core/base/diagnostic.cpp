#include "core/base/diagnostic.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "core/base/text.hpp"

namespace dgxp {
namespace {

/// Control, direction-changing and zero-width characters: what can make a text look like another.
bool is_deceptive(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

}  // namespace

std::string escape_for_terminal(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.length == 0 || (point.length == 1 && is_deceptive(point.value))) {
      safe += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text[0]));
    } else if (is_deceptive(point.value)) {
      safe += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(point.value));
    } else {
      safe += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return safe;
}

std::string format_diagnostic(const Diagnostic& diagnostic) {
  constexpr std::size_t kLongestLine = 160;
  std::string text = escape_for_terminal(diagnostic.file);
  if (diagnostic.place.line > 0) {
    text += fmt::format(":{}:{}", diagnostic.place.line, diagnostic.place.column);
  }
  text += fmt::format(": {}: {}\n", diagnostic.severity == Severity::error ? "error" : "warning",
                      escape_for_terminal(diagnostic.message));
  if (diagnostic.place.line > 0 && !diagnostic.line_text.empty()) {
    // A very long line is shown from shortly before the place on.
    std::string_view line = diagnostic.line_text;
    std::size_t column = static_cast<std::size_t>(std::max(diagnostic.place.column, 1)) - 1;
    column = std::min(column, line.size());
    if (line.size() > kLongestLine) {
      const std::size_t start = column > kLongestLine / 2 ? column - kLongestLine / 2 : 0;
      line = line.substr(start, kLongestLine);
      column -= start;
    }
    const std::size_t length = std::min(static_cast<std::size_t>(std::max(diagnostic.length, 1)),
                                        std::max<std::size_t>(line.size() - column, 1));
    const std::string before = escape_for_terminal(line.substr(0, column));
    text += fmt::format("{:>5} | {}\n", diagnostic.place.line, escape_for_terminal(line));
    text += fmt::format("      | {}^{}\n", std::string(before.size(), ' '),
                        std::string(length - 1, '~'));
  }
  if (!diagnostic.hint.empty()) {
    text += fmt::format("hint: {}\n", escape_for_terminal(diagnostic.hint));
  }
  return text;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace dgxp
