#include "core/worker/zap_gate.hpp"

#include <zmq.h>

#include <array>
#include <optional>
#include <utility>

namespace dgxp {
namespace {

const std::string kZapAddress = "inproc://zeromq.zap.01";  // fixed by the RFC
constexpr std::string_view kVersion = "1.0";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyText = 40;

// The frames of a question behind those of its way back.
enum : std::size_t {
  version_frame,
  number_frame,
  domain,
  address,
  identity,
  mechanism,
  key,
  frame_count
};

}  // namespace

Result<ZapGate> ZapGate::open(ZmqContext& context, std::set<std::string> allowed) {
  auto socket = ZmqSocket::open(context, {.type = SocketType::rep});
  if (!socket) return socket.error();
  if (auto bound = socket->bind(kZapAddress); !bound) return bound.error();
  return ZapGate(*std::move(socket), std::move(allowed));
}

bool ZapGate::may_enter(const Frames& question) const {
  if (question.size() != frame_count || as_text(question[version_frame].bytes()) != kVersion ||
      as_text(question[mechanism].bytes()) != "CURVE" ||
      question[key].bytes().size() != kKeyBytes) {
    return false;
  }
  std::array<char, kKeyText + 1> text{};
  const ByteView bytes = question[key].bytes();
  return zmq_z85_encode(text.data(), bytes.data(), bytes.size()) != nullptr &&
         allowed_.contains(text.data());
}

std::uint64_t ZapGate::answer_all() {
  std::uint64_t refused = 0;
  while (auto question = socket_.receive()) {
    const bool enter = may_enter(*question);
    if (!enter) ++refused;
    Frames answer;
    answer.emplace_back(as_bytes(kVersion));
    answer.push_back(question->size() > number_frame ? std::move((*question)[number_frame])
                                                     : Frame());
    answer.emplace_back(as_bytes(enter ? "200" : "400"));
    answer.emplace_back(as_bytes(enter ? "OK" : "unknown key"));
    answer.emplace_back();  // no name of the user
    answer.emplace_back();  // nothing else about him
    static_cast<void>(socket_.send(std::move(answer)));
  }
  return refused;
}

}  // namespace dgxp
