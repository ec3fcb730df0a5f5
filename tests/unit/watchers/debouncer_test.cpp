#include "watchers/debouncer.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

using namespace std::chrono_literals;

const WatchTime kStart{};

Changes change_of(const std::string& path) {
  return {.paths = {path}};
}

}  // namespace

TEST_CASE("a debouncer gives nothing while events follow each other closely") {
  Debouncer debouncer({.quiet = 25ms, .most = 250ms});
  debouncer.add(change_of("a"), kStart);
  CHECK(debouncer.take(kStart + 24ms) == std::nullopt);
  debouncer.add(change_of("b"), kStart + 24ms);
  CHECK(debouncer.take(kStart + 48ms) == std::nullopt);
  CHECK(debouncer.due() == kStart + 49ms);
  CHECK(debouncer.take(kStart + 49ms) == Changes{.paths = {"a", "b"}});
}

TEST_CASE("a debouncer does not wait for the end of a storm") {
  Debouncer debouncer({.quiet = 25ms, .most = 100ms});
  for (auto at = 0ms; at < 100ms; at += 10ms) debouncer.add(change_of("a"), kStart + at);
  CHECK(debouncer.due() == kStart + 100ms);
  CHECK(debouncer.take(kStart + 100ms) == change_of("a"));
}

TEST_CASE("a debouncer is empty after its changes were taken") {
  Debouncer debouncer({.quiet = 25ms, .most = 100ms});
  debouncer.add(change_of("a"), kStart);
  CHECK(debouncer.take(kStart + 1s) == change_of("a"));
  CHECK(debouncer.take(kStart + 2s) == std::nullopt);
  CHECK(debouncer.due() == std::nullopt);
}

TEST_CASE("more changes than are worth a list become all files") {
  Changes changes;
  for (std::size_t i = 0; i <= Changes::kMostPaths; ++i) changes.add(std::to_string(i));
  CHECK(changes == Changes{.paths = {}, .everything = true});
  changes.add("one more");
  CHECK(changes == Changes{.paths = {}, .everything = true});
}

}  // namespace dgxp
