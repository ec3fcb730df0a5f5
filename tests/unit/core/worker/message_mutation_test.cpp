// A short, seeded walk of what tests/fuzz/message_fuzz.cpp does at length.
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>

#include "tests/support/message_probe.hpp"

using namespace dgxp;

namespace {

/// splitmix64
class MutationSource {
 public:
  explicit MutationSource(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t end) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<std::size_t>((value ^ (value >> 31U)) % end);
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }

 private:
  std::uint64_t state_;
};

/// The heads of values that announce much, and a few that change what follows.
constexpr std::array<std::uint8_t, 16> kHeads{0x80, 0x90, 0xa0, 0xc0, 0xc1, 0xc4, 0xc6, 0xc9,
                                              0xca, 0xcf, 0xd3, 0xdb, 0xdd, 0xdf, 0xe0, 0xff};

void mutate(Bytes& bytes, const std::vector<Bytes>& samples, MutationSource& random) {
  const auto at = [&] { return static_cast<std::ptrdiff_t>(random.below(bytes.size() + 1)); };
  const std::ptrdiff_t first = at();
  const std::ptrdiff_t last = std::min<std::ptrdiff_t>(
      static_cast<std::ptrdiff_t>(bytes.size()), first + 1 + static_cast<int>(random.below(8)));
  switch (random.below(6)) {
    case 0:
      if (first < last)
        bytes[static_cast<std::size_t>(first)] ^= static_cast<std::uint8_t>(1U << random.below(8));
      break;
    case 1:
      if (first < last) bytes[static_cast<std::size_t>(first)] = kHeads[random.below(16)];
      break;
    case 2:
      bytes.insert(bytes.begin() + first, kHeads[random.below(16)]);
      break;
    case 3:
      bytes.erase(bytes.begin() + first, bytes.begin() + last);
      break;
    case 4: {
      const Bytes piece(bytes.begin() + first, bytes.begin() + last);
      bytes.insert(bytes.begin() + at(), piece.begin(), piece.end());
      break;
    }
    default: {
      const Bytes& other = samples[random.below(samples.size())];
      const std::size_t size = std::min<std::size_t>(other.size(), 200);
      bytes.resize(static_cast<std::size_t>(first));
      bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(size / 2),
                   other.begin() + static_cast<std::ptrdiff_t>(size));
    }
  }
}

/// DGXP_MUTATIONS=1000000 for a long walk.
int mutations() {
  const char* value = std::getenv("DGXP_MUTATIONS");
  return value == nullptr ? 20000 : std::atoi(value);
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("twenty thousand mutated messages are taken or refused, and a ping is answered") {
  const std::vector<Bytes> samples = message_samples();
  MessageProbe probe;
  MutationSource random(20261);
  int taken = 0;
  long early_peak = 0;
  const int count = mutations();
  for (int i = 0; i < count; ++i) {
    if (i == 10000) early_peak = peak_kib();
    Bytes bytes = samples[static_cast<std::size_t>(i) % samples.size()];
    if (bytes.size() > 1000 && i >= 1000) continue;  // the long bombs cost the most
    for (std::size_t times = random.below(4) + (i < 100 ? 0 : 1); times > 0; --times) {
      mutate(bytes, samples, random);
    }
    const std::string_view fault = probe.take(bytes);
    REQUIRE_MESSAGE(fault == "", "message " << i);
    taken += decode_message(bytes).body ? 1 : 0;
    if (i % 1000 == 0) REQUIRE(probe.answers_ping());
  }
  // Some mutations leave a message good: the walk goes behind the first check.
  CHECK(taken > count / 40);
  if (count > 20000) MESSAGE(taken << " taken, peak grew by " << peak_kib() - early_peak << " KiB");
  CHECK(probe.answers_ping());
}
