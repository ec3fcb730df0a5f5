#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"

namespace dgxp {

using SteadyTime = std::chrono::steady_clock::time_point;

struct BlobLimits {
  std::uint64_t fetched_bytes = 64U << 20U;   ///< kept although somebody has fetched them
  std::uint64_t waiting_bytes = 512U << 20U;  ///< waiting for their first fetch
  std::chrono::seconds time_to_live{600};     ///< since the last use
};

/// Pictures and files by digest, in memory and bounded. What nobody has fetched yet goes only by
/// its age; what was fetched or uploaded also goes when it takes too much room, oldest first.
class BlobStore {
 public:
  explicit BlobStore(BlobLimits limits) : limits_(limits) {}
  enum class Origin { result, upload };
  /// `bytes` have this digest.
  void put(const Digest& digest, std::shared_ptr<const Bytes> bytes, Origin origin, SteadyTime now);
  /// Null when it is not there (any more). Counts as fetched from now on.
  std::shared_ptr<const Bytes> fetch(const Digest& digest, SteadyTime now);
  /// Nobody needs it any more.
  void forget(const Digest& digest);
  bool contains(const Digest& digest) const { return blobs_.contains(digest); }
  /// The results that wait for their first fetch take all the room they may.
  bool is_full() const { return waiting_bytes_ >= limits_.waiting_bytes; }
  void drop_old(SteadyTime now);
  bool empty() const { return blobs_.empty(); }

 private:
  struct Blob {
    std::shared_ptr<const Bytes> bytes;
    SteadyTime used;
    bool waiting = false;
  };
  using Blobs = std::map<Digest, Blob>;
  void make_room();
  Blobs::iterator drop(Blobs::iterator blob);

  BlobLimits limits_;
  Blobs blobs_;
  std::uint64_t waiting_bytes_ = 0;
  std::uint64_t fetched_bytes_ = 0;
};

}  // namespace dgxp
