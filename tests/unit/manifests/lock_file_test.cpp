#include "manifests/lock_file.hpp"

#include <ctime>
#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/base/digest.hpp"
#include "manifests/lock_lines.hpp"

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
                             .seed = 18446744073709551615U,
                             .reroll = 2};
  lock.jobs["npc"] = {.master = sha256("npc"), .origin = Origin::placeholder};
  lock.palettes["ember"] = {.colors = {{0x17, 0x20, 0x38}, {0x25, 0x3a, 0x5e}},
                            .former = {{1, {{0xa5, 0x30, 0x30}}}, {12, {{1, 2, 3}, {4, 5, 6}}}},
                            .extend = 4,
                            .added = {{1, 1, 1}, {9, 9, 9}}};
  lock.palettes["plain"] = {.colors = {{0, 0, 0}}, .auto_colors = 16};
  lock.layout["actors"] = {{"hero/walk/east/0", {0, 1, 1}}, {"hero/walk/east/1", {0, 35, 1}}};
  lock.layout["tiles"] = {{"grass", {1, 65535, 0}}};
  return lock;
}

const std::string kText = fmt::format(
    "dgxp_lock: 1\n"
    "jobs:\n"
    "  hero/walk/east:\n"
    "    master: sha256:{}\n"
    "    origin: generated\n"
    "    recipe: sha256:{}\n"
    "    recovery: sha256:{}\n"
    "    seed: 81233\n"
    "  item/sword:\n"
    "    master: sha256:{}\n"
    "    origin: edited\n"
    "    recipe: sha256:{}\n"
    "    recovery: sha256:{}\n"
    "    seed: 18446744073709551615\n"
    "    reroll: 2\n"
    "  npc:\n"
    "    master: sha256:{}\n"
    "    origin: placeholder\n"
    "    seed: 0\n"
    "palettes:\n"
    "  ember:\n"
    "    colors: [\"#172038\", \"#253a5e\"]\n"
    "    extend: 4\n"
    "    added: [\"#010101\", \"#090909\"]\n"
    "    former: {{ 1: [\"#a53030\"], 12: [\"#010203\", \"#040506\"] }}\n"
    "  plain:\n"
    "    colors: [\"#000000\"]\n"
    "    auto: 16\n"
    "layout:\n"
    "  actors:\n"
    "    hero/walk/east/0: [0, 1, 1]\n"
    "    hero/walk/east/1: [0, 35, 1]\n"
    "  tiles:\n"
    "    grass: [1, 65535, 0]\n",
    sha256("master").hex(), sha256("recipe").hex(), sha256("recovery").hex(), sha256("sword").hex(),
    sha256("recipe 2").hex(), sha256("recovery").hex(), sha256("npc").hex());

std::string error_of(std::string_view text) {
  const auto lock = parse_lock("assets.lock", as_bytes(text));
  if (lock) return "";
  CHECK(lock.error().kind == ErrorKind::manifest);
  return lock.error().message + "\n" + lock.error().hint;
}

/// `text` with one piece replaced.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("write_lock writes sorted blocks, one value a line") {
  CHECK(write_lock(make_lock()) == kText);
  CHECK(write_lock({}) == "dgxp_lock: 1\n");
}

TEST_CASE("a lock reads back as it was written, line by line and as YAML") {
  const auto lock = parse_lock("assets.lock", as_bytes(kText));
  REQUIRE(lock);
  CHECK(*lock == make_lock());
  CHECK(parse_lock_lines(kText) == make_lock());
  // A comment is not what write_lock writes, so this goes through the YAML parser.
  const auto as_yaml = parse_lock("assets.lock", as_bytes("# merged by hand\n" + kText));
  REQUIRE(as_yaml);
  CHECK(*as_yaml == make_lock());
  CHECK(*parse_lock("assets.lock", as_bytes(write_lock({}))) == Lock{});
}

