#pragma once

// What a protocol table is made of: a FieldRow per field, made from a pointer to the member, and
// the code that writes and reads a value of each type that members have.

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/text.hpp"
#include "core/worker/msgpack_value.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

enum class Need { required, optional };
enum class Since { v1_0, v1_1 };

/// Of a number: its value. Of text and binary: bytes. Of an array: items, and bytes of each text.
struct Bounds {
  std::uint64_t max = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t min = 0;
  std::uint64_t item_max = 256;
};

/// Why a value was refused; empty when it was not.
using Refusal = std::string;

struct FieldRow {
  std::string_view name;
  std::string_view type;
  Need need = Need::required;
  Since since = Since::v1_0;
  Bounds bounds;
  std::string_view help;
  bool (*is_present)(const void* message) = nullptr;
  void (*write)(MsgpackWriter& writer, const void* message) = nullptr;
  Refusal (*read)(MsgpackValue value, const Bounds& bounds, void* message) = nullptr;
};
using Rows = std::span<const FieldRow>;

/// The tables of the values inside messages.
Rows rows_of(const LoraEntry*);
Rows rows_of(const ResultEntry*);
Rows rows_of(const ModelEntry*);
Rows rows_of(const JobEntry*);
Rows rows_of(const BackendEntry*);

/// Writes the fields of `rows` that are present, as pairs of a map that the caller has opened.
std::size_t count_present(Rows rows, const void* message);
void write_pairs(MsgpackWriter& writer, Rows rows, const void* message);
/// Reads a map into `message`; the pairs named in `others` go to `other` instead.
Refusal read_map(MsgpackValue map, Rows rows, void* message, Rows others, void* other);

// Writing.

inline void put(MsgpackWriter& writer, const std::string& value) {
  writer.text(value);
}
inline void put(MsgpackWriter& writer, std::uint64_t value) {
  writer.unsigned_integer(value);
}
inline void put(MsgpackWriter& writer, std::uint32_t value) {
  writer.unsigned_integer(value);
}
inline void put(MsgpackWriter& writer, double value) {
  writer.real(value);
}
inline void put(MsgpackWriter& writer, bool value) {
  writer.boolean(value);
}
inline void put(MsgpackWriter& writer, const Bytes& value) {
  writer.binary(value);
}
inline void put(MsgpackWriter& writer, const BlobContent& value) {
  writer.binary(value.view());
}
inline void put(MsgpackWriter& writer, const GenerateMessage::Extent& value) {
  writer.array(2);
  writer.unsigned_integer(value[0]);
  writer.unsigned_integer(value[1]);
}
template <typename T>
  requires requires(const T* value) { rows_of(value); }
void put(MsgpackWriter& writer, const T& value) {
  const Rows rows = rows_of(&value);
  writer.map(count_present(rows, &value));
  write_pairs(writer, rows, &value);
}
template <typename T>
void put(MsgpackWriter& writer, const std::optional<T>& value) {
  put(writer, *value);
}
template <typename T>
void put(MsgpackWriter& writer, const std::vector<T>& value) {
  writer.array(value.size());
  for (const T& item : value) put(writer, item);
}

/// Whether an optional field is written at all.
template <typename T>
bool is_present(const std::optional<T>& value) {
  return value.has_value();
}
template <typename T>
bool is_present(const std::vector<T>& value) {
  return !value.empty();
}
inline bool is_present(const std::string& value) {
  return !value.empty();
}
template <typename T>
bool is_present(const T& value) {
  return value != T{};
}

// Reading.

inline Refusal get(MsgpackValue value, const Bounds& bounds, std::string& into) {
  if (value.kind() != MsgpackValue::Kind::text) return "is not text";
  const std::string_view text = value.text();
  if (text.size() > bounds.max) return "is too long";
  if (text.size() < bounds.min) return "is too short";
  if (!is_utf8(text)) return "is not UTF-8";
  into = text;
  return {};
}
template <typename Number>
  requires std::is_unsigned_v<Number>
