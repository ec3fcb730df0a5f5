#pragma once

// Boxes of 8 colours to 512, and these colours, by the tiles of chroma_tiles.hpp: all places of a
// box share a tile of each entry, so an entry costs a polynomial. Of two entries the polynomials
// are subtracted before they are bounded: what bends alike then counts for nothing.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/image/color_octets.hpp"
#include "core/image/linear_form.hpp"
#include "core/image/root_lanes.hpp"

namespace dgxp {

template <typename Floats>
class TileKernel {
 public:
  [[gnu::flatten]] static bool keep(const ColorBox& box, const OctetEntry* entries, Candidates from,
                                    std::uint8_t* eighths) {
    for (std::size_t k = 0; k < from.size(); ++k) eighths[k] = 0;
    for (unsigned first = 0; first < 8; first += kPlaces) {
      const LabOf<Form> lab = lab_forms(box, first);
      Place place;
      if (!place.find(lab, kBoxGrid)) return false;
      std::array<Piece, 256> pieces;
      Piece leader{};
      leader.value = Floats{} + kFar;
      for (std::size_t k = 0; k < from.size(); ++k) {
        Piece& now = pieces.data()[k];
        if (!place.measure(entries[from.data()[k]], now)) return false;
        leader = select(now.value < leader.value, now, leader);
      }
      const Floats doubt = kDoubt + kDoubtPart * absolute(leader.value);
      for (std::size_t k = 0; k < from.size(); ++k) {
        const Floats least = place.least_of(pieces.data()[k], leader, lab);
        const std::uint32_t stay = lane_bits(least <= doubt);
        eighths[k] = static_cast<std::uint8_t>(eighths[k] | stay << first);
      }
    }
    return true;
  }

  [[gnu::flatten]] static bool solve(Rgb low, const OctetEntry* entries, Candidates from,
                                     TileAnswer& answer) {
    answer.open = 0;
    for (std::size_t k = 0; k < from.size(); ++k) answer.eighths.data()[k] = 0;
    std::array<std::uint8_t, 64> by_corner;
    for (unsigned first = 0; first < 8; first += kPlaces) {
      const LabOf<Form> lab = lab_forms({.low = low}, first);
      Place place;
      if (!place.find(lab, kCellGrid)) return false;
      std::array<Piece, 256> pieces;
      for (std::size_t k = 0; k < from.size(); ++k)
        if (!place.measure(entries[from.data()[k]], pieces.data()[k])) return false;
      for (unsigned corner = 0; corner < 8; ++corner) {
        const auto move = [&](const Slopes<Floats>& slopes) {
          const Floats red = (corner & 4U) != 0 ? slopes.r : -slopes.r;
          const Floats green = (corner & 2U) != 0 ? slopes.g : -slopes.g;
          return red + green + ((corner & 1U) != 0 ? slopes.b : -slopes.b);
        };
        const LabOf<Floats> by{
            .l = move(lab.l.slopes), .a = move(lab.a.slopes), .b = move(lab.b.slopes)};
        std::array<Floats, 256> least;
        const Race race = place.race(entries, from, pieces.data(), by, least.data());
        const auto bytes = __builtin_convertvector(race.winner, PlaceBytes);
        std::memcpy(by_corner.data() + (8 * corner + first), &bytes, sizeof bytes);
        const Floats most = race.most();
        const std::uint32_t open = ~lane_bits(race.second > most) & kAllPlaces;
        if (open == 0) continue;
        answer.open |= std::uint64_t{open} << (8 * corner + first);
        for (std::size_t k = 0; k < from.size(); ++k) {
          const Mask stays = least.data()[k] <= most;
          const std::uint32_t stay = lane_bits(stays) & open;
          std::uint8_t& eighths = answer.eighths.data()[k];
          eighths = static_cast<std::uint8_t>(eighths | stay << first);
        }
      }
    }
    put_in_order(by_corner.data(), answer.positions.data());
    return true;
  }

 private:
  using Mask = LaneMask<Floats>;
  using Form = LinearForm<Floats>;
  static constexpr unsigned kPlaces = sizeof(Floats) / sizeof(float);
  static_assert(kPlaces <= 8);
  static constexpr std::uint32_t kAllPlaces = (1U << kPlaces) - 1;
  static constexpr float kFar = 1e30F;
  // Of kChromaGrids.
  static constexpr std::size_t kCellGrid = 0;
  static constexpr std::size_t kBoxGrid = 1;
  static constexpr float kRounding = 1e-3F;  // of CIELAB in forms
  // As in ciede2000_space.hpp.
  static constexpr float kDoubt = 0.01F;
  static constexpr float kDoubtPart = 1e-4F;

  static LabOf<Form> lab_forms(const ColorBox& box, unsigned first) {
    LabOf<Form> lab = lab_of(root_forms<Floats, LabCurve>(box, first, lab_lane_shares()));
    for (Form* form : {&lab.l, &lab.a, &lab.b}) form->rest += kRounding;
    return lab;
  }
  using FourBytes = std::uint8_t __attribute__((vector_size(4)));
  using EightBytes = std::uint8_t __attribute__((vector_size(8)));
  using PlaceBytes = std::conditional_t<kPlaces == 4, FourBytes, EightBytes>;
  using SixteenBytes = std::uint8_t __attribute__((vector_size(16)));
  using FourWords = std::uint32_t __attribute__((vector_size(16)));

