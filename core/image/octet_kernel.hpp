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
//
// Four lanes take the eight places in two rounds, eight in one; sixteen hold them twice, once for
// each of two entries.
#include <algorithm>
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

/// One entry in all lanes, or one in each half of sixteen.
template <typename Floats>
struct EntryLanes {
  Floats l;
  Floats a;
  Floats b;
  Floats chroma;
};

template <template <typename> typename SpaceOf, typename Floats>
class OctetKernel {
 public:
  [[gnu::flatten]] static void keep(const ColorBox& box, const OctetEntry* entries, Candidates from,
                                    std::uint8_t* eighths) {
    std::fill_n(eighths, from.size(), std::uint8_t{0});
    for (unsigned first = 0; first < 8; first += kPlaces) {
      const auto colors = Space::box(box, first);
      Order order(colors, entries, from);
      std::array<Form, 256> forms;
      std::array<Group, 257> groups;  // one more than there may be
      std::size_t count = 0;
      Form leader = constant_form(Floats{} + kFar, Floats{});
      Floats least = leader.middle;
      while (order.next(least_of_halves(least), groups.data()[count])) {
        const Form now = Space::distance(colors, lanes_of(entries, from, groups.data()[count]));
        forms.data()[count++] = now;
        const Floats most = now.middle + now.reach();
        const Mask leads = most < least;
        least = leads ? most : least;
        leader = select(leads, now, leader);
      }
      if constexpr (kAtOnce == 2) {
        leader = select(swapped_halves(least) < least, swapped_halves(leader), leader);
      }
      const Floats doubt = doubt_of(least_of_halves(least));
      for (std::size_t i = 0; i < count; ++i) {
        const Form ahead = forms.data()[i] - leader;
        const std::uint32_t stay = lane_bits(ahead.middle - ahead.reach() <= doubt);
        for (std::size_t half = 0; half < kAtOnce; ++half) {
          std::uint8_t& of_entry = eighths[groups.data()[i].data()[half]];
          of_entry = static_cast<std::uint8_t>(of_entry | (stay >> 8 * half & kAllPlaces) << first);
        }
      }
    }
  }

  [[gnu::flatten]] static unsigned decide(Rgb low, const OctetEntry* entries, Candidates from,
                                          std::uint8_t* winners) {
    unsigned unsure = 0;
    for (unsigned first = 0; first < 8; first += kPlaces) {
      const auto colors = Space::colors(low, first);
      Race race;
      for (std::size_t k = 0; k < from.size(); k += kAtOnce) {
        Group group{};
        for (std::size_t i = 0; i < kAtOnce; ++i)
          group.data()[i] = static_cast<std::uint8_t>(std::min(k + i, from.size() - 1));
        race.enter(Space::measure(colors, lanes_of(entries, from, group)), from, group);
      }
      race.end();
      const std::uint32_t sure = lane_bits(Space::is_sure(race.best, race.second));
      unsure |= (~sure & kAllPlaces) << first;
      for (std::size_t i = 0; i < kPlaces; ++i)
        winners[first + i] = static_cast<std::uint8_t>(race.winner[i]);
    }
    return unsure;
  }

  static constexpr ColorOctets kOctets{.keep = keep, .decide = decide};

 private:
  using Space = SpaceOf<Floats>;
  using Mask = LaneMask<Floats>;
  using Form = LinearForm<Floats>;
  static constexpr unsigned kWidth = sizeof(Floats) / sizeof(float);
  static constexpr unsigned kPlaces = std::min(kWidth, 8U);
  static constexpr std::uint32_t kAllPlaces = (1U << kPlaces) - 1;
  static constexpr std::size_t kAtOnce = kWidth / kPlaces;
  static constexpr float kFar = 1e30F;
  using Group = std::array<std::uint8_t, kAtOnce>;  ///< of candidates; one that is alone twice

