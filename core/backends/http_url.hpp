#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace dgxp {

/// Where a server is: what stands in front of every path that is asked of it.
struct HttpBase {
  bool tls = false;
  std::string host;  ///< without the brackets of an IPv6 address
  std::uint16_t port = 80;
  std::string prefix;         ///< "" or "/comfy": no slash at its end
  std::string authorization;  ///< "Basic ..." when the URL had a user; a secret

  /// "http://127.0.0.1:8188/comfy": without user and password, for messages too.
  std::string url() const;
  /// "127.0.0.1:8188", "[::1]:8188"; the scheme's own port is left out.
  std::string authority() const;
  bool is_loopback() const;
};

/// Reads "http://[USER:PASSWORD@]HOST[:PORT][/PREFIX]", or https.
///
/// Error: `usage`; it holds no user, password or query.
Result<HttpBase> parse_http_base(std::string_view url);

/// `text` for a place in a path or a query: all but letters, digits and "-._~" as %XX.
std::string percent_encode(std::string_view text);

}  // namespace dgxp
