#include "core/base/suggest.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using namespace dgxp;

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

TEST_CASE("list_nearest gives the five most similar, the most similar first, unlike as they are") {
  CHECK(list_nearest("knight", {"z", "Knight", "night", "knights", "kite", "knit", "a", "b"}) ==
        "; nearest: 'Knight', 'knights', 'night', 'knit', 'kite'");
  CHECK(list_nearest("knight", {"zebra"}) == "; nearest: 'zebra'");
  CHECK(list_nearest("x", {}).empty());
  const std::string long_name(1000, 'n');
  CHECK(list_nearest(long_name, {long_name + "x"}).size() < 400);
}
