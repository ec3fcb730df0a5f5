#pragma once

#include <span>
#include <string_view>

namespace dgxp {

/// A file of templates/, by its path there.
struct EmbeddedTemplate {
  std::string_view path;
  std::string_view content;
};

std::span<const EmbeddedTemplate> embedded_templates();

}  // namespace dgxp
