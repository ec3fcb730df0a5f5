#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/image/png_codec.hpp"
#include "tests/e2e/project_pictures.hpp"
#include "tests/e2e/small_project.hpp"

using namespace dgxp;

namespace {

using Words = std::vector<std::string>;

constexpr Rgba kRed{0x9e, 0x30, 0x38, 255};
constexpr Rgba kGold{0xf6, 0xda, 0x77, 255};

void put_png(const TempProject& folder, const std::string& path, Size size,
             const std::function<Rgba(int, int)>& color) {
  Image image(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) image.at(x, y) = color(x, y);
  folder.put(path, std::string(as_text(encode_png(image))));
}

/// A folder with a picture of 8x8 cells of 8 pixels.
class RawFolder : public TempProject {
 public:
  RawFolder() {
    put_png(*this, "raw.png", {64, 64},
            [](int x, int y) { return (x / 8 + y / 8) % 2 == 0 ? kRed : kGold; });
  }
  ProgramResult run(Words words) const { return run_dgxp(folder().string(), std::move(words)); }
  ProgramResult recover(Words words) const {
    words.insert(words.begin(), {"recover", "raw.png"});
    return run(std::move(words));
  }
  /// That it is refused, with these words, and that no file was written.
  void check_refused(const ProgramResult& result, int status, const std::string& words) const {
    INFO(result.err);
    CHECK(result.status == status);
    CHECK(result.err.find(words) != std::string::npos);
    CHECK(result.err.find("hint: ") != std::string::npos);
    CHECK(names("") == Words{"raw.png"});
  }
};

}  // namespace

TEST_CASE("recover refuses targets that cannot both be kept") {
  const RawFolder folder;
  const std::string full = folder.at("x.png").string();
  for (const char* same : {"x.png", "./x.png", "no/../x.png", full.c_str()})
    folder.check_refused(folder.recover({"-o", "x.png", "--explain", same}), 64,
                         "--output and --explain are the same file");
  for (const Words& words : {Words{"-o", "-", "--explain", "-"},
                             {"-o", "-", "--json"},
                             {"-o", "/dev/stdout", "--json"},
                             {"-o", "x.png", "--explain", "-", "--json"}})
    folder.check_refused(folder.recover(words), 64, "both go to standard output");
  folder.check_refused(folder.recover({"-o", "x.jpg"}), 64, "'x.jpg' does not end in .png");
  folder.check_refused(folder.recover({"-o", "x.png", "--explain", "y.gif"}), 64, "'y.gif'");
}

TEST_CASE("recover writes both pictures or none") {
  const RawFolder folder;
  const ProgramResult missing = folder.recover({"-o", "x.png", "--explain", "no/such/y.png"});
  CHECK(missing.status == 74);
  CHECK(missing.err.find("cannot write 'no/such/y.png'") != std::string::npos);
  CHECK(folder.names("") == Words{"raw.png"});
  CHECK(folder.recover({"-o", "x.png", "--explain", "/dev/full"}).status == 74);
  CHECK(folder.names("") == Words{"raw.png"});
  CHECK(folder.recover({"-o", "X.PNG", "--explain", "y.png"}).status == 0);
  CHECK(png_at(folder, "X.PNG").size == Size{8, 8});
  CHECK(png_at(folder, "y.png").size == Size{64, 64});
}

TEST_CASE("a picture on standard output stands there alone") {
  const RawFolder folder;
  REQUIRE(folder.recover({"-o", "x.png"}).status == 0);
  const ProgramResult recovered = folder.recover({"-o", "-"});
  CHECK(recovered.out == folder.get("x.png"));
  CHECK(recovered.err.starts_with("note: raw.png: 8x8 sprite pixels of 8.00x8.00 raw ones,"));
  const Words map{"recolor", "x.png", "--map", "#9e3038=#102030", "-o"};
  Words to_file = map;
  to_file.push_back("y.png");
  Words to_output = map;
  to_output.push_back("-");
  REQUIRE(folder.run(to_file).status == 0);
  CHECK(folder.run(to_output).out == folder.get("y.png"));
  to_output.push_back("--json");
  CHECK(folder.run(to_output).status == 64);
}

