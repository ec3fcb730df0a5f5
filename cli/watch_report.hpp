#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/resident_project.hpp"

namespace dgxp {

enum class EventStyle { text, jsonl };

/// What `watch` says: a line a build for people, or one JSON object a line for programs (docs:
/// dgxp.1, "watch").
class WatchReporter {
 public:
  WatchReporter(const Context& context, EventStyle style) : context_(context), style_(style) {}

  void ready(const ManifestPlace& files, std::size_t paths, const std::string& source) const;
  void started(const std::vector<std::string>& changed) const;
  void finished(const ManifestPlace& files, ByteView manifest, const ResidentBuild& build,
                const std::vector<std::string>& changed, std::chrono::nanoseconds took) const;
  void ended() const;
  /// That watching does not even begin. The exit status.
  int refused(const ManifestPlace& files, const Error& error) const;

 private:
  void tell(const std::string& line) const;
  int tell_refused(const ManifestPlace& files, ByteView manifest, const Error& error,
                   double milliseconds) const;

  const Context& context_;
  EventStyle style_;
};

}  // namespace dgxp
