#include "core/worker/curve_keys.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kKeyText = 40;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMostKeys = 10000;
constexpr std::string_view kPublicLine = "public ";
constexpr std::string_view kSecretLine = "secret ";
constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
using KeyText = std::array<char, kKeyText + 1>;

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Error bad_file(std::string_view file, std::string_view why) {
  return {ErrorKind::input, fmt::format("{}: {}", escape_for_terminal(file), why),
          "`dgxp worker keygen` makes a pair of keys"};
}

}  // namespace

Result<CurveKeys> make_curve_keys() {
  KeyText public_key{};
  KeyText secret_key{};
  if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) {
    return Error{ErrorKind::worker, "this libzmq cannot encrypt"};
  }
  return CurveKeys{public_key.data(), secret_key.data()};
}

bool is_curve_key(std::string_view text) {
  if (text.size() != kKeyText) return false;
  if (text.find_first_not_of(kAlphabet) != std::string_view::npos) return false;
  std::array<std::uint8_t, kKeyBytes> bytes{};
  return zmq_z85_decode(bytes.data(), std::string(text).c_str()) != nullptr;
}

std::string secret_key_text(const CurveKeys& keys) {
  return fmt::format(
      "# A key of dgxp. The secret half is for one machine and nobody else.\n{}{}\n{}{}\n",
      kPublicLine, keys.public_key, kSecretLine, keys.secret_key);
}

Result<CurveKeys> parse_secret_key(std::string_view file, ByteView text) {
  CurveKeys keys;
  for (std::string_view rest = as_text(text); !rest.empty();) {
    const std::string_view line = next_line(rest);
    if (line.starts_with(kPublicLine)) keys.public_key = line.substr(kPublicLine.size());
    if (line.starts_with(kSecretLine)) keys.secret_key = line.substr(kSecretLine.size());
  }
  KeyText derived{};
  if (!is_curve_key(keys.public_key) || !is_curve_key(keys.secret_key) ||
      zmq_curve_public(derived.data(), keys.secret_key.c_str()) != 0) {
    return bad_file(file, "it is no secret key file");
  }
  if (keys.public_key != derived.data()) return bad_file(file, "its two halves are of two keys");
  return keys;
}

Result<std::set<std::string>> parse_public_keys(std::string_view file, ByteView text) {
  std::set<std::string> keys;
  int number = 0;
  for (std::string_view rest = as_text(text); !rest.empty();) {
    const std::string_view line = next_line(rest);
    const std::string_view key = line.substr(0, line.find_first_of(" \t"));
    ++number;
    // '#' may also be the first character of a key.
    if (is_curve_key(key)) {
      keys.emplace(key);
    } else if (!line.empty() && key != "#") {
      return bad_file(file, fmt::format("line {} does not begin with a public key", number));
    }
    if (keys.size() > kMostKeys) return bad_file(file, "there are too many keys");
  }
  if (keys.empty()) return bad_file(file, "there is no public key in it");
  return keys;
}

}  // namespace dgxp
