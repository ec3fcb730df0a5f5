#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/files.hpp"
#include "cli/commands/targets.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
#include "core/base/parallel.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/lock_palette.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/table_file.hpp"
#include "core/store/table_cache.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

using ColorMap = std::map<Rgb, Rgb>;

Result<ColorMap> parse_map(const std::vector<std::string>& entries) {
  ColorMap map;
  for (const std::string& entry : entries) {
    const std::size_t sign = entry.find('=');
    const auto from = parse_hex_color(entry.substr(0, sign));
    const auto to =
        sign == std::string::npos ? std::nullopt : parse_hex_color(entry.substr(sign + 1));
    if (!from || !to) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("'{}' does not map a colour to a colour", entry),
                   .hint = "write it like --map \"#a53030=#3c5e8b\""};
    }
    if (const auto other = map.insert({*from, *to}).first->second; other != *to) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("--map gives {} two colours, {} and {}", to_hex(*from),
                                          to_hex(other), to_hex(*to)),
                   .hint = "name each colour of the picture once"};
    }
  }
  return map;
}

/// Position by position from one palette to the other.
Result<ColorMap> pair_palettes(const Palette& from, const Palette& to) {
  if (from.colors.size() != to.colors.size()) {
    return Error{.kind = ErrorKind::usage,
                 .message = fmt::format("--from has {} colours, --palette has {}",
                                        from.colors.size(), to.colors.size()),
                 .hint = "leave --from out to take the nearest colours"};
  }
  ColorMap map;
  for (std::size_t i = 0; i < from.colors.size(); ++i) map[from.colors[i]] = to.colors[i];
  return map;
}

std::size_t apply_map(Image& image, const ColorMap& map) {
  if (map.empty()) return 0;
  std::size_t changed = 0;
  for (Rgba& pixel : image.pixels) {
    const auto found = pixel.a == 0 ? map.end() : map.find(pixel.rgb());
    if (found == map.end() || found->second == pixel.rgb()) continue;
    pixel = {found->second.r, found->second.g, found->second.b, pixel.a};
    ++changed;
  }
  return changed;
}

/// How the nearest colour is found.
struct NearestOptions {
  ColorMetric metric = ColorMetric::oklab;
  Dither dither = Dither::none;
};

Result<NearestOptions> nearest_options(const RecolorArguments& arguments) {
  const auto metric = parse_metric(arguments.metric);
  if (!metric) return metric.error();
  const auto dither = parse_dither(arguments.dither);
  if (!dither) return dither.error();
  return NearestOptions{.metric = *metric, .dither = *dither};
}

/// One picture, and where it goes.
struct Target {
  std::string input;
  std::string output;
};

/// Whether `output` is a folder that each picture goes to under its own name.
bool is_folder(const RecolorArguments& arguments) {
  std::error_code failure;
  return arguments.inputs.size() > 1 || arguments.output.ends_with('/') ||
         fs::is_directory(arguments.output, failure);
}

Result<std::vector<Target>> targets_in_folder(const RecolorArguments& arguments) {
  std::vector<Target> targets;
  std::set<std::string> names;
  for (const std::string& input : arguments.inputs) {
    const std::string name = fs::path(input).filename().string();
    if (name.empty() || name == "-") {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("'{}' has no name to write it under", input),
                   .hint = "name PNG files to recolor several at once"};
    }
    if (!names.insert(name).second) {
      return Error{.kind = ErrorKind::usage,
                   .message = fmt::format("two pictures are named '{}'", name),
                   .hint = "recolor them one by one, or to folders of their own"};
    }
    targets.push_back({input, (fs::path(arguments.output) / name).string()});
    if (auto done = check_png_name(targets.back().output); !done) return done.error();
  }
  std::vector<std::string> outputs;
  for (const Target& target : targets) outputs.push_back(target.output);
  if (auto done = check_no_inputs(outputs, arguments.inputs); !done) return done.error();
  return targets;
}

