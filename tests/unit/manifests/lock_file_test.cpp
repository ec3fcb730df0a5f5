#include "manifests/lock_file.hpp"

#include <doctest/doctest.h>

#include "core/base/digest.hpp"

namespace dgxp {
namespace {

Lock make_lock() {
  Lock lock;
  lock.jobs["hero/walk/east"] = {.master = sha256("master"),
                                 .origin = Origin::generated,
                                 .recipe = sha256("recipe"),
                                 .recovery = sha256("recovery"),
                                 .seed = 81233};
  lock.jobs["item/sword"] = {.master = sha256("sword"),
                             .origin = Origin::edited,
                             .recipe = sha256("recipe 2"),
                             .recovery = sha256("recovery"),
                             .seed = 4294967295,
                             .reroll = 2};
  lock.palettes["ember"] = {.colors = {{0x17, 0x20, 0x38}, {0x25, 0x3a, 0x5e}},
                            .former = {{1, {{0xa5, 0x30, 0x30}}}}};
  lock.layout["actors"] = {{"hero/walk/east/0", {0, 1, 1}}, {"hero/walk/east/1", {0, 35, 1}}};
  return lock;
}

TEST_CASE("write_lock writes sorted blocks, one value a line") {
  CHECK(write_lock(make_lock()) ==
        "dgxp_lock: 1\n"
        "jobs:\n"
        "  hero/walk/east:\n"
        "    master: sha256:fc613b4dfd6736a7bd268c8a0e74ed0d1c04a959f59dd74ef2874983fd443fc9\n"
        "    origin: generated\n"
        "    recipe: sha256:" +
            sha256("recipe").hex() +
            "\n"
            "    recovery: sha256:" +
            sha256("recovery").hex() +
            "\n"
            "    seed: 81233\n"
            "  item/sword:\n"
            "    master: sha256:" +
            sha256("sword").hex() +
            "\n"
            "    origin: edited\n"
            "    recipe: sha256:" +
            sha256("recipe 2").hex() +
            "\n"
            "    recovery: sha256:" +
            sha256("recovery").hex() +
            "\n"
            "    seed: 4294967295\n"
            "    reroll: 2\n"
            "palettes:\n"
            "  ember:\n"
            "    colors: [\"#172038\", \"#253a5e\"]\n"
            "    former: { 1: [\"#a53030\"] }\n"
            "layout:\n"
            "  actors:\n"
            "    hero/walk/east/0: [0, 1, 1]\n"
            "    hero/walk/east/1: [0, 35, 1]\n");
}

TEST_CASE("a lock reads back as it was written") {
  const auto lock = parse_lock("assets.lock", as_bytes(write_lock(make_lock())));
  REQUIRE(lock);
  CHECK(*lock == make_lock());
}

}  // namespace
}  // namespace dgxp