TEST_CASE("recover refuses options that make no sense together") {
  const RawFolder folder;
  const auto refused = [&](Words words, const std::string& message) {
    words.insert(words.begin(), {"-o", "x.png"});
    folder.check_refused(folder.recover(std::move(words)), 64, message);
  };
  refused({"--offset", "1", "1"}, "--offset needs --grid or --size");
  refused({"--key", "#ff00ff", "--background", "none"}, "--background says none");
  refused({"--background", "border_flood", "--key", "#ff00ff"}, "--background says border_flood");
  refused({"--background", "chroma_key"}, "needs the colour of the background");
  refused({"--background", "blue"}, "'blue' is no background");
  refused({"--metric", "oklab"}, "--metric requires --palette");
  refused({"--dither", "bayer4"}, "--dither requires --palette");
  refused({"--overwrite-edited"}, "--overwrite-edited requires --refresh");
  refused({"--holes"}, "--holes needs a background to remove");
  refused({"-m", "assets.yaml"}, "--manifest requires --refresh");
  refused({"--refresh"}, "excludes");
  for (const Words& words : {Words{"--palette", "a.hex"},
                             {"--grid", "8"},
                             {"--offset", "1", "1"},
                             {"--size", "8", "8"},
                             {"--explain", "y.png"},
                             {"--background", "none"},
                             {"--key", "#ff00ff"},
                             {"--holes"},
                             {"--alpha", "128"},
                             {"--despeckle", "0"}}) {
    Words all{"recover", "--refresh", "hero"};
    all.insert(all.end(), words.begin(), words.end());
    const ProgramResult result = folder.run(all);
    folder.check_refused(result, 64, words.front());
    CHECK(result.err.ends_with("hint: see `dgxp recover --help`\n"));
  }
  CHECK(folder.recover({"-o", "x.png", "--key", "#9e3038"}).status == 0);
  CHECK(png_at(folder, "x.png").at(0, 0) == kTransparent);
  CHECK(png_at(folder, "x.png").at(1, 0) == kGold);
}

TEST_CASE("recover --metric and --dither choose colours as the manifest's fields do") {
  const RawFolder folder;
  // A gray that is nearer to black in RGB and nearer to white in OKLab.
  put_png(folder, "raw.png", {64, 64}, [](int x, int y) {
    return (x / 8 + y / 8) % 2 == 0 ? Rgba{104, 104, 104, 255} : Rgba{16, 16, 16, 255};
  });
  folder.put("two.hex", "000000\nffffff\n");
  const auto grays = [&](const Words& more) {
    Words words{"-o", "x.png", "--palette", "two.hex"};
    words.insert(words.end(), more.begin(), more.end());
    const ProgramResult result = folder.recover(words);
    REQUIRE_MESSAGE(result.status == 0, result.err);
    int white = 0;
    int black = 0;
    for (const Rgba pixel : png_at(folder, "x.png").pixels) {
      white += pixel == opaque({255, 255, 255}) ? 1 : 0;
      black += pixel == opaque({0, 0, 0}) ? 1 : 0;
    }
    CHECK(white + black == 64);
    return white;
  };
  CHECK(grays({"--metric", "rgb"}) == 0);
  CHECK(grays({"--metric", "oklab"}) == 32);
  const int dithered = grays({"--metric", "rgb", "--dither", "bayer4"});
  CHECK(dithered > 0);
  CHECK(dithered < 28);
  CHECK(folder.recover({"-o", "y.png", "--palette", "two.hex", "--metric", "cmyk"}).status == 64);
}

TEST_CASE("recover --holes opens a ring, which a border flood alone leaves closed") {
  const RawFolder folder;
  // Gold ground, a red ring of 6 x 6 cells, gold inside of it.
  put_png(folder, "raw.png", {96, 96}, [](int x, int y) {
    const int from_edge = std::min({x / 8, y / 8, 11 - x / 8, 11 - y / 8});
    return from_edge == 3 ? kRed : kGold;
  });
  folder.put("two.hex", "9e3038\nf6da77\n");
  const Words flood{"-o", "x.png", "--palette", "two.hex", "--background", "border_flood"};
  REQUIRE(folder.recover(flood).status == 0);
  CHECK(png_at(folder, "x.png").at(0, 0) == kTransparent);
  CHECK(png_at(folder, "x.png").at(5, 5) == kGold);
  Words with_holes = flood;
  with_holes.push_back("--holes");
  REQUIRE(folder.recover(with_holes).status == 0);
  CHECK(png_at(folder, "x.png").at(5, 5) == kTransparent);
  CHECK(png_at(folder, "x.png").at(3, 3) == kRed);
}

