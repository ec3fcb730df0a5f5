#include "manifests/check_fields.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/color.hpp"
#include "core/base/digest.hpp"
#include "core/base/suggest.hpp"
#include "core/base/text.hpp"
#include "manifests/field_hints.hpp"
#include "manifests/field_types.hpp"
#include "manifests/names.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;
using TypeKind = FieldType::Kind;

/// A thing that has fields, and the thing it is part of: "animation 'walk' of sprite 'hero'".
struct Owner {
  const Owner* parent = nullptr;  ///< nullptr for the whole
  std::string_view thing;
  std::string_view name;  ///< empty when there is only one
  int number = 0;         ///< of an item in a list, from 1

  std::string describe() const {
    std::string text(thing);
    if (!name.empty()) text += fmt::format(" '{}'", name);
    if (number > 0) text += fmt::format(" {}", number);
    if (parent != nullptr && parent->parent != nullptr) text += " of " + parent->describe();
    return text;
  }
};

/// The value a message is about.
struct Subject {
  const Owner& owner;
  std::string_view field;
  int item = 0;  ///< in a list, from 1

  std::string describe() const {
    std::string text =
        item > 0 ? fmt::format("item {} of '{}'", item, field) : fmt::format("'{}'", field);
    if (owner.parent != nullptr) text += " of " + owner.describe();
    return text;
  }
};

