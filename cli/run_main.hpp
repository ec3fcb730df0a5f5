#pragma once

#include <stop_token>
#include <string>

#include "core/base/result.hpp"

namespace dgxp {

struct Context;
struct WorkerArguments;

/// What only the program that is linked with an HTTP client can do. Loading that client costs
/// twice the time in which `dgxp check` is done, so `dgxp` does without it and becomes
/// `dgxp-worker` when such a verb is asked for.
struct HttpVerbs {
  int (*worker)(const Context& context, const WorkerArguments& arguments) = nullptr;
  Result<std::string> (*read_object_info)(const std::string& url, std::stop_token stop) = nullptr;
};

/// The whole program: `http` is null in `dgxp`.
int run_main(int count, const char* const* values, const HttpVerbs* http);

}  // namespace dgxp