/// Whether something is to be done, and where to. `json`: standard output holds a document.
Result<std::vector<Target>> choose_targets(const RecolorArguments& arguments, bool json) {
  if (arguments.palette.empty() && arguments.map.empty()) {
    return Error{.kind = ErrorKind::usage,
                 .message = "recolor needs --palette or --map",
                 .hint = "dgxp recolor in.png -o out.png --palette ember.hex"};
  }
  if (json && is_standard_output(arguments.output))
    return two_on_standard_output("--output", "--json");
  const bool is_stream = is_standard_output(arguments.output);
  if (is_stream && arguments.inputs.size() > 1) {
    return Error{.kind = ErrorKind::usage,
                 .message = "several pictures cannot all go to standard output",
                 .hint = "name a folder, such as -o recolored/"};
  }
  if (!is_stream && is_folder(arguments)) return targets_in_folder(arguments);
  if (auto done = check_png_name(arguments.output); !done) return done.error();
  return std::vector<Target>{{arguments.inputs.front(), arguments.output}};
}

/// What was not brought to the palette.
struct OffPalette {
  std::size_t pixels = 0;
  std::size_t colors = 0;
};

OffPalette count_off_palette(const Image& image, const Palette& palette) {
  const std::set<Rgb> known(palette.colors.begin(), palette.colors.end());
  std::set<Rgb> others;
  OffPalette off;
  for (const Rgba& pixel : image.pixels) {
    if (pixel.a == 0 || known.contains(pixel.rgb())) continue;
    others.insert(pixel.rgb());
    ++off.pixels;
  }
  off.colors = others.size();
  return off;
}

/// What became of a picture.
struct Recolored {
  std::size_t changed = 0;  ///< pixels
  std::size_t colors = 0;
  OffPalette off;
};

/// As words: comparing the four channels of every pixel was measured to take a tenth of the time.
std::size_t count_changed(const Image& image, const IndexedImage& now) {
  std::array<std::uint32_t, 256> words{};
  for (std::size_t i = 0; i < now.palette.size(); ++i)
    words.at(i) = std::bit_cast<std::uint32_t>(now.palette[i]);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < now.indexes.size(); ++i) {
    const auto before = std::bit_cast<std::uint32_t>(image.pixels.data()[i]);
    changed += before != words[now.indexes.data()[i]] ? 1U : 0U;
  }
  return changed;
}

/// What happens to every picture, found out once for all of them.
class Recolorer {
 public:
  static Result<Recolorer> make(const RecolorArguments& arguments) {
    const auto options = nearest_options(arguments);
    if (!options) return options.error();
    auto map = parse_map(arguments.map);
    if (!map) return map.error();
    Recolorer recolorer;
    recolorer.map_ = *std::move(map);
    recolorer.dither_ = options->dither;
    recolorer.effort_ = arguments.fast ? PngEffort::fast : PngEffort::small;
    if (arguments.palette.empty()) return recolorer;
    auto palette = read_palette(arguments.palette);
    if (!palette) return palette.error();
    recolorer.palette_ = *std::move(palette);
    if (arguments.from.empty()) {
      recolorer.find_nearest(options->metric);
      return recolorer;
    }
    auto from = read_palette(arguments.from);
    if (!from) return from.error();
    auto pairs = pair_palettes(*from, recolorer.palette_);
    if (!pairs) return pairs.error();
    recolorer.pairs_ = *std::move(pairs);
    return recolorer;
  }

  /// From several threads at once.
  Result<Recolored> run(const Target& target) const {
    auto image = read_image(target.input);
    if (!image) return image.error();
    Recolored done{.changed = apply_map(*image, map_)};
    Bytes content;
    if (mapper_) {
      content = lock(*image, done);
    } else {
      done.changed += apply_map(*image, pairs_);
      if (!palette_.colors.empty()) done.off = count_off_palette(*image, palette_);
      done.colors = colors_of(*image).size();
      content = encode_png(*image, effort_);
    }
    if (auto written = write_plain_file(target.output, content); !written) return written.error();
    return done;
  }

  /// Keeps in a project (in `.dgxp/`) what it took long to find out, for the next time. A cache
  /// that cannot be written is no reason to fail.
  void keep() const {
    if (project_ && mapper_ && mapper_->is_worth_saving())
      static_cast<void>(keep_table(*project_, key_, mapper_->save()));
  }

 private:
  void find_nearest(ColorMetric metric) {
    mapper_.emplace(palette_, metric);
    key_ = table_key(palette_, metric);
    project_ = find_project_folder(".");
    if (!project_) return;
    if (const auto kept = find_table(*project_, key_)) mapper_->restore(*kept);
  }

