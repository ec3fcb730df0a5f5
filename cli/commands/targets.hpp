#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/terminal.hpp"
#include "core/base/result.hpp"

namespace dgxp {

// Where the verbs on plain files write to.

/// ".png" for "sprite.PNG"; empty for a name without one.
std::string suffix_of(const std::string& path);
/// Error: `usage` when `path` has a suffix that is not ".png".
Result<Done> check_png_name(const std::string& path);
bool is_standard_output(const std::string& path);
/// Whether writing both would leave only one, whatever way they are spelled.
bool same_target(const std::string& left, const std::string& right);
/// Error: `usage` when writing one of `outputs` would overwrite one of the `inputs` that go into
/// them. All at once, since each path is looked up on the disk.
Result<Done> check_no_inputs(std::span<const std::string> outputs,
                             std::span<const std::string> inputs);
/// A line about what was written to `path`: beside it when that is standard output.
void say_written(const Terminal& terminal, const std::string& path, std::string_view text);
/// Of two options that cannot share standard output.
Error two_on_standard_output(std::string_view left, std::string_view right);

}  // namespace dgxp
