#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/suggest.hpp"
#include "core/base/text.hpp"

namespace dgxp {
namespace {

TEST_CASE("the nearest word is at most a third of its letters away") {
  CHECK(find_nearest("palete", std::vector<std::string_view>{"pivot", "palette", "prompt"}) ==
        "palette");
  CHECK(find_nearest("SIZE", std::vector<std::string_view>{"seed", "size"}) == "size");
  CHECK(find_nearest("ehro", std::vector<std::string_view>{"hero"}) == "hero");
  CHECK(find_nearest("abc", std::vector<std::string_view>{"xyz"}) == "");
  CHECK(find_nearest("x", std::vector<std::string_view>{"y"}) == "");
  CHECK(find_nearest("bat", std::vector<std::string_view>{"cat", "bar"}) == "bar");
  CHECK(find_nearest("floyd", std::vector<std::string_view>{"none", "floyd_steinberg"}) ==
        "floyd_steinberg");
}

TEST_CASE("a suggestion falls back to what is known, then to other words") {
  CHECK(suggest("x", {"abc", "def"}, "else") == "known are 'abc', 'def'");
  CHECK(suggest("x", {}, "else") == "else");
  CHECK(suggest("zz", {"a", "b", "c", "d", "e", "f", "g", "h", "i"}, "else") == "else");
}

TEST_CASE("is_utf8 takes what Unicode allows and nothing else") {
  CHECK(is_utf8("Gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"));
  for (const char* bad :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "\xc3\x28"}) {
    CHECK_FALSE(is_utf8(bad));
  }
  CHECK(cut_text("a\xc3\xbc", 2) == "a");
  CHECK(cut_text("a\xc3\xbc", 3) == "a\xc3\xbc");
}

}  // namespace
}  // namespace dgxp