  static EntryLanes<Floats> lanes_of(const OctetEntry* entries, Candidates from, Group group) {
    const OctetEntry& low = entries[from.data()[group.front()]];
    const OctetEntry& high = entries[from.data()[group.back()]];
    return {.l = in_halves<Floats>(low.l, high.l),
            .a = in_halves<Floats>(low.a, high.a),
            .b = in_halves<Floats>(low.b, high.b),
            .chroma = in_halves<Floats>(low.chroma, high.chroma)};
  }
  static Floats least_of_halves(Floats x) {
    if constexpr (kAtOnce == 2) return smaller(x, swapped_halves(x));
    return x;
  }
  static Floats doubt_of(Floats least) {
    return Space::kDoubt + Space::kDoubtPart * absolute(least);
  }

  /// Which entries are measured next: first those that seem nearest; never those that are far away
  /// everywhere, where the space can tell that in less time than a form takes.
  class Order {
   public:
    Order(const auto& colors, const OctetEntry* entries, Candidates from) : size_(from.size()) {
      for (std::size_t i = 0; i < kAtOnce; ++i) first_.data()[i] = index(std::min(i, size_ - 1));
      if constexpr (requires { Space::bound(colors, EntryLanes<Floats>{}); }) {
        has_bounds_ = size_ > 2;
        if (!has_bounds_) return;
        for (std::size_t k = 0; k < size_; ++k) {
          Group group;
          group.fill(index(k));
          bounds_.data()[k] = Space::bound(colors, lanes_of(entries, from, group));
        }
        std::size_t nearest = 0;
        std::size_t second = 1;
        for (std::size_t k = 1; k < size_; ++k) {
          const bool wins = bounds_.data()[k][0] < bounds_.data()[nearest][0];
          if (!wins && k != 1 && bounds_.data()[k][0] >= bounds_.data()[second][0]) continue;
          second = wins ? nearest : k;
          nearest = wins ? k : nearest;
        }
        first_.front() = index(nearest);
        if (kAtOnce == 2) first_.back() = index(second);
      }
    }

    /// False when there is none. `least`: what the nearest one has at most.
    bool next(Floats least, Group& group) {
      std::size_t taken = 0;
      if (!has_begun_) {
        has_begun_ = true;
        group = first_;
        return true;
      }
      const Floats most = least + doubt_of(least);
      for (; taken < kAtOnce && next_ < size_; ++next_)
        if (next_ != first_.front() && next_ != first_.back() && !is_out(next_, most))
          group.data()[taken++] = index(next_);
      if (taken == 0) return false;
      group.back() = group.data()[taken - 1];
      return true;
    }

   private:
    static std::uint8_t index(std::size_t k) { return static_cast<std::uint8_t>(k); }
    bool is_out(std::size_t k, Floats most) const {
      return has_bounds_ && !any_lane(bounds_.data()[k] <= most);
    }

    std::size_t size_;
    std::size_t next_ = 0;
    Group first_;
    bool has_begun_ = false;
    bool has_bounds_ = false;
    std::array<Floats, 256> bounds_;
  };

  /// The nearest entry of each lane so far, and what the next one has.
  struct Race {
    Floats best = Floats{} + kFar;
    Floats second = best;
    Mask winner{};

    void enter(const Measured<Floats>& now, Candidates from, Group group) {
      Floats value = now.value;
      if constexpr (kAtOnce == 2)
        if (group.front() == group.back())
          value = in_halves<Mask>(std::int32_t{0}, std::int32_t{-1}) ? Floats{} + kFar : value;
      const Mask wins = value < best;
      const Floats behind = smaller(value, second);
      // A bound must not win, nor may what is near it.
      second = now.is_bound ? behind : wins ? best : behind;
      const auto candidate = [&](std::uint8_t k) { return std::int32_t{from.data()[k]}; };
      winner = wins ? in_halves<Mask>(candidate(group.front()), candidate(group.back())) : winner;
      best = wins ? value : best;
    }
    void end() {
      if constexpr (kAtOnce == 2) {
        const Floats other = swapped_halves(best);
        winner = other < best ? swapped_halves(winner) : winner;
        second = smaller(larger(best, other), smaller(second, swapped_halves(second)));
        best = smaller(best, other);
      }
    }
  };
};

}  // namespace dgxp
