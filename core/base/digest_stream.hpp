#pragma once

#include <memory>

#include "core/base/digest.hpp"

namespace dgxp {

/// sha256 of what comes in pieces.
class DigestStream {
 public:
  DigestStream();
  ~DigestStream();
  DigestStream(DigestStream&&) = delete;

  void add(ByteView piece);
  /// Of all pieces so far; nothing may be added behind it.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dgxp
