#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/backends/comfy_events.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// Turns the events of one prompt, which count each node from zero, into one progress that never
/// goes back. Its total is the steps of all samplers and one more for the picture itself, so that
/// it is not full before that is here.
class ComfyProgress {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit ComfyProgress(std::string_view graph);

  /// What to publish, if the event changes anything.
  std::optional<BackendProgress> hear(const ComfyEvent& event, Time now);
  BackendProgress waiting() const;   ///< in the queue of the server
  BackendProgress fetching() const;  ///< done there, on its way here

 private:
  struct Node {
    std::string class_type;
    double weight = 0;
  };
  double done() const;

  std::map<std::string, Node, std::less<>> nodes_;
  std::set<std::string, std::less<>> finished_;
  std::string current_;
  double fraction_ = 0;  ///< of `current_`
  std::uint32_t total_ = 1;
  std::uint32_t step_ = 0;
  std::string stage_ = "initializing";
  std::optional<Time> first_step_;
  double done_at_first_ = 0;
};

}  // namespace dgxp
