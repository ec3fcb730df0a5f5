#pragma once

#include "cli/commands/commands.hpp"
#include "core/base/result.hpp"
#include "core/image/image.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// Whether the options about one picture make sense together; `json`: standard output holds a
/// document. Error: `usage`.
Result<Done> check_recover_options(const RecoverArguments& arguments, bool json);

/// What can be told before a grid is looked for: a picture that is empty, or too small for the
/// grid that the options tell. Error: `input`.
Result<Done> check_picture(const Image& raw, const RecoverSpec& spec);

/// Why no grid was found, in the words of the command line.
Error explain_failure(const Image& raw, const RecoverSpec& spec, Error error);

}  // namespace dgxp
