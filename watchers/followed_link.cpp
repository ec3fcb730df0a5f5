#include "watchers/followed_link.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace dgxp {

namespace fs = std::filesystem;

std::vector<fs::path> follow_link(const fs::path& path) {
  constexpr std::size_t kMostLinks = 40;
  std::vector<fs::path> steps;
  fs::path here = path;
  while (steps.size() < kMostLinks) {
    std::error_code none;
    const fs::path target = fs::read_symlink(here, none);
    if (none) break;
    here = here.parent_path() / target;
    steps.push_back(here);
  }
  return steps;
}

Result<Done> FollowedLink::look() {
  const std::vector<fs::path> today = follow_link(link_);
  if (std::ranges::equal(today, steps_, {}, {}, &Step::path)) return Done{};
  steps_.clear();
  for (const fs::path& path : today) {
    const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    const std::set<std::string> name{path.filename().string()};
    OpenedSource source = open_change_source(folder, options_);
    if (!source.source->watch(name)) {
      source = open_change_source(folder, {.poll = kPollInterval});
      if (auto watched = source.source->watch(name); !watched) return watched.error();
    }
    steps_.push_back({.path = path, .source = std::move(source)});
  }
  return Done{};
}

bool FollowedLink::take() {
  bool is_changed = false;
  for (const Step& step : steps_) is_changed = !step.source.source->take().empty() || is_changed;
  return is_changed;
}

std::vector<int> FollowedLink::descriptors() const {
  std::vector<int> descriptors;
  for (const Step& step : steps_) descriptors.push_back(step.source.source->descriptor());
  return descriptors;
}

std::optional<std::chrono::milliseconds> FollowedLink::interval() const {
  std::optional<std::chrono::milliseconds> shortest;
  for (const Step& step : steps_) {
    const auto interval = step.source.source->interval();
    if (interval) shortest = shortest ? std::min(*shortest, *interval) : *interval;
  }
  return shortest;
}

}  // namespace dgxp