Refusal get(MsgpackValue value, const Bounds& bounds, Number& into) {
  if (value.kind() != MsgpackValue::Kind::natural) return "is not a whole number from 0 up";
  const std::uint64_t limit =
      std::min<std::uint64_t>(bounds.max, std::numeric_limits<Number>::max());
  if (value.natural() > limit) return "is too large";
  if (value.natural() < bounds.min) return "is too small";
  into = static_cast<Number>(value.natural());
  return {};
}
inline Refusal get(MsgpackValue value, const Bounds&, double& into) {
  const MsgpackValue::Kind kind = value.kind();
  if (kind != MsgpackValue::Kind::real && kind != MsgpackValue::Kind::natural &&
      kind != MsgpackValue::Kind::negative) {
    return "is not a number";
  }
  if (!std::isfinite(value.number())) return "is not finite";
  into = value.number();
  return {};
}
template <>
inline Refusal get(MsgpackValue value, const Bounds&, bool& into) {
  if (value.kind() != MsgpackValue::Kind::boolean) return "is not true or false";
  into = value.boolean();
  return {};
}
inline Refusal get(MsgpackValue value, const Bounds& bounds, Bytes& into) {
  if (value.kind() != MsgpackValue::Kind::binary) return "is not binary";
  const ByteView bytes = value.binary();
  if (bytes.size() > bounds.max) return "is too long";
  into.assign(bytes.begin(), bytes.end());
  return {};
}
inline Refusal get(MsgpackValue value, const Bounds& bounds, BlobContent& into) {
  Bytes bytes;
  Refusal refusal = get(value, bounds, bytes);
  into = std::move(bytes);
  return refusal;
}
inline Refusal get(MsgpackValue value, const Bounds& bounds, GenerateMessage::Extent& into) {
  if (value.kind() != MsgpackValue::Kind::array) return "is not an array";
  if (value.size() != 2) return "has not 2 items";
  for (std::size_t i = 0; i < 2; ++i) {
    if (Refusal refusal = get(value.item(i), bounds, into[i]); !refusal.empty()) return refusal;
  }
  return {};
}
template <typename T>
  requires requires(const T* value) { rows_of(value); }
Refusal get(MsgpackValue value, const Bounds&, T& into) {
  return read_map(value, rows_of(&into), &into, {}, nullptr);
}
template <typename T>
Refusal get(MsgpackValue value, const Bounds& bounds, std::optional<T>& into) {
  return get(value, bounds, into.emplace());
}
template <typename T>
Refusal get(MsgpackValue value, const Bounds& bounds, std::vector<T>& into) {
  if (value.kind() != MsgpackValue::Kind::array) return "is not an array";
  if (value.size() > bounds.max) return "has too many items";
  into.clear();
  into.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (Refusal refusal = get(value.item(i), {.max = bounds.item_max}, into.emplace_back());
        !refusal.empty()) {
      return "item: " + refusal;
    }
  }
  return {};
}

// The names of types, for people.

template <typename T>
struct TypeName {
  static constexpr std::string_view kText = "map";
};
template <>
struct TypeName<std::string> {
  static constexpr std::string_view kText = "str";
};
template <>
struct TypeName<std::uint32_t> {
  static constexpr std::string_view kText = "u32";
};
template <>
struct TypeName<std::uint64_t> {
  static constexpr std::string_view kText = "u64";
};
template <>
struct TypeName<double> {
  static constexpr std::string_view kText = "float";
};
template <>
struct TypeName<bool> {
  static constexpr std::string_view kText = "bool";
};
template <>
struct TypeName<Bytes> {
  static constexpr std::string_view kText = "bin";
};
template <>
struct TypeName<BlobContent> : TypeName<Bytes> {};
template <>
struct TypeName<GenerateMessage::Extent> {
  static constexpr std::string_view kText = "array of 2 u32";
};
template <typename T>
struct TypeName<std::optional<T>> : TypeName<T> {};
template <>
struct TypeName<std::vector<std::string>> {
  static constexpr std::string_view kText = "array of str";
};
template <typename T>
  requires requires(const T* value) { rows_of(value); }
struct TypeName<std::vector<T>> {
  static constexpr std::string_view kText = "array of maps";
};

// Rows.

template <typename Class, typename Type>
Class class_of(Type Class::*);
template <typename Class, typename Type>
Type type_of(Type Class::*);

template <auto Member>
constexpr FieldRow field(std::string_view name, Need need, Since since, Bounds bounds,
                         std::string_view help) {
  using Class = decltype(class_of(Member));
  using Type = decltype(type_of(Member));
  FieldRow row{name, TypeName<Type>::kText, need, since, bounds, help};
  row.is_present = [](const void* message) {
    return is_present(static_cast<const Class*>(message)->*Member);
  };
  row.write = [](MsgpackWriter& writer, const void* message) {
    put(writer, static_cast<const Class*>(message)->*Member);
  };
  row.read = [](MsgpackValue value, const Bounds& limits, void* message) {
    return get(value, limits, static_cast<Class*>(message)->*Member);
  };
  return row;
}

}  // namespace dgxp
