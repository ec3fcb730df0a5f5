#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>

namespace dgxp {

SignalWatch::SignalWatch() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC);
  end_ = eventfd(0, EFD_CLOEXEC);
  if (signals_ >= 0 && end_ >= 0) thread_ = std::jthread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  const std::uint64_t one = 1;
  if (end_ >= 0) (void)!write(end_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
  if (signals_ >= 0) close(signals_);
  if (end_ >= 0) close(end_);
}

void SignalWatch::watch() {
  std::array<pollfd, 2> sources{{{.fd = signals_, .events = POLLIN, .revents = 0},
                                 {.fd = end_, .events = POLLIN, .revents = 0}}};
  while (poll(sources.data(), sources.size(), -1) > 0 && sources[1].revents == 0) {
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
    const int signal = static_cast<int>(info.ssi_signo);
    if (received_ != 0) _exit(128 + signal);
    received_ = signal;
    stop_.request_stop();
  }
}

}  // namespace dgxp
