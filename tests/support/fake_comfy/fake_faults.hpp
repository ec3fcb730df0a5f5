#pragma once

#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_comfy/fake_json.hpp"
#include "tests/support/fake_http/fake_http_server.hpp"

namespace dgxp {

/// The faults that are still to be played.
class FakeFaultBox {
 public:
  void add(FakeFault fault);
  void clear();
  /// The first fault of this kind for this prompt (its id and graph as text), used up by one.
  std::optional<FakeFault> take(FakeFaultKind kind, std::string_view prompt = "");
  /// The first fault for an answer on this path.
  std::optional<FakeFault> take_http(std::string_view path);

 private:
  std::optional<FakeFault> use(std::vector<FakeFault>::iterator found);

  std::mutex mutex_;
  std::vector<FakeFault> faults_;
};

/// What is answered instead of the truth, if the fault replaces it.
std::optional<FakeHttpAnswer> fake_fault_answer(const std::optional<FakeFault>& fault);
/// Late, or cut off.
void fake_bend(FakeHttpAnswer& answer, const std::optional<FakeFault>& fault);

/// {"kind": "http_status", "count": 2, ...}; nothing when the kind is unknown.
std::optional<FakeFault> parse_fault(const FakeJson& value);

}  // namespace dgxp
