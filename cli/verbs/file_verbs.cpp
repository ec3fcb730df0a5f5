#include "cli/verbs/add_verbs.hpp"

#include <CLI/CLI.hpp>

namespace dgxp {
namespace {

void add_recover(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "recover", "find the true pixels of a generated image",
               [](const Context& c, Options& o) { return run_recover_command(c, o.recover); });
  RecoverArguments& recover = options.recover;
  sub->add_option("input", recover.inputs, "a PNG; with --refresh: sprites");
  sub->add_option("-o,--output", recover.output, "the PNG to write");
  CLI::Option* palette =
      sub->add_option("--palette", recover.palette, "use only colours of this palette file");
  sub->add_option("--metric", recover.metric,
                  "with --palette: recover, rgb, oklab, hyab or ciede2000 (default: recover)")
      ->needs(palette);
  sub->add_option("--dither", recover.dither,
                  "with --palette: none, bayer2, bayer4, bayer8, floyd_steinberg or atkinson "
                  "(default: none)")
      ->needs(palette);
  sub->add_option("--grid", recover.grid, "size of a cell in raw pixels (default: found)")
      ->check(CLI::Range(1.0, 4096.0));
  sub->add_option("--offset", recover.offset,
                  "where a cell begins, in raw pixels: X Y; with --size: where the first one does")
      ->expected(2)
      ->check(CLI::Range(-4096, 4096));
  sub->add_option("--size", recover.size, "how many cells the picture shows: WIDTH HEIGHT")
      ->expected(2)
      ->check(CLI::Range(1, 4096));
  sub->add_option("--explain", recover.explain,
                  "also write this PNG: the grid over the picture, doubtful pixels framed");
  sub->add_option("--background", recover.background,
                  "none, border_flood or chroma_key (default: none; with --key: chroma_key)");
  sub->add_option("--key", recover.key, "the background's colour, for chroma_key");
  sub->add_flag("--holes", recover.holes,
                "with border_flood: also remove what the figure encloses of the background");
  sub->add_option("--alpha", recover.alpha, "a lower alpha is transparent (default: 128)")
      ->check(CLI::Range(1, 255));
  sub->add_option("--despeckle", recover.despeckle,
                  "remove doubtful figures of fewer pixels (default: 0)")
      ->check(CLI::Range(0, 4096));
  CLI::Option* refresh =
      sub->add_flag("--refresh", recover.refresh,
                    "recover masters of the project again from their stored raw images");
  // What it does is said by the manifest, for each master.
  for (const char* name :
       {"--output", "--palette", "--metric", "--dither", "--grid", "--offset", "--size",
        "--explain", "--background", "--key", "--holes", "--alpha", "--despeckle"})
    refresh->excludes(sub->get_option(name));
  sub->add_flag("--overwrite-edited", recover.overwrite_edited,
                "with --refresh: also masters that were edited by hand")
      ->needs(refresh);
  sub->add_option("-m,--manifest", recover.manifest,
                  "with --refresh: the manifest (default: assets.yaml)")
      ->needs(refresh);
  sub->parse_complete_callback([sub, &recover] {
    const bool is_other = sub->count("--background") > 0 && recover.background != "chroma_key";
    if (sub->count("--key") > 0 && is_other)
      throw CLI::ValidationError("--key is the colour of chroma_key, --background says " +
                                 recover.background);
  });
}

void add_recolor(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "recolor", "give pictures other palette colours",
               [](const Context& c, Options& o) { return run_recolor_command(c, o.recolor); });
  RecolorArguments& recolor = options.recolor;
  sub->add_option("inputs", recolor.inputs, "PNG files")->required();
  sub->add_option("-o,--output", recolor.output,
                  "the PNG to write, or a folder: several pictures go there under their names")
      ->required();
  CLI::Option* palette = sub->add_option("--palette", recolor.palette, "the palette to use");
  CLI::Option* from =
      sub->add_option("--from", recolor.from,
                      "with --palette: the picture's palette; position follows position")
          ->needs(palette);
  sub->add_option("--map", recolor.map, "single colours, as \"#a53030=#3c5e8b\"");
  sub->add_option("--metric", recolor.metric,
                  "with --palette: rgb, oklab, hyab, ciede2000 or recover (default: oklab)")
      ->needs(palette)
      ->excludes(from);
  sub->add_option("--dither", recolor.dither,
                  "with --palette: none, bayer2, bayer4, bayer8, floyd_steinberg or atkinson "
                  "(default: none)")
      ->needs(palette)
      ->excludes(from);
  sub->add_flag("--fast", recolor.fast, "write quickly; files are a little larger");
}