TEST_CASE("keys are quoted only when a reader could take them for something else") {
  Lock lock;
  for (const char* key : {"a", "hero/walk", "2d/hero", "_x", "a.b-c", "null", "Yes", "007", "1e5",
                          "-x", "a b", "a: b", "\"q\"", "back\\slash", "tab\t", "\xc3\xa9", ""}) {
    lock.layout["atlas"][key] = {};
  }
  lock.layout["empty"] = {};
  CHECK(write_lock(lock) ==
        "dgxp_lock: 1\n"
        "layout:\n"
        "  atlas:\n"
        "    \"\": [0, 0, 0]\n"
        "    \"\\\"q\\\"\": [0, 0, 0]\n"
        "    \"-x\": [0, 0, 0]\n"
        "    \"007\": [0, 0, 0]\n"
        "    \"1e5\": [0, 0, 0]\n"
        "    2d/hero: [0, 0, 0]\n"
        "    \"Yes\": [0, 0, 0]\n"
        "    _x: [0, 0, 0]\n"
        "    a: [0, 0, 0]\n"
        "    \"a b\": [0, 0, 0]\n"
        "    a.b-c: [0, 0, 0]\n"
        "    \"a: b\": [0, 0, 0]\n"
        "    \"back\\\\slash\": [0, 0, 0]\n"
        "    hero/walk: [0, 0, 0]\n"
        "    \"null\": [0, 0, 0]\n"
        "    \"tab\\x09\": [0, 0, 0]\n"
        "    \"\xc3\xa9\": [0, 0, 0]\n"
        "  empty: {}\n");
  const auto back = parse_lock("assets.lock", as_bytes(write_lock(lock)));
  REQUIRE_MESSAGE(back, error_of(write_lock(lock)));
  CHECK(*back == lock);
}

TEST_CASE("random locks read back both ways") {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  const auto color = [&] {
    const auto channel = [&] { return static_cast<std::uint8_t>(below(256)); };
    return Rgb{channel(), channel(), channel()};
  };
  for (int round = 0; round < 100; ++round) {
    Lock lock;
    for (int i = below(20); i > 0; --i) {
      LockedJob& job = lock.jobs[fmt::format("{}/{}", below(30), below(30))];
      job.master = sha256(fmt::format("{}", below(1000)));
      job.origin = static_cast<Origin>(below(3));
      if (below(2) == 0) job.recipe = sha256("r");
      if (below(2) == 0) job.recovery = sha256("v");
      job.seed = static_cast<std::uint32_t>(random());
      job.reroll = below(3);
    }
    for (int i = below(5); i > 0; --i) {
      LockedPalette& palette = lock.palettes[fmt::format("p{}", below(9))];
      palette.colors.resize(static_cast<std::size_t>(1 + below(256)), color());
      if (below(2) == 0) palette.auto_colors = below(257);
      if (below(2) == 0) palette.former[below(256)] = {color(), color()};
      if (below(2) == 0) {
        palette.extend = 1 + below(255);
        palette.added.resize(static_cast<std::size_t>(below(palette.extend + 1)), color());
      }
    }
    for (int i = below(4); i > 0; --i) {
      lock.layout[fmt::format("a{}", below(9))][fmt::format("f/{}", below(99))] = {
          below(9), below(65536), below(65536)};
    }
    const std::string text = write_lock(lock);
    CHECK(parse_lock_lines(text) == lock);
    const auto as_yaml = parse_lock("assets.lock", as_bytes(text + "# end\n"));
    REQUIRE(as_yaml);
    CHECK(*as_yaml == lock);
  }
}

TEST_CASE("a lock truncated at any byte is an error or a lock of fewer entries") {
  for (std::size_t size = 0; size < kText.size(); ++size) {
    const std::string text = kText.substr(0, size);
    const auto lock = parse_lock("assets.lock", as_bytes(text));
    if (!text.ends_with('\n') && lock) FAIL("accepted when cut at ", size);
    if (!lock && lock.error().message.find("assets.lock:") != 0) FAIL(lock.error().message);
    if (!lock && lock.error().hint.empty()) FAIL("no hint when cut at ", size);
  }
}

