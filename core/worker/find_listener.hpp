#pragma once

#include <string>

namespace dgxp {

/// Who listens at "tcp://..." or "ipc://...", for a message: "'python3' (process 4711)", or "a
/// process of user 33" when the system does not say more. Empty when nobody does.
std::string find_listener(const std::string& address);

}  // namespace dgxp
