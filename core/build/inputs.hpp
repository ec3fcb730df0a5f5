#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/build/ports.hpp"
#include "core/image/image.hpp"
#include "core/image/png_codec.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// Of a master, a strip of up to 256 frames: wider than any one picture.
inline constexpr PngLimits kMasterLimits{.max_size = {16384, 16384}, .max_bytes = 32U << 20U};

struct PresentMaster {
  Image image;
  Digest pixels;                           ///< pixel_digest(image)
  Bytes file = {};                         ///< what it was decoded from, or empty: it was made
  std::optional<std::vector<Rgb>> colors;  ///< colors_of(image), where somebody looked
  std::int64_t over = 0;                   ///< pixels more than the manifest wants
};

using PresentMasters = std::unordered_map<std::string, PresentMaster>;  ///< by MasterSpec::id

/// Every file a build depends on, read once; the later stages are pure.
struct Inputs {
  std::map<std::string, Bytes> files;  ///< palettes and references, by path
  PresentMasters masters;              ///< absent ones are left out
  std::vector<std::string> paths;      ///< all that was read or looked for, sorted
};

/// The masters of the last build. They are lent to the next one, which gives them back.
struct InputMemory {
  PresentMasters masters;
  /// Of the same project, and nobody has seen a change of their files but of those in `changed`;
  /// else a master is still taken over where its file is the same.
  bool is_complete = false;
  std::set<std::string> changed;
};

/// Error: `storage`, or `input` naming a file that is missing, too large or no picture.
Result<Inputs> gather_inputs(const ProjectSpec& project, Store& store, int threads,
                             InputMemory* memory = nullptr);

}  // namespace dgxp
