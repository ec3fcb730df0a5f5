#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// Appends MessagePack to `out`: integers in their shortest form, reals as float64.
class MsgpackWriter {
 public:
  explicit MsgpackWriter(Bytes& out) : out_(out) {}
  void map(std::size_t pairs);
  void array(std::size_t items);
  void text(std::string_view value);
  void unsigned_integer(std::uint64_t value);
  void real(double value);
  void boolean(bool value);
  void binary(ByteView value);

 private:
  Bytes& out_;
};

/// One value of a MsgpackDocument. It points into the document, which must outlive it.
class MsgpackValue {
 public:
  enum class Kind { nil, boolean, natural, negative, real, text, binary, array, map, extension };
  Kind kind() const;
  bool boolean() const;           ///< for boolean
  std::uint64_t natural() const;  ///< for natural: an integer >= 0
  double number() const;          ///< for natural, negative and real
  std::string_view text() const;  ///< for text; not checked for UTF-8
  ByteView binary() const;        ///< for binary
  std::size_t size() const;       ///< items of an array, pairs of a map
  MsgpackValue item(std::size_t index) const;
  MsgpackValue key(std::size_t index) const;
  MsgpackValue value(std::size_t index) const;

 private:
  friend class MsgpackDocument;
  explicit MsgpackValue(const void* object) : object_(object) {}
  const void* object_;
};

/// Exactly one MessagePack value, unpacked within bounds that hold before memory is allocated:
/// arrays <= 1024, maps <= 256, text <= 1 MiB, depth <= 16, at most 65,536 values in all. More
/// than 1 MiB is taken only from a flat map (a blob message), up to kMaxBlobMessage.
class MsgpackDocument {
 public:
  /// `body` must outlive the document: text and binary values point into it.
  ///
  /// Error: `worker`, saying what is wrong with the bytes.
  static Result<MsgpackDocument> parse(ByteView body);
  MsgpackDocument(MsgpackDocument&&) noexcept;
  MsgpackDocument& operator=(MsgpackDocument&&) noexcept;
  ~MsgpackDocument();
  MsgpackValue root() const;

 private:
  struct Handle;
  explicit MsgpackDocument(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

inline constexpr std::size_t kMaxControlMessage = 1U << 20U;  ///< bytes of a message without blob
inline constexpr std::size_t kMaxBlob = 32U << 20U;           ///< bytes of one image or file
inline constexpr std::size_t kMaxBlobMessage = kMaxBlob + 4096;

}  // namespace dgxp
