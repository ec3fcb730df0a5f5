#pragma once

// A ComfyUI graph as values that one can look at: what the checks read. Editing is done on the
// JSON itself (bind_workflow.cpp), so that whatever is not understood here stays as it was.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

inline constexpr std::size_t kMostGraphBytes = 1U << 20U;
inline constexpr std::size_t kMostGraphNodes = 1000;
inline constexpr std::size_t kMostNodeInputs = 256;

/// A list or map that is no link.
struct GraphTree {
  friend bool operator==(const GraphTree&, const GraphTree&) = default;
};

/// What an input holds; monostate is null. Whole numbers from 0 up are std::uint64_t.
using GraphValue = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                                std::string, NodeSlot, GraphTree>;

struct GraphInput {
  std::string name;
  GraphValue value;
};

struct GraphNode {
  std::string id;
  std::string class_type;
  std::string title;  ///< `_meta.title`, or empty
  std::vector<GraphInput> inputs;
  const GraphInput* find_input(std::string_view name) const;
};

/// The nodes in the order of the text.
struct WorkflowGraph {
  std::vector<GraphNode> nodes;
  const GraphNode* find_node(std::string_view id) const;
};

/// "node '6' (CLIPTextEncode \"Positive\")".
std::string describe_node(const GraphNode& node);

/// Why `json` is not to be parsed: no JSON, deeper than `most_depth`, an object of more than
/// `most_members`, more bytes than `most_bytes`. Empty when it may be. It needs no memory to speak
/// of, whatever the text is.
struct JsonBounds {
  std::size_t most_bytes = kMostGraphBytes;
  std::size_t most_members = kMostGraphNodes;
  int most_depth = 32;
};
std::string find_json_fault(std::string_view json, const JsonBounds& bounds);

/// Error: `input`, with what is wrong: too large, no JSON, no graph in API format (a workflow saved
/// for the editor is named as such).
Result<WorkflowGraph> read_graph(std::string_view json);

/// A number in a node's input.
std::optional<double> as_number(const GraphValue& value);

}  // namespace dgxp
