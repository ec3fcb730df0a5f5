#include "cli/worker_link.hpp"

namespace dgxp {

Result<WorkerEndpoint> find_worker(const Context& context, const std::string& flag) {
  const auto choice = choose_worker(flag, ".", {}, context.access);
  if (!choice) return choice.error();
  if (choice->is_embedded()) {
    return Error{ErrorKind::usage, "the embedded worker lives only as long as a build",
                 "name another with --worker or DGXP_WORKER, for example tcp://127.0.0.1:5555"};
  }
  return endpoint_of(*choice);
}

Result<WorkerQuery> open_worker_query(const Context& context, const std::string& flag) {
  const auto endpoint = find_worker(context, flag);
  if (!endpoint) return endpoint.error();
  return connect_worker_query(*endpoint);
}

}  // namespace dgxp
