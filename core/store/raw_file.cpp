#include "core/store/raw_file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dgxp {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'d', 'g', 'x', 'p', 'r', 'a', 'w', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFieldBytes = 64;  // magic 8, version 4, flags 4, size 8, digest 32, 8 zero
constexpr std::size_t kHeadBytes = kFieldBytes + 32;

void append_number(Bytes& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes head_fields(ByteView png, bool placeholder) {
  Bytes fields(kMagic.begin(), kMagic.end());
  append_number(fields, kVersion, 4);
  append_number(fields, placeholder ? 1 : 0, 4);
  append_number(fields, png.size(), 8);
  const Digest payload = sha256(png);
  fields.insert(fields.end(), payload.bytes.begin(), payload.bytes.end());
  append_number(fields, 0, 8);
  return fields;
}

/// The key is part of it, so that a file under another's name counts as damaged.
Bytes head_of(const Digest& key, ByteView png, bool placeholder) {
  Bytes head = head_fields(png, placeholder);
  Bytes guarded = head;
  guarded.insert(guarded.end(), key.bytes.begin(), key.bytes.end());
  const Digest digest = sha256(guarded);
  head.insert(head.end(), digest.bytes.begin(), digest.bytes.end());
  return head;
}

}  // namespace

std::string raw_file_path(const Digest& key) {
  const std::string name = key.hex();
  return fmt::format(".dgxp/raw/{}/{}", name.substr(0, 2), name);
}

Bytes encode_raw_file(const RawImage& raw) {
  Bytes content = head_of(raw.key, raw.png, raw.placeholder);
  content.insert(content.end(), raw.png.begin(), raw.png.end());
  return content;
}

std::optional<RawImage> decode_raw_file(const Digest& key, Bytes content) {
  if (content.size() < kHeadBytes) return std::nullopt;
  const ByteView head = ByteView(content).first(kHeadBytes);
  const bool placeholder = head[kMagic.size() + 4] == 1;
  // The head is a function of key, payload and flag: what differs in any bit is damaged.
  const ByteView png = ByteView(content).subspan(kHeadBytes);
  if (!std::ranges::equal(head, head_of(key, png, placeholder))) return std::nullopt;
  content.erase(content.begin(), content.begin() + kHeadBytes);
  return RawImage{key, std::move(content), placeholder};
}

}  // namespace dgxp
