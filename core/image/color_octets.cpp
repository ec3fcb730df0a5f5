#include "core/image/color_octets.hpp"

#include <cmath>
#include <numbers>

#include "core/image/ciede2000_space.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/root_spaces.hpp"

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
  if (level == SimdLevel::avx512) return color_octets_avx512(metric);
  if (level != SimdLevel::baseline) return color_octets_avx2(metric);
#endif
  static_cast<void>(level);
  if (metric == ColorMetric::oklab) return OctetKernel<OklabSpace, FourFloats>::kOctets;
  if (metric == ColorMetric::hyab) return OctetKernel<HyabSpace, FourFloats>::kOctets;
  return OctetKernel<Ciede2000Space, FourFloats>::kOctets;
}

const TurnTable& turn_table() {
  static const TurnTable kTable = [] {
    TurnTable table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      const double tangent = static_cast<double>(i) / (kTurnSteps / 2) - 1;
      const double off = 2 * std::atan(tangent) * 180 / std::numbers::pi / 25;
      table.at(i) = static_cast<float>(std::sin(std::numbers::pi / 3 * std::exp(-off * off)));
    }
    return table;
  }();
  return kTable;
}

}  // namespace dgxp
