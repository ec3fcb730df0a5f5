#pragma once

#include "core/base/result.hpp"
#include "core/image/find_grid.hpp"
#include "core/image/recover_master.hpp"

namespace dgxp {

/// The grid of an opaque picture: the one that `spec` tells, else that of a lossless enlargement,
/// the pixels of a picture that is native already, or the one that is found.
///
/// Error: `input` when the told grid does not fit the picture or no grid can be read in it.
Result<Grid> choose_grid(const Image& image, const RecoverSpec& spec,
                         const GridExpectation& expectation);

}  // namespace dgxp
