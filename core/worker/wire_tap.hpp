#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "core/worker/wire_player.hpp"
#include "core/worker/worker_client.hpp"

namespace dgxp {

using RecordSink = std::function<void(const WireRecord&)>;

/// Stands between clients and a worker: listens at `listen`, passes everything on, and shows it to
/// `sink`. It returns when it is asked to stop. `ready` is called once it listens.
///
/// Error: as connect_worker for either address; `worker` when it cannot listen.
Result<Done> tap_wire(const std::string& listen, const WorkerEndpoint& worker,
                      const RecordSink& sink, const std::function<void()>& ready,
                      const std::stop_token& stop);

/// Listens as a worker and answers from a recording, until it is asked to stop.
Result<Done> play_wire(const std::string& listen, WirePlayer& player, const RecordSink& sink,
                       const std::function<void()>& ready, const std::stop_token& stop);

}  // namespace dgxp
