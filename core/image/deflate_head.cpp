#include "core/image/deflate_head.hpp"

#include "core/image/huffman_code.hpp"

namespace dgxp {
namespace {

constexpr std::array<std::uint8_t, 19> kRunOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                 11, 4,  12, 3, 13, 2, 14, 1, 15};

/// One entry of the run-length form of code lengths: symbols 0..15 are lengths, 16 repeats the one
/// before, 17 and 18 repeat 0.
struct LengthRun {
  std::uint8_t symbol = 0;
  std::uint8_t extra = 0;
};

unsigned run_extra_bits(std::size_t symbol) {
  constexpr std::array<std::uint8_t, 19> kExtra{0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                0, 0, 0, 0, 0, 0, 2, 3, 7};
  return kExtra[symbol];
}

}  // namespace

void LengthStretches::add(std::uint8_t value, std::size_t count) {
  if (size_ > 0 && list_[size_ - 1].value == value)
    list_[size_ - 1].count = static_cast<std::uint16_t>(list_[size_ - 1].count + count);
  else
    list_[size_++] = {value, static_cast<std::uint16_t>(count)};
}

LengthStretches::LengthStretches(const BlockSymbols& symbols, const BlockCodes& codes) {
  const auto add_all = [&](const auto& coded, const std::uint8_t* lengths) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < coded.size; ++i) {
      const std::size_t symbol = coded.symbols[i];
      if (symbol > next) add(0, symbol - next);
      add(lengths[symbol], 1);
      next = symbol + 1;
    }
  };
  add_all(symbols.literals, codes.literals.data());
  add_all(symbols.distances, codes.distances.data());
}

/// Calls `put` with each run.
template <typename Put>
void BlockHead::for_each_run(const LengthStretches& stretches, Choice choice, Put put) {
  for (std::size_t i = 0; i < stretches.size_; ++i) {
    const auto value = static_cast<std::uint8_t>(stretches.list_[i].value);
    std::size_t count = stretches.list_[i].count;
    const auto put_repeats = [&](std::uint8_t symbol, std::size_t least, std::size_t most) {
      while (count >= least) {
        const std::size_t part = std::min(count, most);
        put(LengthRun{symbol, static_cast<std::uint8_t>(part - least)});
        count -= part;
      }
    };
    if (value == 0) {
      if (choice.many_zeros) put_repeats(18, 11, 138);
      if (choice.zeros) put_repeats(17, 3, 10);
    } else if (choice.repeat && count >= 4) {
      put(LengthRun{value, 0});
      --count;
      put_repeats(16, 3, 6);
    }
    for (; count > 0; --count) put(LengthRun{value, 0});
  }
}

BlockHead::BlockHead(const LengthStretches& stretches, Choice choice) : choice_(choice) {
  std::array<std::uint32_t, kRunSymbols> counts{};
  for_each_run(stretches, choice, [&](LengthRun run) { ++counts[run.symbol]; });
  HuffmanLeaves(counts).lengths(7, run_lengths_);
  while (listed_runs_ > 4 && run_lengths_[kRunOrder[listed_runs_ - 1]] == 0) --listed_runs_;
  bits_ = 14 + 3 * listed_runs_;
  for (std::size_t i = 0; i < counts.size(); ++i)
    bits_ += std::uint64_t{counts[i]} * (run_lengths_[i] + run_extra_bits(i));
}

BlockHead BlockHead::best(const LengthStretches& stretches) {
  BlockHead best(stretches);
  for (bool Choice::* const symbol : {&Choice::many_zeros, &Choice::zeros, &Choice::repeat}) {
    Choice choice = best.choice_;
    choice.*symbol = false;
    const BlockHead head(stretches, choice);
    if (head.bits_ < best.bits_) best = head;
  }
  return best;
}

void BlockHead::write(BitWriter& writer, const BlockSymbols& symbols,
                      const BlockCodes& codes) const {
  writer.put(static_cast<std::uint32_t>(symbols.literals.listed() - 257), 5);
  writer.put(static_cast<std::uint32_t>(symbols.distances.listed() - 1), 5);
  writer.put(static_cast<std::uint32_t>(listed_runs_ - 4), 4);
  for (std::size_t i = 0; i < listed_runs_; ++i) writer.put(run_lengths_[kRunOrder[i]], 3);
  const auto run_codes = huffman_codes(run_lengths_);
  for_each_run(LengthStretches(symbols, codes), choice_, [&](LengthRun run) {
    writer.put(run_codes[run.symbol], run_lengths_[run.symbol]);
    writer.put(run.extra, run_extra_bits(run.symbol));
  });
}

}  // namespace dgxp
