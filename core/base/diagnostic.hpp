#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/place.hpp"

namespace dgxp {

enum class Severity { warning, error };

/// One problem in a text that a person wrote, with all that is needed to show it.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;  ///< as the user named it
  Place place;
  int length = 1;         ///< bytes the caret line underlines
  std::string line_text;  ///< the whole source line, without its end; may be empty
  std::string message;
  std::string hint;  ///< may be empty
};

/// The text people see (no colour, ends in a newline; control and bidi characters escaped):
///
///     assets.yaml:12:9: error: unknown field 'palete' in sprite 'hero'
///        12 |         palete: db32
///           |         ^~~~~~
///     hint: did you mean 'palette'?
std::string format_diagnostic(const Diagnostic& diagnostic);

/// `text` with C0/C1 control, bidi and other invisible characters written as \xNN or \u{NNNN},
/// and bytes that are not UTF-8 as \xNN. For everything printed that came from outside.
std::string escape_for_terminal(std::string_view text);

bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace dgxp
