#include "core/base/digest.hpp"

#include <sodium.h>

namespace dgxp {

bool Digest::empty() const {
  return *this == Digest{};
}

std::string Digest::hex() const {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::optional<Digest> Digest::parse(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  Digest digest;
  if (text.size() != digest.bytes.size() * 2) return std::nullopt;
  std::size_t length = 0;
  const int status = sodium_hex2bin(digest.bytes.data(), digest.bytes.size(), text.data(),
                                    text.size(), nullptr, &length, nullptr);
  if (status != 0 || length != digest.bytes.size()) return std::nullopt;
  return digest;
}

Digest sha256(ByteView data) {
  Digest digest;
  crypto_hash_sha256(digest.bytes.data(), data.data(), data.size());
  return digest;
}

Digest sha256(std::string_view text) {
  return sha256(as_bytes(text));
}

}  // namespace dgxp
