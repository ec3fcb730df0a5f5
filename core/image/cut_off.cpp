#include "core/image/cut_off.hpp"

#include <algorithm>
#include <cmath>

#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr float kLeastDeviation = 0.5F;

CutOffTable make_table() {
  CutOffTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const float value = static_cast<float>(i) / kCutOffSteps - kCutOffReach;
    float all = 0;
    float sum = 0;
    float squares = 0;
    float passed = 0;
    constexpr int kParts = 160;
    for (int part = -kParts; part <= kParts; ++part) {
      const float shift = static_cast<float>(part) * 5 / kParts;
      const float density = plain_exp(-shift * shift / 2);
      const float seen = std::max(0.0F, value + shift);
      all += density;
      sum += density * seen;
      squares += density * seen * seen;
      passed += seen > 0 ? density : 0.0F;
    }
    table[i].mean = sum / all;
    table[i].deviation = std::max(
        kLeastDeviation, std::sqrt(std::max(0.0F, squares / all - sum / all * (sum / all))));
    table[i].cost = plain_log(table[i].deviation);
    table[i].slope = passed / all;
  }
  return table;
}

}  // namespace

const CutOffTable& cut_off_table() {
  static const CutOffTable kTable = make_table();
  return kTable;
}

const CutOff& cut_off(float value) {
  const float place =
      (std::max(value, static_cast<float>(-kCutOffReach)) + kCutOffReach) * kCutOffSteps + 0.5F;
  return cut_off_table()[static_cast<std::size_t>(place)];
}

}  // namespace dgxp
