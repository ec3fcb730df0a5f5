#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/base/geometry.hpp"
#include "core/procedural/prompt.hpp"
#include "core/procedural/shape_math.hpp"

namespace dgxp {

enum class Motion : std::uint8_t { still, idle, walk, attack, celebrate, hurt, death };

/// What a figure shows of itself. West is east, mirrored at the end.
enum class Facing : std::uint8_t { south, east, north };

/// One frame, as a painter is told of it.
struct Scene {
  const Prompt* prompt = nullptr;
  const RampSet* ramps = nullptr;
  Size size;
  Motion motion = Motion::still;
  Facing facing = Facing::south;
  int glance = 0;  ///< pixels that a diagonal direction turns the face to the right
  int frame = 0;
  int frames = 1;
  bool seamless = false;
  bool is_directed = false;  ///< a direction was asked for
  std::uint64_t look = 0;    ///< decides proportions, colours and details; one for all frames

  /// One of `from` by chance, of those that the palette has colours for.
  Material pick(SplitMix& random, std::initializer_list<Material> from) const;

  /// 0 .. below 1 through the animation.
  double phase() const { return static_cast<double>(frame) / frames; }
  /// 0 .. 1, reaching 1 at the last frame.
  double progress() const { return frames < 2 ? 1.0 : static_cast<double>(frame) / (frames - 1); }
};

Motion read_motion(std::string_view animation, int frames);

}  // namespace dgxp
