#include "core/store/stamp_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/store/checksum.hpp"

namespace dgxp {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'d', 'g', 'x', 'p', 's', 't', 'p', '1'};
constexpr std::size_t kChecksumBytes = 8;

class Writer {
 public:
  void number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      content_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }
  void raw(ByteView bytes) { content_.insert(content_.end(), bytes.begin(), bytes.end()); }
  void text(const std::string& value) {
    number(value.size(), 2);
    raw(as_bytes(value));
  }
  Bytes finish() && {
    number(checksum_of(content_), kChecksumBytes);
    return std::move(content_);
  }

 private:
  Bytes content_;
};

/// Reads on past the end give zeros and `failed()`; counts are therefore never trusted to allocate.
class Reader {
 public:
  explicit Reader(ByteView content) : rest_(content) {}
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }

  ByteView raw(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const ByteView bytes = rest_.first(count);
    rest_ = rest_.subspan(count);
    return bytes;
  }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    const ByteView digits = raw(bytes);
    for (std::size_t i = 0; i < digits.size(); ++i) value |= std::uint64_t{digits[i]} << (8 * i);
    return value;
  }
  std::string text() { return std::string(as_text(raw(number(2)))); }
  Digest digest() {
    Digest value;
    std::ranges::copy(raw(value.bytes.size()), value.bytes.begin());
    return value;
  }

 private:
  ByteView rest_;
  bool failed_ = false;
};

void write_entry(Writer& writer, const StampEntry& entry) {
  writer.number(static_cast<std::uint64_t>(entry.kind), 1);
  writer.text(entry.name);
  if (entry.kind != StampEntry::Kind::present) return;
  writer.number(entry.mark.size, 8);
  writer.number(entry.mark.inode, 8);
  writer.number(static_cast<std::uint64_t>(entry.mark.modified_ns), 8);
  writer.number(static_cast<std::uint64_t>(entry.mark.changed_ns), 8);
  writer.raw(entry.digest.bytes);
}

StampEntry read_entry(Reader& reader) {
  StampEntry entry;
  entry.kind = static_cast<StampEntry::Kind>(reader.number(1));
  entry.name = reader.text();
  if (entry.kind != StampEntry::Kind::present) return entry;
  entry.mark.size = reader.number(8);
  entry.mark.inode = reader.number(8);
  entry.mark.modified_ns = static_cast<std::int64_t>(reader.number(8));
  entry.mark.changed_ns = static_cast<std::int64_t>(reader.number(8));
  entry.digest = reader.digest();
  return entry;
}

StampFolder read_folder(Reader& reader) {
  StampFolder folder;
  folder.path = reader.text();
  const std::uint64_t count = reader.number(4);
  for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
    folder.entries.push_back(read_entry(reader));
  }
  return folder;
}

}  // namespace

Bytes encode_stamp(const Stamp& stamp) {
  Writer writer;
  writer.raw(kMagic);
  writer.raw(stamp.question.bytes);
  writer.number(static_cast<std::uint64_t>(stamp.time_ns), 8);
  for (const StampFolder& folder : stamp.folders) {
    writer.text(folder.path);
    writer.number(folder.entries.size(), 4);
    for (const StampEntry& entry : folder.entries) write_entry(writer, entry);
  }
  return std::move(writer).finish();
}

std::optional<Stamp> decode_stamp(ByteView content) {
  if (content.size() < kMagic.size() + kChecksumBytes) return std::nullopt;
  const ByteView body = content.first(content.size() - kChecksumBytes);
  if (Reader(content.last(kChecksumBytes)).number(kChecksumBytes) != checksum_of(body)) {
    return std::nullopt;
  }
  Reader reader(body);
  if (!std::ranges::equal(reader.raw(kMagic.size()), kMagic)) return std::nullopt;
  Stamp stamp;
  stamp.question = reader.digest();
  stamp.time_ns = static_cast<std::int64_t>(reader.number(8));
  while (!reader.at_end() && !reader.failed()) stamp.folders.push_back(read_folder(reader));
  if (reader.failed()) return std::nullopt;
  return stamp;
}

}  // namespace dgxp
