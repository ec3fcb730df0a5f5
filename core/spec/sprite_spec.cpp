#include "core/spec/sprite_spec.hpp"

namespace dgxp {
namespace {

template <std::size_t N, typename Enum>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view to_text(Direction direction) {
  static constexpr std::array<std::string_view, 8> kNames{
      "south", "south-east", "east", "north-east", "north", "north-west", "west", "south-west"};
  return name_in(kNames, direction);
}

std::string_view to_text(Playback playback) {
  static constexpr std::array<std::string_view, 4> kNames{"forward", "reverse", "pingpong",
                                                          "pingpong_reverse"};
  return name_in(kNames, playback);
}

std::string_view to_text(Dither dither) {
  static constexpr std::array<std::string_view, 6> kNames{"none",   "bayer2",          "bayer4",
                                                          "bayer8", "floyd_steinberg", "atkinson"};
  return name_in(kNames, dither);
}

std::string_view to_text(ColorMetric metric) {
  static constexpr std::array<std::string_view, 5> kNames{"recover", "rgb", "oklab", "hyab",
                                                          "ciede2000"};
  return name_in(kNames, metric);
}

std::string_view to_text(Align align) {
  static constexpr std::array<std::string_view, 2> kNames{"none", "baseline"};
  return name_in(kNames, align);
}

std::string_view to_text(Background background) {
  static constexpr std::array<std::string_view, 3> kNames{"none", "border_flood", "chroma_key"};
  return name_in(kNames, background);
}

}  // namespace dgxp
