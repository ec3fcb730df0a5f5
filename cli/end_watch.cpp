#include "cli/end_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace dgxp {

EndWatch::EndWatch(std::stop_token outer, StdinEof stdin_eof)
    : over_(eventfd(0, EFD_CLOEXEC)), on_outer_(std::move(outer), [this] { end(); }) {
  if (stdin_eof == StdinEof::ends) stdin_ = std::jthread([this] { read_stdin(); });
}

EndWatch::~EndWatch() {
  end();
  if (stdin_.joinable()) stdin_.join();
  if (over_ >= 0) close(over_);
}

void EndWatch::end() {
  const std::uint64_t one = 1;
  if (over_ >= 0) (void)!write(over_, &one, sizeof one);
  stop_.request_stop();
}

void EndWatch::read_stdin() {
  std::array<pollfd, 2> sources{{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                 {.fd = over_, .events = POLLIN, .revents = 0}}};
  while (poll(sources.data(), sources.size(), -1) > 0 || errno == EINTR) {
    if (sources[1].revents != 0) return;
    if (sources[0].revents == 0) continue;
    std::array<char, 4096> ignored{};
    const ssize_t count = read(STDIN_FILENO, ignored.data(), ignored.size());
    if (count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))) continue;
    return end();
  }
}

}  // namespace dgxp
