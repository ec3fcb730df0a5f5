#include "core/exporters/json_text.hpp"

#include <fmt/format.h>

namespace dgxp {
namespace {

std::string new_line(int depth) {
  return "\n" + std::string(static_cast<std::size_t>(depth) * 2, ' ');
}

template <typename Values, typename Write>
std::string lines(char open, char close, const Values& values, int depth, Write write) {
  std::string text(1, open);
  bool first = true;
  for (const auto& value : values) {
    if (!first) text += ',';
    first = false;
    text += new_line(depth + 1);
    write(text, value);
  }
  if (!first) text += new_line(depth);
  return text += close;
}

template <typename Members>
std::string object_lines(const Members& members, int depth) {
  return lines('{', '}', members, depth, [](std::string& text, const auto& member) {
    text += json_string(member.first) + ": " + member.second;
  });
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\u{:04x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted += '"';
}

std::string json_number(double value) {
  return fmt::format("{}", value);
}

std::string json_rect(Rect rect) {
  return fmt::format(R"({{"h":{},"w":{},"x":{},"y":{}}})", rect.height, rect.width, rect.x, rect.y);
}

std::string json_size(Size size) {
  return fmt::format(R"({{"h":{},"w":{}}})", size.height, size.width);
}

std::string json_strings(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(json_string(text));
  return json_array(quoted);
}

std::string json_object(const JsonMembers& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ',';
    text += json_string(name) + ':' + value;
  }
  return text += '}';
}

std::string json_array(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ',';
    text += value;
  }
  return text += ']';
}

std::string json_object_lines(const JsonMembers& members, int depth) {
  return object_lines(members, depth);
}

std::string json_object_lines(const JsonOrderedMembers& members, int depth) {
  return object_lines(members, depth);
}

std::string json_array_lines(const std::vector<std::string>& values, int depth) {
  return lines('[', ']', values, depth,
               [](std::string& text, const std::string& value) { text += value; });
}

}  // namespace dgxp
