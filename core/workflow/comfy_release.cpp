#include "core/workflow/comfy_release.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dgxp {
namespace {

std::array<int, 3> read_release(std::string_view text) {
  std::array<int, 3> release{};
  for (int& part : release) {
    const auto end = std::min(text.find('.'), text.size());
    std::from_chars(text.data(), text.data() + end, part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return release;
}

}  // namespace

bool is_older_release(std::string_view release, std::string_view least) {
  return read_release(release) < read_release(least);
}

}  // namespace dgxp
