#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "core/base/color.hpp"
#include "tests/e2e/project_pictures.hpp"

using namespace dgxp;

namespace {

nlohmann::json json_of(const ProgramResult& result) {
  REQUIRE_MESSAGE(result.status == 0, result.err);
  return nlohmann::json::parse(result.out);
}

/// What a build of the small project says at its end: all of it is drawn by dgxp itself.
constexpr const char* kPlaceholders =
    "4 masters are placeholders still: build with a worker that draws (--worker, DGXP_WORKER) to "
    "have them replaced, or approve them with `dgxp adopt`\n";

/// Every entry below the project, `.dgxp` too, with what changes when somebody writes to it.
std::map<std::string, std::string> stamps(const SmallProject& project) {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(project.folder())) {
    struct stat status{};
    REQUIRE(lstat(entry.path().c_str(), &status) == 0);
    found[entry.path().string()] =
        std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
        std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + " " +
        std::to_string(status.st_ctim.tv_nsec);
  }
  return found;
}

}  // namespace

TEST_CASE("build writes masters, lock, sheet, metadata and catalogue, and says so") {
  const SmallProject project;
  const ProgramResult result = project.run({"build", "assets.yaml"});
  CHECK(result.err == "");
  CHECK(result.status == 0);
  std::vector<std::string> paths;
  for (const auto& [path, content] : project.tree()) paths.push_back(path);
  CHECK(paths == std::vector<std::string>{
                     "art/hero/walk-east.png", "art/item/coin.png", "art/item/potion.png",
                     "art/item/sword.png", "assets.lock", "assets.yaml",
                     "game/sprites/small.dgxp.json", "game/sprites/small.png",
                     "game/sprites/sprites.dgxp-catalog.json", "palettes/ember.hex"});
  CHECK(result.out ==
        "wrote game/sprites/small.dgxp.json\n"
        "wrote game/sprites/small.png\n"
        "wrote game/sprites/sprites.dgxp-catalog.json\n"
        "4 masters generated, 0 recovered, 3 files written, 0 unchanged\n" +
            std::string(kPlaceholders));
}

TEST_CASE("a second build says nothing to do and touches nothing, not even its own cache") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto before = stamps(project);
  const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  for (const char* folder : {"", "game/sprites", "art", ".dgxp"}) {
    REQUIRE(inotify_add_watch(
                watch, project.at(folder).c_str(),
                IN_CREATE | IN_DELETE | IN_MODIFY | IN_ATTRIB | IN_MOVE | IN_CLOSE_WRITE) >= 0);
  }
  const ProgramResult result = project.run({"build"});
  CHECK(result.out == "nothing to do\n" + std::string(kPlaceholders));
  CHECK(result.status == 0);
  CHECK(stamps(project) == before);
  std::array<char, 4096> events{};
  CHECK(read(watch, events.data(), events.size()) == -1);  // EAGAIN: there is no event
  close(watch);
}

TEST_CASE("a second build opens no socket") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const ProgramResult traced =
      run_program({.command = {"strace", "-f", "-e", "trace=socket,socketpair,connect,bind",
                               DGXP_BINARY, "build"},
                   .folder = project.folder().string(),
                   .environment = {{"ASAN_OPTIONS", "detect_leaks=0"}}});
  if (traced.status == 127 || traced.err.find("Operation not permitted") != std::string::npos) {
    MESSAGE("SKIPPED: strace cannot trace here");
    return;
  }
  CHECK(traced.out == "nothing to do\n" + std::string(kPlaceholders));
  CHECK(traced.err.find("socket") == std::string::npos);
}

TEST_CASE("every pixel of every output is transparent or a palette colour") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  std::set<Rgb> palette;
  const std::string text = kEmberPalette;
  for (std::size_t at = 0; at < text.size(); at += 7) {
    palette.insert(*parse_hex_color(text.substr(at, 6)));
  }
  for (const Rgba pixel : png_at(project, "game/sprites/small.png").pixels) {
    CHECK((pixel == kTransparent || (pixel.a == 255 && palette.contains(pixel.rgb()))));
  }
}

