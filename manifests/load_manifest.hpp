#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/diagnostic.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

struct ManifestResult {
  std::optional<ProjectSpec> project;   ///< nothing when `diagnostics` holds an error
  std::vector<Diagnostic> diagnostics;  ///< all problems, by place
};

/// Parses and resolves a manifest. `file` is only a name for messages. Everything is bounded: it
/// never reads another file, and cost grows with the size of the text alone.
ManifestResult load_manifest(std::string_view file, ByteView content);

/// At most `max_lines` lines of formatted diagnostics, errors before warnings when not all fit;
/// what is left out is counted in the last. The default leaves the caller two lines of the 24 that
/// an answer to a bad manifest may have.
std::string format_diagnostics(const std::vector<Diagnostic>& diagnostics, int max_lines = 22);

/// The JSON Schema (draft-07) of the manifest, from the same table of fields.
std::string manifest_schema();

/// Every field with its values, default and meaning, as Markdown, from the same table.
std::string manifest_reference();

}  // namespace dgxp
