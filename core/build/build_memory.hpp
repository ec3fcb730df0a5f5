#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/build/checks.hpp"
#include "core/build/inputs.hpp"
#include "core/build/resolve_palettes.hpp"
#include "core/exporters/exporter.hpp"
#include "core/image/make_sprite.hpp"
#include "core/plan/stale.hpp"
#include "core/spec/lock.hpp"

namespace dgxp {

/// The jobs of the last build, and all that they follow from beside the project.
struct JobMemory {
  Palettes palettes;
  std::map<std::string, Bytes> workflows;   ///< as they travel
  std::map<std::string, Bytes> references;  ///< by path
  std::vector<int> rerolls;                 ///< by job
  std::vector<Digest> recoveries;           ///< recovery_digest, by job
  std::vector<AssessedJob> jobs;            ///< may be gone: then they are made again
};

/// What a sprite follows from beside the project and the colours: the pixels of each of its rows,
/// and whether they are a placeholder's.
using SpriteKey = std::vector<std::pair<Digest, bool>>;

/// The sprites of the last build, and all that they follow from beside the project.
struct SpriteMemory {
  Palettes palettes;
  std::map<std::string, LockedPalette> locked;
  std::vector<SpriteKey> keys;
  std::vector<Sprite> sprites;                 ///< may be gone: then they are made again
  std::vector<std::vector<Finding>> findings;  ///< by sprite
  std::vector<bool> is_taken;  ///< by sprite of the present build: it was taken over from here
};

/// What one build leaves to the next one of the same process, so that it makes only what differs.
/// It has no say in the result: whatever is taken from here is what would be made again. It holds
/// about what one build has in memory anyway: decoded masters, sprites and encoded pages.
struct BuildMemory {
  InputMemory inputs;
  std::optional<Lock> lock;  ///< as it was written at last, for whoever asks for the next build
  JobMemory jobs;
  SpriteMemory sprites;
  std::map<std::string, SheetMemory> sheets;  ///< by atlas
  std::vector<ExportMemory> exports;          ///< by output

  /// To be called when the project is another one: of these nothing may be taken over.
  void forget_project() {
    inputs.is_complete = false;
    jobs = {};
    sprites = {};
    exports.clear();
  }
};

}  // namespace dgxp
