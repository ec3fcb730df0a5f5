#include "core/base/digest_stream.hpp"

#include <nettle/base16.h>
#include <nettle/sha2.h>

namespace dgxp {

bool Digest::empty() const {
  return *this == Digest{};
}

std::string Digest::hex() const {
  std::string text(BASE16_ENCODE_LENGTH(bytes.size()), '\0');
  base16_encode_update(text.data(), bytes.size(), bytes.data());
  return text;
}

std::optional<Digest> Digest::parse(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  Digest digest;
  if (text.size() != digest.bytes.size() * 2) return std::nullopt;
  // The library skips spaces, which are no part of a digest.
  if (text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    return std::nullopt;
  }
  base16_decode_ctx context{};
  base16_decode_init(&context);
  std::size_t length = digest.bytes.size();
  const bool is_read =
      base16_decode_update(&context, &length, digest.bytes.data(), text.size(), text.data()) == 1 &&
      base16_decode_final(&context) == 1;
  if (!is_read || length != digest.bytes.size()) return std::nullopt;
  return digest;
}

struct DigestStream::State {
  sha256_ctx context{};
};

DigestStream::DigestStream() : state_(std::make_unique<State>()) {
  sha256_init(&state_->context);
}
DigestStream::~DigestStream() = default;

void DigestStream::add(ByteView piece) {
  sha256_update(&state_->context, piece.size(), piece.data());
}

Digest DigestStream::finish() {
  Digest digest;
  sha256_digest(&state_->context, digest.bytes.size(), digest.bytes.data());
  return digest;
}

Digest sha256(ByteView data) {
  DigestStream stream;
  stream.add(data);
  return stream.finish();
}

Digest sha256(std::string_view text) {
  return sha256(as_bytes(text));
}

}  // namespace dgxp
