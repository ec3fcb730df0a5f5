#include <limits>
#include <map>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "manifests/field_types.hpp"
#include "manifests/fields.hpp"
#include "manifests/load_manifest.hpp"

// The table of fields as JSON Schema draft-07, the newest that yaml-language-server reads. It says
// no more than the table does: names that refer to each other are checked by the loader alone.

namespace dgxp {
namespace {

using Json = nlohmann::ordered_json;
using Kind = FieldType::Kind;

constexpr const char* kNamePattern = "^[A-Za-z0-9_][A-Za-z0-9._-]*$";
constexpr const char* kColorPattern = "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$";

/// 1 instead of 1.0: limits of whole numbers are whole.
Json to_json_number(double value) {
  if (value == kLargestNatural) return std::numeric_limits<std::uint64_t>::max();
  const auto whole = static_cast<std::int64_t>(value);
  if (static_cast<double>(whole) == value) return whole;
  return value;
}

class SchemaWriter {
 public:
  Json write(const FieldShape& shape) {
    Json schema;
    schema["$schema"] = "http://json-schema.org/draft-07/schema#";
    schema["title"] = "dgxp manifest";
    schema.update(object_schema(shape));
    schema["definitions"] = Json::object();
    // Definitions may name further ones while they are written.
    while (!pending_.empty()) {
      const auto [name, pending] = *pending_.begin();
      pending_.erase(pending_.begin());
      definitions_[name] = object_schema(*pending);
    }
    for (const auto& [name, definition] : definitions_) schema["definitions"][name] = definition;
    return schema;
  }

 private:
  Json object_schema(const FieldShape& shape) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const FieldSpec& field : shape.fields) {
      Json property = type_schema(*field.type);
      // Beside a $ref nothing else counts in draft-07.
      if (property.contains("$ref")) property = Json{{"allOf", Json::array({property})}};
      property["description"] = describe(field);
      if (!field.standard.empty()) property["default"] = default_of(field);
      properties[std::string(field.name)] = std::move(property);
      if (field.required) required.push_back(std::string(field.name));
    }
    Json schema{{"type", "object"}, {"additionalProperties", false}};
    schema["properties"] = std::move(properties);
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
  }

  static std::string describe(const FieldSpec& field) {
    std::string text(field.help);
    if (field.later != Later::no) text += " (not supported yet)";
    return text;
  }

  static Json default_of(const FieldSpec& field) {
    const std::string text(field.standard);
    const Kind kind = field.type->kind;
    const bool is_word = kind == Kind::text || kind == Kind::choice || kind == Kind::either ||
                         kind == Kind::folder || kind == Kind::name;
    return is_word ? Json(text) : Json::parse(text);
  }

  Json type_schema(const FieldType& type) {
    switch (type.kind) {
      case Kind::text:
      case Kind::path:
      case Kind::folder:
        return {{"type", "string"}};
      case Kind::name:
        return {{"type", Json::array({"string", "number"})}};
      case Kind::color:
        return {{"type", "string"}, {"pattern", kColorPattern}};
      case Kind::digest:
        return {{"type", "string"}, {"pattern", "^(sha256:)?[0-9A-Fa-f]{64}$"}};
      case Kind::integer:
      case Kind::number:
        return {{"type", type.kind == Kind::integer ? "integer" : "number"},
                {"minimum", to_json_number(type.least)},
                {"maximum", to_json_number(type.most)}};
      case Kind::boolean:
        return {{"type", "boolean"}};
      case Kind::choice:
        return choice_schema(type);
      case Kind::list:
        return {{"type", "array"},
                {"items", type_schema(*type.element)},
                {"minItems", to_json_number(type.least)},
                {"maxItems", to_json_number(type.most)}};
      case Kind::map:
        return map_schema(type);
      case Kind::object:
        return {{"$ref", "#/definitions/" + define(*type.shape)}};
      case Kind::either:
        break;
    }
    Json alternatives = Json::array();
    for (const FieldType* alternative : type.alternatives) {
      alternatives.push_back(type_schema(*alternative));
    }
    return {{"anyOf", std::move(alternatives)}};
  }

  static Json choice_schema(const FieldType& type) {
    Json words = Json::array();
    for (const auto word : type.words) words.push_back(std::string(word));
    for (const auto word : type.later_words) words.push_back(std::string(word));
    return {{"type", "string"}, {"enum", std::move(words)}};
  }

  Json map_schema(const FieldType& type) {
    Json schema{{"type", "object"}, {"additionalProperties", type_schema(*type.element)}};
    switch (type.key_rule) {
      case KeyRule::name:
        schema["propertyNames"] = {{"pattern", kNamePattern}};
        break;
      case KeyRule::color:
        schema["propertyNames"] = {{"pattern", kColorPattern}};
        break;
      case KeyRule::direction:
        schema["propertyNames"] = choice_schema(*type.element);
        break;
      case KeyRule::index:
        schema["propertyNames"] = {{"pattern", "^[0-9]+$"}};
        break;
      case KeyRule::pattern:
        break;
    }
    return schema;
  }

  /// The name of a shape's definition, which is written later.
  std::string define(const FieldShape& shape) {
    const auto known = names_.find(&shape);
    if (known != names_.end()) return known->second;
    std::string name(shape.thing);
    while (!taken_.insert(name).second) name += "_use";
    names_.emplace(&shape, name);
    pending_.emplace(name, &shape);
    return name;
  }

  std::map<const FieldShape*, std::string> names_;
  std::set<std::string> taken_;
  std::map<std::string, const FieldShape*> pending_;
  std::map<std::string, Json> definitions_;
};

}  // namespace

std::string manifest_schema() {
  return SchemaWriter().write(manifest_shape()).dump(2) + "\n";
}

}  // namespace dgxp
