#include "manifests/expansion_budget.hpp"

#include <fmt/format.h>

namespace dgxp {

template <typename Number>
bool ExpansionBudget::take(Number& used, Number count, Number most, const char* what, Span span) {
  if (is_spent_) return false;
  if (count <= most - used) {
    used += count;
    return true;
  }
  is_spent_ = true;
  problems_.error(span, fmt::format("from here on the manifest makes more than {} {}", most, what),
                  "make less, or split the project");
  return false;
}

bool ExpansionBudget::take_sprite(Span span) {
  return take<std::size_t>(sprites_, 1, kMostSprites, "sprites", span);
}

bool ExpansionBudget::take_master(Span span) {
  return take<std::size_t>(masters_, 1, kMostMasters, "masters", span);
}

bool ExpansionBudget::take_rows(std::size_t count, Span span) {
  return take(rows_, count, kMostRows, "rows of frames", span);
}

bool ExpansionBudget::take_pixels(std::int64_t count, Span span) {
  return take(pixels_, count, kMostPixels, "pixels", span);
}

bool ExpansionBudget::take_bytes(std::size_t count, Span span) {
  return take(bytes_, count, kMostBytes, "bytes of resolved values", span);
}

bool ExpansionBudget::take_combinations(std::size_t count, Span span) {
  return take(combinations_, count, kMostCombinations, "combinations", span);
}

}  // namespace dgxp
