#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "manifests/fields.hpp"
#include "manifests/load_manifest.hpp"

// The table of fields for people: one section a thing, in the order in which they come up.

namespace dgxp {
namespace {

using Kind = FieldType::Kind;

std::string number_text(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  if (static_cast<double>(whole) == value) return fmt::format("{}", whole);
  return fmt::format("{}", value);
}

std::string describe(const FieldType& type) {
  switch (type.kind) {
    case Kind::integer:
    case Kind::number:
      return fmt::format("{}, {} to {}", type.what, number_text(type.least),
                         number_text(type.most));
    case Kind::choice: {
      std::string text = fmt::format("`{}`", fmt::join(type.words, "`, `"));
      if (!type.later_words.empty()) {
        text += fmt::format("; not yet `{}`", fmt::join(type.later_words, "`, `"));
      }
      return text;
    }
    case Kind::object:
      return fmt::format("{}: see *{}*", type.what, type.shape->thing);
    default:
      return std::string(type.what);
  }
}

/// A pipe would end the cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string write_field(const FieldSpec& field) {
  const std::string standard =
      field.standard.empty() ? std::string() : fmt::format("`{}`", field.standard);
  std::string help(field.help);
  if (field.required) help += ". Required";
  if (field.later != Later::no) help += ". Not supported yet";
  return fmt::format("| `{}` | {} | {} | {} |\n", field.name, cell(describe(*field.type)),
                     cell(standard), cell(help));
}

class ReferenceWriter {
 public:
  std::string write(const FieldShape& first) {
    std::string text = "# The fields of the manifest\n";
    visit(first);
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const FieldShape& shape = *shapes_[i];
      text += fmt::format("\n## {}\n\n| field | value | default | meaning |\n|---|---|---|---|\n",
                          shape.thing);
      for (const FieldSpec& field : shape.fields) {
        text += write_field(field);
        visit(*field.type);
      }
    }
    return text;
  }

 private:
  void visit(const FieldShape& shape) {
    if (std::ranges::find(shapes_, &shape) == shapes_.end()) shapes_.push_back(&shape);
  }
  void visit(const FieldType& type) {
    if (type.shape != nullptr) visit(*type.shape);
    if (type.element != nullptr) visit(*type.element);
    for (const FieldType* alternative : type.alternatives) visit(*alternative);
  }

  std::vector<const FieldShape*> shapes_;
};

}  // namespace

std::string manifest_reference() {
  return ReferenceWriter().write(manifest_shape());
}

}  // namespace dgxp