TEST_CASE(
    "changing one palette colour changes exactly that colour, with no job and no new master") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const Image before = png_at(project, "game/sprites/small.png");
  const auto masters = project.tree("art");
  project.replace_in("palettes/ember.hex", "9e3038", "3050a5");

  const nlohmann::json report = json_of(project.run({"build", "--json"}));

  CHECK(report["generated"].empty());
  CHECK(report["recovered"].empty());
  CHECK(project.tree("art") == masters);
  Image expected = before;
  for (Rgba& pixel : expected.pixels) {
    if (pixel == Rgba{0x9e, 0x30, 0x38, 255}) pixel = {0x30, 0x50, 0xa5, 255};
  }
  CHECK(expected != before);
  CHECK(png_at(project, "game/sprites/small.png") == expected);

  // And again: position follows position through the lock's former colours.
  project.replace_in("palettes/ember.hex", "3050a5", "40c040");
  REQUIRE(project.run({"build"}).status == 0);
  for (Rgba& pixel : expected.pixels) {
    if (pixel == Rgba{0x30, 0x50, 0xa5, 255}) pixel = {0x40, 0xc0, 0x40, 255};
  }
  CHECK(png_at(project, "game/sprites/small.png") == expected);
}

TEST_CASE("changing one prompt generates exactly that sprite's jobs, and explain names the line") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto masters = project.tree("art");
  project.replace_in("assets.yaml", "young knight, red cape", "old wizard, blue robe");

  const ProgramResult explained = project.run({"explain", "hero"});
  CHECK(explained.out.find("hero/walk/east: recipe changed") == 0);
  CHECK(explained.out.find("prompt changed: assets.yaml:16:") != std::string::npos);
  CHECK(project.run({"plan", "--detailed-exitcode"}).status == 2);

  const nlohmann::json report = json_of(project.run({"build", "--json"}));
  CHECK(report["generated"] == nlohmann::json::array({"hero/walk/east"}));
  auto after = project.tree("art");
  CHECK(after.at("art/hero/walk-east.png") != masters.at("art/hero/walk-east.png"));
  after["art/hero/walk-east.png"] = masters.at("art/hero/walk-east.png");
  CHECK(after == masters);
}

TEST_CASE("a master that was drawn again with the same pixels keeps its file, byte for byte") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  // Another program has saved it: the same pixels, and its name in a chunk behind the header.
  using namespace std::string_literals;
  std::string saved = project.get("art/item/coin.png");
  saved.insert(33,
               "\0\0\0\x0f"
               "tEXt"
               "Software\0pencil"
               "\xea\xbf\xa2\xb3"
               ""s);
  project.put("art/item/coin.png", saved);
  const std::string lock = project.get("assets.lock");
  project.replace_in("assets.yaml", "render_scale: 8", "render_scale: 9");
  const ProgramResult again = project.run({"build"});
  CHECK(again.out == "4 masters generated, 0 recovered, 0 files written, 3 unchanged\n" +
                         std::string(kPlaceholders));
  CHECK(project.get("assets.lock") != lock);
  CHECK(project.get("art/item/coin.png") == saved);
}

TEST_CASE("without .dgxp and outputs, build --locked without any network gives the same bytes") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto before = project.tree();
  std::filesystem::remove_all(project.at(".dgxp"));
  std::filesystem::remove_all(project.at("game"));
  ProgramResult result =
      run_program({.command = {"unshare", "--net", "--", DGXP_BINARY, "build", "--locked"},
                   .folder = project.folder().string()});
  if (result.err.find("unshare failed") != std::string::npos) {
    MESSAGE("SKIPPED in part: no network namespace can be made here");
    result = project.run({"build", "--locked"});
  }
  CHECK(result.err == "");
  CHECK(result.status == 0);
  CHECK(project.tree() == before);
}

TEST_CASE("build --locked refuses drift with exit 2 and writes nothing") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  project.replace_in("assets.yaml", "gold coin", "silver coin");
  auto before = project.tree();
  CHECK(project.run({"build", "--locked"}).status == 2);
  CHECK(project.tree() == before);

  project.replace_in("assets.yaml", "silver coin", "gold coin");
  project.put("game/sprites/small.dgxp.json", "{}");
  before = project.tree();
  CHECK(project.run({"build", "--locked"}).status == 2);
  CHECK(project.tree() == before);
}

TEST_CASE("an address that is none is told before it is needed") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  for (const char* verb : {"plan", "status", "build", "watch"}) {
    const ProgramResult result = project.run({verb, "--worker", "localhost:5555"});
    CHECK(result.status == 64);
    CHECK_MESSAGE(
        result.err.find("'localhost:5555' is no address of a worker") != std::string::npos,
        result.err);
  }
  CHECK(project.run({"status"}, {{"DGXP_WORKER", "nobody"}}).status == 64);
  CHECK(project.run({"check"}, {{"DGXP_WORKER", "nobody"}}).status == 0);
  CHECK(project.run({"build", "--locked"}, {{"DGXP_WORKER", "nobody"}}).status == 0);
}

