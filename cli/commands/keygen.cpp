#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/key_files.hpp"

namespace dgxp {

int run_keygen_command(const Context& context, const KeygenArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const auto keys = write_new_keys(arguments.folder, arguments.name);
  if (!keys) return fail(context, keys.error());
  if (terminal.json()) {
    const nlohmann::ordered_json document = {{"secret_file", keys->secret_file},
                                             {"public_file", keys->public_file},
                                             {"public_key", keys->public_key}};
    terminal.data(json_text(document));
  }
  terminal.line(fmt::format("wrote {} (secret: it stays on this machine)", keys->secret_file));
  terminal.line(fmt::format("wrote {} (public: {})", keys->public_file, keys->public_key));
  return 0;
}

}  // namespace dgxp
