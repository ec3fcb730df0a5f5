#include "core/worker/wire_recording.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/base/text.hpp"
#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kHead = "dgxp wire recording 1";
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kLongestText = 60;
constexpr std::size_t kMostItems = 8;

constexpr std::array<std::pair<WireWay, std::string_view>, 3> kWays{
    {{WireWay::request, "request"}, {WireWay::reply, "reply"}, {WireWay::update, "update"}}};

std::string_view to_text(WireWay way) {
  return std::ranges::find(kWays, way, &std::pair<WireWay, std::string_view>::first)->second;
}

std::optional<Bytes> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = kDigits.find(text[i]);
    const auto low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view take_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<WireRecord> parse_line(std::string_view line) {
  WireRecord record;
  const std::string_view time = take_word(line);
  const std::string_view way = take_word(line);
  const std::string_view peer = take_word(line);
  const auto known = std::ranges::find(kWays, way, &std::pair<WireWay, std::string_view>::second);
  auto body = parse_hex(line);
  if (known == kWays.end() || !body || body->size() > kMaxBlobMessage ||
      !parse_number(time, record.milliseconds) || !parse_number(peer, record.peer)) {
    return std::nullopt;
  }
  record.way = known->first;
  record.body = *std::move(body);
  return record;
}

std::string quoted(std::string_view text) {
  const bool is_long = text.size() > kLongestText;
  const std::string shown =
      is_utf8(text) ? cut_text(std::string(text), kLongestText) : std::string(text.substr(0, 20));
  return fmt::format("\"{}\"{}", escape_for_terminal(shown), is_long ? "..." : "");
}

std::string text_of(MsgpackValue value) {
  using Kind = MsgpackValue::Kind;
  switch (value.kind()) {
    case Kind::nil:
      return "nil";
    case Kind::boolean:
      return value.boolean() ? "true" : "false";
    case Kind::natural:
      return fmt::format("{}", value.natural());
    case Kind::negative:
    case Kind::real:
      return fmt::format("{:g}", value.number());
    case Kind::text:
      return quoted(value.text());
    case Kind::binary:
      return fmt::format("<{} bytes>", value.binary().size());
    case Kind::extension:
      return "<extension>";
    case Kind::array:
    case Kind::map:
      break;
  }
  const bool is_map = value.kind() == Kind::map;
  std::string text(1, is_map ? '{' : '[');
  const std::size_t shown = std::min(value.size(), is_map ? value.size() : kMostItems);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += ", ";
    text +=
        is_map ? text_of(value.key(i)) + ": " + text_of(value.value(i)) : text_of(value.item(i));
  }
  if (shown < value.size()) text += fmt::format(", ... {} in all", value.size());
  return text + (is_map ? '}' : ']');
}

}  // namespace

std::string recording_head() {
  return std::string(kHead) + "\n";
}

std::string record_line(const WireRecord& record) {
  std::string line =
      fmt::format("{} {} {} ", record.milliseconds, to_text(record.way), record.peer);
  line.reserve(line.size() + 2 * record.body.size() + 1);
  for (const std::uint8_t byte : record.body) {
    line += kDigits[byte >> 4U];
    line += kDigits[byte & 15U];
  }
  return line + '\n';
}

Result<std::vector<WireRecord>> parse_recording(ByteView bytes) {
  std::string_view text = as_text(bytes);
  std::vector<WireRecord> records;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (number == 1) {
      if (line != kHead) break;
      continue;
    }
    auto record = parse_line(line);
    if (!record) {
      return Error{ErrorKind::input, fmt::format("line {} is no record of the wire", number)};
    }
    records.push_back(*std::move(record));
  }
  if (!as_text(bytes).starts_with(std::string(kHead) + '\n')) {
    return Error{ErrorKind::input, fmt::format("it does not begin with '{}'", kHead),
                 "`dgxp wire tap --record FILE` makes one"};
  }
  return records;
}

std::string describe_message(ByteView body) {
  const auto document = MsgpackDocument::parse(body);
  if (!document) return document.error().message;
  const MsgpackValue root = document->root();
  if (root.kind() != MsgpackValue::Kind::map) return "not a map: " + text_of(root);
  std::string type = "?";
  std::string fields;
  for (std::size_t i = 0; i < root.size(); ++i) {
    const MsgpackValue key = root.key(i);
    const bool is_text = key.kind() == MsgpackValue::Kind::text;
    if (is_text && key.text() == "type" && root.value(i).kind() == MsgpackValue::Kind::text) {
      type = escape_for_terminal(root.value(i).text().substr(0, kLongestText));
    } else {
      fields += fmt::format(" {}={}", is_text ? escape_for_terminal(key.text()) : text_of(key),
                            text_of(root.value(i)));
    }
  }
  return type + fields;
}

std::string describe_record(const WireRecord& record) {
  const std::string peer = record.way == WireWay::update ? "" : fmt::format(" {}", record.peer);
  return fmt::format("{:>9.3f} {}{}: {}", static_cast<double>(record.milliseconds) / 1000,
                     to_text(record.way), peer, describe_message(record.body));
}

}  // namespace dgxp
