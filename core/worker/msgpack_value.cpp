#include "core/worker/msgpack_value.hpp"

#include <exception>
#include <string>

#include <msgpack.hpp>

namespace dgxp {
namespace {

constexpr std::size_t kMaxArray = 1024;
constexpr std::size_t kMaxMap = 256;
constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxValues = 65536;
constexpr std::size_t kMaxFlatPairs = 16;

struct ByteSink {
  Bytes& out;
  void write(const char* data, std::size_t size) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(data);
    out.insert(out.end(), begin, begin + size);
  }
};

msgpack::packer<ByteSink> packer(ByteSink& sink) {
  return msgpack::packer<ByteSink>(sink);
}

const msgpack::object& object_of(const void* object) {
  return *static_cast<const msgpack::object*>(object);
}

/// Walks a message without keeping anything of it. An unpacked value takes 24 bytes, so a message
/// of one-byte values would grow to 24 times its size: the number of values is bounded first.
class Census : public msgpack::null_visitor {
 public:
  enum class Shape { any, flat_map };
  explicit Census(Shape shape) : shape_(shape) {}
  bool visit_nil() { return count(); }
  bool visit_boolean(bool) { return count(); }
  bool visit_positive_integer(std::uint64_t) { return count(); }
  bool visit_negative_integer(std::int64_t) { return count(); }
  bool visit_float32(float) { return count(); }
  bool visit_float64(double) { return count(); }
  bool visit_str(const char*, std::uint32_t) { return count(); }
  bool visit_bin(const char*, std::uint32_t) { return count(); }
  bool visit_ext(const char*, std::uint32_t) { return count(); }
  bool start_array(std::uint32_t items) {
    return shape_ == Shape::any && items <= kMaxArray && deeper();
  }
  bool end_array() { return shallower(); }
  bool start_map(std::uint32_t pairs) {
    const std::size_t limit = shape_ == Shape::flat_map ? kMaxFlatPairs : kMaxMap;
    return pairs <= limit && deeper() && (shape_ == Shape::any || depth_ == 1);
  }
  bool end_map() { return shallower(); }

 private:
  bool count() { return ++values_ <= kMaxValues; }
  bool deeper() { return ++depth_ <= kMaxDepth && count(); }
  bool shallower() {
    --depth_;
    return true;
  }
  Shape shape_;
  std::size_t values_ = 0;
  std::size_t depth_ = 0;
};

bool within_census(ByteView body) {
  const bool is_large = body.size() > kMaxControlMessage;
  Census census(is_large ? Census::Shape::flat_map : Census::Shape::any);
  std::size_t offset = 0;
  return msgpack::parse(reinterpret_cast<const char*>(body.data()), body.size(), offset, census);
}

bool refer_to_body(msgpack::type::object_type, std::size_t, void*) {
  return true;
}

Error refused(std::string why) {
  return {ErrorKind::worker, "not a message: " + std::move(why)};
}

}  // namespace

void MsgpackWriter::map(std::size_t pairs) {
  ByteSink sink{out_};
  packer(sink).pack_map(static_cast<std::uint32_t>(pairs));
}
void MsgpackWriter::array(std::size_t items) {
  ByteSink sink{out_};
  packer(sink).pack_array(static_cast<std::uint32_t>(items));
}
void MsgpackWriter::text(std::string_view value) {
  ByteSink sink{out_};
  auto pack = packer(sink);
  pack.pack_str(static_cast<std::uint32_t>(value.size()));
  pack.pack_str_body(value.data(), static_cast<std::uint32_t>(value.size()));
}
void MsgpackWriter::unsigned_integer(std::uint64_t value) {
  ByteSink sink{out_};
  packer(sink).pack_uint64(value);
}
void MsgpackWriter::real(double value) {
  // Not pack_double: it writes whole numbers as integers, which the public peers do not.
  Bytes& out = out_;
  std::uint64_t bits = 0;
  static_assert(sizeof bits == sizeof value);
  __builtin_memcpy(&bits, &value, sizeof bits);
  out.push_back(0xcb);
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(shift)));
  }
}
void MsgpackWriter::boolean(bool value) {
  out_.push_back(value ? 0xc3 : 0xc2);
}
void MsgpackWriter::binary(ByteView value) {
  ByteSink sink{out_};
  auto pack = packer(sink);
  pack.pack_bin(static_cast<std::uint32_t>(value.size()));
  pack.pack_bin_body(reinterpret_cast<const char*>(value.data()),
                     static_cast<std::uint32_t>(value.size()));
}

