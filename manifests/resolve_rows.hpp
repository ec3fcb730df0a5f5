#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/spec/sprite_spec.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

/// A row that every sprite of a family has, before its id is known.
struct RowPlan {
  RowSpec row;                     ///< `master` is still empty
  std::string master_id;           ///< behind the id of the family's master: "/walk/east", or ""
  std::string master_path;         ///< behind its path: "/walk-east", or ""
  std::optional<Direction> drawn;  ///< the direction the master shows
  Span frames;                     ///< where the number of frames comes from; {0,0} for a still
  Span animation;                  ///< its key; {0,0} for a still
};

/// The rows that `animations` and `directions` ask for, drawn ones before mirrored ones. Reports
/// animations without frames, events behind the end, and mirrors of what is not drawn.
std::vector<RowPlan> plan_rows(const FieldReader& sprite, ProblemList& problems);

}  // namespace dgxp
