// What a manifest may grow to: just below each limit it loads, just above it is refused.
#include <chrono>
#include <ctime>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/manifests/manifest_text.hpp"

namespace dgxp {
namespace {

/// "1 2 ... count" with a comma between.
std::string numbers(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += fmt::format("{}{}", i == 1 ? "" : ", ", i);
  return text;
}

/// "good", or the messages.
std::string verdict(const std::string& lines) {
  const ManifestResult result = test::load(test::kHead + lines);
  std::string text;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    text += (text.empty() ? "" : "; ") + diagnostic.message;
  }
  return result.project ? "good" + text : text;
}

std::string grid(int columns, int rows, const std::string& fields) {
  return fmt::format(
      "sprites:\n  \"s/{{a}}-{{b}}\": {{ prompt: x, {}, matrix: {{ generate: {{ a: [{}], b: [{}] "
      "}} }} "
      "}}\n",
      fields, numbers(columns), numbers(rows));
}

TEST_CASE("10,000 sprites are the most") {
  CHECK(verdict(grid(100, 100, "size: [4, 4]")) == "good");
  CHECK(verdict(grid(100, 100, "size: [4, 4]") + "  one: { prompt: x, size: [4, 4] }\n") ==
        "from here on the manifest makes more than 10000 sprites");
}

TEST_CASE("20,000 masters are the most") {
  const std::string rows = "size: [4, 4], directions: [north, south]";
  CHECK(verdict(grid(100, 100, rows)) == "good");
  CHECK(verdict(grid(100, 99, rows) + "  more: { prompt: x, animations: {" +
                [] {
                  std::string text;
                  for (int i = 0; i < 64; ++i) text += fmt::format(" a{}: {{ frames: 1 }},", i);
                  return text;
                }() +
                " }, directions: [north, south, east, west], size: [4, 4] }\n") ==
        "from here on the manifest makes more than 20000 masters");
}

TEST_CASE("536,870,912 pixels of masters and sprites are the most") {
  const std::string fields = "size: [1024, 1024], source: \"d/{a}-{b}.png\"";
  CHECK(verdict(grid(16, 16, fields) + "atlases: { a: { include: [\"*\"] } }\n") == "good");
  CHECK(verdict(grid(257, 1, fields) + "atlases: { a: { include: [\"*\"] } }\n") ==
        "from here on the manifest makes more than 536870912 pixels");
  // Mirrored rows and recoloured sprites are drawn from few masters, but take as much room.
  const auto recolored = [](int count, const std::string& more) {
    std::string values;
    for (int i = 0; i < count; ++i) values += fmt::format("v{}: {{}}, ", i);
    return verdict("sprites:\n  \"s-{c}\": { source: s.png, size: [2048, 2048], " + more +
                   "matrix: { recolor: { c: { " + values + "} } } }\n" +
                   "atlases: { a: { include: [\"*\"], max_size: 4096 } }\n");
  };
  const std::string mirrored = "directions: { draw: [east], mirror: { west: east } }, ";
  CHECK(recolored(64, "") == "good");
  CHECK(recolored(63, mirrored) == "good");
  CHECK(recolored(64, mirrored) == "from here on the manifest makes more than 536870912 pixels");
}

TEST_CASE("64 recoloured variants are the most") {
  const auto axes = [](int count) {
    std::string values;
    for (int i = 0; i < count; ++i) values += fmt::format("v{}: {{}}, ", i);
    return fmt::format(
        "sprites:\n  s-{{a}}: {{ prompt: x, matrix: {{ recolor: {{ a: {{ {} }} }} }} }}\n", values);
  };
  CHECK(verdict(axes(64)) == "good");
  CHECK(verdict(axes(65)) == "'a' of matrix of sprite 's-{a}' has 65 entries, more than 64");
  const std::string half = axes(33);
  CHECK(verdict(half.substr(0, half.size() - 3) + ", variants: { palette: [reed, dusk] } }\n") ==
        "'s-{a}' has 66 recoloured variants, more than 64");
}

TEST_CASE("what is longer than its limit is not resolved at all") {
  // The template that is unknown is left for the next time.
  const std::string unknown = "sprites: { a: { prompt: x, extends: t } }\n";
  std::string ramps;
  std::string fields;
  for (int i = 0; i < 1001; ++i) ramps += fmt::format("  r{}: [\"#000000\"]\n", i);
  for (int i = 0; i < 65; ++i) fields += fmt::format("  f{}: 1\n", i);
  CHECK(verdict("ramps:\n" + ramps + unknown) == "'ramps' has 1001 entries, more than 1000");
  CHECK(verdict("ramps: { r: [" + numbers(257) + "] }\n" + unknown).find("template") ==
        std::string::npos);
  CHECK(verdict("checks:\n" + fields + unknown).find("template") == std::string::npos);
  CHECK(verdict("ramps: { r: [] }\n" + unknown).find("template") != std::string::npos);
  CHECK(verdict("checks: { f: 1 }\n" + unknown).find("template") != std::string::npos);
}

TEST_CASE("a matrix that cannot be used is charged for, so that few sprites take it over") {
  std::string words;
  std::string sprites;
  for (int i = 0; i < 9000; ++i) words += fmt::format("v{}: w, ", i);
  for (int i = 0; i < 100; ++i) {
    sprites += fmt::format("  \"s{}-{{a}}-{{b}}\": {{ extends: t }}\n", i);
  }
  const auto with = [&](const std::string& recolor) {
    return verdict("templates: { t: { prompt: x, matrix: { generate: { a: {" + words +
                   "} }, recolor: {" + recolor + "} } } }\nsprites:\n" + sprites);
  };
  const std::string spent = "from here on the manifest makes more than 100000 combinations";
  CHECK(with("b: {}") == "axis 'b' has no values; " + spent);
  std::string values;
  for (int i = 0; i < 9; ++i) values += fmt::format("v{}: {{}}, ", i);
  CHECK(with("b: {" + values + "}, c: {" + values + "}") ==
        "more than 64 recoloured variants of one sprite; " + spent);
}

TEST_CASE("256 frames a row and 4096 pixels a side are the most") {
  CHECK(verdict(
            "sprites: { a: { prompt: x, size: [4, 4], animations: { b: { frames: 256 } } } }\n") ==
        "good");
  CHECK(verdict("styles: { s: { render_scale: 1 } }\n"
                "sprites: { a: { prompt: x, style: s, size: [4096, 4096] } }\n"
                "atlases: { one: { include: [a], max_size: 8192 } }\n") == "good");
  CHECK(verdict("sprites: { a: { prompt: x, palette: none, size: [4097, 4] } }\n") ==
        "item 1 of 'size' of sprite 'a' is 4097, outside 1 to 4096");
}

TEST_CASE("a raw picture may be 16,384 pixels a side") {
  CHECK(verdict(
            "sprites: { a: { prompt: x, size: [64, 64], animations: { b: { frames: 16 } } } }\n") ==
        "good");
  CHECK(
      verdict(
          "sprites: { a: { prompt: x, size: [64, 64], animations: { b: { frames: 17 } } } }\n") ==
      "17 frames of 64x64 at 16 pixels each are a picture of 17408x1024, more than 16384 a side or "
      "67108864 in all");
}

TEST_CASE("long words do not multiply without end") {
  const std::string words(16'000, 'x');
  const std::string text = verdict(fmt::format("styles: {{ s: {{ negative: {} }} }}\n", words) +
                                   grid(100, 100, "style: s, size: [4, 4]"));
  CHECK(text == "from here on the manifest makes more than 134217728 bytes of resolved values");
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST_CASE("a manifest of a megabyte and 8,000 sprites loads in moments") {
  std::string text = test::kHead + "sprites:\n";
  int count = 0;
  while (text.size() < 1'048'000) {
    text += fmt::format(
        "  item/thing-{:05}:\n    size: [16, 16]\n    prompt: \"a small thing number {} with a "
        "worn "
        "wooden handle and a glow\"\n    note: \"row {}\"\n",
        count, count, count);
    ++count;
  }
  const double start = cpu_seconds();
  const ManifestResult result = test::load(text);
  const double seconds = cpu_seconds() - start;
  REQUIRE_MESSAGE(result.project, format_diagnostics(result.diagnostics));
  CHECK(result.project->sprites.size() == static_cast<std::size_t>(count));
  CHECK(count > 7500);
  // Twenty times what is measured: a guard against quadratic work, not a benchmark.
  CHECK(seconds < 4.0);
}

TEST_CASE("the worst texts of legal size are answered in moments") {
  const std::size_t most = 1'048'000;
  const auto repeated = [&](const std::string& start, const std::string& piece) {
    std::string text = start;
    while (text.size() + piece.size() < most) text += piece;
    return text;
  };
  const std::string texts[] = {
      repeated("a: [", ","),
      repeated("a: [", "\"\" "),
      repeated("[", ","),
      repeated("a: [", "? "),
      repeated("", "- "),
      repeated("", "\n"),
      repeated("a: x\n", "#\n"),
      repeated("a: x", "\n  y"),
      repeated("", "a: 1\n"),
      repeated("a: [", "&a "),
      repeated("a: [", "! "),
      repeated("a: ", "'"),
      repeated("a: \"", "\\\\"),
      repeated("", "? a\n"),
      repeated("a: [", "1,"),
      repeated(test::kHead + "sprites:\n", "  \"{}{}{}{}\": { prompt: x }\n"),
      repeated("a: |\n", " x\n"),
      repeated("", "*a "),
      repeated("{", "a: 1, "),
      repeated(test::kHead + "sprites: { a: { prompt: x, source: \"", "{x}") + "\" } }\n",
  };
  int number = 0;
  for (const std::string& text : texts) {
    const double start = cpu_seconds();
    const ManifestResult result = test::load(text);
    INFO("text ", number++);
    CHECK_FALSE(result.project);
    CHECK(cpu_seconds() - start < 8.0);  // sanitizers included; without them well under 1 s
  }
}

TEST_CASE("diagnostics are capped in number and in lines, errors first") {
  std::string text = "sprites:\n";
  for (int i = 0; i < 3000; ++i) text += fmt::format("  s{}: {{ prompt: x, size: [0, 1] }}\n", i);
  const ManifestResult result = test::load(test::kHead + text);
  CHECK(result.diagnostics.size() == 1001);
  CHECK(result.diagnostics.back().message == "2000 more problems are not listed");
  CHECK(format_diagnostics(result.diagnostics, 6) ==
        "assets.yaml:6:27: error: item 1 of 'size' of sprite 's0' is 0, outside 1 to 4096\n"
        "    6 |   s0: { prompt: x, size: [0, 1] }\n"
        "      |                           ^\n"
        "hint: for example 32\n"
        "and 1000 more problems\n");
}

TEST_CASE("format_diagnostics leaves warnings out before errors") {
  const std::vector<Diagnostic> diagnostics{
      {.severity = Severity::warning, .file = "a", .place = {1, 1}, .message = "one", .hint = "w"},
      {.severity = Severity::error, .file = "a", .place = {2, 1}, .message = "two", .hint = "e"}};
  CHECK(format_diagnostics(diagnostics, 4) ==
        "a:1:1: warning: one\nhint: w\na:2:1: error: two\nhint: e\n");
  CHECK(format_diagnostics(diagnostics, 3) == "a:2:1: error: two\nhint: e\nand 1 more problem\n");
  CHECK(format_diagnostics({}) == "");
}

}  // namespace
}  // namespace dgxp
