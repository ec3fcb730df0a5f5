#include "core/backends/comfy_progress.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/backends/server_json.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;
using Kind = ComfyEvent::Kind;

constexpr std::uint64_t kMostSteps = 10'000;  // of one sampler, as its node allows

struct StageOf {
  std::string_view part;  ///< of the name of a class
  std::string_view stage;
};
constexpr StageOf kStages[] = {
    {"Sampler", "sampling"},   {"Loader", "loading_models"},  {"TextEncode", "encoding"},
    {"VAEEncode", "encoding"}, {"LatentImage", "encoding"},   {"ControlNet", "encoding"},
    {"VAEDecode", "decoding"}, {"LoadImage", "initializing"},
};

std::string stage_of(std::string_view class_type) {
  for (const StageOf& row : kStages) {
    if (class_type.find(row.part) != std::string_view::npos) return std::string(row.stage);
  }
  return "post_processing";
}

}  // namespace

ComfyProgress::ComfyProgress(std::string_view graph) {
  const Json nodes = parse_json<Json>(graph).value_or(Json::object());
  double sum = 0;
  for (const auto& [id, node] : nodes.items()) {
    const Json* inputs = find_member(node, "inputs");
    const std::uint64_t steps = inputs == nullptr ? 0 : count_member(*inputs, "steps");
    const auto weight = static_cast<double>(std::min(steps, kMostSteps));
    nodes_[id] = {.class_type = text_member(node, "class_type", 100), .weight = weight};
    sum += weight;
  }
  if (sum == 0) {
    for (auto& [id, node] : nodes_) node.weight = 1;
    sum = static_cast<double>(nodes_.size());
  }
  total_ = static_cast<std::uint32_t>(std::min(sum, 1e6)) + 1;
}

double ComfyProgress::done() const {
  double sum = 0;
  for (const auto& [id, node] : nodes_) {
    if (finished_.contains(id)) {
      sum += node.weight;
    } else if (id == current_) {
      sum += node.weight * fraction_;
    }
  }
  return sum;
}

std::optional<BackendProgress> ComfyProgress::hear(const ComfyEvent& event, Time now) {
  const bool tells_node =
      event.kind == Kind::executing || event.kind == Kind::progress || event.kind == Kind::state;
  if (!tells_node && event.kind != Kind::cached) return std::nullopt;
  for (const std::string& node : event.nodes) {
    if (nodes_.contains(node)) finished_.insert(node);
  }
  if (tells_node && nodes_.contains(event.node)) {
    if (event.node != current_) {
      if (!current_.empty() && event.kind == Kind::executing) finished_.insert(current_);
      current_ = event.node;
      fraction_ = 0;
    }
    if (event.max > 0) fraction_ = std::clamp(event.value / event.max, 0.0, 1.0);
  }
  const double sum = done();
  const auto step = std::min(static_cast<std::uint32_t>(sum), total_ - 1);
  std::string stage =
      current_.empty() ? stage_ : stage_of(nodes_.find(current_)->second.class_type);
  if (step <= step_ && stage == stage_) return std::nullopt;
  step_ = std::max(step_, step);
  stage_ = std::move(stage);
  BackendProgress progress{.stage = stage_, .step = step_, .total_steps = total_};
  if (!first_step_) {
    first_step_ = now;
    done_at_first_ = sum;
  } else if (sum > done_at_first_) {
    const double passed = std::chrono::duration<double>(now - *first_step_).count();
    progress.eta_seconds = passed / (sum - done_at_first_) * std::max(0.0, total_ - 1 - sum);
  }
  return progress;
}

BackendProgress ComfyProgress::waiting() const {
  return {.stage = "initializing", .step = step_, .total_steps = total_};
}

BackendProgress ComfyProgress::fetching() const {
  return {.stage = "post_processing", .step = total_ - 1, .total_steps = total_};
}

}  // namespace dgxp
