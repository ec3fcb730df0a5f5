#include "manifests/names.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLongestPath = 255;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// Windows opens a device for these, whatever stands behind a dot.
bool is_device_name(std::string_view part) {
  static constexpr std::array<std::string_view, 4> kDevices{"con", "prn", "aux", "nul"};
  const std::string stem = to_lower(part.substr(0, part.find('.')));
  if (std::ranges::find(kDevices, stem) != kDevices.end()) return true;
  const bool is_numbered = stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
  return is_numbered && stem[3] >= '0' && stem[3] <= '9';
}

std::optional<NameProblem> check_ends(std::string_view part) {
  if (part.starts_with('.')) {
    return NameProblem{fmt::format("has a part that begins with '.': '{}'", part),
                       "hidden files and '..' are not allowed: begin it with a letter or digit"};
  }
  if (part.ends_with('.') || part.ends_with(' ')) {
    return NameProblem{fmt::format("has a part that ends with '{}'", part.back()),
                       "Windows drops it: end it with a letter or digit"};
  }
  if (is_device_name(part)) {
    return NameProblem{fmt::format("has the part '{}', a device of Windows", part),
                       "choose another name"};
  }
  return std::nullopt;
}

std::optional<NameProblem> check_part(std::string_view part) {
  if (part.empty()) {
    return NameProblem{"has an empty part", "write a name between two '/' and none at the ends"};
  }
  const auto* wrong = std::ranges::find_if_not(part, is_name_character);
  if (wrong != part.end()) {
    const bool is_ascii = static_cast<unsigned char>(*wrong) < 0x80;
    return NameProblem{
        is_ascii ? fmt::format("holds '{}'", *wrong) : std::string("holds a letter beyond a-z"),
        "use letters a-z, digits, '.', '_' and '-'"};
  }
  if (part.starts_with('-')) {
    return NameProblem{"has a part that begins with '-'", "begin it with a letter or digit"};
  }
  return check_ends(part);
}

std::optional<NameProblem> check_parts(std::string_view id, std::size_t longest) {
  if (id.empty()) return NameProblem{"is empty", "write a name"};
  if (id.size() > longest) {
    return NameProblem{fmt::format("is {} bytes long, more than {}", id.size(), longest),
                       "shorten it"};
  }
  for (const std::string_view part : split_parts(id)) {
    if (auto problem = check_part(part)) return problem;
  }
  return std::nullopt;
}

std::optional<NameProblem> check_input_part(std::string_view part) {
  if (part.empty()) {
    return NameProblem{"is absolute or has an empty part",
                       "write it relative to the manifest's folder, without '/' at the ends"};
  }
  return check_ends(part);
}

}  // namespace

std::optional<NameProblem> check_name(std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    return NameProblem{"holds '/'", "use letters a-z, digits, '.', '_' and '-'"};
  }
  return check_parts(name, kLongestId);
}

std::optional<NameProblem> check_id(std::string_view id) {
  return check_parts(id, kLongestId);
}

std::optional<NameProblem> check_output_path(std::string_view path) {
  return check_parts(path, kLongestPath);
}

std::optional<NameProblem> check_input_path(std::string_view path) {
  if (path.empty()) return NameProblem{"is empty", "write a path below the manifest's folder"};
  if (path.size() > kLongestPath) {
    return NameProblem{fmt::format("is {} bytes long, more than {}", path.size(), kLongestPath),
                       "shorten it"};
  }
  const std::size_t wrong = path.find_first_of("\\:*?\"<>|\n\t");
  if (wrong != std::string_view::npos) {
    return NameProblem{fmt::format("holds '{}'", path[wrong]),
                       "write it relative to the manifest's folder, with '/' between parts"};
  }
  for (const std::string_view part : split_parts(path)) {
    if (auto problem = check_input_part(part)) return problem;
  }
  return std::nullopt;
}

std::vector<std::string_view> split_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace dgxp
