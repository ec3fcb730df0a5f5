#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_execute.hpp"
#include "tests/support/fake_comfy/fake_faults.hpp"
#include "tests/support/fake_comfy/fake_files.hpp"
#include "tests/support/fake_comfy/fake_json.hpp"

namespace dgxp {

/// A prompt in the queue.
struct FakeQueued {
  FakeJson number;
  std::string id;
  FakeJson graph;
  FakeJson extra;
  std::vector<std::string> outputs;
  std::string client_id;  ///< "" = none: nobody gets its own events

  /// What a fault looks at.
  std::string text() const { return id + "\n" + fake_dump(graph); }
};

/// Something for the sockets.
struct FakeOutgoing {
  std::string client_id;  ///< "" = all sockets
  std::string type;       ///< "progress"; "" = a picture
  FakeJson data;          ///< of the event, or the metadata of the picture
  std::string picture;
  bool png = false;
  bool fragmented = false;
  bool noisy = false;
};

/// What a node gave, kept for later prompts.
struct FakeCacheEntry {
  std::vector<FakeValue> values;
  FakeJson ui;  ///< null when the node shows nothing
};
using FakeCache = std::map<std::string, FakeCacheEntry>;  ///< by signature of the node

/// The end of a run, as /history tells it.
struct FakeRunResult {
  FakeJson outputs = FakeJson::object();
  FakeJson status;
  FakeJson meta = FakeJson::object();
};

/// What a run needs of the engine around it.
struct FakeRunTools {
  const FakeComfyOptions* options = nullptr;
  const FakeJson* object_info = nullptr;
  FakeFaultBox* faults = nullptr;
  FakeFiles* files = nullptr;
  FakeCache* cache = nullptr;
  std::function<void(FakeOutgoing)> send;
  std::function<void(const std::string& client_id, int code)> close_socket;
  std::function<void(const std::string& node)> at_node;  ///< the node that runs now
  std::function<bool()> interrupted;
  std::function<bool(std::chrono::milliseconds)> wait;  ///< false: the server is gone
  std::function<bool()> wait_stalled;  ///< until interrupted or released; false: the server is gone
  std::function<std::chrono::milliseconds()> node_time;
  std::function<std::chrono::milliseconds()> step_time;
  std::function<Image(const FakeDrawing&)> draw;
  std::function<void(FakeRunResult)> finish;
};

/// Runs one prompt: events, nodes, pictures; `tools.finish` gets its end before the last event.
/// Nothing more happens once the server is gone.
void fake_run(const FakeQueued& prompt, const FakeRunTools& tools);

std::int64_t fake_now_ms();

}  // namespace dgxp
