#include "core/worker/blob_store.hpp"

#include <algorithm>
#include <utility>

namespace dgxp {

void BlobStore::put(const Digest& digest, std::shared_ptr<const Bytes> bytes, Origin origin,
                    SteadyTime now) {
  const bool waiting = origin == Origin::result;
  const auto [blob, is_new] = blobs_.try_emplace(digest);
  blob->second.used = now;
  if (!is_new) return;
  (waiting ? waiting_bytes_ : fetched_bytes_) += bytes->size();
  blob->second.bytes = std::move(bytes);
  blob->second.waiting = waiting;
  make_room();
}

std::shared_ptr<const Bytes> BlobStore::fetch(const Digest& digest, SteadyTime now) {
  const auto found = blobs_.find(digest);
  if (found == blobs_.end()) return nullptr;
  Blob& blob = found->second;
  auto bytes = blob.bytes;
  blob.used = now;
  if (std::exchange(blob.waiting, false)) {
    waiting_bytes_ -= bytes->size();
    fetched_bytes_ += bytes->size();
    make_room();
  }
  return bytes;
}

void BlobStore::forget(const Digest& digest) {
  if (const auto found = blobs_.find(digest); found != blobs_.end()) drop(found);
}

void BlobStore::drop_old(SteadyTime now) {
  for (auto blob = blobs_.begin(); blob != blobs_.end();) {
    blob = now - blob->second.used > limits_.time_to_live ? drop(blob) : std::next(blob);
  }
}

void BlobStore::make_room() {
  if (fetched_bytes_ <= limits_.fetched_bytes) return;
  // Halve, so that this walk is made once for many blobs.
  std::vector<std::pair<SteadyTime, Digest>> candidates;
  for (const auto& [digest, blob] : blobs_) {
    if (!blob.waiting) candidates.emplace_back(blob.used, digest);
  }
  std::ranges::sort(candidates);
  candidates.pop_back();  // the newest stays, however large
  for (const auto& [used, digest] : candidates) {
    if (fetched_bytes_ <= limits_.fetched_bytes / 2) return;
    drop(blobs_.find(digest));
  }
}

BlobStore::Blobs::iterator BlobStore::drop(Blobs::iterator blob) {
  (blob->second.waiting ? waiting_bytes_ : fetched_bytes_) -= blob->second.bytes->size();
  return blobs_.erase(blob);
}

}  // namespace dgxp