  /// From eight eighths of a cell for each corner of them to the colours of a cell. The channels'
  /// bits are woven together: first blue, then green, then red.
  static void put_in_order(const std::uint8_t* by_corner, std::uint8_t* positions) {
    for (std::size_t red = 0; red < 2; ++red) {
      std::array<FourWords, 2> blue;
      for (std::size_t green = 0; green < 2; ++green) {
        SixteenBytes two;
        std::memcpy(&two, by_corner + 32 * red + 16 * green, sizeof two);
        const SixteenBytes woven =
            __builtin_shufflevector(two, two, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
        std::memcpy(&blue.data()[green], &woven, sizeof woven);
      }
      const FourWords low = __builtin_shufflevector(blue[0], blue[1], 0, 4, 1, 5);
      const FourWords high = __builtin_shufflevector(blue[0], blue[1], 2, 6, 3, 7);
      std::memcpy(positions + 16 * red, &low, sizeof low);
      std::memcpy(positions + 16 * red + 32, &high, sizeof high);
    }
  }

  /// What an entry's polynomial is around the middle of each place.
  struct Piece {
    Floats value;
    Floats l;
    Floats a;
    Floats b;
    Floats ll;
    Floats aa;
    Floats ab;
    Floats bb;
    Floats light_rest;   ///< by the third power of the move of L in its tile
    Floats chroma_rest;  ///< and of a and b
    Floats lab_rest;     ///< since L, a and b are not known better
  };
  static Piece select(Mask mask, const Piece& yes, const Piece& no) {
    return {.value = mask ? yes.value : no.value,
            .l = mask ? yes.l : no.l,
            .a = mask ? yes.a : no.a,
            .b = mask ? yes.b : no.b,
            .ll = mask ? yes.ll : no.ll,
            .aa = mask ? yes.aa : no.aa,
            .ab = mask ? yes.ab : no.ab,
            .bb = mask ? yes.bb : no.bb,
            .light_rest = mask ? yes.light_rest : no.light_rest,
            .chroma_rest = mask ? yes.chroma_rest : no.chroma_rest,
            .lab_rest = mask ? yes.lab_rest : no.lab_rest};
  }

  /// The nearest entry of each colour, and how near others come.
  struct Race {
    Floats best = Floats{} + kFar;
    Floats best_rest{};
    Floats second = best;  // at least
    Mask winner{};         // its position

    void enter(Floats value, Floats rest, std::uint8_t position) {
      const Mask wins = value < best;
      second = smaller(second, wins ? best - best_rest : value - rest);
      best_rest = wins ? rest : best_rest;
      winner = wins ? Mask{} + std::int32_t{position} : winner;
      best = smaller(value, best);
    }
    /// What the nearest has at most.
    Floats most() const { return best + best_rest + 2 * kDoubt + 3 * kDoubtPart * absolute(best); }
  };

  /// Where the middles of the places are in the tiles.
  struct Place {
    std::size_t grid;
    std::array<ChromaTiles::Index, kPlaces> tiles;
    std::array<std::uint32_t, kPlaces> lights;
    // From the middles of the tiles.
    Floats l;
    Floats a;
    Floats b;
    // How far the colours of a place are from its middle.
    Floats l_reach;
    Floats a_reach;
    Floats b_reach;
    LabOf<Floats> rests;

    /// False when one does not fit into a tile.
    bool find(const LabOf<Form>& lab, std::size_t of_grid) {
      grid = of_grid;
      const ChromaGrid& of = kChromaGrids.data()[grid];
      const float part = 1 / of.spacing;
      const Mask column = __builtin_convertvector((lab.a.middle - of.first_a) * part, Mask);
      const Mask row = __builtin_convertvector((lab.b.middle - of.first_b) * part, Mask);
      const Mask light =
          __builtin_convertvector(lab.l.middle - (ChromaTiles::kFirstLight - 0.5F), Mask);
      for (unsigned i = 0; i < kPlaces; ++i) {
        tiles.data()[i] = ChromaTiles::index(of, static_cast<std::uint32_t>(column[i]),
                                             static_cast<std::uint32_t>(row[i]));
        lights.data()[i] = static_cast<std::uint32_t>(light[i]);
      }
      const float half = 0.5F * of.spacing;
      a = lab.a.middle -
          (__builtin_convertvector(column, Floats) * of.spacing + (of.first_a + half));
      b = lab.b.middle - (__builtin_convertvector(row, Floats) * of.spacing + (of.first_b + half));
      l = lab.l.middle - (__builtin_convertvector(light, Floats) + ChromaTiles::kFirstLight);
      l_reach = lab.l.reach();
      a_reach = lab.a.reach();
      b_reach = lab.b.reach();
      rests = {.l = lab.l.rest, .a = lab.a.rest, .b = lab.b.rest};
      return !any_lane(
          (larger(absolute(a) + a_reach, absolute(b) + b_reach) > kChromaGrids.data()[grid].reach) |
          (absolute(l) + l_reach > kLightReach));
    }

    /// False when the entry has no tile somewhere.
    bool measure(const OctetEntry& entry, Piece& piece) const {
      std::array<const float*, kPlaces> of_ab;
      std::array<const float*, kPlaces> of_l;
      for (unsigned i = 0; i < kPlaces; ++i) {
        of_ab.data()[i] = &entry.tiles->tile(grid, tiles.data()[i])->value;
        of_l.data()[i] = &entry.tiles->light()[lights.data()[i]].value;
      }
      const auto [value, by_a, by_b, by_aa] = fours(of_ab, 0);
      const auto [by_ab, by_bb, rest, unused] = fours(of_ab, 4);
      const auto [light_value, by_l, by_ll, light_rest] = fours(of_l, 0);
      const Floats bent_l = l * by_ll;
      const Floats bent_a = a * by_aa + b * by_ab;
      const Floats bent_b = b * by_bb;
      piece = {.value = light_value + value + l * (by_l + bent_l) + a * (by_a + bent_a) +
                        b * (by_b + bent_b),
               .l = by_l + 2 * bent_l,
               .a = by_a + a * by_aa + bent_a,
               .b = by_b + a * by_ab + 2 * bent_b,
               .ll = by_ll,
               .aa = by_aa,
               .ab = by_ab,
               .bb = by_bb,
               .light_rest = light_rest,
               .chroma_rest = rest,
               .lab_rest = Floats{}};
      const Floats mixed = absolute(by_ab);
      piece.lab_rest =
          (absolute(piece.l) + 2 * absolute(by_ll) * l_reach) * rests.l +
          (absolute(piece.a) + 2 * absolute(by_aa) * a_reach + mixed * b_reach) * rests.a +
          (absolute(piece.b) + 2 * absolute(by_bb) * b_reach + mixed * a_reach) * rests.b;
      return !any_lane(rest >= kNoTile);
    }

    /// What `entry` has more than `leader`, at least.
    Floats least_of(const Piece& entry, const Piece& leader, const LabOf<Form>& lab) const {
      const Floats by_l = entry.l - leader.l;
      const Floats by_a = entry.a - leader.a;
      const Floats by_b = entry.b - leader.b;
      const Slopes<Floats> slopes = by_l * lab.l.slopes + by_a * lab.a.slopes + by_b * lab.b.slopes;
      const Floats bend = absolute(entry.ll - leader.ll) * l_reach * l_reach +
                          absolute(entry.aa - leader.aa) * a_reach * a_reach +
                          absolute(entry.ab - leader.ab) * a_reach * b_reach +
                          absolute(entry.bb - leader.bb) * b_reach * b_reach;
      const Floats lab_rest =
          absolute(by_l) * rests.l + absolute(by_a) * rests.a + absolute(by_b) * rests.b;
      const Floats rest = (entry.light_rest + leader.light_rest) * cube(absolute(l) + l_reach) +
                          (entry.chroma_rest + leader.chroma_rest) *
                              cube(larger(absolute(a) + a_reach, absolute(b) + b_reach));
      return entry.value - leader.value - slopes.sum_of_sizes() - lab_rest - bend - rest;
    }

    /// Of the colours that are `by` from the middles. `least`: what each entry has at least.
    Race race(const OctetEntry* entries, Candidates from, const Piece* pieces,
              const LabOf<Floats>& by, Floats* least) const {
      const Floats light_cube = cube(absolute(l + by.l) + rests.l);
      const Floats chroma_cube =
          cube(larger(absolute(a + by.a) + rests.a, absolute(b + by.b) + rests.b));
      Race race;
      for (std::size_t k = 0; k < from.size(); ++k) {
        const Piece& piece = pieces[k];
        const Floats value = piece.value + by.l * (piece.l + by.l * piece.ll) +
                             by.a * (piece.a + by.a * piece.aa + by.b * piece.ab) +
                             by.b * (piece.b + by.b * piece.bb);
        const Floats rest =
            piece.light_rest * light_cube + piece.chroma_rest * chroma_cube + piece.lab_rest;
        least[k] = value - rest;
        race.enter(value, rest, entries[from.data()[k]].position);
      }
      return race;
    }

    static Floats cube(Floats x) { return x * x * x; }

    /// Four numbers of each place, from `start` on.
    static std::array<Floats, 4> fours(const std::array<const float*, kPlaces>& from,
                                       std::size_t start) {
      const auto four = [&](std::size_t i) {
        const FourFloats low = load_lanes(from.data()[i] + start);
        if constexpr (kPlaces == 4)
          return low;
        else
          return joined(low, load_lanes(from.data()[i + 4] + start));
      };
      return transposed(four(0), four(1), four(2), four(3));
    }
  };
};

}  // namespace dgxp
