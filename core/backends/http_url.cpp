#include "core/backends/http_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMaxUrl = 2048;

Error bad_url(std::string why) {
  return {.kind = ErrorKind::usage,
          .message = std::move(why),
          .hint = "an address looks like http://127.0.0.1:8188"};
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                           hex_digit(text[i + 2]) >= 0;
    decoded += is_escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]))
                         : text[i];
    if (is_escape) i += 2;
  }
  return decoded;
}

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, text.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (k < count ? static_cast<std::uint8_t>(text[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      encoded += k <= count ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return encoded;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool is_address_char(char c) {
  return is_plain(c) || c == ':' || c == '%';
}

/// "HOST", "HOST:PORT" or "[HOST]:PORT".
Result<Done> read_authority(std::string_view text, HttpBase& base) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return bad_url("the address has no ']' behind its host");
    base.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!std::ranges::all_of(base.host, is_address_char)) return bad_url("the host is malformed");
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    base.host = text.substr(0, colon);
    port = text.substr(colon);
    if (!std::ranges::all_of(base.host, is_plain)) return bad_url("the host is malformed");
  }
  if (base.host.empty()) return bad_url("the address names no host");
  if (port.empty()) return Done{};
  const auto number = port.starts_with(':') ? parse_port(port.substr(1)) : std::nullopt;
  if (!number) return bad_url("the port is not a number from 1 to 65535");
  base.port = *number;
  return Done{};
}

}  // namespace

std::string HttpBase::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  const std::string name = is_v6 ? "[" + host + "]" : host;
  return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string HttpBase::url() const {
  return fmt::format("{}://{}{}", tls ? "https" : "http", authority(), prefix);
}

bool HttpBase::is_loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<HttpBase> parse_http_base(std::string_view url) {
  HttpBase base;
  if (url.size() > kMaxUrl) return bad_url(fmt::format("the address has {} bytes", url.size()));
  const auto is_bad = [](char c) { return static_cast<std::uint8_t>(c) <= 0x20 || c == 0x7f; };
  if (std::ranges::any_of(url, is_bad)) return bad_url("the address holds a blank");
  if (url.starts_with("http://")) {
    url.remove_prefix(std::string_view("http://").size());
  } else if (url.starts_with("https://")) {
    url.remove_prefix(std::string_view("https://").size());
    base.tls = true;
    base.port = 443;
  } else {
    return bad_url("the address begins with neither http:// nor https://");
  }
  const auto slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  std::string_view prefix = url.substr(slash);
  if (url.find_first_of("?#") != std::string_view::npos) {
    return bad_url("the address holds a '?' or '#'");
  }
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    base.authorization = "Basic " + base64(percent_decode(authority.substr(0, at)));
    authority.remove_prefix(at + 1);
  }
  if (const auto read = read_authority(authority, base); !read) return read.error();
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  base.prefix = prefix;
  return base;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_plain(c)) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return encoded;
}

}  // namespace dgxp
