#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "core/image/candidate_lists.hpp"

namespace dgxp {

/// The candidates of the eight halves (in each channel) of a box.
class CandidateOctet {
 public:
  CandidateOctet() = default;
  /// Bit i of `eighths[k]` says whether from[k] is a candidate of the i-th eighth; the i-th has the
  /// upper half of red where i & 4, of green where i & 2, of blue where i & 1.
  CandidateOctet(Candidates from, const std::uint8_t* eighths) {
    std::array<std::uint8_t, 8 * 256 + 1> entries;
    std::uint16_t count = 0;
    for (unsigned i = 0; i < 8; ++i) {
      for (std::size_t k = 0; k < from.size(); ++k) {
        entries.data()[count] = from.data()[k];
        count = static_cast<std::uint16_t>(count + (eighths[k] >> i & 1U));
      }
      ends_.data()[i + 1] = count;
    }
    entries_.assign(entries.data(), entries.data() + count);
  }
  Candidates of(unsigned eighth) const {
    return Candidates(entries_).subspan(ends_[eighth], ends_[eighth + 1] - ends_[eighth]);
  }

 private:
  std::vector<std::uint8_t> entries_;
  std::array<std::uint16_t, 9> ends_{};
};

/// The octets of the boxes of `kEdge`^3 colours, each found when a colour in it is first asked for.
/// Several threads may ask at once: what each would find is the same.
template <int kEdge>
class BoxOctets {
 public:
  /// The candidates in the box of half the edge that has `color`. `find` gives the octet of a box.
  template <typename Find>
  Candidates around(Rgb color, Find find) const {
    const std::size_t box = ((color.r / kEdge) * kSide + color.g / kEdge) * kSide + color.b / kEdge;
    const CandidateOctet* octet = known_[box].load(std::memory_order_acquire);
    if (octet == nullptr)
      octet = keep(box, find(ColorBox{.low = {start(color.r), start(color.g), start(color.b)},
                                      .edge = kEdge}));
    return octet->of(half(color.r) << 2U | half(color.g) << 1U | half(color.b));
  }

 private:
  static constexpr std::size_t kSide = 256 / kEdge;
  static std::uint8_t start(std::uint8_t value) {
    return static_cast<std::uint8_t>(value / kEdge * kEdge);
  }
  static unsigned half(std::uint8_t value) { return value / (kEdge / 2U) & 1U; }

  const CandidateOctet* keep(std::size_t box, CandidateOctet octet) const {
    const std::scoped_lock lock(mutex_);
    const CandidateOctet* known = known_[box].load(std::memory_order_relaxed);
    if (known != nullptr) return known;  // another thread was faster
    known = &octets_.emplace_back(std::move(octet));
    known_[box].store(known, std::memory_order_release);
    return known;
  }

  mutable std::mutex mutex_;
  mutable std::deque<CandidateOctet> octets_;
  mutable std::vector<std::atomic<const CandidateOctet*>> known_ =
      std::vector<std::atomic<const CandidateOctet*>>(kSide * kSide * kSide);
};

}  // namespace dgxp
