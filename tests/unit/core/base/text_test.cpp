#include <string_view>

#include <doctest/doctest.h>

#include "core/base/text.hpp"

namespace dgxp {
namespace {

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
