#pragma once

#include <string>

namespace dgxp {

/// docs/protocol.md: the protocol in prose, and a table for each message from describe_protocol().
std::string protocol_reference();

}  // namespace dgxp
