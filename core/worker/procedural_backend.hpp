#pragma once

#include <memory>

#include "core/procedural/draw_procedural.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// The drawing request behind a `generate`. A peer of 1.0 sends no frame size; then one frame is
/// drawn at the largest scale that divides its size.
///
/// Error: `worker`, when the picture would be larger than 4096x4096 pixels.
Result<ProceduralRequest> make_procedural_request(const GenerateMessage& message);

/// Draws placeholders on `threads` threads. Same message, same bytes.
std::unique_ptr<Backend> make_procedural_backend(int threads);

}  // namespace dgxp
