#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// The order in which files are published: a reader that sees a later one may rely on the earlier.
enum class PublishStep { page, sheet, catalog, extra };

/// A finished file: the path is relative to the manifest's folder, '/' between parts.
struct OutputFile {
  std::string path;
  Bytes content;
  PublishStep step = PublishStep::extra;
};

}  // namespace dgxp
