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

struct Constant {
  std::string text;    ///< ": &str = ...;"
  std::string source;  ///< what it stands for, for messages
};

struct Module {
  std::map<std::string, Constant> constants;
  std::map<std::string, Module> modules;
  std::string source;  ///< the part of an id it comes from
};

class Ids {
 public:
  std::optional<Error> add(const SheetRow& row) {
    const std::string& id = row.sprite->id;
    auto error = add_sprite(id);
    if (error) return error;
    if (row.row->name.empty()) return std::nullopt;
    Module* module = enter(id, error);
    if (error) return error;
    if (row.is_animation()) {
      error = define(*module, row.row->name, str(row.id), fmt::format("animation '{}'", row.id));
      if (error) return error;
    }
    Module* frames = step(*module, "frames", fmt::format("the frames of '{}'", id), error);
    if (error) return error;
    return define(*frames, row.row->name, list(row), fmt::format("the frames of '{}'", row.id));
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

  static std::string list(const SheetRow& row) {
    std::string names;
    for (const PlacedFrame* frame : row.frames)
      names += (names.empty() ? "" : ", ") + rust_string(frame->name);
    return fmt::format(": [&str; {}] = [{}];", row.frames.size(), names);
  }

  std::optional<Error> add_sprite(const std::string& id) {
    std::optional<Error> error;
    const auto slash = id.rfind('/');
    Module* module = slash == std::string::npos ? &root_ : enter(id.substr(0, slash), error);
    if (error) return error;
    const std::string source = fmt::format("sprite '{}'", id);
    const auto old = module->constants.find(constant_name(id.substr(slash + 1)));
    if (old != module->constants.end() && old->second.source == source) return std::nullopt;
    return define(*module, id.substr(slash + 1), str(id), source);
  }

  /// The module of an id, part by part.
  Module* enter(const std::string& id, std::optional<Error>& error) {
    Module* module = &root_;
    for (std::size_t begin = 0; begin <= id.size() && module != nullptr;) {
      const auto end = std::min(id.find('/', begin), id.size());
      module = step(*module, id.substr(begin, end - begin), fmt::format("'{}'", id.substr(0, end)),
                    error);
      begin = end + 1;
    }
    return module;
  }

  static Module* step(Module& module, const std::string& part, const std::string& source,
                      std::optional<Error>& error) {
    const std::string name = module_name(part);
    Module& inner = module.modules[name];
    if (inner.source.empty()) inner.source = source;
    if (inner.source == source) return &inner;
    error = collision("module", name, inner.source, source);
    return nullptr;
  }

  static std::optional<Error> define(Module& module, std::string_view name, std::string text,
                                     std::string source) {
    const std::string constant = constant_name(name);
    const auto [old, is_new] =
        module.constants.try_emplace(constant, Constant{std::move(text), source});
    if (is_new) return std::nullopt;
    return collision("constant", constant, old->second.source, source);
  }

  static Error collision(std::string_view kind, std::string_view name, std::string_view first,
                         std::string_view second) {
    return {ErrorKind::manifest,
            fmt::format("emit: rust_ids: {} and {} would both be the {} '{}'", first, second, kind,
                        name),
            "rename one of them"};
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

Result<std::string> write_rust_ids(const std::vector<const Sheet*>& sheets,
                                   const ProjectSpec& project) {
  Ids ids;
  for (const Sheet* sheet : sheets) {
    auto pages = rows_by_page(*sheet);
    if (!pages) return pages.error();
    for (const std::vector<SheetRow>& rows : *pages) {
      for (const SheetRow& row : rows) {
        if (auto error = ids.add(row)) return *std::move(error);
      }
    }
  }
  return fmt::format(
      "// @generated by dgxp from the manifest of '{}'. Do not edit: the next build writes it "
      "anew.\n#![allow(dead_code)]\n#![cfg_attr(rustfmt, rustfmt_skip)]\n\n{}",
      project.name, ids.text());
}

}  // namespace dgxp
