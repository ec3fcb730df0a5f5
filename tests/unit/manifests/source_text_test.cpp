#include "manifests/source_text.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/base/bytes.hpp"
#include "tests/unit/manifests/manifest_text.hpp"

namespace dgxp {
namespace {

TEST_CASE("a hint names what is near, until a hundred problems are found") {
  const SourceText source("a.yaml", as_bytes("a: 1\n"), 100);
  ProblemList problems(source);
  int asked = 0;
  const auto list_names = [&] {
    ++asked;
    return std::vector<std::string_view>{"palette", "size"};
  };
  for (int i = 0; i < 300; ++i) {
    problems.error({.place = {1, 1}}, fmt::format("{}", i),
                   problems.suggest("palete", list_names, "otherwise"));
  }
  CHECK(asked == 100);
  const auto found = problems.take();
  REQUIRE(found.size() == 300);
  CHECK(std::ranges::count(found, "did you mean 'palette'?", &Diagnostic::hint) == 100);
  CHECK(std::ranges::count(found, "otherwise", &Diagnostic::hint) == 200);
}

TEST_CASE("hints among many names are looked for a few times only") {
  const SourceText source("a.yaml", as_bytes("a: 1\n"), 100);
  ProblemList problems(source);
  const std::vector<std::string_view> names(8'000, "palette");
  int asked = 0;
  const auto list_names = [&] {
    ++asked;
    return names;
  };
  for (int i = 0; i < 50; ++i) problems.suggest("palete", list_names, "otherwise");
  CHECK(asked == 3);
  CHECK(problems.suggest("palete", list_names, "otherwise") == "otherwise");
}

/// How many hints of a manifest name something that is near.
std::ptrdiff_t count_near(const std::string& lines) {
  const ManifestResult result = test::load(test::kHead + lines);
  CHECK_FALSE(result.project);
  return std::ranges::count_if(result.diagnostics, [](const Diagnostic& diagnostic) {
    return diagnostic.hint.starts_with("did you mean");
  });
}

TEST_CASE("unknown templates, styles and atlas patterns stop being looked for") {
  const std::string named = "  one: { size: [8, 8] }\n";
  std::string extending = "sprites:\n";
  std::string styled = "sprites:\n";
  std::string included;
  for (int i = 0; i < 400; ++i) {
    extending += fmt::format("  s{}: {{ prompt: x, extends: onee }}\n", i);
    styled += fmt::format("  s{}: {{ prompt: x, style: onee }}\n", i);
    included += fmt::format("{}onee{}", i == 0 ? "" : ", ", i);
  }
  CHECK(count_near("templates:\n" + named + extending) == 100);
  CHECK(count_near("styles: { one: { view: side } }\n" + styled) == 100);
  std::string many = "sprites:\n";
  for (int i = 0; i < 8'000; ++i) many += fmt::format("  onee-{}: {{ prompt: x }}\n", i);
  CHECK(count_near(many + "atlases: { a: { include: [" + included + "] } }\n") == 3);
}

}  // namespace
}  // namespace dgxp
