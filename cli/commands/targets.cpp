#include "cli/commands/targets.hpp"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "core/base/text.hpp"

namespace dgxp {
namespace {

/// The same for all spellings of a path. It asks the disk about every folder on the way.
std::string place_of(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path place = fs::weakly_canonical(fs::absolute(path, failure), failure);
  return (failure ? fs::path(path) : place).lexically_normal().string();
}

}  // namespace

std::string suffix_of(const std::string& path) {
  return to_lower(std::filesystem::path(path).extension().string());
}

Result<Done> check_png_name(const std::string& path) {
  const std::string suffix = suffix_of(path);
  if (suffix.empty() || suffix == ".png") return Done{};
  return Error{.kind = ErrorKind::usage,
               .message = fmt::format("'{}' does not end in .png, and only PNG is written", path),
               .hint = fmt::format("name it {}",
                                   std::filesystem::path(path).replace_extension(".png").string())};
}

bool is_standard_output(const std::string& path) {
  return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1";
}

bool same_target(const std::string& left, const std::string& right) {
  if (is_standard_output(left) || is_standard_output(right))
    return is_standard_output(left) && is_standard_output(right);
  return place_of(left) == place_of(right);
}

Result<Done> check_no_inputs(std::span<const std::string> outputs,
                             std::span<const std::string> inputs) {
  std::set<std::string> places;
  for (const std::string& input : inputs)
    if (!is_standard_output(input)) places.insert(place_of(input));
  for (const std::string& path : outputs) {
    if (is_standard_output(path) || !places.contains(place_of(path))) continue;
    return Error{
        .kind = ErrorKind::usage,
        .message = fmt::format("'{}' would overwrite one of the pictures it is made of", path),
        .hint = "write to a folder or a name that the pictures do not have"};
  }
  return Done{};
}

void say_written(const Terminal& terminal, const std::string& path, std::string_view text) {
  if (is_standard_output(path))
    terminal.note(text);
  else
    terminal.line(text);
}

Error two_on_standard_output(std::string_view left, std::string_view right) {
  return {.kind = ErrorKind::usage,
          .message = fmt::format("{} and {} both go to standard output", left, right),
          .hint = "leave one of them out, or name a file for a picture"};
}

}  // namespace dgxp
