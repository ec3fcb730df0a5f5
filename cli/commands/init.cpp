#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "core/store/project_store.hpp"
#include "manifests/load_manifest.hpp"
#include "manifests/names.hpp"
#include "templates/embedded_templates.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScaffold = "scaffold/";

/// The folder's name with everything that a project's name may not hold left out; "game" when no
/// name is left.
std::string project_name(const fs::path& folder) {
  std::error_code ignored;
  std::string name;
  for (const char c : fs::weakly_canonical(folder, ignored).filename().string()) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || (c == '-' && !name.empty());
    if (is_plain) name += c;
  }
  return check_id(name) ? "game" : name;
}

std::string filled_in(std::string_view text, const std::string& name) {
  std::string filled(text);
  constexpr std::string_view kMark = "@NAME@";
  if (const std::size_t at = filled.find(kMark); at != std::string::npos) {
    filled.replace(at, kMark.size(), name);
  }
  return filled;
}

}  // namespace

int run_init_command(const Context& context, const InitArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const fs::path folder(arguments.folder);
  std::error_code failure;
  if (fs::exists(folder / "assets.yaml", failure)) {
    return fail(context, {.kind = ErrorKind::usage,
                          .message = fmt::format("there is a manifest already: '{}'",
                                                 (folder / "assets.yaml").string()),
                          .hint = "`dgxp build` builds it"});
  }
  const std::string name = project_name(folder);
  std::vector<std::pair<std::string, std::string>> files;
  for (const EmbeddedTemplate& file : embedded_templates()) {
    if (!file.path.starts_with(kScaffold)) continue;
    files.emplace_back(file.path.substr(kScaffold.size()), filled_in(file.content, name));
  }
  files.emplace_back("dgxp.schema.json", manifest_schema());
  for (const auto& [path, content] : files) {
    const fs::path target = folder / path;
    if (fs::exists(target, failure)) {
      terminal.note(fmt::format("{} exists and is left as it is", path));
      continue;
    }
    fs::create_directories(target.parent_path(), failure);
    if (auto done = write_plain_file(target, as_bytes(content)); !done) {
      return fail(context, done.error());
    }
    terminal.line("wrote " + target.lexically_normal().generic_string());
  }
  terminal.line("next: dgxp build");
  return 0;
}

}  // namespace dgxp
