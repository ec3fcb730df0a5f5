#include "manifests/bounded_yaml.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

/// The tree as nested brackets with places, or what is wrong.
std::string describe(const SyntaxNode& node) {
  std::string text;
  if (!node.key.empty()) text += fmt::format("{}=", node.key);
  const auto place = fmt::format("@{}:{}", node.span.place.line, node.span.place.column);
  switch (node.kind) {
    case Kind::null:
      return text + "null" + place;
    case Kind::broken:
      return text + "broken" + place;
    case Kind::scalar:
      return text + (node.quoted ? fmt::format("'{}'", node.text) : std::string(node.text)) + place;
    default:
      break;
  }
  text += node.is(Kind::map) ? "{" : "[";
  for (const SyntaxNode& item : node.items) {
    if (&item != &node.items.front()) text += " ";
    text += describe(item);
  }
  return text + (node.is(Kind::map) ? "}" : "]");
}

std::string read(std::string_view text, const YamlLimits& limits = {}) {
  const SourceText source("a.yaml", as_bytes(text), limits.text.bytes);
  ProblemList problems(source);
  const auto tree = load_yaml(source, limits, problems);
  std::string result = tree ? describe(tree->root) : "nothing";
  for (const Diagnostic& diagnostic : problems.take()) {
    result += fmt::format("\n{}:{}+{} {}", diagnostic.place.line, diagnostic.place.column,
                          diagnostic.length, diagnostic.message);
  }
  return result;
}

TEST_CASE("load_yaml keeps places, quotes and texts") {
  CHECK(read("a: 1\n"
             "b: \"two\"\n"
             "c: [3, 'it''s', \"a\\nb\"]\n"
             "d: { e: }\n") ==
        "{a=1@1:4 b='two'@2:4 c=[3@3:5 'it's'@3:8 'a\nb'@3:17] d={e=null@4:6}}");
}

TEST_CASE("load_yaml reads blocks and texts of several lines") {
  CHECK(read("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: one\n  two\n") ==
        "{a='one\ntwo\n'@1:4 b='one two'@4:4 c=one two@7:4}");
}

TEST_CASE("load_yaml reads Windows line ends and a byte order mark as if they were not there") {
  CHECK(read("\xef\xbb\xbf"
             "a: 1\r\nb:\r\n  - \"x\"\r\n") == "{a=1@1:4 b=['x'@3:5]}");
}

TEST_CASE("load_yaml gives null for an empty text") {
  CHECK(read("") == "null@1:1");
  CHECK(read("# words\n\n") == "null@1:1");
}

TEST_CASE("load_yaml leaves texts alone that look like other types") {
  CHECK(read("[yes, 1_000, 0x10, 1e3, 12:30, 2026-01-01, ~x]") ==
        "[yes@1:2 1_000@1:7 0x10@1:14 1e3@1:20 12:30@1:25 2026-01-01@1:32 ~x@1:44]");
}

TEST_CASE("load_yaml knows null by its words and by its absence") {
  CHECK(read("[~, null, '', ]") == "[null@1:2 null@1:5 ''@1:11]");
  CHECK(read("a: ~\nb:\nc: # nothing\n") == "{a=null@1:1 b=null@2:1 c=null@3:1}");
}

TEST_CASE("load_yaml tells every refused thing and reads on") {
  CHECK(read("a: &x 1\nb: *x\nc: !t 2\nd: 010\n<<: { e: 1 }\nf: 3\n") ==
        "{a=broken@1:4 b=broken@2:4 c=broken@3:4 d=broken@4:4 f=3@6:4}\n"
        "1:4+1 an anchor\n"
        "2:4+2 an alias\n"
        "3:4+2 a tag\n"
        "4:4+3 '010' is octal for some readers and decimal for others\n"
        "5:1+2 a merge key");
}

TEST_CASE("load_yaml keeps the first of two equal keys and breaks the second") {
  CHECK(read("a: 1\nb: 2\na: 3\n\"b\": 4\n") ==
        "{a=1@1:4 b=2@2:4 a=broken@3:4 b=broken@4:6}\n"
        "3:1+1 'a' is given twice\n"
        "4:1+3 'b' is given twice");
}

TEST_CASE("a tag before quotes is a tag") {
  CHECK(read("a: ! \"x\"\n") == "{a=broken@1:4}\n1:4+1 a tag");
  CHECK(read("a: \"!x\"\n") == "{a='!x'@1:4}");
}

