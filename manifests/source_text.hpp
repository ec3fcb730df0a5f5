#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/diagnostic.hpp"

namespace dgxp {

/// A place in a text and how many bytes of its line it covers.
struct Span {
  Place place;
  int length = 1;
};

/// A text with line ends LF and without a byte order mark, and its lines. Nodes and spans point
/// into it, so it stays where it is while they live.
class SourceText {
 public:
  /// Keeps no more than `max_bytes` + 1 bytes of `content`.
  SourceText(std::string_view file, ByteView content, std::size_t max_bytes);
  SourceText(const SourceText&) = delete;
  SourceText& operator=(const SourceText&) = delete;

  std::string_view file() const { return file_; }
  std::string_view text() const { return text_; }
  std::size_t original_size() const { return original_size_; }

  /// Line and column (from 1) of a byte; a byte behind the end gives the end.
  Place place_of(std::size_t offset) const;
  /// The byte at a line and column counted from 0, no further than the end.
  std::size_t offset_of(int line, int column) const;
  /// Without its end; empty when there is no such line. `line` counts from 1.
  std::string_view line(int line) const;
  /// `length` bytes from `offset`, cut at the end of the line.
  Span span_of(std::size_t offset, std::size_t length) const;

 private:
  std::string file_;
  std::string text_;
  std::size_t original_size_ = 0;
  std::vector<std::uint32_t> line_starts_;
};

/// All problems of one text, each once. Keeps the first thousand: what is left out is counted.
class ProblemList {
 public:
  explicit ProblemList(const SourceText& source) : source_(source) {}

  void error(Span span, std::string message, std::string hint);
  void warning(Span span, std::string message, std::string hint);
  bool has_errors() const { return errors_ > 0; }
  /// True while it is worth the effort to look for a good hint.
  bool wants_hints() const { return found_.size() < 100; }
  /// What is near to `word` among the names that `list_names` gives. `otherwise` when nothing is,
  /// and when enough hints have been looked for: then `list_names` is not called.
  std::string suggest(std::string_view word,
                      const std::function<std::vector<std::string_view>()>& list_names,
                      std::string_view otherwise);
  std::string_view line(int number) const { return source_.line(number); }
  /// The span of `part`, when it points into the source; else `otherwise`.
  Span span_of(std::string_view part, Span otherwise) const;

  /// Sorted by place, each problem once.
  std::vector<Diagnostic> take();

 private:
  void add(Severity severity, Span span, std::string message, std::string hint);

  const SourceText& source_;
  std::vector<Diagnostic> found_;
  std::set<std::pair<Place, std::string>> known_;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t compared_ = 0;  ///< names, in all hints so far
};

/// What must not stand in any text: control characters but tab and line end, and what is invisible
/// or changes the direction of writing. Bytes from the start; npos when there is none.
std::size_t find_bad_character(std::string_view text);

/// The first reason why `source` is not a text we read: its size, bytes that are not UTF-8,
/// control and direction-changing characters, lone CRs, tabs as indentation, too many brackets.
/// True when there is none.
struct TextLimits {
  std::size_t bytes = 1U << 20U;
  std::size_t brackets = 65'536;
  std::size_t line_bytes = 1U << 20U;
};
bool check_text(const SourceText& source, const TextLimits& limits, ProblemList& problems);

}  // namespace dgxp