TEST_CASE("a lock with any bit flipped never crashes, and both ways of reading agree") {
  for (std::size_t bit = 0; bit < kText.size() * 8; ++bit) {
    std::string text = kText;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    const auto lines = parse_lock_lines(text);
    if (!lines) continue;
    const auto as_yaml = parse_lock("assets.lock", as_bytes(text + "# end\n"));
    if (!as_yaml || *as_yaml != *lines) FAIL("they differ: ", text);
  }
}

TEST_CASE("a conflict marker of git is named, with what to do") {
  CHECK(error_of(with(kText, "  item/sword:\n",
                      "<<<<<<< HEAD\n  item/sword:\n=======\n  item/axe:\n>>>>>>> theirs\n")) ==
        "assets.lock:9:1: a conflict marker of git\n"
        "    9 | <<<<<<< HEAD\n"
        "      | ^~~~~~~\n"
        "keep the blocks of both sides, each job once, and take the markers out; or take one side "
        "and "
        "run 'dgxp build'");
}

TEST_CASE("a lock tells what is wrong with it") {
  const std::string restore = "restore the lock from git, or take it away and run 'dgxp build'";
  CHECK(error_of("") == "assets.lock:1:1: the lock is empty\n" + restore);
  CHECK(error_of("dgxp_lock: 1") ==
        "assets.lock:1:13: the lock ends in the middle of a line\n"
        "    1 | dgxp_lock: 1\n"
        "      |             ^\n" +
            restore);
  CHECK(error_of("dgxp_lock: 2\n") ==
        "assets.lock:1:12: lock format 2 is newer than this dgxp, which reads format 1\n"
        "    1 | dgxp_lock: 2\n"
        "      |            ^\n"
        "update dgxp");
  CHECK(error_of("a: 1\n") ==
        "assets.lock:1:1: this is not a lock of dgxp\n"
        "    1 | a: 1\n"
        "      | ^\n"
        "it begins with 'dgxp_lock: 1'; " +
            restore);
  CHECK(error_of(with(kText, "origin: edited", "origin: drawn")) ==
        "assets.lock:11:5: 'origin' must be generated, edited or placeholder, not 'drawn'\n"
        "   11 |     origin: drawn\n"
        "      |     ^~~~~~\n" +
            restore);
  CHECK(error_of(with(kText, "seed: 81233", "seed: 18446744073709551616"))
            .starts_with("assets.lock:8:5: 'seed' must be a whole number from 0 to "
                         "18446744073709551615, not '18446744073709551616'"));
  CHECK(error_of(with(kText, "  npc:", "  item/sword:"))
            .starts_with("assets.lock:16:3: 'item/sword' is given twice"));
  CHECK(error_of(with(kText, "    seed: 81233\n", ""))
            .starts_with("assets.lock:3:3: job 'hero/walk/east' has no 'seed'"));
  CHECK(error_of(with(kText, "reroll: 2", "rerol: 2"))
            .starts_with("assets.lock:15:5: unknown field 'rerol' in the lock"));
  CHECK(error_of(with(kText, "master: sha256:fc", "master: sha256:f"))
            .starts_with("assets.lock:4:5: 'master' must be sha256: and 64 hexadecimal digits"));
  CHECK(
      error_of(with(kText, "[0, 1, 1]", "[0, 1]"))
          .starts_with("assets.lock:31:5: 'hero/walk/east/0' must be three numbers [page, x, y]"));
  CHECK(
      error_of(with(kText, "12: [", "256: ["))
          .starts_with("assets.lock:25:31: this must be a whole number from 0 to 255, not '256'"));
  CHECK(error_of(with(kText, "\"#172038\"", "#172038"))
            .starts_with("assets.lock:22:13: what this '[' opens is not closed"));
  CHECK(error_of("dgxp_lock: 1\njobs: [1]\n")
            .starts_with("assets.lock:2:1: 'jobs' must be a map, not a list"));
}

