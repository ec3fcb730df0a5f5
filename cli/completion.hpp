#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"

namespace dgxp {

/// The completion script for "bash", "zsh" or "fish"; nothing for another shell.
std::optional<std::string> completion_script(const std::string& shell, const CommandHelp& help);

}  // namespace dgxp
