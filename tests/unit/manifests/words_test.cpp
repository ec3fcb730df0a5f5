// The small functions on names, numbers, patterns and templates of words.
#include <doctest/doctest.h>

#include "manifests/glob.hpp"
#include "manifests/names.hpp"
#include "manifests/placeholders.hpp"
#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

std::string reason(const std::optional<NameProblem>& problem) {
  return problem ? problem->reason : "";
}

TEST_CASE("names are letters, digits, '.', '_' and '-'") {
  for (const char* good :
       {"a", "A-1", "_x", "0", "a.b", "a-b_c.d", "console", "com", "com10", "nuls"}) {
    CHECK(reason(check_name(good)) == "");
  }
  CHECK(reason(check_name("")) == "is empty");
  CHECK(reason(check_name("a/b")) == "holds '/'");
  CHECK(reason(check_name("a b")) == "holds ' '");
  CHECK(reason(check_name("a\\b")) == "holds '\\'");
  CHECK(reason(check_name("a:b")) == "holds ':'");
  CHECK(reason(check_name("\xc3\xa9")) == "holds a letter beyond a-z");
  CHECK(reason(check_name(".a")) == "has a part that begins with '.': '.a'");
  CHECK(reason(check_name("-a")) == "has a part that begins with '-'");
  CHECK(reason(check_name("a.")) == "has a part that ends with '.'");
  for (const char* device : {"con", "NUL", "aux.png", "Com1", "lpt9.x", "prn"}) {
    CHECK(reason(check_name(device)).ends_with("a device of Windows"));
  }
}

TEST_CASE("ids are names between slashes, at most 100 bytes") {
  CHECK(reason(check_id("a/b/c")) == "");
  CHECK(reason(check_id(std::string(100, 'a'))) == "");
  CHECK(reason(check_id(std::string(101, 'a'))) == "is 101 bytes long, more than 100");
  CHECK(reason(check_id("/a")) == "has an empty part");
  CHECK(reason(check_id("a/")) == "has an empty part");
  CHECK(reason(check_id("a//b")) == "has an empty part");
  CHECK(reason(check_id("a/../b")) == "has a part that begins with '.': '..'");
  CHECK(reason(check_id("a/con/b")) == "has the part 'con', a device of Windows");
}

TEST_CASE("files that are read lie below the manifest's folder") {
  for (const char* good : {"a.hex", "art work/palette (2).gpl", "p/\xc3\xa9t\xc3\xa9.png", "-a"}) {
    CHECK(reason(check_input_path(good)) == "");
  }
  CHECK(reason(check_input_path("/a")) == "is absolute or has an empty part");
  CHECK(reason(check_input_path("C:/a")) == "holds ':'");
  CHECK(reason(check_input_path("a\\b")) == "holds '\\'");
  CHECK(reason(check_input_path("../a")) == "has a part that begins with '.': '..'");
  CHECK(reason(check_input_path("./a")) == "has a part that begins with '.': '.'");
  CHECK(reason(check_input_path("a/.git/b")) == "has a part that begins with '.': '.git'");
  CHECK(reason(check_input_path(".dgxp/x")) == "has a part that begins with '.': '.dgxp'");
  CHECK(reason(check_input_path("a ")) == "has a part that ends with ' '");
  CHECK(reason(check_input_path("nul")) == "has the part 'nul', a device of Windows");
  CHECK(reason(check_input_path(std::string(256, 'a'))) == "is 256 bytes long, more than 255");
}

TEST_CASE("folders that are written to are ids") {
  CHECK(reason(check_output_path("game/assets/sprites")) == "");
  CHECK(reason(check_output_path(".github/workflows")) ==
        "has a part that begins with '.': '.github'");
  CHECK(reason(check_output_path("a b")) == "holds ' '");
  CHECK(reason(check_output_path("out/")) == "has an empty part");
}

TEST_CASE("whole numbers are decimal and nothing else") {
  CHECK(parse_whole_number("0") == 0);
  CHECK(parse_whole_number("-12") == -12);
  CHECK(parse_whole_number("+12") == 12);
  CHECK(parse_whole_number("9223372036854775807") == 9223372036854775807);
  for (const char* wrong : {"", "+", "-", "010", "00", "0x10", "1_000", "1.0", "1e3", " 1", "1 ",
                            "--1", "+-1", "9223372036854775808", "one"}) {
    CHECK_FALSE(parse_whole_number(wrong));
  }
}

TEST_CASE("numbers are finite decimals") {
  CHECK(parse_number("0.5") == 0.5);
  CHECK(parse_number("-3") == -3.0);
  CHECK(parse_number("+2.5e-1") == 0.25);
  CHECK(parse_number(".5") == 0.5);
  CHECK(parse_number("5.") == 5.0);
  for (const char* wrong :
       {"", ".", "e1", "nan", ".nan", "inf", "-.inf", "1e", "1e999", "0x1p3", "1,5", "010", "1 "}) {
    CHECK_FALSE(parse_number(wrong));
  }
}

TEST_CASE("a star in a pattern stands for any text") {
  CHECK(matches_glob("hero", "hero"));
  CHECK_FALSE(matches_glob("hero", "hero2"));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("foe/*", "foe/a/b"));
  CHECK_FALSE(matches_glob("foe/*", "foe"));
  CHECK(matches_glob("*-gold", "item/sword-gold"));
  CHECK(matches_glob("a*b*c", "aXbYc"));
  CHECK(matches_glob("a*b*c", "abbc"));
  CHECK_FALSE(matches_glob("a*b*c", "acb"));
  CHECK_FALSE(matches_glob("ab*ba", "aba"));
  CHECK(matches_glob("**", "x"));
}

std::string fill(std::string_view text) {
  return fill_word_list(text, [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "full") return "words";
    if (name == "empty") return "";
    return std::nullopt;
  });
}

TEST_CASE("empty placeholders leave no commas behind") {
  CHECK(fill("{full}, {empty} view, {full} here") == "words, words here");
  CHECK(fill("{empty}, {full}") == "words");
  CHECK(fill("{full}, {empty}") == "words");
  CHECK(fill("{empty}") == "");
  CHECK(fill("a,,b , c") == "a, b, c");
  CHECK(fill("{full} and {empty}") == "words and");
  CHECK(fill("{unknown}, {a|b}, {") == "{unknown}, {a|b}, {");
}

std::string without_b(std::string_view pattern) {
  return remove_placeholders(pattern, [](std::string_view name) { return name == "b"; });
}

TEST_CASE("a removed placeholder takes its dangling separators along") {
  CHECK(without_b("item/{a}-{b}") == "item/{a}");
  CHECK(without_b("item/{b}-{a}") == "item/{a}");
  CHECK(without_b("{a}-{b}-{c}") == "{a}-{c}");
  CHECK(without_b("{a}/{b}/{c}") == "{a}/{c}");
  CHECK(without_b("{a}/{b}-{c}") == "{a}/{c}");
  CHECK(without_b("{a}-{b}/{c}") == "{a}/{c}");
  CHECK(without_b("{b}") == "");
  CHECK(without_b("x/{b}") == "x");
  CHECK(without_b("sword{b}") == "sword");
  CHECK(without_b("{a}_{b}.{c}") == "{a}.{c}");
}

}  // namespace
}  // namespace dgxp