TEST_CASE("numbers with a leading zero are refused, with a sign too, in quotes not") {
  CHECK(read("[00, -012, +7, 0, 0.5, \"010\"]") ==
        "[broken@1:2 broken@1:6 +7@1:12 0@1:16 0.5@1:19 '010'@1:24]\n"
        "1:2+2 '00' is octal for some readers and decimal for others\n"
        "1:6+4 '-012' is octal for some readers and decimal for others");
}

TEST_CASE("each limit of the text holds exactly") {
  const YamlLimits limits{.text = {.bytes = 40, .brackets = 3, .line_bytes = 30}};
  CHECK(read("a: \"34567890123456789\"\nb: \"45678901\"\n", limits) ==
        "{a='34567890123456789'@1:4 b='45678901'@2:4}");
  CHECK(read("a: \"34567890123456789\"\nb: \"456789012345\"\n", limits) ==
        "nothing\n2:18+1 the file has 41 bytes, more than 40");
  CHECK(read("[[[x]]]", limits) == "[[[x@1:4]]]");
  CHECK(read("[[['[']]]", limits) == "nothing\n1:5+1 more than 3 opening brackets");
  CHECK(read("123456789012345678901234567890", limits) == "123456789012345678901234567890@1:1");
  CHECK(read("1234567890123456789012345678901", limits) ==
        "nothing\n1:1+1 a line of more than 30 bytes");
}

TEST_CASE("each limit of the tree holds exactly") {
  const YamlLimits limits{.nodes = 5, .scalar_bytes = 3, .depth = 2};
  CHECK(read("[1, 2, 3, 4]", limits) == "[1@1:2 2@1:5 3@1:8 4@1:11]");
  CHECK(read("[1, 2, 3, 4, 5]", limits) == "nothing\n1:14+1 more than 5 values");
  CHECK(read("[abc]", limits) == "[abc@1:2]");
  CHECK(read("[abcd]", limits) == "[broken@1:2]\n1:2+1 a text of 4 bytes, more than 3");
  CHECK(read("[[1]]", limits) == "[[1@1:3]]");
  CHECK(read("[[[1]]]", limits) == "nothing\n1:3+1 values nested more than 2 deep");
}

TEST_CASE("the limits of a manifest are those that are documented") {
  const YamlLimits limits;
  CHECK(limits.text.bytes == 1'048'576);
  CHECK(limits.nodes == 200'000);
  CHECK(limits.scalar_bytes == 16'384);
  CHECK(limits.depth == 32);
}

TEST_CASE("quotes must be closed, wherever the text ends") {
  CHECK(read("a: \"x\nb: 1\n") == "nothing\n1:4+1 a quote that is never closed");
  CHECK(read("a: 'x") == "nothing\n1:4+1 a quote that is never closed");
  CHECK(read("a: 'x''") == "nothing\n1:4+1 a quote that is never closed");
  CHECK(read("a: \"x\\\"") == "nothing\n1:4+1 a quote that is never closed");
  CHECK(read("- \"x") == "nothing\n1:3+1 a quote that is never closed");
}

TEST_CASE("characters that mislead are refused, letters and joiners are not") {
  CHECK(read("a: \xc3\xa9 \xd8\xb9 \xe2\x80\x8d \xf0\x9f\x90\xb8\n") ==
        "{a=\xc3\xa9 \xd8\xb9 \xe2\x80\x8d \xf0\x9f\x90\xb8@1:4}");
  CHECK(read("a: \xc2\x85\n") ==
        "nothing\n1:4+2 character U+0085 is invisible or changes the direction of writing");
  CHECK(read("a: \xf3\xa0\x81\x81\n") ==
        "nothing\n1:4+4 character U+E0041 is invisible or changes the direction of writing");
  CHECK(read("a: \"\\u200e\"\n") ==
        "{a=broken@1:4}\n1:4+8 a text with an escaped control or invisible character");
  CHECK(read("a: \"tab\\tand\\nline\"\n") == "{a='tab\tand\nline'@1:4}");
}

TEST_CASE("tabs may stand anywhere but in front") {
  CHECK(read("a:\t1\t# words\n\t\nb: x\ty\n") == "{a=1@1:4 b=x\ty@3:4}");
  CHECK(read("a:\n \tb: 1\n") == "nothing\n2:2+1 a tab in the indentation");
}

TEST_CASE("a second document is refused, an end mark is not") {
  CHECK(read("a: 1\n---\nb: 2\n") == "{a=1@1:4}\n2:1+3 a second document begins");
  CHECK(read("--- a\n--- b\n") == "a@1:5\n2:1+3 a second document begins");
  CHECK(read("---\na: 1\n...\n") == "{a=1@2:4}");
}

}  // namespace
}  // namespace dgxp
