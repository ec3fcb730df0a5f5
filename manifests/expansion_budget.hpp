#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/geometry.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

/// What a manifest of a few bytes may grow to. Whoever is about to make something asks first; the
/// first refusal is reported with its place, and then nothing more is made.
class ExpansionBudget {
 public:
  static constexpr std::size_t kMostSprites = 10'000;
  static constexpr std::size_t kMostMasters = 20'000;
  static constexpr std::size_t kMostRows = 100'000;
  static constexpr std::size_t kMostVariants = 64;
  static constexpr std::int64_t kMostPixels = std::int64_t{1} << 29;
  static constexpr std::size_t kMostBytes = std::size_t{128} << 20;
  static constexpr std::size_t kMostCombinations = 100'000;

  explicit ExpansionBudget(ProblemList& problems) : problems_(problems) {}

  bool is_spent() const { return is_spent_; }
  bool take_sprite(Span span);
  bool take_master(Span span);
  bool take_rows(std::size_t count, Span span);
  /// Native pixels of a master or of a sprite, all frames: a build holds both.
  bool take_pixels(std::int64_t count, Span span);
  /// Memory of what the manifest is resolved to, roughly.
  bool take_bytes(std::size_t count, Span span);
  bool take_combinations(std::size_t count, Span span);

 private:
  template <typename Number>
  bool take(Number& used, Number count, Number most, const char* what, Span span);

  ProblemList& problems_;
  bool is_spent_ = false;
  std::size_t sprites_ = 0;
  std::size_t masters_ = 0;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  std::size_t combinations_ = 0;
  std::int64_t pixels_ = 0;
};

}  // namespace dgxp
