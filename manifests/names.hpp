#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dgxp {

inline constexpr std::size_t kLongestId = 100;

/// Why a text is no name or path, and what to do about it.
struct NameProblem {
  std::string reason;  ///< follows the quoted text: "holds ' '"
  std::string hint;
};

/// One part of an id: letters, digits, '.', '_' and '-'; no '.' or '-' in front, no '.' at the end,
/// no device name of Windows.
std::optional<NameProblem> check_name(std::string_view name);

/// Names with '/' between them, at most `kLongestId` bytes in all.
std::optional<NameProblem> check_id(std::string_view id);

/// A file that is read: below the manifest's folder, '/' between parts, and nothing that is hidden
/// or means something else elsewhere.
std::optional<NameProblem> check_input_path(std::string_view path);

/// A folder that is written to: an id of up to 255 bytes.
std::optional<NameProblem> check_output_path(std::string_view path);

/// The parts of a path between '/'.
std::vector<std::string_view> split_parts(std::string_view path);

}  // namespace dgxp
