#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"

namespace dgxp {

// The bytes of `.dgxp/stamp`: a head (magic, version, question, time), then folder by folder its
// files, then a checksum of all that. Numbers are little endian.

/// What is compared before anything is read.
struct FileMark {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const FileMark&, const FileMark&) = default;
};

struct StampEntry {
  enum class Kind : std::uint8_t {
    absent,   ///< there was no such file, and there must be none
    present,  ///< a file with this mark and digest
    changed,  ///< not what the build saw: never up to date
  };
  std::string name;
  Kind kind = Kind::absent;
  FileMark mark = {};
  Digest digest = {};
  friend bool operator==(const StampEntry&, const StampEntry&) = default;
};

struct StampFolder {
  std::string path;  ///< "" for the project
  std::vector<StampEntry> entries;
  friend bool operator==(const StampFolder&, const StampFolder&) = default;
};

struct Stamp {
  Digest question;
  std::int64_t time_ns = 0;  ///< taken before any file was looked at
  std::vector<StampFolder> folders;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Bytes encode_stamp(const Stamp& stamp);
/// Nothing when it is damaged anywhere, cut short, or of another version.
std::optional<Stamp> decode_stamp(ByteView content);

}  // namespace dgxp
