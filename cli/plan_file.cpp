#include "cli/plan_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/store/project_store.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLargestPlan = 8U << 20U;

ordered_json plan_json(const std::vector<AssessedJob>& jobs) {
  ordered_json stale = ordered_json::object();
  for (const AssessedJob& assessed : jobs) {
    if (needs_generation(assessed.state)) stale[assessed.job.id] = assessed.job.key.hex();
  }
  return {{"dgxp_plan", 1}, {"jobs", std::move(stale)}};
}

}  // namespace

std::string plan_file_text(const std::vector<AssessedJob>& jobs) {
  return plan_json(jobs).dump(2) + "\n";
}

Result<Done> check_plan_file(const std::string& path, const BuildRequest& request, Store& store) {
  auto content = read_plain_file(path, kLargestPlan);
  if (!content) return content.error();
  const ordered_json saved = ordered_json::parse(as_text(*content), nullptr, false);
  if (!saved.is_object() || saved.value("dgxp_plan", 0) != 1) {
    return Error{.kind = ErrorKind::input,
                 .message = fmt::format("'{}' is not a plan", path),
                 .hint = "`dgxp plan -o FILE` saves one"};
  }
  auto now = assess(request, store);
  if (!now) return now.error();
  if (plan_json(now->jobs) != saved) {
    return Error{.kind = ErrorKind::drift,
                 .message = fmt::format("the saved plan '{}' no longer fits the project", path),
                 .hint = "look at `dgxp plan` again and save it anew"};
  }
  return Done{};
}

}  // namespace dgxp
