#pragma once

// What color_octets.hpp declares, for registers of any width. A space says what a metric is:
//
//   Box box(box, first)               what entries are compared with, in the eighths from `first`
//   LinearForm distance(box, entry)   there, or what grows with the distance
//   bound(box, entry)                 if anything, no less than that is anywhere, in less time
//   Colors colors(low, first)         the colours of a box of edge 2, from the one `first`
//   Measured measure(colors, entry)   their distances in single floats, or what grows with them
//   is_sure(best, second)             whether rounding cannot have exchanged the two
//   kDoubt, kDoubtPart                rounding of forms, and in parts of them
//
// An entry is out where its form, less the leader's, is above zero everywhere: two entries on one
// side of a box grow alike, so this tells them apart when bounds of each distance would not.
#include <array>
#include <cstddef>
#include <limits>

#include "core/image/color_octets.hpp"
#include "core/image/linear_form.hpp"

namespace dgxp {

template <typename Floats>
struct Measured {
  Floats value;
  LaneMask<Floats> is_bound;  ///< `value` is a bound from below, not more
};

template <template <typename> typename SpaceOf, typename Floats>
class OctetKernel {
 public:
  [[gnu::flatten]] static void keep(const ColorBox& box, const OctetEntry* entries, Candidates from,
                                    std::uint8_t* eighths) {
    const std::uint8_t* candidates = from.data();
    const std::size_t count = from.size();
    Far far;
    for (std::size_t k = 0; k < count; ++k) eighths[k] = 0;
    for (unsigned first = 0; first < 8; first += kWidth) {
      const auto colors = Space::box(box, first);
      const std::size_t start = far.measure(colors, entries, from);
      std::array<Form, 256> forms;
      std::array<std::uint8_t, 256> close;
      std::size_t close_count = 0;
      Form leader = constant_form(Floats{} + kFar, Floats{});
      Floats least = leader.middle;
      const auto enter = [&](std::size_t k) {
        const Form now = Space::distance(colors, entries[candidates[k]]);
        forms.data()[close_count] = now;
        close.data()[close_count++] = static_cast<std::uint8_t>(k);
        const Floats most = now.middle + now.reach();
        const Mask leads = most < least;
        least = leads ? most : least;
        leader = select(leads, now, leader);
      };
      enter(start);
      for (std::size_t k = 0; k < count; ++k)
        if (k != start && !far.is_out(k, least)) enter(k);
      const Floats doubt = doubt_of(least);
      for (std::size_t i = 0; i < close_count; ++i) {
        const Form ahead = forms.data()[i] - leader;
        const Mask stays = ahead.middle - ahead.reach() <= doubt;
        std::uint8_t& of_entry = eighths[close.data()[i]];
        of_entry = static_cast<std::uint8_t>(of_entry | lane_bits(stays) << first);
      }
    }
  }

  [[gnu::flatten]] static unsigned decide(Rgb low, const OctetEntry* entries, Candidates from,
                                          std::uint8_t* winners) {
    const std::uint8_t* candidates = from.data();
    const std::size_t count = from.size();
    unsigned unsure = 0;
    for (unsigned first = 0; first < 8; first += kWidth) {
      const auto colors = Space::colors(low, first);
      Floats best = Floats{} + kFar;
      Floats second = best;
      Mask winner{};
      for (std::size_t k = 0; k < count; ++k) {
        const Measured<Floats> now = Space::measure(colors, entries[candidates[k]]);
        const Mask wins = now.value < best;
        const Floats behind = smaller(now.value, second);
        // A bound must not win, nor may what is near it.
        second = now.is_bound ? behind : wins ? best : behind;
        winner = wins ? Mask{} + std::int32_t{candidates[k]} : winner;
        best = wins ? now.value : best;
      }
      const std::uint32_t sure = lane_bits(Space::is_sure(best, second));
      unsure |= (~sure & ((1U << kWidth) - 1)) << first;
      for (std::size_t i = 0; i < kWidth; ++i)
        winners[first + i] = static_cast<std::uint8_t>(winner[i]);
    }
    return unsure;
  }

  static constexpr ColorOctets kOctets{.keep = keep, .decide = decide};

 private:
  using Space = SpaceOf<Floats>;
  using Mask = LaneMask<Floats>;
  using Form = LinearForm<Floats>;
  static constexpr unsigned kWidth = sizeof(Floats) / sizeof(float);
  static constexpr float kFar = 1e30F;

  static Floats doubt_of(Floats least) {
    return Space::kDoubt + Space::kDoubtPart * absolute(least);
  }

  /// Entries that are far away everywhere, where the space can tell that in less time than a form
  /// takes.
  class Far {
   public:
    /// Where to start: the one that seems nearest.
    std::size_t measure(const auto& colors, const OctetEntry* entries, Candidates from) {
      std::size_t start = 0;
      if constexpr (requires { Space::bound(colors, *entries); }) {
        is_known_ = from.size() > 2;
        if (!is_known_) return start;
        for (std::size_t k = 0; k < from.size(); ++k) {
          const Floats bound = Space::bound(colors, entries[from.data()[k]]);
          bounds_.data()[k] = bound;
          if (bound[0] < bounds_.data()[start][0]) start = k;
        }
      }
      return start;
    }
    bool is_out(std::size_t k, Floats least) const {
      return is_known_ && !any_lane(bounds_.data()[k] <= least + doubt_of(least));
    }

   private:
    std::array<Floats, 256> bounds_;
    bool is_known_ = false;
  };
};

}  // namespace dgxp
