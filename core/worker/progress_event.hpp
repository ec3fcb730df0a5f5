#pragma once

// What a client tells of messages about a job that is not finished.

#include <string>
#include <string_view>

#include "core/build/ports.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

inline constexpr std::size_t kMostEvents = 4096;  ///< waiting; beyond it progress is not told

/// What a peer says about a job, as people see it.
std::string peer_text(std::string_view text);
/// Its numbers bounded; a step beyond the last one is the last one.
WorkerEvent progress_event(const Digest& key, const ProgressMessage& progress);
WorkerEvent preview_event(const Digest& key, std::uint32_t step, Bytes picture);

}  // namespace dgxp
