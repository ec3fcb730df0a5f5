#pragma once

// A bad network between a client and a worker: stands at an address of its own, passes messages on,
// and loses, delays or doubles them by a fixed seed.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <thread>

#include "core/worker/endpoint.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {

/// How often, in a thousand.
struct FaultRates {
  int drop_updates = 0;
  int drop_requests = 0;
  int drop_replies = 0;
  int delay_replies = 0;
  int double_replies = 0;
  std::chrono::milliseconds delay{0};  ///< at least; at most twice as long
  std::uint64_t seed = 1;
};

struct FaultCounts {
  std::atomic<int> updates{0};
  std::atomic<int> dropped_updates{0};
  std::atomic<int> dropped_requests{0};
  std::atomic<int> dropped_replies{0};
  std::atomic<int> delayed_replies{0};
  std::atomic<int> doubled_replies{0};
};

class FaultProxy {
 public:
  /// Listens at `address` and speaks to the worker at `worker`, both as parse_endpoint takes them.
  FaultProxy(const std::string& address, const std::string& worker, FaultRates rates);
  FaultProxy(FaultProxy&&) = delete;
  ~FaultProxy();
  const FaultCounts& counts() const { return counts_; }
  /// While it is calm nothing is lost, delayed or doubled.
  void calm(bool calm) { calm_ = calm; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Line {
    ZmqSocket front_requests;
    ZmqSocket back_requests;
    ZmqSocket front_updates;
    ZmqSocket back_updates;
  };
  static Line open_line(ZmqContext& context, const EndpointAddresses& front,
                        const EndpointAddresses& back);
  void serve(const std::stop_token& stop);
  void pass_requests();
  void pass_replies();
  void pass_updates();
  void send_due();
  bool happens(int rate);
  std::chrono::milliseconds next_wait() const;

  FaultRates rates_;
  FaultCounts counts_;
  std::atomic<bool> calm_{false};
  std::uint64_t random_;
  std::multimap<Clock::time_point, Frames> held_;
  ZmqContext context_;
  WakeUp wake_;
  Line line_;
  std::jthread thread_;
};

}  // namespace dgxp
