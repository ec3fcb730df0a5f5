#include "manifests/resolve_outputs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "manifests/names.hpp"
#include "manifests/node_layers.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

std::vector<std::string> read_texts(const NodeLayers& layers) {
  std::vector<std::string> texts;
  if (layers.empty() || !layers.top().is(Kind::list)) return texts;
  for (const SyntaxNode& item : layers.top().items) {
    if (item.is(Kind::scalar)) texts.emplace_back(item.text);
  }
  return texts;
}

OutputSpec read_output(const SyntaxNode& node) {
  const FieldReader reader(output_shape(), NodeLayers(&node));
  OutputSpec output;
  output.place = node.span.place;
  output.target = static_cast<Target>(reader.choice("target"));
  output.version = reader.text("version");
  output.dir = reader.text("dir");
  output.emit = read_texts(reader.find("emit"));
  output.only = read_texts(reader.find("only"));
  return output;
}

void check_only(const SyntaxNode& node, const std::vector<AtlasSpec>& atlases,
                ProblemList& problems) {
  const SyntaxNode* only = node.find("only");
  if (only == nullptr) return;
  for (const SyntaxNode& item : only->items) {
    if (!item.is(Kind::scalar)) continue;
    if (std::ranges::find(atlases, item.text, &AtlasSpec::name) != atlases.end()) continue;
    const auto list_names = [&] {
      std::vector<std::string_view> names;
      names.reserve(atlases.size());
      for (const AtlasSpec& atlas : atlases) names.push_back(atlas.name);
      return names;
    };
    problems.error(item.span, fmt::format("there is no atlas '{}'", item.text),
                   problems.suggest(item.text, list_names, "name one of 'atlases'"));
  }
}

bool share_atlases(const OutputSpec& a, const OutputSpec& b) {
  if (a.only.empty() || b.only.empty()) return true;
  return std::ranges::any_of(a.only, [&](const std::string& name) {
    return std::ranges::find(b.only, name) != b.only.end();
  });
}

bool is_within(std::string_view inner, std::string_view outer) {
  const std::string folded = to_lower(inner) + '/';
  return folded.starts_with(to_lower(outer) + '/');
}

void check_folder(const SyntaxNode& node, const OutputSpec& output,
                  const std::vector<OutputSpec>& before, const std::string& art_dir,
                  ProblemList& problems) {
  const SyntaxNode* dir = node.find("dir");
  if (dir == nullptr || output.dir.empty()) return;
  if (is_within(output.dir, art_dir)) {
    problems.error(dir->span,
                   fmt::format("'{}' lies in '{}', the folder of the masters", output.dir, art_dir),
                   "write outputs to a folder of their own");
  }
  for (const OutputSpec& other : before) {
    if (to_lower(other.dir) != to_lower(output.dir) || !share_atlases(other, output)) continue;
    problems.error(dir->span,
                   fmt::format("the output of line {} writes the same atlases to '{}'",
                               other.place.line, other.dir),
                   "give each output a folder of its own");
    return;
  }
}

/// The output of a manifest that writes none.
OutputSpec make_standard_output(const SyntaxNode& manifest, const std::string& art_dir,
                                ProblemList& problems) {
  OutputSpec output;
  output.dir = "assets/sprites";
  const SyntaxNode* project = manifest.find("project");
  const SyntaxNode* art = project == nullptr ? nullptr : project->find("art");
  if (art != nullptr && is_within(output.dir, art_dir)) {
    problems.error(art->span,
                   fmt::format("without 'outputs' the pages go to '{}', which lies in '{}', the "
                               "folder of the masters",
                               output.dir, art_dir),
                   "choose another folder for 'art', or write 'outputs' with one of their own");
  }
  return output;
}

}  // namespace

std::vector<OutputSpec> resolve_outputs(const SyntaxNode& manifest, const ProjectSpec& project,
                                        ProblemList& problems) {
  const SyntaxNode* nodes = manifest.find("outputs");
  std::vector<OutputSpec> outputs;
  if (nodes == nullptr) return {make_standard_output(manifest, project.art_dir, problems)};
  for (const SyntaxNode& node : nodes->items) {
    if (!node.is(Kind::map)) continue;
    OutputSpec output = read_output(node);
    check_only(node, project.atlases, problems);
    check_folder(node, output, outputs, project.art_dir, problems);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

namespace {

/// The level of a rule that is only a level; nothing when the manifest does not say.
std::optional<CheckLevel> rule_level(const FieldReader& reader, std::string_view name) {
  if (!reader.has(name)) return std::nullopt;
  return static_cast<CheckLevel>(reader.choice(name));
}

}  // namespace

ChecksSpec resolve_checks(const SyntaxNode& manifest, ProblemList& problems) {
  const FieldReader reader(checks_shape(), NodeLayers(&manifest).find("checks"));
  ChecksSpec checks;
  checks.palette = static_cast<CheckLevel>(reader.choice("palette"));
  if (reader.has("coverage")) {
    const FieldReader coverage(coverage_shape(), reader.find("coverage"));
    checks.coverage_min = coverage.number("min");
    checks.coverage_max = coverage.number("max");
    checks.coverage = static_cast<CheckLevel>(coverage.choice("level"));
    if (checks.coverage_min > checks.coverage_max) {
      problems.error(coverage.layers().top().where(), "the least coverage is above the greatest",
                     "exchange 'min' and 'max'");
    }
  }
  if (reader.has("baseline_drift")) {
    const FieldReader drift(drift_shape(), reader.find("baseline_drift"));
    checks.baseline_drift_max = drift.integer("max");
    checks.baseline_drift = static_cast<CheckLevel>(drift.choice("level"));
  }
  if (reader.has("centre_drift")) {
    const FieldReader drift(centre_drift_shape(), reader.find("centre_drift"));
    checks.centre_drift_max = drift.integer("max");
    checks.centre_drift = static_cast<CheckLevel>(drift.choice("level"));
  }
  if (reader.has("color_count")) {
    const FieldReader colors(color_count_shape(), reader.find("color_count"));
    checks.colors_max = colors.integer("max");
    checks.colors = static_cast<CheckLevel>(colors.choice("level"));
  }
  checks.soft_alpha = static_cast<CheckLevel>(reader.choice("soft_alpha"));
  checks.canvas = rule_level(reader, "canvas");
  checks.mixels = rule_level(reader, "mixels");
  checks.strays = rule_level(reader, "strays");
  checks.outline = rule_level(reader, "outline");
  checks.flicker = rule_level(reader, "flicker");
  checks.loop_seam = rule_level(reader, "loop_seam");
  checks.tile_seam = rule_level(reader, "tile_seam");
  return checks;
}

}  // namespace dgxp
