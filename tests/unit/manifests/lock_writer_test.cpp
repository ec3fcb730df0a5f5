#include "manifests/lock_writer.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "manifests/lock_file.hpp"

namespace dgxp {

TEST_CASE("after any changes a LockWriter gives the text of write_lock") {
  std::mt19937 random(5);
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  LockWriter writer;
  CHECK(writer.text().empty());
  Lock lock;
  for (int round = 0; round < 400; ++round) {
    switch (below(6)) {
      case 0:
        lock.jobs[fmt::format("hero/{}", below(9))] = {
            .master = sha256(fmt::format("{}", below(4))),
            .origin = below(2) == 0 ? Origin::placeholder : Origin::edited};
        break;
      case 1:
        lock.jobs.erase(fmt::format("hero/{}", below(9)));
        break;
      case 2:
        lock.palettes[fmt::format("p{}", below(3))].colors = {Rgb{1, 2, 3}};
        break;
      case 3:
        lock.layout[fmt::format("a{}", below(3))][fmt::format("f/{}", below(5))].x = below(3);
        break;
      case 4:
        lock.layout[fmt::format("a{}", below(3))].erase(fmt::format("f/{}", below(5)));
        break;
      default:
        if (below(4) == 0) lock = {};
        break;
    }
    CHECK(writer.write(lock) == write_lock(lock));
    CHECK(count_placeholders(writer.text()) ==
          static_cast<std::size_t>(std::ranges::count_if(lock.jobs, [](const auto& entry) {
            return entry.second.origin == Origin::placeholder;
          })));
    CHECK(writer.text() == write_lock(lock));
  }
}

TEST_CASE("placeholders are counted in a lock whose lines end in CRLF, too") {
  Lock lock;
  lock.jobs["a"].origin = Origin::placeholder;
  lock.jobs["b"].origin = Origin::generated;
  std::string text;
  for (const char c : write_lock(lock)) {
    if (c == '\n') text += '\r';
    text += c;
  }
  CHECK(count_placeholders(text) == 1);
}

}  // namespace dgxp
