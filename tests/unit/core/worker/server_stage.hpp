#pragma once

// A worker's core without sockets, for tests that say when time passes.

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/worker/backend_pool.hpp"
#include "core/worker/job_message.hpp"
#include "core/worker/server_core.hpp"
#include "worker_test_support.hpp"

namespace dgxp::test {

/// A core with a pool that has real threads; events are taken when the test says so.
class Stage {
 public:
  explicit Stage(std::shared_ptr<Backend> backend, ServerLimits limits = {})
      : Stage(std::vector<std::shared_ptr<Backend>>{std::move(backend)}, limits) {}
  explicit Stage(std::vector<std::shared_ptr<Backend>> backends, ServerLimits limits = {})
      : pool_(backends, wake_), core(backends, pool_, limits, 7, now) {
    core.set_subscribers(true);
  }
  DecodedMessage ask(MessageBody body, Envelope envelope = {.rid = 5, .v = "1.1"}) {
    return ask(encode_message({std::move(body), std::move(envelope)}));
  }
  DecodedMessage ask(const Bytes& bytes) {
    DecodedMessage decoded = decode_message(core.answer(bytes, now));
    CHECK(decoded.refusal == "");
    REQUIRE(decoded.body);
    return decoded;
  }
  template <typename Body>
  Body ask_for(MessageBody body) {
    const DecodedMessage decoded = ask(std::move(body));
    REQUIRE(std::holds_alternative<Body>(*decoded.body));
    return std::get<Body>(*decoded.body);
  }
  void take_events() {
    for (RunEvent& event : pool_.take_events()) core.take(std::move(event), now);
    core.on_time(now);
  }
  std::string state_of(const std::string& id) {
    take_events();
    return ask_for<StatusInfoMessage>(StatusMessage{{id}, {}}).jobs.at(0).state;
  }
  bool reaches(const std::string& id, const std::string& state) {
    return eventually([&] { return state_of(id) == state; });
  }
  /// The types of the updates since the last call, with their numbers.
  std::string updates() {
    std::string text;
    for (const Update& update : core.take_updates()) {
      const DecodedMessage decoded = decode_message(update.body);
      REQUIRE(decoded.body);
      std::visit([&](const auto& body) { text += type_of(body); }, *decoded.body);
      text += " " + std::to_string(decoded.envelope.seq.value_or(0)) + "/" +
              std::to_string(decoded.envelope.jseq.value_or(0)) + "\n";
      CHECK(decoded.envelope.epoch == 7);
    }
    return text;
  }

  SteadyTime now{1h};

 private:
  template <typename Body>
  static std::string type_of(const Body&) {
    if constexpr (std::is_same_v<Body, UnknownMessage>) {
      return "?";
    } else {
      return std::string(Body::kType);
    }
  }
  WakeUp wake_;
  BackendPool pool_;

 public:
  ServerCore core;
};

inline GenerateMessage request_for(int number) {
  return make_generate(make_job(number));
}

}  // namespace dgxp::test
