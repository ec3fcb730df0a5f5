#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/build/ports.hpp"
#include "core/image/image.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

struct PresentMaster {
  Image image;
  Digest pixels;                           ///< pixel_digest(image)
  Bytes file = {};                         ///< what it was decoded from, or empty
  std::optional<std::vector<Rgb>> colors;  ///< colors_of(image), where somebody looked
};

using PresentMasters = std::unordered_map<std::string, PresentMaster>;  ///< by MasterSpec::id

/// Every file a build depends on, read once; the later stages are pure.
struct Inputs {
  std::map<std::string, Bytes> files;  ///< palettes and references, by path
  PresentMasters masters;              ///< absent ones are left out
  std::vector<std::string> paths;      ///< all that was read or looked for, sorted
};

/// Error: `storage`, or `input` naming a file that is missing, too large or no picture.
/// `decoded` are masters of before, which are taken out and need not be decoded again where their
/// file is the same.
Result<Inputs> gather_inputs(const ProjectSpec& project, Store& store, int threads,
                             PresentMasters* decoded = nullptr);

}  // namespace dgxp
