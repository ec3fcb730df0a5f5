#include "manifests/source_text.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/base/suggest.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kMostProblems = 1000;
constexpr std::size_t kMostLineBytes = 4U << 20U;  ///< copied into diagnostics
constexpr std::size_t kMostCompared = 20'000;      ///< 10 to 20 us each for long names

std::string with_plain_line_ends(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!is_pair) plain += text[i];
  }
  return plain;
}

}  // namespace

SourceText::SourceText(std::string_view file, ByteView content, std::size_t max_bytes)
    : file_(file), original_size_(content.size()) {
  std::string_view text = as_text(content).substr(0, max_bytes + 1);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text_ = with_plain_line_ends(text);
  line_starts_.push_back(0);
  for (std::size_t i = text_.find('\n'); i != std::string::npos; i = text_.find('\n', i + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

Place SourceText::place_of(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - line_starts_.begin());
  return {static_cast<int>(line), static_cast<int>(offset - line_starts_[line - 1]) + 1};
}

std::size_t SourceText::offset_of(int line, int column) const {
  const auto index = static_cast<std::size_t>(std::max(line, 0));
  if (index >= line_starts_.size()) return text_.size();
  return std::min(line_starts_[index] + static_cast<std::size_t>(std::max(column, 0)),
                  text_.size());
}

std::string_view SourceText::line(int line) const {
  const auto index = static_cast<std::size_t>(line - 1);
  if (line < 1 || index >= line_starts_.size()) return {};
  const std::size_t start = line_starts_[index];
  const std::size_t end =
      index + 1 < line_starts_.size() ? line_starts_[index + 1] - 1 : text_.size();
  return std::string_view(text_).substr(start, end - start);
}

Span SourceText::span_of(std::size_t offset, std::size_t length) const {
  const Place place = place_of(offset);
  const std::size_t rest = line(place.line).size() + 1 - static_cast<std::size_t>(place.column);
  return {place,
          static_cast<int>(std::clamp<std::size_t>(length, 1, std::max(rest, std::size_t{1})))};
}

void ProblemList::error(Span span, std::string message, std::string hint) {
  ++errors_;
  add(Severity::error, span, std::move(message), std::move(hint));
}

void ProblemList::warning(Span span, std::string message, std::string hint) {
  add(Severity::warning, span, std::move(message), std::move(hint));
}

void ProblemList::add(Severity severity, Span span, std::string message, std::string hint) {
  // The first error is kept in any case: it decides that there is no project.
  if (found_.size() >= kMostProblems && !(severity == Severity::error && errors_ == 1)) {
    ++left_out_;
    return;
  }
  if (!known_.emplace(span.place, message).second) return;
  Diagnostic problem{.severity = severity,
                     .file = std::string(source_.file()),
                     .place = span.place,
                     .length = span.length,
                     .line_text = {},
                     .message = std::move(message),
                     .hint = std::move(hint)};
  const std::string_view line = source_.line(span.place.line);
  if (line_bytes_ + line.size() <= kMostLineBytes) {
    problem.line_text = line;
    line_bytes_ += line.size();
  }
  found_.push_back(std::move(problem));
}

std::string ProblemList::suggest(std::string_view word,
                                 const std::function<std::vector<std::string_view>()>& list_names,
                                 std::string_view otherwise) {
  if (!wants_hints() || compared_ >= kMostCompared) return std::string(otherwise);
  std::vector<std::string_view> names = list_names();
  compared_ += names.size();
  return dgxp::suggest(word, std::move(names), otherwise);
}

Span ProblemList::span_of(std::string_view part, Span otherwise) const {
  const std::string_view text = source_.text();
  // std::less orders pointers of different objects too.
  const std::less_equal<> not_after;
  const bool is_inside = not_after(text.data(), part.data()) &&
                         not_after(part.data() + part.size(), text.data() + text.size());
  if (!is_inside) return otherwise;
  return source_.span_of(static_cast<std::size_t>(part.data() - text.data()), part.size());
}

std::vector<Diagnostic> ProblemList::take() {
  const auto key = [](const Diagnostic& d) {
    return std::tuple(d.place, d.severity == Severity::warning, std::string_view(d.message),
                      std::string_view(d.hint));
  };
  std::ranges::stable_sort(found_, {}, key);
  if (left_out_ > 0) {
    const Place last = found_.back().place;
    found_.push_back({.severity = has_errors() ? Severity::error : Severity::warning,
                      .file = std::string(source_.file()),
                      .place = last,
                      .length = 1,
                      .line_text = {},
                      .message = fmt::format("{} more problems are not listed", left_out_),
                      .hint = "correct these first"});
  }
  return std::move(found_);
}

}  // namespace dgxp