std::string shorten(std::string_view text) {
  constexpr std::size_t kMost = 40;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string number_text(double value) {
  if (value == kLargestNatural) return "18446744073709551615";
  if (std::abs(value) < 1e15 && value == std::floor(value)) return fmt::format("{:.0f}", value);
  char buffer[32];
  return std::string(to_text(value, buffer));
}

class FieldChecker {
 public:
  FieldChecker(bool is_manifest, ProblemList& problems)
      : is_manifest_(is_manifest), problems_(problems) {}

  void check_object(const SyntaxNode& node, const FieldShape& shape, const Owner& owner) {
    constexpr std::size_t kMostUnknown = 64;
    std::size_t unknown = 0;
    for (const SyntaxNode& item : node.items) {
      const FieldSpec* field = shape.find(item.key);
      if (field == nullptr) {
        report_unknown(item, shape, owner);
        if (++unknown > kMostUnknown) is_bounded_ = false;
      } else if (check_later(item, *field, owner)) {
        check(item, *field->type, {owner, field->name});
      }
    }
    for (const FieldSpec& field : shape.fields) {
      if (!field.required || node.find(field.name) != nullptr) continue;
      problems_.error(node.where(), fmt::format("{} has no '{}'", name_of(owner), field.name),
                      fmt::format("add '{}: {}'", field.name, field.type->example));
    }
  }

  /// False when something was longer than it may be.
  bool is_bounded() const { return is_bounded_; }

 private:
  static std::string name_of(const Owner& owner) {
    return owner.parent == nullptr ? fmt::format("the {}", owner.thing) : owner.describe();
  }

  void report_unknown(const SyntaxNode& item, const FieldShape& shape, const Owner& owner) {
    if (is_manifest_ && is_about_workers(item.key)) {
      problems_.error(item.key_span, fmt::format("'{}' is not a field of the manifest", item.key),
                      "name the worker with --worker, DGXP_WORKER or in .dgxp/config.yaml");
      return;
    }
    std::string hint = "delete it";
    if (problems_.wants_hints()) {
      std::vector<std::string_view> names;
      names.reserve(shape.fields.size());
      for (const FieldSpec& field : shape.fields) names.push_back(field.name);
      const std::string_view nearest = find_nearest(item.key, names);
      const std::string_view home = is_manifest_ ? find_other_home(item.key) : std::string_view();
      if (!nearest.empty()) {
        hint = fmt::format("did you mean '{}'?", nearest);
      } else if (!home.empty()) {
        hint = fmt::format("it is a field of {}", home);
      } else {
        hint = problems_.suggest(
            item.key, [&] { return names; },
            is_manifest_ ? "'dgxp schema' lists the fields" : "delete it");
      }
    }
    const std::string where =
        owner.parent == nullptr ? fmt::format("the {}", owner.thing) : owner.describe();
    problems_.error(item.key_span, fmt::format("unknown field '{}' in {}", item.key, where),
                    std::move(hint));
  }

  void report_later(const SyntaxNode& item, const std::string& what) {
    problems_.error(item.where(), fmt::format("{} is not supported yet", what),
                    "leave it out for now");
  }

  /// False when nothing more is to be said about the value.
  bool check_later(const SyntaxNode& item, const FieldSpec& field, const Owner& owner) {
    switch (field.later) {
      case Later::no:
        return true;
      case Later::any_value:
        report_later(item, Subject{owner, field.name}.describe());
        return false;
      case Later::above_one:
        if (read_integer(item).value_or(1) > 1) {
          problems_.warning(
              item.where(),
              fmt::format("'{}' above 1 is not supported yet: one candidate is made", field.name),
              "it may stay: a later version makes use of it");
        }
        return true;
      case Later::but_list_of_one:
        if (item.is(Kind::list) && !(item.items.size() == 1 && item.items[0].text == "1")) {
          report_later(item, fmt::format("'{}' other than [1]", field.name));
        }
        return true;
      case Later::true_value:
        if (item.text == "true") report_later(item, fmt::format("'{}'", field.name));
        return true;
    }
    return true;
  }

  void check(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    if (node.is(Kind::broken)) return;
    if (node.is(Kind::null)) {
      report_null(node, type, subject);
      return;
    }
    switch (type.kind) {
      case TypeKind::either:
        check_either(node, type, subject);
        return;
      case TypeKind::list:
        check_list(node, type, subject);
        return;
      case TypeKind::map:
        check_map(node, type, subject);
        return;
      case TypeKind::object:
        if (!node.is(Kind::map)) {
          report_type(node, type, subject);
          return;
        }
        check_object(node, *type.shape, {&subject.owner, type.shape->thing, {}, subject.item});
        return;
      default:
        if (!node.is(Kind::scalar)) {
          report_type(node, type, subject);
          return;
        }
        check_scalar(node, type, subject);
        return;
    }
  }

  void report_null(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    if (is_bare_color_comment(problems_.line(node.where().place.line))) {
      problems_.error(node.where(), fmt::format("{} has no value", subject.describe()),
                      "put the colour in quotes: '#' begins a comment");
      return;
    }
    problems_.error(node.where(), fmt::format("{} has no value", subject.describe()),
                    fmt::format("write a value, for example {}", type.example));
  }

  void report_type(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    const std::string value =
        type.is_secret && node.is(Kind::scalar) ? "a single value" : describe_value(node);
    problems_.error(node.span,
                    fmt::format("{} must be {}, not {}", subject.describe(), type.what, value),
                    fmt::format("for example {}", type.example));
  }

  void check_either(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    const FieldType* fallback = nullptr;
    for (const FieldType* alternative : type.alternatives) {
      const bool is_scalar = alternative->kind != TypeKind::list &&
                             alternative->kind != TypeKind::map &&
                             alternative->kind != TypeKind::object;
      const bool fits = (is_scalar && node.is(Kind::scalar)) ||
                        (alternative->kind == TypeKind::list && node.is(Kind::list)) ||
                        (!is_scalar && alternative->kind != TypeKind::list && node.is(Kind::map));
      if (!fits) continue;
      const bool is_word = alternative->kind == TypeKind::choice;
      if (is_word && std::ranges::find(alternative->words, node.text) != alternative->words.end()) {
        return;
      }
      if (!is_word) fallback = alternative;
    }
    if (fallback == nullptr) {
      report_type(node, type, subject);
      return;
    }
    const bool is_mixed = std::ranges::any_of(
        type.alternatives, [](const FieldType* t) { return t->kind == TypeKind::choice; });
    if (is_mixed && !is_well_formed(node, *fallback)) {
      report_type(node, type, subject);
      return;
    }
    check(node, *fallback, subject);
  }

  static bool is_well_formed(const SyntaxNode& node, const FieldType& type) {
    if (type.kind == TypeKind::number) return !node.quoted && parse_number(node.text).has_value();
    if (type.kind == TypeKind::color) return parse_hex_color(node.text).has_value();
    return true;
  }

  void check_list(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    if (!node.is(Kind::list)) {
      report_type(node, type, subject);
      return;
    }
    const auto count = static_cast<double>(node.items.size());
    const bool is_of_one_length = type.least == type.most;
    if (count > type.most && !is_of_one_length) is_bounded_ = false;
    if (count < type.least || count > type.most) {
      problems_.error(node.span,
                      fmt::format("{} must be {}, not a list of {}", subject.describe(), type.what,
                                  node.items.size()),
                      is_of_one_length
                          ? fmt::format("for example {}", type.example)
                          : fmt::format("{} to {} items are allowed", number_text(type.least),
                                        number_text(type.most)));
    }
    int item = 0;
    for (const SyntaxNode& child : node.items) {
      check(child, *type.element, {subject.owner, subject.field, ++item});
    }
  }

  void check_map(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    if (!node.is(Kind::map)) {
      report_type(node, type, subject);
      return;
    }
    if (static_cast<double>(node.items.size()) > type.most) {
      problems_.error(node.where(),
                      fmt::format("{} has {} entries, more than {}", subject.describe(),
                                  node.items.size(), number_text(type.most)),
                      "write families of sprites as a matrix, or split the project");
      is_bounded_ = false;
      return;
    }
    if (type.key_rule == KeyRule::name) refuse_case_twins(node);
    for (const SyntaxNode& child : node.items) {
      check_key(child, type.key_rule, subject);
      check_entry(child, type, subject);
    }
  }

  void check_entry(const SyntaxNode& child, const FieldType& type, const Subject& subject) {
    const FieldShape* shape = shape_of(child, *type.element);
    if (shape != nullptr && child.is(Kind::map)) {
      // The fields of "sprite 'hero'" rather than of "'hero' of 'sprites'".
      check_object(child, *shape, {&subject.owner, shape->thing, child.key});
      return;
    }
    check(child, *type.element, {subject.owner, child.key});
  }

  static const FieldShape* shape_of(const SyntaxNode& node, const FieldType& type) {
    if (type.kind == TypeKind::object) return type.shape;
    if (type.kind != TypeKind::either || !node.is(Kind::map)) return nullptr;
    for (const FieldType* alternative : type.alternatives) {
      if (alternative->kind == TypeKind::object) return alternative->shape;
    }
    return nullptr;
  }

  void refuse_case_twins(const SyntaxNode& map) {
    std::vector<std::pair<std::string, std::size_t>> keys;
    keys.reserve(map.items.size());
    for (std::size_t i = 0; i < map.items.size(); ++i) {
      keys.emplace_back(to_lower(map.items[i].key), i);
    }
    std::ranges::sort(keys);
    for (std::size_t i = 1; i < keys.size(); ++i) {
      const SyntaxNode& first = map.items[keys[i - 1].second];
      const SyntaxNode& twin = map.items[keys[i].second];
      if (keys[i].first != keys[i - 1].first || first.key == twin.key) continue;
      problems_.error(twin.key_span,
                      fmt::format("'{}' differs from '{}' in line {} by case only", twin.key,
                                  first.key, first.key_span.place.line),
                      "they are one file where case does not count: rename one");
    }
  }

  void check_key(const SyntaxNode& item, KeyRule rule, const Subject& subject) {
    switch (rule) {
      case KeyRule::name:
        if (auto problem = check_name(item.key)) {
          problems_.error(item.key_span,
                          fmt::format("name '{}' {}", shorten(item.key), problem->reason),
                          problem->hint);
        }
        return;
      case KeyRule::pattern:
        return;  // it is a name only after the matrix has been filled in
      case KeyRule::color:
        if (!parse_hex_color(item.key)) {
          problems_.error(
              item.key_span,
              fmt::format("'{}' in {} is not a colour", shorten(item.key), subject.describe()),
              "write it as \"#rrggbb\", in quotes");
        }
        return;
      case KeyRule::direction:
        check_choice(item.key, item.key_span, *direction_type(), subject);
        return;
      case KeyRule::index: {
        const auto index = parse_whole_number(item.key);
        if (index && *index >= 0 && *index < 256) return;
        problems_.error(
            item.key_span,
            fmt::format("'{}' in {} is not a frame", shorten(item.key), subject.describe()),
            "frames are counted from 0");
        return;
      }
    }
  }

  static const FieldType* direction_type() {
    return animation_shape().find("directions")->type->element;
  }

  void check_choice(std::string_view word, Span span, const FieldType& type,
                    const Subject& subject) {
    if (std::ranges::find(type.words, word) != type.words.end()) return;
    if (std::ranges::find(type.later_words, word) != type.later_words.end()) {
      problems_.error(span, fmt::format("{} '{}' is not supported yet", subject.field, word),
                      fmt::format("supported {} '{}'", type.words.size() == 1 ? "is" : "are",
                                  fmt::join(type.words, "', '")));
      return;
    }
    problems_.error(span, fmt::format("{} cannot be '{}'", subject.describe(), shorten(word)),
                    problems_.suggest(
                        word, [&] { return std::vector(type.words.begin(), type.words.end()); },
                        fmt::format("for example {}", type.example)));
  }

  void check_scalar(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    switch (type.kind) {
      case TypeKind::text:
        check_text_length(node, type, subject);
        return;
      case TypeKind::name:
        report_name(node, subject, check_name(node.text));
        return;
      case TypeKind::path:
        report_name(node, subject, check_input_path(node.text));
        return;
      case TypeKind::folder:
        report_name(node, subject, check_output_path(node.text));
        return;
      case TypeKind::color:
        if (!parse_hex_color(node.text)) {
          problems_.error(
              node.span,
              fmt::format("{} must be a colour, not '{}'", subject.describe(), shorten(node.text)),
              "write it as \"#rrggbb\", in quotes");
        }
        return;
      case TypeKind::digest:
        if (!Digest::parse(node.text)) report_type(node, type, subject);
        return;
      case TypeKind::boolean:
        if (node.quoted || (node.text != "true" && node.text != "false")) {
          report_type(node, type, subject);
        }
        return;
      case TypeKind::choice:
        check_choice(node.text, node.span, type, subject);
        return;
      default:
        check_range(node, type, subject);
        return;
    }
  }

  void check_text_length(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    if (static_cast<double>(node.text.size()) <= type.most) return;
    problems_.error(node.span,
                    fmt::format("{} has {} bytes, more than {}", subject.describe(),
                                node.text.size(), number_text(type.most)),
                    "shorten it");
  }

  void report_name(const SyntaxNode& node, const Subject& subject,
                   const std::optional<NameProblem>& problem) {
    if (!problem) return;
    problems_.error(
        node.span,
        fmt::format("{}: '{}' {}", subject.describe(), shorten(node.text), problem->reason),
        problem->hint);
  }

  void check_range(const SyntaxNode& node, const FieldType& type, const Subject& subject) {
    std::optional<double> value;
    if (type.kind == TypeKind::integer) {
      value = parse_whole_value(node.text);
    } else {
      value = parse_number(node.text);
    }
    if (value && node.quoted) {
      problems_.error(
          node.span,
          fmt::format("{} must be {}, not {}", subject.describe(), type.what, describe_value(node)),
          "write it without quotes");
      return;
    }
    if (!value) {
      report_type(node, type, subject);
      return;
    }
    if (*value >= type.least && *value <= type.most) return;
    problems_.error(
        node.span,
        fmt::format("{} is {}, outside {} to {}", subject.describe(), shorten(node.text),
                    number_text(type.least), number_text(type.most)),
        fmt::format("for example {}", type.example));
  }

  bool is_manifest_;  ///< else another language that is written the same way
  bool is_bounded_ = true;
  ProblemList& problems_;
};

}  // namespace

std::string describe_value(const SyntaxNode& node) {
  switch (node.kind) {
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
    case Kind::scalar:
      return fmt::format("{}'{}'", node.quoted ? "the text " : "", shorten(node.text));
    default:
      return "nothing";
  }
}

bool check_fields(const SyntaxNode& root, const FieldShape& shape, ProblemList& problems) {
  FieldChecker checker(&shape == &manifest_shape(), problems);
  if (root.is(Kind::broken)) return true;
  if (!root.is(Kind::map)) {
    const FieldSpec* first = &shape.fields.front();
    if (first->name.starts_with('$')) ++first;
    problems.error(root.span,
                   root.is(Kind::null)
                       ? fmt::format("the {} is empty", shape.thing)
                       : fmt::format("the {} is {}, not a map", shape.thing, describe_value(root)),
                   fmt::format("begin with '{}: {}'", first->name, first->type->example));
    return true;
  }
  checker.check_object(root, shape, {nullptr, shape.thing, {}});
  return checker.is_bounded();
}

}  // namespace dgxp
