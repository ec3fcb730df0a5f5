#include "core/store/raw_file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dgxp {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'d', 'g', 'x', 'p', 'r', 'a', 'w', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFieldBytes = 64;  // magic 8, version 4, flags 4, size 8, digest 32, 8 zero
static_assert(kRawHeadBytes == kFieldBytes + sizeof(Digest::bytes));
constexpr std::size_t kPayloadAt = 24;  // where its digest stands

void append_number(Bytes& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

struct Payload {
  std::size_t size = 0;
  Digest digest;
};
Payload payload_of(ByteView png) {
  return {.size = png.size(), .digest = sha256(png)};
}

Bytes head_fields(const Payload& payload, bool placeholder) {
  Bytes fields(kMagic.begin(), kMagic.end());
  append_number(fields, kVersion, 4);
  append_number(fields, placeholder ? 1 : 0, 4);
  append_number(fields, payload.size, 8);
  fields.insert(fields.end(), payload.digest.bytes.begin(), payload.digest.bytes.end());
  append_number(fields, 0, 8);
  return fields;
}

/// The key is part of it, so that a file under another's name counts as damaged.
Bytes head_of(const Digest& key, const Payload& payload, bool placeholder) {
  Bytes head = head_fields(payload, placeholder);
  Bytes guarded = head;
  guarded.insert(guarded.end(), key.bytes.begin(), key.bytes.end());
  const Digest digest = sha256(guarded);
  head.insert(head.end(), digest.bytes.begin(), digest.bytes.end());
  return head;
}

bool is_placeholder(ByteView head) {
  return head[kMagic.size() + 4] == 1;
}

}  // namespace

std::string raw_file_path(const Digest& key) {
  const std::string name = key.hex();
  return fmt::format(".dgxp/raw/{}/{}", name.substr(0, 2), name);
}

Bytes encode_raw_file(const RawImage& raw) {
  Bytes content = head_of(raw.key, payload_of(raw.png), raw.placeholder);
  content.insert(content.end(), raw.png.begin(), raw.png.end());
  return content;
}

std::optional<RawImage> decode_raw_file(const Digest& key, Bytes content) {
  if (content.size() < kRawHeadBytes) return std::nullopt;
  const ByteView head = ByteView(content).first(kRawHeadBytes);
  const bool placeholder = is_placeholder(head);
  // The head is a function of key, payload and flag: what differs in any bit is damaged.
  const Payload payload = payload_of(ByteView(content).subspan(kRawHeadBytes));
  if (!std::ranges::equal(head, head_of(key, payload, placeholder))) return std::nullopt;
  content.erase(content.begin(), content.begin() + kRawHeadBytes);
  return RawImage{key, std::move(content), placeholder};
}

std::optional<RawHead> decode_raw_head(const Digest& key, ByteView head, std::size_t file_bytes) {
  if (head.size() != kRawHeadBytes || file_bytes < kRawHeadBytes) return std::nullopt;
  Payload payload{.size = file_bytes - kRawHeadBytes, .digest = {}};
  std::ranges::copy(head.subspan(kPayloadAt, payload.digest.bytes.size()),
                    payload.digest.bytes.begin());
  const bool placeholder = is_placeholder(head);
  if (!std::ranges::equal(head, head_of(key, payload, placeholder))) return std::nullopt;
  return RawHead{.placeholder = placeholder};
}

}  // namespace dgxp
