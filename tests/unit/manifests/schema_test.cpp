#include <algorithm>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "manifests/fields.hpp"
#include "manifests/load_manifest.hpp"

namespace dgxp {
namespace {

using nlohmann::json;

/// Every shape that can be reached from one.
void collect(const FieldShape& shape, std::vector<const FieldShape*>& found);

void collect(const FieldType* type, std::vector<const FieldShape*>& found) {
  if (type == nullptr) return;
  if (type->shape != nullptr) collect(*type->shape, found);
  collect(type->element, found);
  for (const FieldType* alternative : type->alternatives) collect(alternative, found);
}

void collect(const FieldShape& shape, std::vector<const FieldShape*>& found) {
  if (std::ranges::find(found, &shape) != found.end()) return;
  found.push_back(&shape);
  for (const FieldSpec& field : shape.fields) collect(field.type, found);
}

TEST_CASE("the table says something about every field, and no field twice") {
  std::vector<const FieldShape*> shapes;
  collect(manifest_shape(), shapes);
  CHECK(shapes.size() >= 20);
  for (const FieldShape* shape : shapes) {
    for (const FieldSpec& field : shape->fields) {
      INFO(shape->thing, " ", field.name);
      CHECK_FALSE(field.help.empty());
      CHECK(field.type != nullptr);
      CHECK_FALSE(field.type->what.empty());
      CHECK_FALSE(field.type->example.empty());
      CHECK(shape->find(field.name) == &field);
    }
  }
}

TEST_CASE("the reference has a line for every field of every thing") {
  const std::string reference = manifest_reference();
  std::vector<const FieldShape*> shapes;
  collect(manifest_shape(), shapes);
  for (const FieldShape* shape : shapes) {
    CHECK(reference.find(fmt::format("\n## {}\n", shape->thing)) != std::string::npos);
    for (const FieldSpec& field : shape->fields) {
      CHECK(reference.find(fmt::format("\n| `{}` | ", field.name)) != std::string::npos);
    }
  }
  CHECK(reference.find("\n| `padding` | a whole number, 0 to 64 | `2` | Transparent pixels between "
                       "neighbours |\n") != std::string::npos);
  CHECK(reference.find("\n| `layout` | `single`; not yet `wang-corner-16`, `blob-47` | `single` | "
                       "Which tiles are made: one a terrain, or transitions |\n") !=
        std::string::npos);
}

TEST_CASE("the schema is draft-07 and has every field of the manifest") {
  const json schema = json::parse(manifest_schema());
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["required"] == json::array({"dgxp", "project"}));
  CHECK(schema["additionalProperties"] == false);
  for (const FieldSpec& field : manifest_shape().fields) {
    CHECK(schema["properties"].contains(std::string(field.name)));
  }
  const json& sprite = schema["definitions"]["sprite"];
  CHECK(
      sprite["properties"]["size"] ==
      json::parse(R"({"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4096},
                        "minItems": 2, "maxItems": 2, "description": "Of one frame, in pixels",
                        "default": [32, 32]})"));
  CHECK(schema["definitions"]["tileset"]["properties"]["layout"]["enum"] ==
        json::array({"single", "wang-corner-16", "blob-47"}));
  CHECK(schema["definitions"]["output"]["required"] == json::array({"target", "dir"}));
}

void check_references(const json& value, const json& definitions) {
  if (value.is_object() && value.contains("$ref")) {
    const std::string name = value["$ref"].get<std::string>().substr(14);
    CHECK(definitions.contains(name));
    CHECK(value.size() == 1);  // draft-07 ignores what stands beside $ref
  }
  if (!value.is_structured()) return;
  for (const json& part : value) check_references(part, definitions);
}

TEST_CASE("every reference of the schema has its definition") {
  const json schema = json::parse(manifest_schema());
  check_references(schema, schema["definitions"]);
}

}  // namespace
}  // namespace dgxp
