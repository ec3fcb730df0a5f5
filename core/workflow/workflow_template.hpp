#pragma once

// A workflow is a ComfyUI graph as its "Export (API)" writes it, untouched, and a binding that says
// which inputs of it a job fills in. Binding is an edit of typed values at declared places of a
// document, never of text: a prompt can hold anything.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/diagnostic.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// One input of one node.
struct NodeInput {
  std::string node;   ///< its id, "6"
  std::string title;  ///< `_meta.title` that it must have; empty = any
  std::string input;  ///< "text"
  friend bool operator==(const NodeInput&, const NodeInput&) = default;
};

/// What a job can say; names of `params` in a binding.
enum class WorkflowParam {
  prompt,
  negative,
  seed,
  width,
  height,
  steps,
  cfg,
  sampler,
  scheduler,
  denoise,
  checkpoint,
  batch_size,
};
std::string_view to_text(WorkflowParam param);
std::optional<WorkflowParam> parse_workflow_param(std::string_view text);

struct ParamBinding {
  WorkflowParam param = WorkflowParam::prompt;
  std::vector<NodeInput> targets;  ///< at least one; each gets the value
  bool required = false;           ///< a job without a value for it is refused
  Place place;                     ///< in the binding's file
  friend bool operator==(const ParamBinding&, const ParamBinding&) = default;
};

/// An output of a node, as links name it.
struct NodeSlot {
  std::string node;
  int slot = 0;
  friend bool operator==(const NodeSlot&, const NodeSlot&) = default;
};

/// Where a chain of LoraLoader nodes is put in: behind these outputs, before all their readers.
struct LoraBinding {
  NodeSlot model;
  std::optional<NodeSlot> clip;  ///< nothing: the chain changes the model only
  Place place;
  friend bool operator==(const LoraBinding&, const LoraBinding&) = default;
};

/// A picture that a job brings: it is uploaded, and its name there is written to `target`.
struct ImageBinding {
  std::string name;  ///< "init", "pose", "mask": the n-th image takes the job's n-th reference
  NodeInput target;
  Place place;
  friend bool operator==(const ImageBinding&, const ImageBinding&) = default;
};

struct OutputBinding {
  std::string name;  ///< "sprite"
  std::string node;
  int count = 1;           ///< pictures that the node gives
  bool websocket = false;  ///< SaveImageWebsocket: the pictures come as binary frames
  Place place;
  friend bool operator==(const OutputBinding&, const OutputBinding&) = default;
};

struct WorkflowNeeds {
  std::vector<std::string> nodes;                          ///< class types
  std::map<std::string, std::vector<std::string>> models;  ///< folder -> files
  std::string min_comfyui;                                 ///< "0.3.45" or empty
  friend bool operator==(const WorkflowNeeds&, const WorkflowNeeds&) = default;
};

struct WorkflowBinding {
  std::string description;  ///< for people; does not travel
  std::vector<ParamBinding> params;
  std::optional<LoraBinding> loras;
  std::vector<ImageBinding> images;
  std::vector<OutputBinding> outputs;  ///< at least one; the first is the job's picture
  WorkflowNeeds needs;
  int size_step = 8;      ///< width and height are multiples of it
  bool seamless = false;  ///< what it draws repeats without a visible edge
  friend bool operator==(const WorkflowBinding&, const WorkflowBinding&) = default;
};

struct WorkflowTemplate {
  std::string name;   ///< "sprite-sdxl", or the path that a manifest names
  std::string graph;  ///< JSON text, API format
  WorkflowBinding binding;
};

struct WorkflowLora {
  std::string file;
  double weight = 1;
};

/// The values of one job.
struct WorkflowValues {
  std::string prompt;
  std::string negative;
  std::uint64_t seed = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::optional<std::uint32_t> steps;
  std::optional<double> cfg;
  std::string sampler;    ///< empty: the graph's own
  std::string scheduler;  ///< empty: the graph's own
  std::optional<double> denoise;
  std::string checkpoint;  ///< empty: the graph's own
  std::vector<WorkflowLora> loras;
  std::vector<std::string> images;  ///< names on the server, in the order of `images`
  std::string filename_prefix;      ///< of every SaveImage: "dgxp/<job>/<attempt>/sprite"
};

struct BoundWorkflow {
  std::string graph;                   ///< JSON text to post
  std::vector<OutputBinding> outputs;  ///< what a good run must give, and nothing else
};

/// Where the binding of a graph stands: beside it. "workflows/hero.json" has
/// "workflows/hero.bind.yaml"; a name without ".json" gets ".bind.yaml" behind it.
std::string binding_path(std::string_view graph_path);

/// Fills the graph in. Where the graph has no input for a value that the job has (a negative
/// prompt, a LoRA, an image), the job would silently lose it: that is an error. A value that the
/// job does not have leaves the graph's own; the prompt alone is always set. A batch is always of
/// one picture. A PreviewImage that is no declared output is left out of the graph.
///
/// Error: `worker`, naming the parameter, node and input.
Result<BoundWorkflow> bind_workflow(const WorkflowTemplate& workflow, const WorkflowValues& values);

/// What is wrong with a template by itself, and, when `object_info` (the JSON of ComfyUI's
/// GET /object_info) is not empty, on that server: missing classes and inputs, types, ranges,
/// values that are not in a list (with the nearest names). Places are those of the binding's file.
std::vector<Diagnostic> check_workflow(const WorkflowTemplate& workflow,
                                       std::string_view object_info = {});

/// A template as one file that travels to a worker: canonical JSON, the same bytes for the same
/// graph and binding. Places are left out.
Bytes encode_workflow(const WorkflowTemplate& workflow);

/// Reads what encode_workflow() wrote, from a peer that may be hostile: bounded.
/// Error: `worker` with what is wrong.
Result<WorkflowTemplate> decode_workflow(ByteView bytes);

}  // namespace dgxp
