#pragma once

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/geometry.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// A picture that a server made, checked.
struct ServerPicture {
  Bytes png;      ///< without text, dates or profiles
  Digest pixels;  ///< pixel_digest of it
};

/// Checks that `png` decodes strictly and is of that size, and strips it of everything but what
/// makes its pixels. Transparency is kept.
///
/// Error: `worker`.
Result<ServerPicture> accept_picture(ByteView png, Size size);

}  // namespace dgxp