void add_pack(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "pack", "pack pictures into a sheet",
               [](const Context& c, Options& o) { return run_pack_command(c, o.pack); });
  PackArguments& pack = options.pack;
  sub->add_option("inputs", pack.inputs, "PNG files")->required();
  sub->add_option("-o,--output", pack.output, "the PNG to write; its .dgxp.json stands beside it")
      ->required();
  CLI::Option* padding =
      sub->add_option("--padding", pack.padding, "pixels between frames (default: 2)")
          ->check(CLI::Range(0, 64));
  sub->add_option("--extrude", pack.extrude, "pixels of copied edge (default: 1)")
      ->check(CLI::Range(0, 16));
  sub->add_option("--max-size", pack.max_size, "largest side of a page (default: 2048)")
      ->check(CLI::Range(16, 16384));
  sub->add_flag("--grid", pack.grid, "equal cells in rows, apart by their copied edges alone")
      ->excludes(padding);
  sub->add_flag("--power-of-two", pack.power_of_two, "sides that are powers of two");
}

void add_template(CLI::App& app, Options& options) {
  CLI::App* sub = app.add_subcommand("template", "list, show or check ComfyUI workflows");
  sub->require_subcommand(1);
  TemplateArguments& workflow = options.workflow;
  const auto action = [&](const char* name, const char* description) {
    CLI::App* child = sub->add_subcommand(name, description);
    child->callback([&options, name] {
      options.workflow.action = name;
      options.needs_http = options.needs_http || !options.workflow.comfy.empty();
      options.run = [&options](const Context& c) {
        return run_template_command(c, options.workflow);
      };
    });
    return child;
  };
  action("ls", "list the workflows that come with dgxp");
  CLI::App* show = action("show", "print a workflow that comes with dgxp");
  show->add_option("name", workflow.input, "its name")->required();
  show->add_flag("--binding", workflow.binding, "its binding instead of its graph");
  CLI::App* check = action("check", "say whether a graph and its binding fit each other");
  check
      ->add_option("file", workflow.input,
                   "a graph exported with \"Export (API)\"; FILE.bind.yaml stands beside "
                   "FILE.json. Or the name of a workflow that comes with dgxp")
      ->required();
  check->add_option("--comfy", workflow.comfy,
                    "also ask the ComfyUI at this URL: classes, inputs, ranges, models");
}

void add_palette(CLI::App& app, Options& options) {
  CLI::App* sub = app.add_subcommand("palette", "show, convert, extract or compare palettes");
  sub->require_subcommand(1);
  const auto action = [&](const char* name, const char* description, const char* inputs) {
    CLI::App* child = sub->add_subcommand(name, description);
    child->add_option("inputs", options.palette.inputs, inputs)->required();
    child->callback([&options, name] {
      options.palette.action = name;
      options.run = [&options](const Context& c) {
        return run_palette_command(c, options.palette);
      };
    });
    return child;
  };
  action("show", "print the colours of a palette file", "a palette file")
      ->get_option("inputs")
      ->expected(1);
  CLI::App* convert = action("convert", "write a palette in another format", "a palette file");
  convert->get_option("inputs")->expected(1);
  convert
      ->add_option("-o,--output", options.palette.output,
                   "the file to write; its suffix is the format")
      ->required();
  action("compare", "say how well a second palette can stand for a first", "two palette files")
      ->get_option("inputs")
      ->expected(2);
  CLI::App* extract = action("extract", "make the best palette for a set of pictures", "PNG files");
  extract->add_option("-n,--colors", options.palette.colors, "how many (default: 16)")
      ->check(CLI::Range(1, 256));
  extract->add_option("--extend", options.palette.extend,
                      "keep the colours of this palette file and put so many more behind them");
  extract->add_option("-o,--output", options.palette.output, "the file to write");
}

}  // namespace

void add_file_verbs(CLI::App& app, Options& options) {
  add_recover(app, options);
  add_recolor(app, options);
  add_pack(app, options);
  add_palette(app, options);
  add_template(app, options);
}

}  // namespace dgxp
