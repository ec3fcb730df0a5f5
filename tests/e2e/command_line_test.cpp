#include <algorithm>
#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/image/png_codec.hpp"
#include "tests/e2e/small_project.hpp"

using namespace dgxp;

TEST_CASE("version and help answer on stdout with exit 0") {
  const TempProject folder;
  const std::string here = folder.folder().string();
  CHECK(run_dgxp(here, {"--version"}).out.starts_with("dgxp "));
  CHECK(run_dgxp(here, {"version"}).out == run_dgxp(here, {"--version"}).out);
  const ProgramResult help = run_dgxp(here, {"--help"});
  CHECK(help.status == 0);
  CHECK(help.out.find("Exit codes:") != std::string::npos);
  for (const char* verb :
       {"init",    "build",      "plan",    "check",   "explain",  "status",  "reroll", "adopt",
        "recover", "recolor",    "pack",    "palette", "template", "preview", "schema", "doctor",
        "clean",   "completion", "version", "lint",    "worker",   "jobs",    "models", "wire"}) {
    const ProgramResult result = run_dgxp(here, {verb, "--help"});
    CHECK_MESSAGE(result.status == 0, verb);
    CHECK_MESSAGE(result.out.find("Example:") != std::string::npos, verb);
  }
}

TEST_CASE("the verbs below verbs show examples of their own") {
  const TempProject folder;
  for (const auto& [verb, below] :
       {std::pair{"jobs", "ls"}, std::pair{"jobs", "watch"}, std::pair{"jobs", "cancel"},
        std::pair{"models", "ls"}, std::pair{"wire", "tap"}, std::pair{"wire", "replay"},
        std::pair{"template", "ls"}, std::pair{"template", "show"}, std::pair{"template", "check"},
        std::pair{"worker", "keygen"}}) {
    const ProgramResult help = run_dgxp(folder.folder().string(), {verb, below, "--help"});
    CHECK(help.status == 0);
    CHECK(help.out.find(std::string("Example:\n  dgxp ") + verb + " " + below) !=
          std::string::npos);
  }
}

TEST_CASE("a wrong command line is exit 64 with a hint") {
  const TempProject folder;
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"biuld"},
                                                {"build", "--lokced"},
                                                {"build", "-j", "none"},
                                                {"recover"},
                                                {"completion", "tcsh"},
                                                {"build", "--color", "pink"}}) {
    const ProgramResult result = run_dgxp(folder.folder().string(), wrong);
    CHECK(result.status == 64);
    CHECK(result.out == "");
    CHECK(result.err.find("hint: ") != std::string::npos);
  }
}

TEST_CASE("init makes a project that builds, checks and is left alone the second time") {
  const TempProject folder;
  const std::string here = folder.folder().string();
  CHECK(run_dgxp(here, {"init"}).status == 0);
  CHECK(run_dgxp(here, {"build"}).status == 0);
  CHECK(run_dgxp(here, {"check"}).status == 0);
  const auto before = folder.tree();
  CHECK(run_dgxp(here, {"init"}).status == 64);
  CHECK(folder.tree() == before);
}

TEST_CASE("init finds a name for every folder") {
  const TempProject folder;
  for (const std::string name : {"con", "\xe6\x97\xa5", "my game", "010", "null"}) {
    CHECK(run_dgxp(folder.folder().string(), {"init", name}).status == 0);
    CHECK_MESSAGE(run_dgxp(folder.at(name).string(), {"plan"}).status == 0, name);
  }
  const std::string long_name(150, 'x');
  CHECK(run_dgxp(folder.folder().string(), {"init", long_name}).status == 0);
  CHECK(run_dgxp(folder.at(long_name).string(), {"plan"}).status == 0);
}

TEST_CASE("no manifest is exit 65 and says how to get one") {
  const TempProject folder;
  const ProgramResult result = run_dgxp(folder.folder().string(), {"build"});
  CHECK(result.status == 65);
  CHECK(result.err ==
        "error: there is no manifest 'assets.yaml'\n"
        "hint: `dgxp init` makes one; `dgxp -C DIR build` looks in another folder\n");
  CHECK(folder.tree().empty());
  CHECK_FALSE(std::filesystem::exists(folder.at(".dgxp")));
}

TEST_CASE("GitHub Actions gets annotations, a pipe gets no colour, and --color always forces it") {
  const SmallProject project;
  project.replace_in("assets.yaml", "prompt: \"short", "promt: \"short");
  const ProgramResult plain = project.run({"build"});
  CHECK(plain.status == 65);
  CHECK(plain.err.find('\x1b') == std::string::npos);
  CHECK(plain.err.find("hint: did you mean 'prompt'?") != std::string::npos);
  const ProgramResult actions = project.run({"build"}, {{"GITHUB_ACTIONS", "true"}});
  CHECK(actions.err.find("::error file=assets.yaml,line=") != std::string::npos);
  CHECK(project.run({"--color", "always", "build"}).err.find('\x1b') != std::string::npos);
}

