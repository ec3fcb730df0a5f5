#pragma once

// Keys of CURVE, ZeroMQ's encryption. Each peer has a pair; a worker knows the public keys of its
// clients, a client that of its worker. Keys are written as 40 characters (Z85).

#include <set>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

struct CurveKeys {
  std::string public_key;
  std::string secret_key;
};

/// Error: `worker`, when this libzmq was built without encryption.
Result<CurveKeys> make_curve_keys();
bool is_curve_key(std::string_view text);

/// The text of a secret key file, and what reads it. `file` names it in errors, which never repeat
/// its content.
///
/// Error: `input`, when it does not hold a pair whose halves belong together.
std::string secret_key_text(const CurveKeys& keys);
Result<CurveKeys> parse_secret_key(std::string_view file, ByteView text);

/// Public keys, one a line, each with an optional comment after it; other lines are empty or begin
/// with "# ".
///
/// Error: `input` with the number of the line; also when there is no key at all.
Result<std::set<std::string>> parse_public_keys(std::string_view file, ByteView text);

}  // namespace dgxp