TEST_CASE("recover is not sure of a palette that the picture is not drawn in") {
  const RawFolder folder;
  folder.put("right.hex", "9e3038\nf6da77\n");
  folder.put("wrong.hex", "003060\n60a0ff\n");
  const ProgramResult right = folder.recover({"-o", "x.png", "--palette", "right.hex"});
  CHECK(right.err.empty());
  CHECK(right.out.find("100 % of them likely right") != std::string::npos);
  const ProgramResult wrong = folder.recover({"-o", "x.png", "--palette", "wrong.hex"});
  CHECK(wrong.status == 0);
  CHECK(wrong.out.find(" 50 % of them likely right") != std::string::npos);
  CHECK(wrong.err.find("warning: raw.png: its colours are far from those of wrong.hex: is it drawn "
                       "in them?\n") != std::string::npos);
}

TEST_CASE("recover tells when there is no background to remove") {
  const RawFolder folder;
  const auto background = [&](const Words& more) {
    Words words{"-o", "x.png", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return folder.recover(words);
  };
  const auto word = [](const ProgramResult& result) {
    return nlohmann::json::parse(result.out)["background"].get<std::string>();
  };
  CHECK(word(background({})) == "kept");
  CHECK(word(background({"--key", "#9e3038"})) == "removed");
  const ProgramResult missing = background({"--key", "#00ffff"});
  CHECK(missing.status == 0);
  CHECK(word(missing) == "not found");
  CHECK(missing.err.find("warning: raw.png: no background was found to remove (chroma_key): every "
                         "pixel stays\n") != std::string::npos);
}

TEST_CASE("a grid that is told must fit the picture") {
  const RawFolder folder;
  const auto refused = [&](Words words, const std::string& message) {
    words.insert(words.begin(), {"-o", "x.png"});
    folder.check_refused(folder.recover(std::move(words)), 65, message);
  };
  refused({"--grid", "400"}, "a grid of 400 does not fit a picture of 64x64");
  refused({"--grid", "8", "--offset", "64", "0"},
          "raw.png: a first cell at 64,0 lies outside of the picture of 64x64");
  refused({"--grid", "8", "--offset", "0", "-8"}, "a first cell at 0,-8 lies outside");
  refused({"--size", "4", "4", "--offset", "0", "100"}, "a first cell at 0,100 lies outside");
  refused({"--grid", "8", "--size", "9", "8"},
          "9x8 cells of 8 pixels are 72x64 pixels, the picture has 64x64");
  refused({"--grid", "8", "--size", "4", "4"}, "4x4 cells of 8 pixels are 32x32 pixels");
  CHECK(folder.recover({"-o", "x.png", "--grid", "8", "--size", "4", "4", "--offset", "8", "0"})
            .status == 0);
  CHECK(png_at(folder, "x.png").size == Size{4, 4});
  CHECK(png_at(folder, "x.png").at(0, 0) == kGold);
  CHECK(folder.recover({"-o", "y.png", "--grid", "8", "--offset", "-4", "0"}).status == 0);
  CHECK(folder.recover({"-o", "z.png", "--grid", "8", "--size", "8", "8"}).status == 0);
  CHECK(png_at(folder, "z.png").size == Size{8, 8});
}

TEST_CASE("recover says in its own words why a picture shows no grid") {
  const TempProject folder;
  put_png(folder, "empty.png", {64, 64}, [](int, int) { return Rgba{10, 20, 30, 0}; });
  put_png(folder, "flat.png", {64, 64}, [](int, int) { return kRed; });
  unsigned state = 1;
  put_png(folder, "noise.png", {64, 64}, [&](int, int) {
    state = state * 1664525U + 1013904223U;
    return Rgba{static_cast<std::uint8_t>(state >> 24U), static_cast<std::uint8_t>(state >> 16U),
                static_cast<std::uint8_t>(state >> 8U), 255};
  });
  const auto failure = [&](const std::string& input) {
    const ProgramResult result =
        run_dgxp(folder.folder().string(), {"recover", input, "-o", "x.png"});
    CHECK(result.status == 65);
    return result.err;
  };
  const std::string hint =
      "hint: say --grid, the width of a cell in raw pixels, or --size, how many cells there are\n";
  CHECK(failure("empty.png") ==
        "error: empty.png: the picture is empty\n"
        "hint: no pixel has an alpha of 128 or more\n");
  CHECK(failure("flat.png") ==
        "error: flat.png: the picture shows one colour only, and so no pixel grid\n" + hint);
  CHECK(failure("noise.png") ==
        "error: noise.png: no pixel grid can be read in this 64x64 picture\n" + hint);
}

TEST_CASE("recolor refuses options that would do nothing") {
  const RawFolder folder;
  const auto refused = [&](Words words, const std::string& message) {
    words.insert(words.begin(), {"recolor", "raw.png", "-o", "x.png"});
    folder.check_refused(folder.run(std::move(words)), 64, message);
  };
  const std::string map = "#9e3038=#102030";
  refused({"--map", map, "--metric", "rgb"}, "--metric requires --palette");
  refused({"--map", map, "--dither", "none"}, "--dither requires --palette");
  refused({"--map", map, "--from", "a.hex"}, "--from requires --palette");
  refused({"--palette", "a.hex", "--from", "b.hex", "--dither", "bayer4"}, "excludes");
  refused({"--map", "9e3038=000000", "--map", "#9e3038=#ffffff"}, "two colours");
  refused({"--palette", "a.hex", "--metric", "cmyk"}, "'cmyk' is no metric");
  refused({"--palette", "a.hex", "--dither", "noise"}, "'noise' is no dither");
  refused({}, "recolor needs --palette or --map");
  folder.check_refused(folder.run({"recolor", "raw.png", "-o", "x.bmp", "--map", map}), 64,
                       "'x.bmp' does not end in .png");
}

TEST_CASE("recolor tells of pixels that stay off the palette") {
  const RawFolder folder;
  folder.put("from.hex", "9e3038\n");
  folder.put("to.hex", "102030\n");
  const Words words{"recolor",   "raw.png", "-o",     "x.png",
                    "--palette", "to.hex",  "--from", "from.hex"};
  const ProgramResult result = folder.run(words);
  CHECK(result.status == 0);
  CHECK(result.err ==
        "warning: raw.png: 2048 pixels of 1 colour stay off the palette: --from does not name "
        "them\n");
  Words json = words;
  json.push_back("--json");
  CHECK(nlohmann::json::parse(folder.run(json).out)["off_palette_pixels"] == 2048);
  const ProgramResult nearest = folder.run(
      {"recolor", "raw.png", "-o", "y.png", "--palette", "to.hex", "--metric", "recover"});
  CHECK(nearest.status == 0);
  CHECK(nearest.err == "");
  CHECK(folder.run({"recolor", "--help"}).out.find("ciede2000 or recover") != std::string::npos);
}

TEST_CASE("palette formats go by their suffix in any case, one palette at a time") {
  const RawFolder folder;
  CHECK(folder.run({"palette", "extract", "raw.png", "-o", "Q.GPL"}).status == 0);
  CHECK(folder.get("Q.GPL").starts_with("GIMP Palette\n"));
  CHECK(folder.run({"palette", "convert", "Q.GPL", "-o", "q.Hex"}).status == 0);
  CHECK(folder.run({"palette", "show", "q.Hex"}).out == "#9e3038\n#f6da77\n");
  CHECK(folder.run({"palette", "show", "q.Hex", "Q.GPL"}).status == 64);
  CHECK(folder.run({"palette", "convert", "q.Hex", "Q.GPL", "-o", "c.hex"}).status == 64);
  CHECK(folder.get("c.hex") == "<absent>");
}

TEST_CASE("recover --refresh says why edited masters that are named are left") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const std::string coin = "art/item/coin.png";
  const std::string drawn = project.get(coin);
  Image edited = png_at(project, coin);
  edited.at(0, 0) = edited.at(0, 0) == kRed ? kGold : kRed;
  project.put(coin, std::string(as_text(encode_png(edited))));
  const std::string kept = project.get(coin);
  const std::string note =
      "note: 'art/item/coin.png' was edited by hand and is kept; --overwrite-edited gives up the "
      "edit\n";
  const ProgramResult left = project.run({"recover", "--refresh", "item/coin"});
  CHECK(left.status == 0);
  CHECK(left.err == note);
  CHECK(left.out == "0 masters recovered\n");
  CHECK(project.run({"adopt", "item/coin"}).status == 0);
  CHECK(project.run({"recover", "--refresh", "item/coin"}).err == note);
  const ProgramResult all = project.run({"recover", "--refresh"});
  CHECK(all.status == 0);
  CHECK(all.err.find("edited by hand") == std::string::npos);
  CHECK(project.get(coin) == kept);

  const ProgramResult given_up =
      project.run({"recover", "--refresh", "--overwrite-edited", "item/coin"});
  CHECK(given_up.status == 0);
  CHECK(given_up.err.empty());
  CHECK(given_up.out == "1 master recovered\n");
  CHECK(project.get(coin) == drawn);
  CHECK(project.run({"check"}).status == 0);
}

