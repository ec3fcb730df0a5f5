#pragma once

#include <stop_token>
#include <string>

#include "core/base/result.hpp"

namespace dgxp {

struct Context;
struct WorkerArguments;

/// What a ComfyUI says about itself.
struct ComfyAnswer {
  std::string object_info;  ///< the body of GET /object_info: the classes of its nodes
  std::string release;      ///< "0.3.64"; empty when it does not say
};

/// What only the program that is linked with an HTTP client can do. Loading that client costs
/// twice the time in which `dgxp check` is done, so `dgxp` does without it and becomes
/// `dgxp-worker` when such a verb is asked for.
struct HttpVerbs {
  int (*worker)(const Context& context, const WorkerArguments& arguments) = nullptr;
  Result<ComfyAnswer> (*ask_comfy)(const std::string& url, std::stop_token stop) = nullptr;
};

/// The whole program: `http` is null in `dgxp`.
int run_main(int count, const char* const* values, const HttpVerbs* http);

}  // namespace dgxp
