#include "manifests/first_problem.hpp"

#include <algorithm>
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
  while (message.ends_with('\n')) message.pop_back();
  return {.kind = ErrorKind::manifest, .message = std::move(message), .hint = std::move(hint)};
}

}  // namespace dgxp