TEST_CASE("an edited master of a wrong size is told before anything is drawn") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  project.put("art/item/potion.png",
              std::string(as_text(encode_png(Image({15, 16}, {0x9e, 0x30, 0x38, 255})))));
  project.replace_in("assets.yaml", "gold coin", "silver coin");
  const auto before = project.tree();
  ProgramResult result = project.run({"build"});
  CHECK(result.status == 65);
  CHECK(result.err.find("art/item/potion.png: it was edited by hand and is 15x16, not 16x16 "
                        "(1 frame of 16x16)") != std::string::npos);
  CHECK(result.err.find("hint: give it that size, or delete it") != std::string::npos);
  CHECK(project.tree() == before);

  project.replace_in("assets.yaml", "red potion", "blue potion");
  result = project.run({"build"});
  CHECK(result.status == 65);
  CHECK(result.err.find("--overwrite-edited") != std::string::npos);
  CHECK(project.run({"build", "--overwrite-edited"}).status == 0);
}

TEST_CASE("build --locked looks at what git holds, not at the worker of this machine") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const ProgramResult result =
      project.run({"build", "--locked"}, {{"DGXP_WORKER", "tcp://127.0.0.1:1"}});
  CHECK(result.status == 0);
  CHECK(result.err.empty());

  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"--worker", "tcp://127.0.0.1:1"},
        {"--overwrite-edited"},
        {"--repack"},
        {"--plan", "saved.plan"}}) {
    std::vector<std::string> words{"build", "--locked"};
    words.insert(words.end(), other.begin(), other.end());
    const ProgramResult refused = project.run(words);
    CHECK(refused.status == 64);
    CHECK(refused.err.find("excludes") != std::string::npos);
  }
}

TEST_CASE("two folders and any number of threads give the same bytes") {
  const SmallProject one;
  const SmallProject two;
  REQUIRE(one.run({"build", "-j", "1"}).status == 0);
  REQUIRE(two.run({"-j", "3", "build"}, {{"TZ", "Asia/Tokyo"}, {"LC_ALL", "de_DE.UTF-8"}}).status ==
          0);
  CHECK(one.tree() == two.tree());
}

TEST_CASE("check writes nothing and tells an outdated project by exit 2") {
  const SmallProject project;
  ProgramResult result = project.run({"check"});
  CHECK(result.status == 2);
  CHECK(result.out.find("hero/walk/east would be generated (new)") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(project.at(".dgxp")));

  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.run({"check"}).status == 0);
  result = project.run({"check", "--no-placeholders"});
  CHECK(result.status == 1);
  CHECK(result.err.find("4 masters are still placeholders") != std::string::npos);

  std::filesystem::remove_all(project.at(".dgxp"));  // as in a fresh clone
  CHECK(project.run({"check"}).status == 0);
}

TEST_CASE("reroll draws another picture with a new seed, and only of that sprite") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto masters = project.tree("art");
  CHECK(project.run({"reroll", "item/sword-steel"}).out == "item/sword rerolled\n");
  CHECK(project.run({"status"}).out.find("item/sword  rerolled") == 0);
  const nlohmann::json report = json_of(project.run({"build", "--json"}));
  CHECK(report["generated"] == nlohmann::json::array({"item/sword"}));
  CHECK(project.tree("art").at("art/item/sword.png") != masters.at("art/item/sword.png"));
  CHECK(project.run({"build"}).out == "nothing to do\n" + std::string(kPlaceholders));
}

TEST_CASE("an edited master is used, survives a new prompt, and is given up only when asked") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  Image master = png_at(project, "art/item/coin.png");
  master.at(0, 0) = {0x9e, 0x30, 0x38, 255};
  const Bytes edited = encode_png(master);
  project.put("art/item/coin.png", std::string(as_text(edited)));
  const std::string kept = project.get("art/item/coin.png");
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.get("assets.lock").find("origin: edited") != std::string::npos);

  project.replace_in("assets.yaml", "gold coin", "bronze coin");
  const ProgramResult result = project.run({"build"});
  CHECK(result.status == 0);
  CHECK(result.err.find("'art/item/coin.png' was edited by hand and is kept") != std::string::npos);
  CHECK(project.get("art/item/coin.png") == kept);

  CHECK(project.run({"adopt", "item/coin"}).status == 0);
  CHECK(project.run({"build"}).err == "");
  CHECK(project.get("art/item/coin.png") == kept);

  project.replace_in("assets.yaml", "bronze coin", "tin coin");
  CHECK(project.run({"build", "--overwrite-edited"}).status == 0);
  CHECK(project.get("art/item/coin.png") != kept);
}

