#include "manifests/bounded_yaml.hpp"

#include <algorithm>
#include <istream>
#include <ranges>
#include <streambuf>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/base/text.hpp"
#include "manifests/field_hints.hpp"
#include "manifests/scalar_text.hpp"

// yaml-cpp scans; what its events mean is decided here. Its Node is not used: recursion through
// aliases, silent duplicates and octal numbers come from there.

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

/// Ends the parse after a problem that makes the rest worthless. Never leaves this file.
struct Stop {};

/// A stream over bytes that are not copied.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // a get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// The closing quote of the scalar that opens at `open`, or npos.
std::size_t find_closing_quote(std::string_view text, std::size_t open) {
  const char quote = text[open];
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!is_doubled) return i;
      ++i;
    }
  }
  return std::string_view::npos;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, const YamlLimits& limits, ProblemList& problems,
              SyntaxTree& tree)
      : source_(source), limits_(limits), problems_(problems), tree_(tree) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    problems_.error(source_.span_of(offset_of(mark), 3), "a second document begins",
                    "keep one document a file: delete '---' and what follows");
    throw Stop{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    count_node(mark);
    SyntaxNode node = node_at(mark, Kind::null);
    refuse_anchor(node, anchor);
    place_null(node, offset_of(mark));
    attach(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    count_node(mark);
    SyntaxNode node = node_at(mark, Kind::broken);
    problems_.error(
        word_at(offset_of(mark)), "an alias",
        "aliases are not part of a manifest: share values with 'extends' or 'defaults'");
    attach(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    count_node(mark);
    SyntaxNode node = node_at(mark, Kind::scalar);
    if (value.size() > limits_.scalar_bytes) {
      problems_.error(
          node.span,
          fmt::format("a text of {} bytes, more than {}", value.size(), limits_.scalar_bytes),
          "shorten it");
      node.kind = Kind::broken;
    } else if (refuse_anchor(node, anchor) && refuse_tag(node, tag, offset_of(mark))) {
      read_scalar(node, offset_of(mark), tag == "!", value);
    }
    attach(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, Kind::map);
  }
  void OnMapEnd() override {
    refuse_duplicates(open_.back().node);
    close();
  }

  bool is_complete() const { return open_.empty(); }
  /// The byte behind what has been read.
  std::size_t end() const { return end_; }
  /// The innermost bracket that is open, or npos.
  std::size_t open_bracket() const {
    auto innermost_first = std::views::reverse(open_);
    const auto frame = std::ranges::find_if(innermost_first, &Frame::is_flow);
    if (frame == innermost_first.end()) return std::string_view::npos;
    const Place place = frame->node.span.place;
    return source_.offset_of(place.line - 1, place.column - 1);
  }

 private:
  struct Frame {
    SyntaxNode node;
    bool is_flow = false;
    bool is_refused = false;
    bool has_key = false;
    bool drops_value = false;  ///< its key was refused
    std::string_view key;
    Span key_span;
  };

  std::size_t offset_of(const YAML::Mark& mark) const {
    return source_.offset_of(mark.line, mark.column);
  }

  Span word_at(std::size_t offset) const {
    const std::size_t end = source_.text().find_first_of(" \n,]}", offset);
    return source_.span_of(offset, std::min(end, source_.text().size()) - offset);
  }

  SyntaxNode node_at(const YAML::Mark& mark, Kind kind) {
    SyntaxNode node;
    node.kind = kind;
    node.span = source_.span_of(offset_of(mark), 1);
    return node;
  }

  void count_node(const YAML::Mark& mark) {
    if (++nodes_ <= limits_.nodes) return;
    problems_.error(source_.span_of(offset_of(mark), 1),
                    fmt::format("more than {} values", limits_.nodes),
                    "write families of sprites as a matrix, or split the project");
    throw Stop{};
  }

  bool refuse_anchor(SyntaxNode& node, YAML::anchor_t anchor) {
    if (anchor == 0) return true;
    problems_.error(
        node.span, "an anchor",
        "anchors are not part of a manifest: share values with 'extends' or 'defaults'");
    node.kind = Kind::broken;
    return false;
  }

  bool refuse_tag(SyntaxNode& node, const std::string& tag, std::size_t offset) {
    const bool is_plain_or_quoted = tag.empty() || tag == "?" || tag == "!";
    const bool is_written = offset < source_.text().size() && source_.text()[offset] == '!';
    if (is_plain_or_quoted && !(tag == "!" && is_written)) return true;
    problems_.error(word_at(offset), "a tag", "tags are not part of a manifest: delete it");
    node.kind = Kind::broken;
    return false;
  }

  /// An empty value has no place of its own: yaml-cpp gives that of the next token.
  void place_null(SyntaxNode& node, std::size_t offset) {
    const std::string_view text = source_.text();
    const char first = offset < text.size() ? to_lower(text[offset]) : '\n';
    if (first == '~' || first == 'n') {
      node.span = word_at(offset);
      end_ = std::max(end_, offset + 1);
      return;
    }
    const std::size_t start = std::min(text.find_first_not_of(" \n:,", end_), offset);
    node.span = source_.span_of(start, 1);
  }

  void read_scalar(SyntaxNode& node, std::size_t offset, bool is_quoted, const std::string& value) {
    const std::string_view text = source_.text();
    std::size_t start = offset;
    std::size_t length = value.size();
    const char first = offset < text.size() ? text[offset] : '\n';
    node.quoted = is_quoted;
    if (is_quoted && (first == '"' || first == '\'')) {
      const std::size_t last = find_closing_quote(text, offset);
      if (last == std::string_view::npos) {
        problems_.error(source_.span_of(offset, 1), "a quote that is never closed",
                        "close it with the same sign");
        throw Stop{};
      }
      node.span = source_.span_of(offset, last + 1 - offset);
      end_ = last + 1;
      start = offset + 1;
      length = last - start;
    } else if (!is_quoted) {
      node.span = source_.span_of(offset, length);
      end_ = offset + length;
    }
    const bool is_as_written = length == value.size() && text.substr(start, length) == value;
    node.text = is_as_written ? text.substr(start, length) : keep(value);
    if (!node.quoted && looks_octal(value)) refuse_octal(node);
    if (!is_as_written && find_bad_character(value) != std::string_view::npos) {
      problems_.error(node.span, "a text with an escaped control or invisible character",
                      "leave the escape out");
      node.kind = Kind::broken;
    }
  }

  void refuse_octal(SyntaxNode& node) {
    std::string_view digits = node.text;
    const bool is_negative = digits.starts_with('-');
    digits.remove_prefix(std::min(digits.find_first_not_of("+-0"), digits.size() - 1));
    problems_.error(node.span,
                    fmt::format("'{}' is octal for some readers and decimal for others", node.text),
                    fmt::format("write {}{}, or quotes around it if it is a text",
                                is_negative ? "-" : "", digits));
    node.kind = Kind::broken;
  }

  std::string_view keep(const std::string& value) {
    tree_.texts.push_back(value);
    return tree_.texts.back();
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style, Kind kind) {
    count_node(mark);
    SyntaxNode node = node_at(mark, kind);
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) {
      problems_.error(node.span, fmt::format("values nested more than {} deep", limits_.depth),
                      "a manifest never needs that: look for a bracket that is not closed");
      throw Stop{};
    }
    Frame frame;
    frame.is_refused = !refuse_anchor(node, anchor) || !refuse_tag(node, tag, offset_of(mark));
    frame.is_flow = style == YAML::EmitterStyle::Flow;
    frame.node = std::move(node);
    frame.node.kind = kind;  // what was refused is still built: its inner problems are told too
    open_.push_back(std::move(frame));
  }

  void close() {
    SyntaxNode node = std::move(open_.back().node);
    if (open_.back().is_refused) node.kind = Kind::broken;
    open_.pop_back();
    attach(std::move(node));
  }

  void attach(SyntaxNode&& node) {
    if (open_.empty()) {
      tree_.root = std::move(node);
      return;
    }
    Frame& parent = open_.back();
    if (parent.node.is(Kind::list)) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      take_key(parent, node);
    } else {
      take_value(parent, std::move(node));
    }
  }

  void take_key(Frame& parent, const SyntaxNode& node) {
    parent.has_key = true;
    parent.key = node.text;
    parent.key_span = node.span;
    parent.drops_value = true;
    if (node.is(Kind::list) || node.is(Kind::map)) {
      problems_.error(node.span, "a key that is a list or a map", "a key is one word or text");
    } else if (node.is(Kind::null)) {
      problems_.error(node.span, "a value without a key", "write a key before ':'");
    } else if (node.is(Kind::scalar) && !node.quoted && node.text == "<<") {
      problems_.error(node.span, "a merge key",
                      "'<<' is not part of a manifest: share values with 'extends' or 'defaults'");
    } else if (node.is(Kind::scalar)) {
      parent.drops_value = false;
    }
  }

  static void take_value(Frame& parent, SyntaxNode&& node) {
    parent.has_key = false;
    if (parent.drops_value) return;
    node.key = parent.key;
    node.key_span = parent.key_span;
    if (node.is(Kind::null) && node.span.length == 1) node.span = node.key_span;
    parent.node.items.push_back(std::move(node));
  }

  void refuse_duplicates(SyntaxNode& map) {
    std::vector<std::pair<std::string_view, std::size_t>> keys;
    keys.reserve(map.items.size());
    for (std::size_t i = 0; i < map.items.size(); ++i) keys.emplace_back(map.items[i].key, i);
    std::ranges::sort(keys);
    std::size_t first = 0;
    for (std::size_t i = 1; i < keys.size(); ++i) {
      if (keys[i].first != keys[first].first) {
        first = i;
        continue;
      }
      SyntaxNode& again = map.items[keys[i].second];
      problems_.error(again.key_span, fmt::format("'{}' is given twice", again.key),
                      fmt::format("the first is in line {}: keep one of them",
                                  map.items[keys[first].second].key_span.place.line));
      again.kind = Kind::broken;
    }
  }

  const SourceText& source_;
  const YamlLimits& limits_;
  ProblemList& problems_;
  SyntaxTree& tree_;
  std::vector<Frame> open_;
  std::size_t nodes_ = 0;
  std::size_t end_ = 0;
  int documents_ = 0;
};