TEST_CASE("a wrong command line names the help of the verb that was understood") {
  const TempProject folder;
  const auto hint = [&](std::vector<std::string> arguments) {
    const ProgramResult result = run_dgxp(folder.folder().string(), std::move(arguments));
    CHECK(result.status == 64);
    return result.err.substr(result.err.find("hint: "));
  };
  CHECK(hint({}) == "hint: see `dgxp --help`\n");
  CHECK(hint({"xyzzy"}) == "hint: see `dgxp --help`\n");
  CHECK(hint({"biuld"}) == "hint: did you mean 'build'?\n");
  CHECK(hint({"palette", "extrat", "a.png"}) == "hint: did you mean 'extract'?\n");
  CHECK(hint({"worker", "--prot", "5"}) == "hint: see `dgxp worker --help`\n");
  CHECK(hint({"build", "--lokced"}) == "hint: see `dgxp build --help`\n");
  CHECK(hint({"--json", "recover", "a.png", "--grid", "0"}) == "hint: see `dgxp recover --help`\n");
  CHECK(hint({"palette"}) == "hint: see `dgxp palette --help`\n");
  CHECK(hint({"palette", "show", "a", "b"}) == "hint: see `dgxp palette show --help`\n");
  CHECK(hint({"palette", "convert", "a", "b", "-o", "c.hex"}) ==
        "hint: see `dgxp palette convert --help`\n");
  CHECK(hint({"worker", "keygen", "--nmae", "x"}) == "hint: see `dgxp worker keygen --help`\n");
}