TEST_CASE("a removed sprite leaves the sheet, and a dropped output folder loses its files") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  project.replace_in("assets.yaml", "dir: game/sprites", "dir: game/other");
  const ProgramResult result = project.run({"build"});
  CHECK(result.out.find("removed game/sprites/small.png") != std::string::npos);
  CHECK(project.get("game/sprites/small.png") == "<absent>");
  CHECK(project.get("game/other/small.png") != "<absent>");
}

TEST_CASE("a saved plan is applied as it is, and refused when the project moved on") {
  const SmallProject project;
  REQUIRE(project.run({"plan", "-o", "plan.json"}).status == 0);
  CHECK_FALSE(std::filesystem::exists(project.at(".dgxp")));
  REQUIRE(project.run({"build", "--plan", "plan.json"}).status == 0);
  const ProgramResult again = project.run({"build", "--plan", "plan.json"});
  CHECK(again.status == 2);
  CHECK(again.err.find("no longer fits") != std::string::npos);
}

TEST_CASE("a worker that is not there is exit 69 with a hint, soon, and costs nothing") {
  const SmallProject project;
  const std::string nobody = "ipc://" + project.at("nobody.sock").string();
  const ProgramResult result = project.run({"build", "--worker", nobody});
  CHECK(result.status == 69);
  CHECK(result.err.find("error: ") == 0);
  CHECK(result.err.find("hint: ") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(project.at("game")));
  // Nothing stale: no worker is asked.
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.run({"plan"}, {{"DGXP_WORKER", nobody}}).out.find("placeholder") !=
        std::string::npos);
}

TEST_CASE("recovery that can hardly be right does not take the place of a master") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto before = project.tree();
  project.replace_in("assets.yaml", "  size: [16, 16]\n",
                     "  size: [16, 16]\n  recover: { size: [5, 5] }\n");
  const ProgramResult result = project.run({"build"});
  CHECK(result.status == 1);
  CHECK(result.err.find("of its pixels are likely right, and it is not taken") !=
        std::string::npos);
  auto after = project.tree();
  after["assets.yaml"] = before.at("assets.yaml");
  CHECK(after == before);
}

TEST_CASE("what a target cannot do is said with its place before anything is drawn") {
  const SmallProject project;
  project.replace_in("assets.yaml", "  item/{name}:\n",
                     "  item/{name}:\n    finish: { trim: true }\n");
  for (const char* verb : {"plan", "build"}) {
    const ProgramResult result = project.run({verb});
    CHECK(result.status == 65);
    CHECK(result.err.find("assets.yaml:24:") != std::string::npos);
    CHECK(result.err.find("asks for trim, which target bevy does not support") !=
          std::string::npos);
  }
  CHECK(project.tree().size() == 2);  // manifest and palette
}

TEST_CASE("an output that would overwrite what the build reads is refused, and nothing is lost") {
  const SmallProject project;
  project.put("assets.yaml",
              "dgxp: 1\nproject: { name: emberwood }\nsprites:\n  logo: { source: "
              "assets/sprites/Emberwood.png, palette: none, size: [16, 16] }\n");
  const Bytes drawn = encode_png(Image({16, 16}, Rgba{200, 90, 30, 255}));
  project.put("assets/sprites/Emberwood.png", std::string(as_text(drawn)));
  for (const char* verb : {"build", "check"}) {
    const ProgramResult result = project.run({verb});
    CHECK(result.status == 65);
    CHECK(result.err.find("output 'assets/sprites/emberwood.png' would overwrite "
                          "'assets/sprites/Emberwood.png', which the build reads") !=
          std::string::npos);
    CHECK(project.get("assets/sprites/Emberwood.png") == as_text(drawn));
  }
}

TEST_CASE("sprites of several frames are whole on their pages, packed or in a grid") {
  for (const char* layout : {"", ", layout: grid"}) {
    const SmallProject project;
    project.put("assets.yaml",
                std::string("dgxp: 1\nproject: { name: pages }\nstyles: { s: { prompt: "
                            "'{prompt}', render_scale: 8 } }\ndefaults: { style: s, palette: "
                            "none, size: [16, 16] }\nsprites:\n") +
                    "  a: { prompt: knight, animations: { walk: { frames: 6 } } }\n"
                    "  b: { prompt: slime, animations: { walk: { frames: 6 } } }\n"
                    "  c: { prompt: bat, animations: { walk: { frames: 6 } } }\n"
                    "atlases: { all: { include: ['*'], max_size: 48, padding: 0, extrude: 0" +
                    layout + " } }\noutputs: [{ target: bevy, dir: out }]\n");
    const ProgramResult built = project.run({"build"});
    CHECK(built.err == "");
    CHECK(built.status == 0);
    CHECK(project.run({"check"}).status == 0);
  }
}

