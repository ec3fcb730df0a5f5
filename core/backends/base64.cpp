#include "core/backends/base64.hpp"

#include <array>

namespace dgxp {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kForeign = 255;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kForeign;
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values.at(static_cast<unsigned char>(kDigits[i])) = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

}  // namespace

std::string to_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at;
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[at]) << 16U |
                                (count > 1 ? static_cast<std::uint32_t>(bytes[at + 1]) << 8U : 0U) |
                                (count > 2 ? static_cast<std::uint32_t>(bytes[at + 2]) : 0U);
    text += kDigits[group >> 18U & 63U];
    text += kDigits[group >> 12U & 63U];
    text += count > 1 ? kDigits[group >> 6U & 63U] : '=';
    text += count > 2 ? kDigits[group & 63U] : '=';
  }
  return text;
}

std::optional<Bytes> parse_base64(std::string_view text) {
  if (text.starts_with("data:")) {
    const auto comma = text.substr(0, 100).find(";base64,");
    if (comma == std::string_view::npos) return std::nullopt;
    text.remove_prefix(comma + std::string_view(";base64,").size());
  }
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues.at(static_cast<unsigned char>(c));
    if (value == kForeign) return std::nullopt;
    bits = bits << 6U | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count & 255U));
    bits &= (1U << count) - 1U;
  }
  if (bits != 0) return std::nullopt;
  return bytes;
}

}  // namespace dgxp