TEST_CASE("--json tells a wrong command line, a missing folder and the version as documents") {
  const TempProject folder;
  const auto said = [&](std::vector<std::string> arguments) {
    const ProgramResult result = run_dgxp(folder.folder().string(), std::move(arguments));
    auto document = nlohmann::json::parse(result.out);
    if (result.status != 0) CHECK(document["exit"] == result.status);
    return document;
  };
  CHECK(said({"--json"})["error"] == "a verb is missing");
  CHECK(said({"biuld", "--json"})["error"] == "'biuld' is no verb of dgxp");
  CHECK(said({"--json", "build", "--lokced"})["hint"] == "see `dgxp build --help`");
  CHECK(said({"--json", "-C", "no/such", "build"})["exit"] == 74);
  CHECK(said({"--json", "version"}).contains("version"));
  CHECK(said({"--json", "--version"}) == said({"version", "--json"}));
  CHECK(run_dgxp(folder.folder().string(), {"watch", "--json", "--poll", "1"}).out.empty());
}

TEST_CASE("what a picture is made of is not overwritten by it") {
  const RawFolder folder;
  const std::string full = folder.at("raw.png").string();
  for (const char* same : {"raw.png", "./raw.png", full.c_str()}) {
    folder.check_refused(folder.run({"pack", "raw.png", "-o", same}), 64, "would overwrite one");
    folder.check_refused(folder.run({"palette", "extract", "raw.png", "-o", same}), 64,
                         "would overwrite one");
  }
  folder.check_refused(folder.run({"pack", "raw.png", "-o", "sheet.jpg"}), 64, "'sheet.jpg'");
  folder.check_refused(folder.run({"pack", "raw.png", "-o", "-"}), 64, "standard output");
  folder.check_refused(folder.run({"pack", "raw.png", "-o", ""}), 64, "'' names no file");
  folder.check_refused(folder.run({"pack", "raw.png", "-o", "./"}), 64, "'./' names no file");
  folder.check_refused(folder.run({"pack", "raw.png", "-o", "s.png", "--grid", "--padding", "3"}),
                       64, "excludes");
  folder.check_refused(folder.run({"pack", "raw.png", "-o", "s.png", "--max-size", "32"}), 65,
                       "hint: raise --max-size");
}

