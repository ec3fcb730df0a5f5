#include <array>
#include <atomic>

#include <doctest/doctest.h>

#include "core/base/color.hpp"
#include "core/base/diagnostic.hpp"
#include "core/base/digest.hpp"
#include "core/base/parallel.hpp"
#include "core/base/result.hpp"

using namespace dgxp;

TEST_CASE("sha256 is the standard's") {
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(Digest::parse("sha256:" + sha256("abc").hex()) == sha256("abc"));
  CHECK_FALSE(Digest::parse("abc"));
  CHECK_FALSE(Digest::parse(std::string(64, 'g')));
  CHECK(Digest{}.empty());
}

TEST_CASE("a colour is read with or without its mark and written with it") {
  CHECK(parse_hex_color("#a53030") == Rgb{0xa5, 0x30, 0x30});
  CHECK(parse_hex_color("A53030") == Rgb{0xa5, 0x30, 0x30});
  CHECK(parse_hex_color("#fa0") == Rgb{0xff, 0xaa, 0x00});
  for (const char* text : {"", "#", "fa0", "#a5303", "#a530300", "#g53030", "red"}) {
    CHECK_FALSE(parse_hex_color(text));
  }
  CHECK(to_hex({0xa5, 0x30, 0x03}) == "#a53003");
}

TEST_CASE("to_oklab gives the published values of the primaries") {
  const Oklab red = to_oklab({255, 0, 0});
  CHECK(red.l == doctest::Approx(0.62796).epsilon(0.0001));
  CHECK(red.a == doctest::Approx(0.22486).epsilon(0.0001));
  CHECK(red.b == doctest::Approx(0.12585).epsilon(0.0001));
  CHECK(to_oklab({255, 255, 255}).l == doctest::Approx(1.0).epsilon(0.0001));
}

TEST_CASE("a diagnostic shows place, line, caret and hint") {
  CHECK(format_diagnostic({.file = "assets.yaml",
                           .place = {12, 9},
                           .length = 6,
                           .line_text = "        palete: db32",
                           .message = "unknown field 'palete' in sprite 'hero'",
                           .hint = "did you mean 'palette'?"}) ==
        "assets.yaml:12:9: error: unknown field 'palete' in sprite 'hero'\n"
        "   12 |         palete: db32\n"
        "      |         ^~~~~~\n"
        "hint: did you mean 'palette'?\n");
}

TEST_CASE("a diagnostic on a very long line shows the part around its place") {
  const std::string text = format_diagnostic({.file = "a.yaml",
                                              .place = {1, 5001},
                                              .line_text = std::string(10000, 'x'),
                                              .message = "too long"});
  CHECK(text.size() < 600);
  CHECK(text.find('^') != std::string::npos);
}

TEST_CASE("control, bidi and broken characters are escaped, letters of any script are not") {
  CHECK(escape_for_terminal("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(escape_for_terminal("\xe2\x80\xae") == "\\u{202e}");
  CHECK(escape_for_terminal("\xff\xc3") == "\\xff\\xc3");
  CHECK(escape_for_terminal("Größe 剣") == "Größe 剣");
}

TEST_CASE("parallel_for visits every index once, whatever the number of threads") {
  for (const int threads : {0, 1, 2, 7}) {
    std::array<std::atomic<int>, 100> visits{};
    parallel_for(visits.size(), threads, [&](std::size_t i) { ++visits.at(i); });
    for (const std::atomic<int>& count : visits) CHECK(count == 1);
  }
}

TEST_CASE("a chain of Results stops at the first Error and keeps its message") {
  const auto half = [](int n) -> Result<int> {
    if (n % 2 != 0) return Error{.message = "odd"};
    return n / 2;
  };
  CHECK(*half(12).and_then(half).map([](int n) { return n + 1; }) == 4);
  const auto failed = half(6).and_then(half).and_then(half).map_error([](Error error) {
    error.message = "at 6: " + error.message;
    return error;
  });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "at 6: odd");
}
