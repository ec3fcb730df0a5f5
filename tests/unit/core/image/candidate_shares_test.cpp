#include "core/image/candidate_shares.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {
namespace {

CandidateShares stored(const CandidateLanes& lanes) {
  CandidateShares shares;
  store_shares(lanes, shares);
  return shares;
}

CandidateShares random_shares(testing::Random& random) {
  CandidateShares shares;
  for (float& share : shares) {
    share = static_cast<float>(random.below(100000)) / 7919;
  }
  return shares;
}

}  // namespace

TEST_CASE("candidate lanes say what a loop over the candidates says") {
  testing::Random random(2);
  for (int i = 0; i < 500; ++i) {
    const CandidateShares shares = random_shares(random);
    const CandidateLanes lanes = load_shares(shares);
    const float sum = std::accumulate(shares.begin(), shares.end(), 0.0F);
    const auto greatest = std::ranges::max_element(shares) - shares.begin();
    CHECK(place_of_greatest(lanes) == static_cast<std::size_t>(greatest));
    CHECK(sum_of(lanes) == sum);
    CandidateShares parts = shares;
    for (std::size_t k = 0; k < kCandidates; ++k) {
      parts[k] /= sum;
    }
    CHECK(stored(normalised(lanes)) == parts);
    const auto count = static_cast<std::size_t>(random.below(kCandidates + 1));
    CandidateShares first = shares;
    std::fill(first.begin() + static_cast<std::ptrdiff_t>(count), first.end(), 9.0F);
    CHECK(stored(first_of(lanes, count, 9.0F)) == first);
    CHECK(stored(first_normalised(lanes, count)) ==
          stored(normalised(first_of(lanes, count, 0.0F))));
  }
}

TEST_CASE("candidate lanes without any share stay as they are") {
  CHECK(stored(normalised(CandidateLanes{})) == CandidateShares{});
  CHECK(stored(first_normalised(CandidateLanes{}, 3)) == CandidateShares{});
}

}  // namespace dgxp
