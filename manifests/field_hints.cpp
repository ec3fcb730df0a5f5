#include "manifests/field_hints.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "manifests/names.hpp"
#include "manifests/scalar_text.hpp"

namespace dgxp {

bool is_about_workers(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kNames{
      "worker", "workers",  "endpoint", "token", "url",    "host",    "port",   "api_key",
      "apikey", "password", "secret",   "auth",  "server", "address", "socket", "comfyui"};
  return std::ranges::find(kNames, to_lower(name)) != kNames.end();
}

bool is_bare_color_comment(std::string_view line) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
  };
  for (std::size_t i = line.find('#'); i != std::string_view::npos; i = line.find('#', i + 1)) {
    const bool opens = i > 0 && std::string_view(" [,").find(line[i - 1]) != std::string_view::npos;
    const std::string_view digits = line.substr(i + 1, 3);
    if (opens && digits.size() == 3 && std::ranges::all_of(digits, is_hex)) return true;
  }
  return false;
}

std::string_view find_other_home(std::string_view field) {
  for (const FieldShape* shape :
       {&sprite_shape(), &style_shape(), &sampler_shape(), &recover_shape(), &finish_shape(),
        &animation_shape(), &tileset_shape(), &atlas_shape(), &output_shape(), &project_shape(),
        &checks_shape(), &manifest_shape()}) {
    if (shape->find(field) != nullptr) return shape->thing;
  }
  return {};
}

}  // namespace dgxp
