#include "watchers/live_session.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

using namespace std::chrono_literals;
using Kind = SessionEvent::Kind;

const WatchTime kStart{};
const Changes kPalette{.paths = {"ember.hex"}};
const Changes kManifest{.paths = {"assets.yaml"}};

/// A session whose first change is being built.
LiveSession building_session() {
  LiveSession session(DebounceTimes{.quiet = 25ms, .most = 250ms});
  session.step({.kind = Kind::changed, .time = kStart, .changes = kPalette});
  REQUIRE(session.step({.kind = Kind::time_passed, .time = kStart + 25ms}).build == kPalette);
  return session;
}

}  // namespace

TEST_CASE("a session sleeps until something changes") {
  LiveSession session(DebounceTimes{});
  const auto actions = session.step({.kind = Kind::time_passed, .time = kStart});
  CHECK(actions.build == std::nullopt);
  CHECK(actions.wake_at == std::nullopt);
  CHECK_FALSE(actions.end);
}

TEST_CASE("a session asks to be woken when a change has settled, and builds then") {
  LiveSession session(DebounceTimes{.quiet = 25ms, .most = 250ms});
  const auto changed = session.step({.kind = Kind::changed, .time = kStart, .changes = kPalette});
  CHECK(changed.build == std::nullopt);
  CHECK(changed.wake_at == kStart + 25ms);
  CHECK(session.step({.kind = Kind::time_passed, .time = kStart + 25ms}).build == kPalette);
}

TEST_CASE("a session runs one build at a time and then builds what changed meanwhile") {
  LiveSession session = building_session();
  session.step({.kind = Kind::changed, .time = kStart + 30ms, .changes = kManifest});
  const auto during = session.step({.kind = Kind::time_passed, .time = kStart + 90ms});
  CHECK(during.build == std::nullopt);
  CHECK(during.wake_at == std::nullopt);
  CHECK(session.step({.kind = Kind::build_finished, .time = kStart + 99ms}).build == kManifest);
}

TEST_CASE("a session waits for a half-saved file, but builds what else changes") {
  LiveSession session = building_session();
  const auto half =
      session.step({.kind = Kind::half_saved, .time = kStart + 30ms, .changes = kPalette});
  CHECK(half.build == std::nullopt);
  CHECK(half.wake_at == kStart + 530ms);
  session.step({.kind = Kind::changed, .time = kStart + 40ms, .changes = kManifest});
  const auto next = session.step({.kind = Kind::time_passed, .time = kStart + 65ms});
  CHECK(next.build == Changes{.paths = {"assets.yaml", "ember.hex"}});
  CHECK_FALSE(next.is_last_try);
}

TEST_CASE("a session builds without a file that does not come back") {
  LiveSession session = building_session();
  session.step({.kind = Kind::half_saved, .time = kStart + 30ms, .changes = kPalette});
  CHECK(session.step({.kind = Kind::time_passed, .time = kStart + 529ms}).build == std::nullopt);
  const auto last = session.step({.kind = Kind::time_passed, .time = kStart + 530ms});
  CHECK(last.build == kPalette);
  CHECK(last.is_last_try);
}

TEST_CASE("a session that is stopped ends and builds nothing more") {
  LiveSession session = building_session();
  session.step({.kind = Kind::changed, .time = kStart + 30ms, .changes = kManifest});
  CHECK(session.step({.kind = Kind::stop, .time = kStart + 31ms}).end);
  const auto after = session.step({.kind = Kind::build_finished, .time = kStart + 99ms});
  CHECK(after.end);
  CHECK(after.build == std::nullopt);
}

}  // namespace dgxp
