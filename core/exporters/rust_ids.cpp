// Constants for a Rust game, so that a sprite that is gone is a compile error and not a blank.
// An id is a path, and so are the modules: `enemy/slime` is `enemy::SLIME`, its animation
// `enemy::slime::WALK_EAST`, the frames of that `enemy::slime::frames::WALK_EAST`.
#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/exporters/sheet_rows.hpp"
#include "core/exporters/targets.hpp"

namespace dgxp {
namespace {

constexpr std::array<std::string_view, 52> kKeywords{
    "abstract", "as",      "async", "await",    "become", "box",    "break", "const",  "continue",
    "crate",    "do",      "dyn",   "else",     "enum",   "extern", "false", "final",  "fn",
    "for",      "gen",     "if",    "impl",     "in",     "let",    "loop",  "macro",  "match",
    "mod",      "move",    "mut",   "override", "priv",   "pub",    "ref",   "return", "self",
    "static",   "struct",  "super", "trait",    "true",   "try",    "type",  "typeof", "union",
    "unsafe",   "unsized", "use",   "virtual",  "where",  "while",  "yield"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string identifier(std::string_view text, char (*change)(char)) {
  std::string made;
  for (const char c : text) made += is_letter(c) || is_digit(c) ? change(c) : '_';
  if (made.empty() || made == "_" || is_digit(made.front())) made.insert(made.begin(), '_');
  if (made == "_") made = "__";
  return made;
}

std::string constant_name(std::string_view text) {
  return identifier(text, upper);
}

std::string module_name(std::string_view text) {
  std::string name = identifier(text, to_lower);
  if (std::ranges::find(kKeywords, name) != kKeywords.end()) name += '_';
  return name;
}

std::string rust_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted += '\\';
    if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\u{{{:x}}}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted += '"';
}

/// What a name stands for, for messages.
struct Source {
  std::string text;
  const SpriteSpec* sprite = nullptr;  ///< the first that brought it
};

struct Constant {
  std::string text;  ///< ": &str = ...;"
  Source source;
};

struct Module {
  std::map<std::string, Constant> constants;
  std::map<std::string, Module> modules;
  Source source;  ///< the part of an id it comes from
};

class Ids {
 public:
  /// Error: `manifest`, naming both, with the place of the sprite that comes second.
  std::optional<Error> add(const SpriteSpec& sprite, const RowSpec& row) {
    auto error = add_sprite(sprite);
    if (error || row.name.empty()) return error;
    const std::string id = row_id(sprite, row);
    Module* module = enter(sprite.id, sprite, error);
    if (error) return error;
    if (!row.animation.empty()) {
      error = define(*module, row.name, str(id), {fmt::format("animation '{}'", id), &sprite});
      if (error) return error;
    }
    Module* frames =
        step(*module, "frames", {fmt::format("the frames of '{}'", sprite.id), &sprite}, error);
    if (error) return error;
    return define(*frames, row.name, list(sprite, row),
                  {fmt::format("the frames of '{}'", id), &sprite});
  }

  std::string text() const {
    std::string text;
    write(text, root_, 0);
    return text;
  }

 private:
  static std::string str(std::string_view value) {
    return fmt::format(": &str = {};", rust_string(value));
  }

  static std::string list(const SpriteSpec& sprite, const RowSpec& row) {
    std::string names;
    for (std::size_t i = 0; i < row.durations.size(); ++i)
      names +=
          (names.empty() ? "" : ", ") + rust_string(frame_name(sprite, row, static_cast<int>(i)));
    return fmt::format(": [&str; {}] = [{}];", row.durations.size(), names);
  }

  std::optional<Error> add_sprite(const SpriteSpec& sprite) {
    std::optional<Error> error;
    const std::string& id = sprite.id;
    const auto slash = id.rfind('/');
    Module* module =
        slash == std::string::npos ? &root_ : enter(id.substr(0, slash), sprite, error);
    if (error) return error;
    const std::string text = fmt::format("sprite '{}'", id);
    const auto old = module->constants.find(constant_name(id.substr(slash + 1)));
    if (old != module->constants.end() && old->second.source.text == text) return std::nullopt;
    return define(*module, id.substr(slash + 1), str(id), {text, &sprite});
  }

  /// The module of an id of `sprite`, or of the folder of one, part by part.
  Module* enter(const std::string& id, const SpriteSpec& sprite, std::optional<Error>& error) {
    Module* module = &root_;
    for (std::size_t begin = 0; begin <= id.size() && module != nullptr;) {
      const auto end = std::min(id.find('/', begin), id.size());
      module = step(*module, id.substr(begin, end - begin),
                    {fmt::format("'{}'", id.substr(0, end)), &sprite}, error);
      begin = end + 1;
    }
    return module;
  }

  static Module* step(Module& module, const std::string& part, const Source& source,
                      std::optional<Error>& error) {
    const std::string name = module_name(part);
    Module& inner = module.modules[name];
    if (inner.source.text.empty()) inner.source = source;
    if (inner.source.text == source.text) return &inner;
    error = collision("module", name, inner.source, source);
    return nullptr;
  }

  static std::optional<Error> define(Module& module, std::string_view name, std::string text,
                                     const Source& source) {
    const std::string constant = constant_name(name);
    const auto [old, is_new] =
        module.constants.try_emplace(constant, Constant{std::move(text), source});
    if (is_new) return std::nullopt;
    return collision("constant", constant, old->second.source, source);
  }

  static Error collision(std::string_view kind, std::string_view name, const Source& first,
                         const Source& second) {
    const Place before = first.sprite->place;
    const Place place = second.sprite->place;
    // The place of the second is told with the message.
    const std::string where =
        before.line == 0 || before == place
            ? ""
            : fmt::format(" (line {}, column {})", before.line, before.column);
    return {.kind = ErrorKind::manifest,
            .message = fmt::format("emit: rust_ids: {}{} and {} would both be the {} '{}'",
                                   first.text, where, second.text, kind, name),
            .hint = "rename one of them, or leave rust_ids out of emit",
            .place = place};
  }

  static void write(std::string& text, const Module& module, int depth) {
    const std::string indent(static_cast<std::size_t>(depth) * 4, ' ');
    for (const auto& [name, constant] : module.constants)
      text += fmt::format("{}pub const {}{}\n", indent, name, constant.text);
    for (const auto& [name, inner] : module.modules) {
      text += fmt::format("{}pub mod {} {{\n", indent, name);
      write(text, inner, depth + 1);
      text += indent + "}\n";
    }
  }

  Module root_;
};

}  // namespace

std::optional<Error> check_rust_ids(const std::vector<const SpriteSpec*>& sprites) {
  Ids ids;
  for (const SpriteSpec* sprite : sprites) {
    for (const RowSpec& row : sprite->rows) {
      if (auto error = ids.add(*sprite, row)) return error;
    }
  }
  return std::nullopt;
}

Result<std::string> write_rust_ids(const std::vector<const Sheet*>& sheets,
                                   const ProjectSpec& project) {
  Ids ids;
  for (const Sheet* sheet : sheets) {
    auto pages = rows_by_page(*sheet);
    if (!pages) return pages.error();
    for (const std::vector<SheetRow>& rows : *pages) {
      for (const SheetRow& row : rows) {
        if (auto error = ids.add(*row.sprite, *row.row)) return *std::move(error);
      }
    }
  }
  return fmt::format(
      "// @generated by dgxp from the manifest of '{}'. Do not edit: the next build writes it "
      "anew.\n#![allow(dead_code)]\n#![cfg_attr(rustfmt, rustfmt_skip)]\n\n{}",
      project.name, ids.text());
}

}  // namespace dgxp
