#include "core/image/checksum.hpp"

#include <algorithm>
#include <array>

namespace dgxp {
namespace {

using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

/// Table k advances a byte by k more bytes, so that eight bytes go through in one step ("slicing").
constexpr CrcTables make_crc_tables() {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    tables[0][i] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k)
    for (std::size_t i = 0; i < 256; ++i)
      tables[k][i] = (tables[k - 1][i] >> 8U) ^ tables[0][tables[k - 1][i] & 255U];
  return tables;
}
constexpr CrcTables kCrc = make_crc_tables();

}  // namespace

std::uint32_t crc32(ByteView data) {
  std::uint32_t crc = 0xFFFFFFFFU;
  while (data.size() >= 8) {
    crc ^= std::uint32_t{data[0]} | std::uint32_t{data[1]} << 8U | std::uint32_t{data[2]} << 16U |
           std::uint32_t{data[3]} << 24U;
    crc = kCrc[7][crc & 255U] ^ kCrc[6][crc >> 8U & 255U] ^ kCrc[5][crc >> 16U & 255U] ^
          kCrc[4][crc >> 24U] ^ kCrc[3][data[4]] ^ kCrc[2][data[5]] ^ kCrc[1][data[6]] ^
          kCrc[0][data[7]];
    data = data.subspan(8);
  }
  for (const std::uint8_t byte : data) crc = (crc >> 8U) ^ kCrc[0][(crc ^ byte) & 255U];
  return ~crc;
}

std::uint32_t adler32(ByteView data) {
  constexpr std::uint32_t kPrime = 65521;
  constexpr std::size_t kRound = 5552;  // as many bytes as the sums can take without overflow
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  while (!data.empty()) {
    const std::size_t count = std::min(data.size(), kRound);
    for (const std::uint8_t byte : data.first(count)) {
      low += byte;
      high += low;
    }
    low %= kPrime;
    high %= kPrime;
    data = data.subspan(count);
  }
  return high << 16U | low;
}

}  // namespace dgxp
