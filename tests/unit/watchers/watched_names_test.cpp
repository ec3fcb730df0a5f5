#include "watchers/watched_names.hpp"

#include <doctest/doctest.h>

namespace dgxp {

TEST_CASE("the names on the way to a file are watched in each folder above it") {
  CHECK(watched_names({"art/hero/walk.png", "art/hero/idle.png", "assets.yaml"}) ==
        WatchedNames{{"", {"art", "assets.yaml"}},
                     {"art", {"hero"}},
                     {"art/hero", {"idle.png", "walk.png"}}});
}

}  // namespace dgxp
