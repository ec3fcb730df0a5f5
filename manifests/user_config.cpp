#include "manifests/user_config.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/suggest.hpp"
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

void check_worker(const SyntaxNode& node, ProblemList& problems) {
  if (!node.is(Kind::scalar) || node.text == "embedded") return;
  static constexpr std::array<std::string_view, 5> kSchemes{"tcp://", "ipc://", "inproc://",
                                                            "http://", "https://"};
  const bool is_endpoint = std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
    return node.text.starts_with(scheme) && node.text.size() > scheme.size();
  });
  if (is_endpoint) return;
  // An endpoint may hold a password: it is not repeated.
  problems.error(node.span, "'worker' is neither 'embedded' nor an endpoint",
                 suggest(node.text.size() <= 16 ? node.text : "", {"embedded"}, "") +
                     "; an endpoint looks like tcp://127.0.0.1:5555");
}

}  // namespace

Result<UserConfig> parse_user_config(std::string_view file, ByteView content) {
  const SourceText source(file, content, kConfigLimits.text.bytes);
  ProblemList problems(source);
  UserConfig config;
  const auto tree = load_yaml(source, kConfigLimits, problems);
  if (tree && !tree->root.is(Kind::null)) {
    check_fields(tree->root, user_config_shape(), problems);
    const SyntaxNode* worker = tree->root.find("worker");
    if (worker != nullptr) check_worker(*worker, problems);
    if (worker != nullptr && worker->is(Kind::scalar)) config.worker = std::string(worker->text);
    const SyntaxNode* folder = tree->root.find("worker_folder");
    if (folder != nullptr && folder->is(Kind::scalar)) config.worker_folder = folder->text;
  }
  // Lines of this file may hold secrets, and messages end up in logs.
  if (problems.has_errors()) return first_problem(problems, ShowLine::no);
  return config;
}

}  // namespace dgxp
