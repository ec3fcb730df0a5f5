#pragma once

#include <filesystem>
#include <span>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

struct PlainFile {
  std::filesystem::path path;  ///< "-" is standard output
  ByteView content;
};
/// Writes several, all or none: nothing is replaced before each of them could be opened and the
/// disk has taken its bytes. Their targets must differ.
Result<Done> write_plain_files(std::span<const PlainFile> files);

}  // namespace dgxp
