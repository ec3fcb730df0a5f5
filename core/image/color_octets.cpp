#include "core/image/color_octets.hpp"

#include <cmath>
#include <numbers>

#include "core/image/ciede2000_space.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/root_spaces.hpp"
#include "core/image/tile_octets.hpp"

namespace dgxp {
OctetEntry octet_entry(Rgb color, ColorMetric metric) {
  if (metric == ColorMetric::oklab) {
    const Oklab lab = to_oklab(color);
    return {.l = static_cast<float>(lab.l),
            .a = static_cast<float>(lab.a),
            .b = static_cast<float>(lab.b)};
  }
  const Lab lab = to_lab(color);
  return {.l = static_cast<float>(lab.l),
          .a = static_cast<float>(lab.a),
          .b = static_cast<float>(lab.b),
          .chroma = static_cast<float>(std::sqrt(lab.a * lab.a + lab.b * lab.b))};
}

const ColorOctets& color_octets(ColorMetric metric, SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512 && metric == ColorMetric::ciede2000) {
    static const ColorOctets kBoth = [] {
      // Tiles of eight places have no use for more lanes.
      ColorOctets both = color_octets_avx2(ColorMetric::ciede2000);
      both.keep = color_octets_avx512(ColorMetric::ciede2000).keep;
      both.decide = color_octets_avx512(ColorMetric::ciede2000).decide;
      return both;
    }();
    return kBoth;
  }
  if (level == SimdLevel::avx512) return color_octets_avx512(metric);
  if (level != SimdLevel::baseline) return color_octets_avx2(metric);
#endif
  static_cast<void>(level);
  if (metric == ColorMetric::oklab) return OctetKernel<OklabSpace, FourFloats>::kOctets;
  if (metric == ColorMetric::hyab) return OctetKernel<HyabSpace, FourFloats>::kOctets;
  static constexpr ColorOctets kCiede2000 = with_tiles<FourFloats>();
  return kCiede2000;
}

namespace {

constexpr double kTurnWidth = 25 * std::numbers::pi / 180;

/// What `value` gives of the distance from 275 degrees, in kTurnWidth.
template <typename Value>
TurnTable make_turn_table(Value value) {
  TurnTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double tangent = static_cast<double>(i) / (kTurnSteps / 2) - 1;
    table.at(i) = static_cast<float>(value(2 * std::atan(tangent) / kTurnWidth));
  }
  return table;
}

/// The angle that R_T takes the sine of, where its exponent is -off^2.
double turn_angle(double off) {
  return std::numbers::pi / 3 * std::exp(-off * off);
}

}  // namespace

const TurnTable& turn_table() {
  static const TurnTable kTable =
      make_turn_table([](double off) { return std::sin(turn_angle(off)); });
  return kTable;
}

const TurnBends& turn_bends() {
  static const TurnBends kBends{
      .slope = make_turn_table([](double off) {
        const double angle = turn_angle(off);
        return std::cos(angle) * angle * -2 * off / kTurnWidth;
      }),
      .half_curve = make_turn_table([](double off) {
        const double angle = turn_angle(off);
        const double square = 2 * off * off;
        return (std::cos(angle) * angle * (square - 1) - std::sin(angle) * angle * angle * square) /
               (kTurnWidth * kTurnWidth);
      })};
  return kBends;
}

}  // namespace dgxp