/// `count` colours as a lock lists them.
std::string color_list(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += fmt::format("{}\"#{:06x}\"", i == 0 ? "" : ", ", i);
  return "[" + text + "]";
}

/// What both ways of reading say about a lock of one palette with these lines.
std::string palette_error(const std::string& lines) {
  const std::string text = "dgxp_lock: 1\npalettes:\n  ember:\n" + lines;
  const std::string error = error_of(text);
  CHECK(parse_lock_lines(text).has_value() == error.empty());
  // A comment is not what write_lock writes, so this goes through the YAML parser.
  CHECK(error_of(text + "# end\n") == error);
  return error.substr(0, error.find('\n'));
}

TEST_CASE("a locked palette has 1 to 256 colours, and none beyond those it is extended by") {
  CHECK(palette_error("    colors: " + color_list(1) + "\n") == "");
  CHECK(palette_error("    colors: " + color_list(256) + "\n") == "");
  CHECK(palette_error("    colors: []\n") == "assets.lock:4:5: palette 'ember' has no colours");
  CHECK(palette_error("    colors: " + color_list(257) + "\n") ==
        "assets.lock:4:5: 'colors' must be a list of at most 256 colours, not a list");
  const auto extended = [](int extend, int added) {
    return palette_error(fmt::format("    colors: {}\n    extend: {}\n    added: {}\n",
                                     color_list(252), extend, color_list(added)));
  };
  CHECK(extended(4, 4) == "");
  CHECK(extended(4, 5) ==
        "assets.lock:6:5: 5 colours were added to palette 'ember', which is "
        "extended by 4 at most");
  CHECK(extended(4, 256).starts_with("assets.lock:6:5: 256 colours were added"));
  CHECK(extended(255, 257).starts_with("assets.lock:6:5: 'added' must be a list of at most 256"));
  CHECK(palette_error("    colors: " + color_list(2) + "\n    added: " + color_list(1) + "\n")
            .starts_with("assets.lock:5:5: 1 colours were added"));
}

TEST_CASE("a lock in another order or layout is read all the same") {
  const auto lock =
      parse_lock("assets.lock", as_bytes("dgxp_lock: 1\r\n"
                                         "layout: { b: { y: [0,1,2], x: [0,0,0] } }\r\n"
                                         "palettes:\r\n"
                                         "  p: { colors: ['#ABC'] }\r\n"));
  REQUIRE(lock);
  CHECK(lock->layout.at("b").at("y") == LockedSlot{0, 1, 2});
  CHECK(lock->palettes.at("p").colors == std::vector<Rgb>{{0xaa, 0xbb, 0xcc}});
}

TEST_CASE("a lock of three megabytes reads in moments") {
  Lock lock;
  for (int i = 0; i < 9'000; ++i) {
    lock.jobs[fmt::format("item/thing-{:05}", i)] = {.master = sha256(fmt::format("{}", i)),
                                                     .origin = Origin::generated,
                                                     .recipe = sha256("r"),
                                                     .recovery = sha256("v"),
                                                     .seed = static_cast<std::uint32_t>(i)};
    lock.layout["things"][fmt::format("item/thing-{:05}", i)] = {0, i, i};
  }
  const std::string text = write_lock(lock);
  CHECK(text.size() > 3'000'000);
  const std::clock_t start = std::clock();
  const auto back = parse_lock("assets.lock", as_bytes(text));
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  REQUIRE(back);
  CHECK(*back == lock);
  CHECK(seconds < 2.0);  // about 0.02 s without sanitizers
}

}  // namespace
}  // namespace dgxp