TEST_CASE("a drawn picture of a wrong size is refused by its header") {
  const SmallProject project;
  project.put("assets.yaml",
              "dgxp: 1\nproject: { name: one }\nsprites:\n  logo: { source: drawn/logo.png, "
              "palette: none, size: [16, 16] }\n");
  const Bytes large = encode_png(Image({4096, 2048}, Rgba{1, 2, 3, 255}), PngEffort::fast);
  project.put("drawn/logo.png", std::string(as_text(large)));
  const ProgramResult result = project.run({"build"});
  CHECK(result.status == 65);
  CHECK(result.err.find("drawn/logo.png: it is 4096x2048, not 16x16 (1 frame of 16x16)") !=
        std::string::npos);
}

TEST_CASE("two manifests in one folder leave each other's outputs alone") {
  const SmallProject project;
  std::string other = project.get("assets.yaml");
  other.replace(other.find("dir: game/sprites"), 17, "dir: other/sprites");
  other.replace(other.find("dgxp: 1"), 7, "dgxp: 1\n");
  other.replace(other.find("name: small,"), 12, "name: other, art: other-art,");
  project.put("other.yaml", other);
  REQUIRE(project.run({"build", "assets.yaml"}).status == 0);
  REQUIRE(project.run({"build", "other.yaml"}).status == 0);
  CHECK(project.get("game/sprites/small.png") != "<absent>");
  CHECK(project.run({"build", "assets.yaml"}).out.find("removed") == std::string::npos);
  CHECK(project.get("other/sprites/other.png") != "<absent>");
  CHECK(project.get("other.lock") != "<absent>");
}

TEST_CASE("a long strip of frames is drawn, recovered and cut like a short one") {
  const SmallProject project;
  project.replace_in("assets.yaml", "render_scale: 8", "render_scale: 16");
  project.replace_in("assets.yaml", "walk: { frames: 2, duration: 120 }",
                     "walk: { frames: 24, duration: 40 }");
  const ProgramResult result = project.run({"build"});
  CHECK(result.err == "");
  CHECK(png_at(project, "art/hero/walk-east.png").size == Size{24 * 16, 16});
}

TEST_CASE("a master wider than any one picture is read back by the next build") {
  const SmallProject project;
  project.put("assets.yaml",
              "dgxp: 1\nproject: { name: wide }\n"
              "palettes: { p: { colors: ['#101418', '#607080', '#c0d0e0', '#a53030'] } }\n"
              "styles: { s: { render_scale: 2, prompt: '{prompt}' } }\n"
              "sprites:\n  hero: { prompt: knight, palette: p, style: s, size: [32, 32],\n"
              "          animations: { walk: { frames: 140, duration: 40 } } }\n");
  const ProgramResult built = project.run({"build"});
  REQUIRE_MESSAGE(built.status == 0, built.err);
  CHECK(project.run({"check"}).status == 0);
}

TEST_CASE("the worker comes from flag, environment, project and user, in this order") {
  const SmallProject project;
  const auto worker_line = [&](std::vector<std::string> arguments,
                               std::map<std::string, std::string> environment) {
    const std::string out = project.run(std::move(arguments), std::move(environment)).out;
    return out.substr(out.rfind("worker: "));
  };
  CHECK(worker_line({"status"}, {}) == "worker: embedded (default)\n");
  project.put(".config/dgxp/config.yaml", "worker: ipc://user\n");
  CHECK(worker_line({"status"}, {}).starts_with("worker: ipc://user ("));
  project.put(".dgxp/config.yaml", "worker: ipc://project\n");
  CHECK(worker_line({"status"}, {}).starts_with("worker: ipc://project ("));
  CHECK(worker_line({"status"}, {{"DGXP_WORKER", "ipc://env"}}) ==
        "worker: ipc://env (DGXP_WORKER)\n");
  CHECK(worker_line({"status", "--worker", "ipc://flag"}, {{"DGXP_WORKER", "ipc://env"}}) ==
        "worker: ipc://flag (--worker)\n");
}