/// `%YAML 1.2` and the like before the document.
bool refuse_directives(const SourceText& source, ProblemList& problems) {
  const std::string_view text = source.text();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (line.starts_with('%')) {
      problems.error(source.span_of(start, line.size()), "a directive",
                     "directives are not part of a manifest: delete the line");
      return false;
    }
    const std::size_t word = line.find_first_not_of(' ');
    if (word != std::string_view::npos && line[word] != '#') return true;
    start = end + 1;
  }
  return true;
}

/// A quote that opens right behind what was read last, or npos.
std::size_t find_open_quote(std::string_view text, std::size_t end) {
  const std::size_t next = text.find_first_not_of(" \n:,-[{", end);
  const bool is_quote = next != std::string_view::npos && (text[next] == '"' || text[next] == '\'');
  if (!is_quote || find_closing_quote(text, next) != std::string_view::npos) {
    return std::string_view::npos;
  }
  return next;
}

void report_syntax_error(const SourceText& source, const TreeBuilder& builder,
                         const YAML::Exception& exception, ProblemList& problems) {
  const std::string_view text = source.text();
  const std::size_t quote = find_open_quote(text, builder.end());
  if (quote != std::string_view::npos) {
    problems.error(source.span_of(quote, 1), "a quote that is never closed",
                   "close it with the same sign");
    return;
  }
  const std::size_t bracket = builder.open_bracket();
  if (bracket != std::string_view::npos) {
    const Span span = source.span_of(bracket, 1);
    const bool is_color = is_bare_color_comment(source.line(span.place.line));
    problems.error(
        span, fmt::format("what this '{}' opens is not closed, or not written well", text[bracket]),
        is_color ? "put colours in quotes: '#' begins a comment"
                 : "look for a missing bracket, comma or quote behind it");
    return;
  }
  const Span span =
      exception.mark.is_null()
          ? source.span_of(text.size(), 1)
          : source.span_of(source.offset_of(exception.mark.line, exception.mark.column), 1);
  problems.error(span, fmt::format("this is not YAML: {}", exception.msg),
                 "look at the indentation, and put texts with ': ' or special signs in quotes");
}

}  // namespace

const SyntaxNode* SyntaxNode::find(std::string_view name) const {
  for (const SyntaxNode& item : items) {
    if (item.key == name) return &item;
  }
  return nullptr;
}

std::optional<SyntaxTree> load_yaml(const SourceText& source, const YamlLimits& limits,
                                    ProblemList& problems) {
  if (!check_text(source, limits.text, problems)) return std::nullopt;
  if (!refuse_directives(source, problems)) return std::nullopt;
  SyntaxTree tree;
  tree.root.span = source.span_of(0, 1);
  TreeBuilder builder(source, limits, problems, tree);
  try {
    ViewBuffer buffer(source.text());
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    if (!builder.is_complete()) return std::nullopt;
  } catch (const YAML::Exception& exception) {
    report_syntax_error(source, builder, exception, problems);
    return std::nullopt;
  }
  return tree;
}

}  // namespace dgxp
