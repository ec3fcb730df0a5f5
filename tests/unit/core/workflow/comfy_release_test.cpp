#include "core/workflow/comfy_release.hpp"

#include <doctest/doctest.h>

using namespace dgxp;

TEST_CASE("releases are compared number by number") {
  CHECK(is_older_release("0.3.9", "0.3.45"));
  CHECK(is_older_release("0.3.45", "0.4"));
  CHECK(is_older_release("0.9.9", "1"));
  CHECK_FALSE(is_older_release("0.3.45", "0.3.45"));
  CHECK_FALSE(is_older_release("0.38", "0.3.64"));
  CHECK_FALSE(is_older_release("1.0.0-rc", "0.99.99"));
  CHECK(is_older_release("nightly", "0.0.1"));
  CHECK_FALSE(is_older_release("", ""));
}
