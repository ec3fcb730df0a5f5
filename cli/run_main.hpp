#pragma once

namespace dgxp {

struct Context;
struct WorkerArguments;

/// What only the program that is linked with an HTTP client can do. Loading that client costs
/// twice the time in which `dgxp check` is done, so `dgxp` does without it and becomes
/// `dgxp-worker` when such a verb is asked for.
struct HttpVerbs {
  int (*worker)(const Context& context, const WorkerArguments& arguments) = nullptr;
};

/// The whole program: `http` is null in `dgxp`.
int run_main(int count, const char* const* values, const HttpVerbs* http);

}  // namespace dgxp
