#include "core/worker/blob_store.hpp"

#include <doctest/doctest.h>

using namespace dgxp;
using namespace std::chrono_literals;

namespace {

constexpr SteadyTime kStart{1h};

Digest put(BlobStore& store, char name, std::size_t size, SteadyTime now,
           BlobStore::Origin origin = BlobStore::Origin::result) {
  auto bytes = std::make_shared<const Bytes>(size, static_cast<std::uint8_t>(name));
  const Digest digest = sha256(ByteView(*bytes));
  store.put(digest, bytes, origin, now);
  return digest;
}

}  // namespace

TEST_CASE("a blob store keeps results until somebody fetches them, then the newest that fit") {
  BlobStore store({.fetched_bytes = 100, .waiting_bytes = 1000, .time_to_live = 1min});
  std::vector<Digest> digests;
  for (int i = 0; i < 5; ++i) {
    digests.push_back(put(store, static_cast<char>('a' + i), 60, kStart + std::chrono::seconds(i)));
  }
  for (const Digest& digest : digests) CHECK(store.contains(digest));
  for (const Digest& digest : digests) CHECK(store.fetch(digest, kStart + 10s) != nullptr);
  int kept = 0;
  for (const Digest& digest : digests) kept += store.contains(digest) ? 1 : 0;
  CHECK(kept == 1);
}

TEST_CASE("a blob store is full when the unfetched results reach their limit") {
  BlobStore store({.fetched_bytes = 100, .waiting_bytes = 100, .time_to_live = 1min});
  const Digest digest = put(store, 'a', 100, kStart);
  CHECK(store.is_full());
  put(store, 'a', 100, kStart);  // the same again takes no room
  CHECK(store.fetch(digest, kStart)->size() == 100);
  CHECK_FALSE(store.is_full());
}

TEST_CASE("a blob store drops what was not used for its time to live") {
  BlobStore store({.fetched_bytes = 1000, .waiting_bytes = 1000, .time_to_live = 1min});
  const Digest result = put(store, 'a', 10, kStart);
  const Digest upload = put(store, 'b', 10, kStart, BlobStore::Origin::upload);
  store.drop_old(kStart + 1min);
  CHECK(store.contains(result));
  CHECK(store.fetch(upload, kStart + 1min) != nullptr);
  store.drop_old(kStart + 61s);
  CHECK_FALSE(store.contains(result));
  CHECK(store.contains(upload));
  CHECK(store.fetch(result, kStart) == nullptr);
}
