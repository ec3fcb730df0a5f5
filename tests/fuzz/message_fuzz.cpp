// Any bytes as a message: decoder and worker refuse them or give what survives a round trip, every
// request gets one reply that can be read, and the worker still answers a ping. Mutations begin
// with a sample of every message.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "tests/support/message_probe.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  static const std::vector<dgxp::Bytes> samples = dgxp::message_samples();
  if (size < 2 || seed % 4 == 0) {
    const dgxp::Bytes& sample = samples[seed / 4 % samples.size()];
    size = std::min(sample.size(), max_size);
    std::copy_n(sample.begin(), size, data);
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static dgxp::MessageProbe probe;
  static int count = 0;
  const std::string_view fault = probe.take({data, size});
  if (!fault.empty() || (++count % 1000 == 0 && !probe.answers_ping())) std::abort();
  return 0;
}