TEST_CASE("--json tells a failure as a document too") {
  const SmallProject project;
  project.replace_in("assets.yaml", "prompt: \"short", "promt: \"short");
  const ProgramResult result = project.run({"--json", "build"});
  CHECK(result.status == 65);
  const auto document = nlohmann::json::parse(result.out);
  CHECK(document["exit"] == 65);
  CHECK(std::ranges::any_of(document["diagnostics"], [](const nlohmann::json& diagnostic) {
    return diagnostic["hint"] == "did you mean 'prompt'?" && diagnostic["line"] == 21;
  }));
}

TEST_CASE("-C works in another folder, and --json prints one document") {
  const SmallProject project;
  const ProgramResult result = run_dgxp("/", {"-C", project.folder().string(), "--json", "status"});
  REQUIRE(result.status == 0);
  CHECK(nlohmann::json::parse(result.out)["jobs"]["hero/walk/east"]["state"] == "new");
}

TEST_CASE("each stage works on plain files") {
  const SmallProject project;
  Image raw({64, 64}, {250, 20, 240, 255});
  for (int y = 16; y < 48; ++y) {
    for (int x = 16; x < 48; ++x) {
      raw.at(x, y) =
          (x / 8 + y / 8) % 2 == 0 ? Rgba{0x9e, 0x30, 0x38, 255} : Rgba{0xf6, 0xda, 0x77, 255};
    }
  }
  project.put("raw.png", std::string(as_text(encode_png(raw))));
  const ProgramResult recovered =
      project.run({"recover", "raw.png", "-o", "native.png", "--background", "border_flood",
                   "--json", "--explain", "why.png"});
  REQUIRE_MESSAGE(recovered.status == 0, recovered.err);
  const auto said = nlohmann::json::parse(recovered.out);
  CHECK(said["width"] == 8);
  CHECK(said["quality"] == 1.0);
  CHECK(said["columns"].size() == 9);
  CHECK(said["rows"][1]["at"] == 8.0);
  CHECK(said["doubtful"].empty());
  const auto explained = decode_png(as_bytes(project.get("why.png")));
  REQUIRE(explained);
  CHECK(explained->size == raw.size);
  CHECK(project.run({"recover", "raw.png", "-o", "half.png", "--size", "4", "4"}).status == 0);
  const std::string native = project.get("native.png");
  const auto image = decode_png(as_bytes(native));
  REQUIRE(image);
  CHECK(image->size == Size{8, 8});
  CHECK(image->at(2, 2) == Rgba{0x9e, 0x30, 0x38, 255});
  CHECK(image->at(0, 0) == kTransparent);

  CHECK(
      project.run({"recolor", "native.png", "-o", "gold.png", "--map", "#9e3038=#102030"}).status ==
      0);
  CHECK(project.run({"pack", "native.png", "gold.png", "-o", "sheet.png"}).out ==
        "wrote sheet.png\nwrote sheet.dgxp.json\n");
  CHECK(nlohmann::json::parse(project.get("sheet.dgxp.json"))["frames"].contains("gold"));
  CHECK(project.run({"palette", "extract", "native.png", "gold.png", "-n", "4", "-o", "p.gpl"})
            .status == 0);
  CHECK(project.run({"palette", "show", "p.gpl"}).out == "#102030\n#9e3038\n#f6da77\n");

  // Behind a palette that stays: the other colours of the pictures, from dark to light.
  project.put("own.hex", "9e3038\n0000ff\n");
  const auto extend = [&](const std::string& count) {
    return project.run(
        {"palette", "extract", "native.png", "gold.png", "--extend", "own.hex", "-n", count});
  };
  CHECK(extend("2").out == "#9e3038\n#0000ff\n#102030\n#f6da77\n");
  CHECK(extend("1").out.starts_with("#9e3038\n#0000ff\n"));
  CHECK(extend("255").status == 65);
  CHECK(extend("255").err.starts_with(
      "error: own.hex has 2 colours and cannot get 255 more\nhint: "));
  CHECK(project.run({"palette", "extract", "native.png", "-n", "1"}).status == 64);
}

