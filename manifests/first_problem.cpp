#include "manifests/first_problem.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace dgxp {

Error first_problem(ProblemList& problems, ShowLine show) {
  std::vector<Diagnostic> all = problems.take();
  const auto first = std::ranges::find(all, Severity::error, &Diagnostic::severity);
  if (first == all.end()) return {.kind = ErrorKind::manifest, .message = "the text is not valid"};
  std::string hint = std::exchange(first->hint, {});
  if (show == ShowLine::no) first->line_text.clear();
  std::string message = format_diagnostic(*first);
  // Whoever prints an Error says that it is one.
  constexpr std::string_view kWord = " error:";
  const std::size_t word = message.find(kWord, escape_for_terminal(first->file).size());
  if (word != std::string::npos) message.erase(word, kWord.size());
  while (message.ends_with('\n')) message.pop_back();
  return {.kind = ErrorKind::manifest, .message = std::move(message), .hint = std::move(hint)};
}

}  // namespace dgxp
