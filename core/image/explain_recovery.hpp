#pragma once

#include "core/image/recover_master.hpp"

namespace dgxp {

/// A cell that is less sure than this is marked by explain_recovery.
inline constexpr float kDoubtfulCell = 0.9F;

/// `raw`, dimmed, with the grid that was found drawn over it: green lines where the picture shows
/// an edge, yellow ones where they were only set by the spacing, and a red frame around each
/// doubtful cell. Small pictures are enlarged, so that lines do not hide the cells.
Image explain_recovery(const Image& raw, const Recovered& recovered);

}  // namespace dgxp
