#include "core/image/deflate.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/image/checksum.hpp"
#include "core/image/deflate_block.hpp"
#include "core/image/deflate_parse.hpp"

namespace dgxp {
namespace {

/// A run of tokens that will be one block.
struct Part {
  std::size_t first = 0;
  std::size_t count = 0;
  SymbolCounts counts;
  std::uint64_t cost = 0;
};

/// Cuts the tokens into equal parts and joins neighbours as long as one block for both is shorter
/// than two, the best pair first.
std::vector<Part> split_into_blocks(std::span<const DeflateToken> tokens) {
  constexpr std::size_t kPartTokens = 4096;
  if (tokens.size() <= kPartTokens) return {Part{.first = 0, .count = tokens.size()}};
  std::vector<Part> parts;
  for (std::size_t first = 0; first < tokens.size(); first += kPartTokens) {
    const std::size_t count = std::min(kPartTokens, tokens.size() - first);
    Part part{
        .first = first, .count = count, .counts = count_symbols(tokens.subspan(first, count))};
    part.cost = block_cost(part.counts);
    parts.push_back(part);
  }
  // One pass from the left keeps the time linear.
  std::vector<Part> joined;
  for (const Part& part : parts) {
    joined.push_back(part);
    while (joined.size() > 1) {
      Part& left = joined[joined.size() - 2];
      SymbolCounts both = left.counts;
      both.add(joined.back().counts);
      const std::uint64_t cost = block_cost(both);
      if (cost > left.cost + joined.back().cost) break;
      left.count += joined.back().count;
      left.counts = both;
      left.cost = cost;
      joined.pop_back();
    }
  }
  return joined;
}

std::size_t raw_size(std::span<const DeflateToken> tokens) {
  std::size_t size = 0;
  for (const DeflateToken token : tokens) size += token.length;
  return size;
}

}  // namespace

Bytes write_zlib(ByteView data, std::span<const DeflateToken> tokens, BlockCare care) {
  BitWriter writer;
  writer.put(0xDA78, 16);  // deflate with a window of 32 KiB, the slowest level
  std::size_t at = 0;
  auto parts = split_into_blocks(tokens);
  if (parts.empty()) parts.push_back({});
  for (const Part& part : parts) {
    const auto run = tokens.subspan(part.first, part.count);
    const std::size_t size = raw_size(run);
    write_block(writer, run, data.subspan(at, size), &part == &parts.back(), care);
    at += size;
  }
  writer.align();
  const std::uint32_t checksum = adler32(data);
  for (int shift = 24; shift >= 0; shift -= 8)
    writer.put(checksum >> static_cast<unsigned>(shift) & 255U, 8);
  return std::move(writer).take();
}

Bytes compress_zlib(ByteView data, DeflateEffort effort) {
  const auto tokens = parse_quickly(data);
  if (effort == DeflateEffort::fast) return write_zlib(data, tokens, BlockCare::quick);
  if (data.size() > kThoroughBytes) return write_zlib(data, tokens, BlockCare::full);
  return write_zlib(data, parse_thoroughly(data, count_symbols(tokens)), BlockCare::full);
}

}  // namespace dgxp
