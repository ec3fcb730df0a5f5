#pragma once

// What ComfyUI says when it does not like a graph, in words that name the place and the next step.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dgxp {

/// The values that `input` of a node of this class may have, asked of the server: its refusals
/// leave long lists out. Empty: unknown.
using ComfyOptionsOf = std::function<std::vector<std::string>(const std::string& class_type,
                                                              const std::string& input)>;

/// Turns the body of a refused POST /prompt (or the `node_errors` of an accepted one) into one
/// line: each node with title, class, input and received value; for a value that is not in its
/// list the nearest ones. "" when the body holds no such errors. `graph` is what was posted.
std::string describe_rejection(std::string_view body, std::string_view graph,
                               const ComfyOptionsOf& options_of);

/// An execution_error, as history keeps it.
struct ComfyExecutionError {
  std::string node;
  std::string class_type;
  std::string type;     ///< "torch.OutOfMemoryError"
  std::string message;  ///< its first line
};
bool is_out_of_memory(const ComfyExecutionError& error);
/// "node 3 "Sampler" (KSampler): RuntimeError: ..."
std::string describe_execution_error(const ComfyExecutionError& error, std::string_view graph);

}  // namespace dgxp