TEST_CASE("recolor keeps a table that took long inside a project, and nothing outside of one") {
  const SmallProject project;
  // Colours from everywhere: a few of one corner are found out in no time, and not kept.
  Image picture({256, 256});
  for (int y = 0; y < 256; ++y)
    for (int x = 0; x < 256; ++x)
      picture.at(x, y) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
                          static_cast<std::uint8_t>(37 * x + 101 * y), 255};
  project.put("in.png", std::string(as_text(encode_png(picture))));
  const auto recolor = [&](const std::string& metric, const std::string& out) {
    const auto result = project.run(
        {"recolor", "in.png", "-o", out, "--palette", "palettes/ember.hex", "--metric", metric});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    return project.get(out);
  };
  const std::string outside = recolor("ciede2000", "outside.png");
  CHECK(!std::filesystem::exists(project.at(".dgxp")));

  std::filesystem::create_directories(project.at(".dgxp"));
  CHECK(recolor("rgb", "quick.png") != outside);
  CHECK(!std::filesystem::exists(project.at(".dgxp/tables")));
  CHECK(recolor("ciede2000", "first.png") == outside);
  std::vector<std::filesystem::path> tables;
  for (const auto& entry : std::filesystem::directory_iterator(project.at(".dgxp/tables")))
    tables.push_back(entry.path().lexically_relative(project.folder()));
  REQUIRE(tables.size() == 1);
  CHECK(recolor("ciede2000", "second.png") == outside);

  // A damaged one is made again.
  const std::string kept = project.get(tables[0].string());
  std::string damaged = kept;
  damaged[damaged.size() / 2] ^= 4;
  project.put(tables[0].string(), damaged);
  CHECK(recolor("ciede2000", "third.png") == outside);
  CHECK(project.get(tables[0].string()) == kept);
}

TEST_CASE("a picture that is none is exit 65 and names the file") {
  const SmallProject project;
  project.put("broken.png", "not a picture");
  const ProgramResult result = project.run({"recover", "broken.png", "-o", "out.png"});
  CHECK(result.status == 65);
  CHECK(result.err.find("broken.png") != std::string::npos);
  CHECK(project.get("out.png") == "<absent>");
}

TEST_CASE("preview draws every sprite on one sheet") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  REQUIRE(project.run({"preview", "--sheet", "all.png", "--scale", "2"}).status == 0);
  const std::string bytes = project.get("all.png");
  CHECK(decode_png(as_bytes(bytes))->size.width == 384);
}

TEST_CASE("clean removes caches and raw images; masters and outputs stay") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto before = project.tree();
  CHECK(project.run({"clean", "--dry-run"}).out.starts_with("would remove"));
  CHECK(project.run({"clean"}).out.starts_with("removed"));
  CHECK(project.tree() == before);
  CHECK(project.run({"check"}).status == 0);

  // What was delivered stays known: it goes when nothing asks for it any more.
  project.replace_in("assets.yaml", "name: small", "name: large");
  CHECK(project.run({"build"}).out.find("removed game/sprites/small.png\n") != std::string::npos);
}

TEST_CASE("doctor finds a healthy project healthy and names a worker that does not answer") {
  const SmallProject project;
  CHECK(project.run({"doctor"}).status == 0);
  const ProgramResult sick =
      project.run({"doctor", "--worker", "ipc://" + project.at("nobody.sock").string()});
  CHECK(sick.status == 69);
}

TEST_CASE("completion scripts know every verb") {
  const TempProject folder;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const ProgramResult result = run_dgxp(folder.folder().string(), {"completion", shell});
    CHECK(result.status == 0);
    CHECK(result.out.find("reroll") != std::string::npos);
    CHECK(result.out.find("detailed-exitcode") != std::string::npos);
    CHECK(result.out.find("show convert compare extract") != std::string::npos);
  }
  folder.put("c.bash", run_dgxp(folder.folder().string(), {"completion", "bash"}).out);
  const auto complete = [&](const std::string& words, int at) {
    const std::string script = "source ./c.bash; COMP_WORDS=(" + words +
                               "); COMP_CWORD=" + std::to_string(at) +
                               "; _dgxp; echo ${COMPREPLY[@]}";
    return run_program({.command = {"bash", "-c", script}, .folder = folder.folder().string()}).out;
  };
  CHECK(complete("dgxp buil", 1) == "build\n");
  CHECK(complete("dgxp -C art palette ex", 4) == "extract\n");
  CHECK(complete("dgxp palette show c", 3) == "c.bash\n");
  CHECK(complete("dgxp build --lo", 2) == "--locked --lock-timeout\n");
}

TEST_CASE("schema is a draft-07 JSON Schema") {
  const TempProject folder;
  const ProgramResult result = run_dgxp(folder.folder().string(), {"schema"});
  CHECK(nlohmann::json::parse(result.out)["$schema"] == "http://json-schema.org/draft-07/schema#");
}
