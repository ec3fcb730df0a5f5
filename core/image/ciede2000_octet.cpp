#include "core/image/ciede2000_octet.hpp"

#include <cmath>
#include <numbers>

#include "core/image/ciede2000_kernel.hpp"

namespace dgxp {

const Ciede2000Octets& ciede2000_octets(SimdLevel level) {
  using Kernel = Ciede2000Kernel<FourFloats>;
  static constexpr Ciede2000Octets kBaseline{.keep = Kernel::keep, .decide = Kernel::decide};
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) return kCiede2000Avx2;
#endif
  static_cast<void>(level);
  return kBaseline;
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
