#include "tests/support/fault_proxy.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace dgxp {
namespace {

constexpr std::int64_t kMaxMessage = 64 << 20;
constexpr int kHighWater = 100000;  // losses are by the rates alone
constexpr std::chrono::milliseconds kLongestWait{1000};

ZmqSocket checked(Result<ZmqSocket> socket) {
  if (!socket) throw std::runtime_error(socket.error().message);
  return *std::move(socket);
}
void check(const Result<Done>& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

ZmqSocket open(ZmqContext& context, SocketType type) {
  return checked(ZmqSocket::open(
      context, {.type = type, .max_message = kMaxMessage, .high_water = kHighWater}));
}

EndpointAddresses addresses_of(const std::string& address) {
  const auto addresses = parse_endpoint(address);
  if (!addresses) throw std::runtime_error(addresses.error().message);
  return *addresses;
}

Frames copy_of(const Frames& frames) {
  Frames copy;
  for (const Frame& frame : frames) copy.emplace_back(frame.bytes());
  return copy;
}

/// splitmix64: the same faults for the same seed everywhere.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t value = state;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

}  // namespace

FaultProxy::Line FaultProxy::open_line(ZmqContext& context, const EndpointAddresses& front,
                                       const EndpointAddresses& back) {
  Line line{open(context, SocketType::router), open(context, SocketType::dealer),
            open(context, SocketType::xpub), open(context, SocketType::sub)};
  check(line.front_requests.bind(front.requests));
  check(line.front_updates.bind(front.updates));
  check(line.back_requests.connect(back.requests));
  line.back_updates.subscribe_to_all();
  check(line.back_updates.connect(back.updates));
  return line;
}

FaultProxy::FaultProxy(const std::string& address, const std::string& worker, FaultRates rates)
    : rates_(rates),
      random_(rates.seed),
      context_(1),
      line_(open_line(context_, addresses_of(address), addresses_of(worker))),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

FaultProxy::~FaultProxy() {
  thread_.request_stop();
  wake_.raise();
}

bool FaultProxy::happens(int rate) {
  return !calm_ && static_cast<int>(next_random(random_) % 1000) < rate;
}

std::chrono::milliseconds FaultProxy::next_wait() const {
  if (held_.empty()) return kLongestWait;
  const auto left = held_.begin()->first - Clock::now();
  return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left),
                    std::chrono::milliseconds{0}, kLongestWait);
}

void FaultProxy::serve(const std::stop_token& stop) {
  std::array<WaitItem, 4> items{
      WaitItem{.socket = &line_.front_requests}, WaitItem{.socket = &line_.back_requests},
      WaitItem{.socket = &line_.back_updates}, WaitItem{.descriptor = wake_.descriptor()}};
  while (!stop.stop_requested()) {
    wait_for_any(items, next_wait());
    pass_requests();
    pass_replies();
    pass_updates();
    send_due();
    while (line_.front_updates.receive()) {  // subscriptions: everybody gets everything
    }
  }
}

void FaultProxy::pass_requests() {
  while (auto frames = line_.front_requests.receive()) {
    if (happens(rates_.drop_requests)) {
      ++counts_.dropped_requests;
      continue;
    }
    static_cast<void>(line_.back_requests.send(*std::move(frames)));
  }
}

void FaultProxy::pass_replies() {
  while (auto frames = line_.back_requests.receive()) {
    if (happens(rates_.drop_replies)) {
      ++counts_.dropped_replies;
      continue;
    }
    if (happens(rates_.double_replies)) {
      ++counts_.doubled_replies;
      static_cast<void>(line_.front_requests.send(copy_of(*frames)));
    }
    if (happens(rates_.delay_replies)) {
      ++counts_.delayed_replies;
      const auto delay = std::chrono::microseconds(rates_.delay);
      const auto more = std::chrono::microseconds(
          next_random(random_) % static_cast<std::uint64_t>(std::max<std::int64_t>(
                                     1, std::chrono::microseconds(delay).count())));
      held_.emplace(Clock::now() + delay + more, *std::move(frames));
      continue;
    }
    static_cast<void>(line_.front_requests.send(*std::move(frames)));
  }
}

void FaultProxy::pass_updates() {
  while (auto frames = line_.back_updates.receive()) {
    ++counts_.updates;
    if (happens(rates_.drop_updates)) {
      ++counts_.dropped_updates;
      continue;
    }
    static_cast<void>(line_.front_updates.send(*std::move(frames)));
  }
}

void FaultProxy::send_due() {
  while (!held_.empty() && held_.begin()->first <= Clock::now()) {
    static_cast<void>(line_.front_requests.send(std::move(held_.begin()->second)));
    held_.erase(held_.begin());
  }
}

}  // namespace dgxp
