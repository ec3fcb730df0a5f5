#pragma once

#include "manifests/fields.hpp"

namespace dgxp {

// The values of the manifest that are about no single sprite, for its table in fields.cpp.
extern const FieldType kAtlasesType;
extern const FieldType kOutputsType;
extern const FieldType kChecksType;
extern const FieldType kProjectType;

}  // namespace dgxp
