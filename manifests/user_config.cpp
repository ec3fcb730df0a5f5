#include "manifests/user_config.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

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

bool is_endpoint(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kSchemes{"tcp://", "ipc://", "inproc://",
                                                            "http://", "https://"};
  return std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size();
  });
}

void check_address(const SyntaxNode& node, std::string_view name, ProblemList& problems) {
  if (!node.is(Kind::scalar) || node.text == "embedded" || is_endpoint(node.text)) return;
  // An endpoint may hold a password: it is not repeated.
  problems.error(node.span, fmt::format("'{}' is neither 'embedded' nor an endpoint", name),
                 problems.suggest(
                     node.text.size() <= 16 ? node.text : "",
                     [] { return std::vector<std::string_view>{"embedded"}; }, "") +
                     "; an endpoint looks like tcp://127.0.0.1:5555");
}

WorkerEntry read_worker(const SyntaxNode& node, ProblemList& problems) {
  const SyntaxNode* address = node.is(Kind::map) ? node.find("address") : &node;
  if (address != nullptr)
    check_address(*address, node.is(Kind::map) ? "address" : "worker", problems);
  if (node.is(Kind::scalar)) return {.address = std::string(node.text)};
  const auto text = [&](std::string_view name) {
    const SyntaxNode* field = node.find(name);
    return field != nullptr && field->is(Kind::scalar) ? std::string(field->text) : std::string();
  };
  WorkerEntry entry{.address = text("address"),
                    .updates = text("updates"),
                    .server_key = text("server_key"),
                    .key = text("key")};
  if (entry.server_key.empty() != entry.key.empty()) {
    problems.error(node.where(), "'server_key' and 'key' of 'worker' belong together",
                   "`dgxp worker keygen` makes a key");
  }
  return entry;
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
    if (worker != nullptr && (worker->is(Kind::scalar) || worker->is(Kind::map))) {
      config.worker = read_worker(*worker, problems);
    }
    const SyntaxNode* folder = tree->root.find("worker_folder");
    if (folder != nullptr && folder->is(Kind::scalar)) config.worker_folder = folder->text;
  }
  // Lines of this file may hold secrets, and messages end up in logs.
  if (problems.has_errors()) return first_problem(problems, ShowLine::no);
  return config;
}

}  // namespace dgxp