TEST_CASE("a palette that would lose positions in another format is not converted") {
  const TempProject folder;
  folder.put("twice.hex", "aabbcc\n112233\naabbcc\n");
  const auto convert = [&](const std::string& to) {
    return run_dgxp(folder.folder().string(), {"palette", "convert", "twice.hex", "-o", to});
  };
  const ProgramResult refused = convert("p.png");
  CHECK(refused.status == 65);
  CHECK(refused.err.starts_with("error: p.png would hold 2 of the palette's 3 colours"));
  CHECK(folder.names("") == Words{"twice.hex"});
  for (const std::string suffix : {"hex", "gpl", "pal", "act", "ase", "json"})
    CHECK_MESSAGE(convert("p." + suffix).status == 0, suffix);
}

TEST_CASE("names of files that are no UTF-8 stay out of metadata and do not break documents") {
  const RawFolder folder;
  std::filesystem::rename(folder.at("raw.png"), folder.at("r\xff.png"));
  const ProgramResult packed = folder.run({"pack", "r\xff.png", "-o", "sheet.png"});
  CHECK(packed.status == 64);
  CHECK(packed.err.starts_with("error: the name of 'r\\xff.png' is no UTF-8\nhint: "));
  CHECK(folder.names("") == Words{"r\xff.png"});
  const ProgramResult recolored =
      folder.run({"--json", "recolor", "r\xff.png", "-o", "x\xff.png", "--map", "#9e3038=#102030"});
  CHECK(recolored.status == 0);
  CHECK(nlohmann::json::parse(recolored.out)["output"] == "x\xef\xbf\xbd.png");
}

TEST_CASE("a picture that is no PNG is refused with a way out") {
  const RawFolder folder;
  folder.put("photo.jpg", "\xff\xd8\xff\xe0 JFIF");
  const ProgramResult result = folder.run({"recover", "photo.jpg", "-o", "x.png"});
  CHECK(result.status == 65);
  CHECK(result.err ==
        "error: photo.jpg: not a PNG file\n"
        "hint: only PNG is read: save or convert it as PNG first\n");
}

TEST_CASE("preview and plan keep what they print apart from what they write") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto said =
      nlohmann::json::parse(project.run({"preview", "--sheet", "all.png", "--json"}).out);
  CHECK(said["output"] == "all.png");
  CHECK(said["width"] == png_at(project, "all.png").size.width);
  CHECK(said["sprites"] == 5);
  CHECK(project.run({"preview", "--sheet", "-"}).out == project.get("all.png"));
  CHECK(project.run({"preview", "--sheet", "all.jpg"}).status == 64);
  CHECK(project.run({"preview", "--sheet", "-", "--json"}).status == 64);
  CHECK(project.run({"plan", "-o", "-", "--json"}).status == 64);
  CHECK(nlohmann::json::parse(project.run({"plan", "-o", "-"}).out).contains("dgxp_plan"));
  CHECK(project.run({"adopt", "--all", "hero"}).status == 64);
}

TEST_CASE("lint and preview take the ids of masters as well as those of sprites") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto count = [&](const std::string& verb, const std::string& name) {
    std::vector<std::string> words{"--json", verb, name};
    if (verb == "preview") words.insert(words.end(), {"--sheet", "all.png"});
    const ProgramResult result = project.run(words);
    REQUIRE_MESSAGE(result.status == 0, result.err);
    return nlohmann::json::parse(result.out)["sprites"].get<int>();
  };
  for (const char* verb : {"lint", "preview"}) {
    CHECK(count(verb, "*") == 5);
    CHECK(count(verb, "item/*") == 4);
    CHECK(count(verb, "hero/walk/*") == 1);
    CHECK(count(verb, "item/sword") == 2);
  }
}

TEST_CASE("the verbs of palettes show examples of their own") {
  const TempProject folder;
  for (const std::string verb : {"show", "convert", "compare", "extract"}) {
    const ProgramResult help = run_dgxp(folder.folder().string(), {"palette", verb, "--help"});
    CHECK(help.out.find("Example:\n  dgxp palette " + verb) != std::string::npos);
  }
}
