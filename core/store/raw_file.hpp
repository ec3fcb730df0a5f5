#pragma once

#include <optional>
#include <string>

#include "core/build/ports.hpp"
#include "core/plan/job.hpp"

namespace dgxp {

// A raw image in `.dgxp/raw/`: a head of 96 bytes (magic, version, placeholder flag, size, digest
// of the payload, digest of the head and the job key), then the PNG as the worker sent it.

/// ".dgxp/raw/<first two digits>/<all 64 digits>"
std::string raw_file_path(const Digest& key);
Bytes encode_raw_file(const RawImage& raw);
/// Nothing when a single bit is not as it was written, or it was written for another key.
std::optional<RawImage> decode_raw_file(const Digest& key, Bytes content);

inline constexpr std::size_t kRawHeadBytes = 96;
/// By the first kRawHeadBytes of a file of so many: nothing when these or its size are not as they
/// were written. The payload may be damaged.
std::optional<RawHead> decode_raw_head(const Digest& key, ByteView head, std::size_t file_bytes);

inline constexpr std::size_t kMaxRawFileBytes = std::size_t{256} << 20;

}  // namespace dgxp
