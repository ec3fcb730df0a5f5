#include "manifests/resolve_look.hpp"

#include <fmt/format.h>

#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

RecoverSpec read_recover(const NodeLayers& layers, ProblemList& problems) {
  const FieldReader reader(recover_shape(), layers);
  RecoverSpec recover;
  const auto grid = parse_number(reader.text("grid"));
  if (grid && *grid >= 1 && *grid <= 1024) recover.grid = grid;
  recover.offset = read_point(reader.find("offset"));
  recover.size = read_size(reader.find("size"));
  recover.background = static_cast<Background>(reader.choice("background"));
  if (reader.has("key")) recover.key = read_color(reader.find("key").top());
  recover.holes = reader.boolean("holes");
  recover.alpha = reader.integer("alpha");
  recover.dither = static_cast<Dither>(reader.choice("dither"));
  recover.despeckle = reader.integer("despeckle");
  recover.metric = static_cast<ColorMetric>(reader.choice("metric"));
  if (recover.background == Background::chroma_key && !reader.has("key")) {
    problems.error(reader.find("background").top().where(), "'chroma_key' needs a 'key'",
                   "add 'key: \"#ff00ff\"', the colour of the background");
  }
  if (recover.offset && !recover.grid && !recover.size) {
    problems.error(reader.find("offset").top().where(), "'offset' alone says nothing",
                   "add 'grid', the width of a drawn pixel, or 'size', how many there are");
  }
  return recover;
}

FinishSpec read_finish(const NodeLayers& layers) {
  const FieldReader reader(finish_shape(), layers);
  FinishSpec finish;
  if (reader.has("outline")) finish.outline = read_color(reader.find("outline").top());
  finish.align = static_cast<Align>(reader.choice("align"));
  finish.trim = reader.boolean("trim");
  return finish;
}

std::vector<std::string> read_references(const NodeLayers& layers) {
  std::vector<std::string> references;
  if (layers.empty() || !layers.top().is(Kind::list)) return references;
  for (const SyntaxNode& item : layers.top().items) {
    if (item.is(Kind::scalar)) references.emplace_back(item.text);
  }
  return references;
}

std::map<std::string, Place> collect_places(const FieldReader& reader, const ResolvedStyle& style) {
  std::map<std::string, Place> places = style.places;
  for (const std::string_view name : {"prompt", "size", "tile", "palette", "style", "seed",
                                      "references", "seamless", "source", "directions"}) {
    const NodeLayers value = reader.find(name);
    if (!value.empty())
      places[std::string(name == "tile" ? "size" : name)] = value.top().where().place;
  }
  for (const auto& [name, value] : reader.find("recover").entries()) {
    places[fmt::format("recover.{}", name)] = value.top().where().place;
  }
  // A job's recipe calls these by other names.
  const auto add_alias = [&](const char* alias, const char* name) {
    const auto found = places.find(name);
    if (found != places.end()) places.emplace(alias, found->second);
  };
  add_alias("background", "recover.background");
  add_alias("direction", "directions");
  add_alias("model", "style.checkpoint");
  places.erase("directions");
  return places;
}

}  // namespace

Look read_look(const FieldReader& reader, const PaletteTable& palettes, const StyleTable& styles,
               const SyntaxNode& entry, ProblemList& problems) {
  Look look;
  look.palette = read_palette_use(reader, palettes, entry, problems);
  look.style = &styles.find(reader.find("style"), problems);
  look.recover = read_recover(reader.find("recover"), problems);
  look.finish = read_finish(reader.find("finish"));
  look.references = read_references(reader.find("references"));
  look.seed = reader.optional_natural("seed");
  look.places = collect_places(reader, *look.style);
  constexpr std::size_t kPlaceBytes = 112;
  look.bytes = look.style->bytes + look.places.size() * kPlaceBytes;
  for (const std::string& reference : look.references) {
    look.bytes += sizeof(std::string) + reference.size();
  }
  return look;
}

}  // namespace dgxp