MsgpackValue::Kind MsgpackValue::kind() const {
  switch (object_of(object_).type) {
    case msgpack::type::NIL:
      return Kind::nil;
    case msgpack::type::BOOLEAN:
      return Kind::boolean;
    case msgpack::type::POSITIVE_INTEGER:
      return Kind::natural;
    case msgpack::type::NEGATIVE_INTEGER:
      return Kind::negative;
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64:
      return Kind::real;
    case msgpack::type::STR:
      return Kind::text;
    case msgpack::type::BIN:
      return Kind::binary;
    case msgpack::type::ARRAY:
      return Kind::array;
    case msgpack::type::MAP:
      return Kind::map;
    case msgpack::type::EXT:
      break;
  }
  return Kind::extension;
}
bool MsgpackValue::boolean() const {
  return object_of(object_).via.boolean;
}
std::uint64_t MsgpackValue::natural() const {
  return object_of(object_).via.u64;
}
double MsgpackValue::number() const {
  const msgpack::object& object = object_of(object_);
  switch (object.type) {
    case msgpack::type::POSITIVE_INTEGER:
      return static_cast<double>(object.via.u64);
    case msgpack::type::NEGATIVE_INTEGER:
      return static_cast<double>(object.via.i64);
    default:
      return object.via.f64;
  }
}
std::string_view MsgpackValue::text() const {
  const auto& text = object_of(object_).via.str;
  return {text.ptr, text.size};
}
ByteView MsgpackValue::binary() const {
  const auto& binary = object_of(object_).via.bin;
  return {reinterpret_cast<const std::uint8_t*>(binary.ptr), binary.size};
}
std::size_t MsgpackValue::size() const {
  const msgpack::object& object = object_of(object_);
  return object.type == msgpack::type::ARRAY ? object.via.array.size : object.via.map.size;
}
MsgpackValue MsgpackValue::item(std::size_t index) const {
  return MsgpackValue(object_of(object_).via.array.ptr + index);
}
MsgpackValue MsgpackValue::key(std::size_t index) const {
  return MsgpackValue(&object_of(object_).via.map.ptr[index].key);
}
MsgpackValue MsgpackValue::value(std::size_t index) const {
  return MsgpackValue(&object_of(object_).via.map.ptr[index].val);
}

struct MsgpackDocument::Handle {
  msgpack::object_handle object;
};

MsgpackDocument::MsgpackDocument(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
MsgpackDocument::MsgpackDocument(MsgpackDocument&&) noexcept = default;
MsgpackDocument& MsgpackDocument::operator=(MsgpackDocument&&) noexcept = default;
MsgpackDocument::~MsgpackDocument() = default;

MsgpackValue MsgpackDocument::root() const {
  return MsgpackValue(&handle_->object.get());
}

Result<MsgpackDocument> MsgpackDocument::parse(ByteView body) {
  if (body.empty()) return refused("it is empty");
  if (body.size() > kMaxBlobMessage) return refused("it is too large");
  try {
    if (body.size() > kMaxValues && !within_census(body)) return refused("it holds too much");
    const msgpack::unpack_limit limit(kMaxArray, kMaxMap, kMaxControlMessage, kMaxBlob, 1024,
                                      kMaxDepth);
    std::size_t offset = 0;
    bool referenced = false;
    auto handle = std::make_unique<Handle>();
    handle->object = msgpack::unpack(reinterpret_cast<const char*>(body.data()), body.size(),
                                     offset, referenced, &refer_to_body, nullptr, limit);
    if (offset != body.size()) return refused("bytes follow its end");
    return MsgpackDocument(std::move(handle));
  } catch (const std::exception& error) {
    // The library throws for every malformed input; memory was bounded by the limits above.
    return refused(error.what());
  }
}

}  // namespace dgxp
