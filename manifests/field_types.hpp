#pragma once

// Short ways to write a FieldType, for the tables of the languages we read.

#include <span>
#include <string_view>

#include "manifests/fields.hpp"

namespace dgxp {

/// 2^64 - 1, which as a double is 2^64.
inline constexpr double kLargestNatural = 18446744073709551615.0;

constexpr FieldType whole(double least, double most, std::string_view example) {
  return {.kind = FieldType::Kind::integer,
          .what = "a whole number",
          .example = example,
          .least = least,
          .most = most};
}
constexpr FieldType number(double least, double most, std::string_view example) {
  return {.kind = FieldType::Kind::number,
          .what = "a number",
          .example = example,
          .least = least,
          .most = most};
}
constexpr FieldType choice(std::span<const std::string_view> words, std::string_view example,
                           std::span<const std::string_view> later = {}) {
  return {.kind = FieldType::Kind::choice,
          .what = "one of the known words",
          .example = example,
          .words = words,
          .later_words = later};
}
constexpr FieldType list_of(const FieldType& element, double least, double most,
                            std::string_view what, std::string_view example) {
  return {.kind = FieldType::Kind::list,
          .what = what,
          .example = example,
          .least = least,
          .most = most,
          .element = &element};
}
constexpr FieldType map_of(const FieldType& element, KeyRule rule, double most,
                           std::string_view what, std::string_view example) {
  return {.kind = FieldType::Kind::map,
          .what = what,
          .example = example,
          .most = most,
          .element = &element,
          .key_rule = rule};
}
constexpr FieldType object(const FieldShape& shape, std::string_view what,
                           std::string_view example) {
  return {.kind = FieldType::Kind::object, .what = what, .example = example, .shape = &shape};
}
constexpr FieldType either(std::span<const FieldType* const> alternatives, std::string_view what,
                           std::string_view example) {
  return {.kind = FieldType::Kind::either,
          .what = what,
          .example = example,
          .alternatives = alternatives};
}

// What several tables use.

inline constexpr FieldType kName{
    .kind = FieldType::Kind::name, .what = "a name", .example = "ember"};
inline constexpr FieldType kBoolean{
    .kind = FieldType::Kind::boolean, .what = "true or false", .example = "true"};
inline constexpr FieldType kSide = whole(1, 4096, "32");
inline constexpr FieldType kSize = list_of(kSide, 2, 2, "two numbers [width, height]", "[32, 32]");

}  // namespace dgxp