  /// As a PNG.
  Bytes lock(const Image& image, Recolored& done) const {
    const auto indexed = mapper_->lock_indexed(image, dither_, kHalfAlpha);
    if (!indexed) {  // 256 colours and transparency
      const Image locked = mapper_->lock(image, dither_, kHalfAlpha);
      for (std::size_t i = 0; i < locked.pixels.size(); ++i)
        done.changed += image.pixels[i] != locked.pixels[i] ? 1U : 0U;
      done.colors = colors_of(locked).size();
      return encode_png(locked, effort_);
    }
    done.changed += count_changed(image, *indexed);
    const auto is_seen = [](const Rgba& color) { return color.a != 0; };
    done.colors = static_cast<std::size_t>(std::ranges::count_if(indexed->palette, is_seen));
    return encode_png(*indexed, effort_);
  }

  ColorMap map_;
  ColorMap pairs_;
  Palette palette_;
  Dither dither_ = Dither::none;
  PngEffort effort_ = PngEffort::small;
  std::optional<PaletteMapper> mapper_;
  Digest key_;
  std::optional<fs::path> project_;
};

nlohmann::ordered_json document_of(const Target& target, const Recolored& done) {
  return {{"output", target.output},
          {"changed_pixels", done.changed},
          {"colors", done.colors},
          {"off_palette_pixels", done.off.pixels}};
}

void tell(const Terminal& terminal, const Target& target, const Recolored& done) {
  if (done.off.pixels > 0) {
    terminal.warning(fmt::format("{}: {} of {} stay off the palette: --from does not name them",
                                 target.input, count_text(done.off.pixels, "pixel", "pixels"),
                                 count_text(done.off.colors, "colour", "colours")));
  }
  say_written(terminal, target.output,
              fmt::format("wrote {} ({} changed, {})", target.output,
                          count_text(done.changed, "pixel", "pixels"),
                          count_text(done.colors, "colour", "colours")));
}

/// Error: `storage` when there is no such folder and none can be made.
Result<Done> make_folder(const std::string& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) return Done{};
  return Error{ErrorKind::storage,
               fmt::format("cannot make folder '{}': {}", folder, failure.message())};
}

/// Of several pictures those that fail do not keep the others from being written.
int report_all(const Context& context, const std::vector<Target>& targets,
               const std::vector<Result<Recolored>>& outcomes) {
  int exit_code = 0;
  nlohmann::ordered_json pictures = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i]) {
      const int failed = show_failure(context, outcomes[i].error());
      exit_code = exit_code == 0 ? failed : exit_code;
      pictures.push_back({{"input", targets[i].input}, {"error", outcomes[i].error().message}});
      continue;
    }
    tell(*context.terminal, targets[i], *outcomes[i]);
    pictures.push_back(document_of(targets[i], *outcomes[i]));
  }
  const nlohmann::ordered_json document = {{"exit", exit_code}, {"pictures", std::move(pictures)}};
  if (context.terminal->json()) context.terminal->data(json_text(document));
  return exit_code;
}

}  // namespace

int run_recolor_command(const Context& context, const RecolorArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const auto targets = choose_targets(arguments, terminal.json());
  if (!targets) return fail(context, targets.error());
  const auto recolorer = Recolorer::make(arguments);
  if (!recolorer) return fail(context, recolorer.error());
  if (targets->front().output != arguments.output) {  // but goes to a folder of that name
    if (auto made = make_folder(arguments.output); !made) return fail(context, made.error());
  }
  std::vector<Result<Recolored>> outcomes(targets->size(), Recolored{});
  parallel_for(targets->size(), context.threads,
               [&](std::size_t i) { outcomes[i] = recolorer->run((*targets)[i]); });
  recolorer->keep();
  if (outcomes.size() > 1) return report_all(context, *targets, outcomes);
  if (!outcomes.front()) return fail(context, outcomes.front().error());
  if (terminal.json()) terminal.data(json_text(document_of(targets->front(), *outcomes.front())));
  tell(terminal, targets->front(), *outcomes.front());
  return 0;
}

}  // namespace dgxp
