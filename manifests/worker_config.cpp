#include "manifests/worker_config.hpp"

#include <tuple>

#include "manifests/bounded_yaml.hpp"
#include "manifests/check_fields.hpp"
#include "manifests/first_problem.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

constexpr YamlLimits kConfigLimits{
    .text = {.bytes = 64U << 10U, .brackets = 64}, .nodes = 1000, .scalar_bytes = 4096, .depth = 8};

/// The fields that are one text each.
constexpr std::tuple kTexts{
    std::pair{"listen", &WorkerConfig::listen},
    std::pair{"publish", &WorkerConfig::publish},
    std::pair{"pub_framing", &WorkerConfig::pub_framing},
    std::pair{"backend", &WorkerConfig::backend},
    std::pair{"header_file", &WorkerConfig::header_file},
    std::pair{"state", &WorkerConfig::state},
    std::pair{"key", &WorkerConfig::key},
    std::pair{"allow", &WorkerConfig::allow},
    std::pair{"metrics", &WorkerConfig::metrics},
};

WorkerConfig read_config(const SyntaxNode& root) {
  WorkerConfig config;
  std::apply(
      [&](const auto&... field) {
        const auto read = [&](const char* name, auto member) {
          const SyntaxNode* node = root.find(name);
          if (node != nullptr && node->is(Kind::scalar)) config.*member = std::string(node->text);
        };
        (read(field.first, field.second), ...);
      },
      kTexts);
  if (const SyntaxNode* urls = root.find("urls"); urls != nullptr) {
    for (const SyntaxNode& url : urls->items) config.urls.emplace_back(url.text);
  }
  const FieldReader reader(worker_config_shape(), NodeLayers(&root));
  if (reader.has("slots")) config.slots = reader.integer("slots");
  if (reader.has("insecure")) config.insecure = reader.boolean("insecure");
  return config;
}

}  // namespace

Result<WorkerConfig> parse_worker_config(std::string_view file, ByteView content) {
  const SourceText source(file, content, kConfigLimits.text.bytes);
  ProblemList problems(source);
  WorkerConfig config;
  const auto tree = load_yaml(source, kConfigLimits, problems);
  if (tree && !tree->root.is(Kind::null)) {
    check_fields(tree->root, worker_config_shape(), problems);
    if (!problems.has_errors()) config = read_config(tree->root);
  }
  // An URL may hold a password, and messages end up in logs.
  if (problems.has_errors()) return first_problem(problems, ShowLine::no);
  return config;
}

WorkerConfig merge_worker_configs(WorkerConfig first, const WorkerConfig& second) {
  std::apply(
      [&](const auto&... field) {
        const auto fill = [&](auto member) {
          if (!(first.*member)) first.*member = second.*member;
        };
        (fill(field.second), ...);
      },
      kTexts);
  if (first.urls.empty()) first.urls = second.urls;
  if (!first.slots) first.slots = second.slots;
  if (!first.insecure) first.insecure = second.insecure;
  return first;
}

}  // namespace dgxp
