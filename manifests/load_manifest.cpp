#include "manifests/load_manifest.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "manifests/bounded_yaml.hpp"
#include "manifests/check_fields.hpp"
#include "manifests/check_recover.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/resolve_atlases.hpp"
#include "manifests/resolve_outputs.hpp"
#include "manifests/resolve_palettes.hpp"
#include "manifests/resolve_sprites.hpp"
#include "manifests/resolve_styles.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;
constexpr int kFormatVersion = 1;

/// A newer format has fields that we do not know: then nothing else is worth saying.
bool check_version(const SyntaxNode& root, ProblemList& problems) {
  const SyntaxNode* node = root.find("dgxp");
  const auto version = node == nullptr ? std::nullopt : read_integer(*node);
  if (!version || *version <= kFormatVersion) return true;
  problems.error(node->span,
                 fmt::format("manifest format {} is newer than this dgxp, which reads format {}",
                             *version, kFormatVersion),
                 "update dgxp");
  return false;
}

void resolve_project(const SyntaxNode& root, ProjectSpec& project) {
  const FieldReader reader(project_shape(), NodeLayers(&root).find("project"));
  project.name = reader.text("name");
  project.seed = static_cast<std::uint64_t>(reader.large_integer("seed"));
  project.art_dir = reader.text("art");
  const FieldReader budget(budget_shape(), reader.find("budget"));
  if (budget.has("gpu_minutes")) project.budget_gpu_minutes = budget.number("gpu_minutes");
}

ProjectSpec resolve(const SyntaxNode& root, ProblemList& problems) {
  ProjectSpec project;
  resolve_project(root, project);
  PaletteTable palettes(root, problems);
  const StyleTable styles(root, problems);
  ResolvedSprites sprites = resolve_sprites(root, project.art_dir, palettes, styles, problems);
  check_collisions(sprites, problems);
  check_recover(sprites.masters, problems);
  project.atlases = resolve_atlases(root, project.name, sprites, problems);
  project.outputs = resolve_outputs(root, project, problems);
  project.checks = resolve_checks(root, problems);
  project.palettes = palettes.specs();
  project.ramps.insert(palettes.ramps().begin(), palettes.ramps().end());
  project.sprites = std::move(sprites.sprites);
  project.masters = std::move(sprites.masters);
  std::ranges::sort(project.masters, {}, &MasterSpec::id);
  return project;
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::string format_all(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += format_diagnostic(diagnostic);
  return text;
}

}  // namespace

ManifestResult load_manifest(std::string_view file, ByteView content) {
  const YamlLimits limits;
  const SourceText source(file, content, limits.text.bytes);
  ProblemList problems(source);
  const std::optional<SyntaxTree> tree = load_yaml(source, limits, problems);
  if (!tree) return {.project = {}, .diagnostics = problems.take()};
  if (!tree->root.is(Kind::map) || check_version(tree->root, problems)) {
    const bool is_bounded = check_fields(tree->root, manifest_shape(), problems);
    if (tree->root.is(Kind::map) && is_bounded) {
      ProjectSpec project = resolve(tree->root, problems);
      if (!problems.has_errors()) {
        return {.project = std::move(project), .diagnostics = problems.take()};
      }
    }
  }
  return {.project = {}, .diagnostics = problems.take()};
}

std::string format_diagnostics(const std::vector<Diagnostic>& diagnostics, int max_lines) {
  const auto most = static_cast<std::size_t>(std::max(max_lines, 1));
  std::string all = format_all(diagnostics);
  if (count_lines(all) <= most) return all;
  // Warnings are the first to go; one line is kept for the count of what is left out.
  const bool only_errors = has_errors(diagnostics);
  std::string text;
  std::size_t shown = 0;
  std::size_t lines = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (only_errors && diagnostic.severity == Severity::warning) continue;
    const std::string next = format_diagnostic(diagnostic);
    lines += count_lines(next);
    if (lines >= most) break;
    text += next;
    ++shown;
  }
  const std::size_t left_out = diagnostics.size() - shown;
  return text + fmt::format("and {} more problem{}\n", left_out, left_out == 1 ? "" : "s");
}

}  // namespace dgxp
